import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import middy from "@middy/core";
import * as z from "zod/mini";
import { CloudWatchMeter, flushing } from "../../lib/aws/cloudwatch-meter.ts";

/** Embedded metric format, as far as CloudWatch asks for it. */
const Embedded = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

describe("the meter", () => {
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) };
  let written: string[];
  beforeEach(() => {
    written = [];
    warnings.splice(0);
    jest.spyOn(process.stdout, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    delete process.env.POWERTOOLS_METRICS_DISABLED;
  });

  /** What CloudWatch makes of the log: each value of each metric under each set of dimensions. */
  function metrics(): string[] {
    return written.flatMap((line) => {
      const record = Embedded.parse(JSON.parse(line));
      return record._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name, Unit }) =>
          Dimensions.map((set) => {
            const values = JSON.stringify(record[Name]);
            return `${Namespace} ${Name}{${set.map((name) => `${name}=${record[name]}`).join(",")}} ${values} ${Unit}`;
          }),
        ),
      );
    });
  }

  test("writes counts as sums and every time by itself, under the function's name", async () => {
    const meter = new CloudWatchMeter("portcullis-prod-guard", log);
    for (const value of [1, 1, 3]) meter.add("Events", value);
    for (const value of [2_000, 150]) meter.add("TimeToClose", value);
    meter.add("TimeToAct", 7);
    expect(written).toEqual([]);
    await meter.flush();
    expect(metrics()).toEqual([
      "Portcullis Events{service=portcullis-prod-guard} 5 Count",
      "Portcullis TimeToClose{service=portcullis-prod-guard} [2000,150] Milliseconds",
      "Portcullis TimeToAct{service=portcullis-prod-guard} 7 Milliseconds",
    ]);
  });

  test("writes what has another dimension with and without it", async () => {
    const meter = new CloudWatchMeter("guard", log);
    for (const outcome of ["acted", "clean", "acted"] as const) meter.add("Decisions", 1, { outcome });
    meter.add("Events", 1);
    await meter.flush();
    expect(metrics()).toEqual([
      "Portcullis Decisions{service=guard} 2 Count",
      "Portcullis Decisions{service=guard,outcome=acted} 2 Count",
      "Portcullis Decisions{service=guard} 1 Count",
      "Portcullis Decisions{service=guard,outcome=clean} 1 Count",
      "Portcullis Events{service=guard} 1 Count",
    ]);
  });

  test("writes each value once, and nothing where nothing was measured", async () => {
    const meter = new CloudWatchMeter("guard", log);
    await meter.flush();
    expect(written).toEqual([]);
    meter.add("Held", 1);
    await meter.flush();
    await meter.flush();
    expect(metrics()).toEqual(["Portcullis Held{service=guard} 1 Count"]);
  });

  test("loses none of more values than fit into one line", async () => {
    const meter = new CloudWatchMeter("guard", log);
    for (let value = 1; value <= 230; value++) meter.add("TimeToClose", value);
    await meter.flush();
    const values = written.flatMap((line) => z.array(z.number()).parse(JSON.parse(line).TimeToClose));
    expect(values).toEqual(Array.from({ length: 230 }, (_, i) => i + 1));
  });

  test("that cannot write warns, and fails nobody", async () => {
    const meter = new CloudWatchMeter("guard", log);
    // A dimension by the name of its metric is what the format has no place for.
    meter.add("Decisions", 1, { Decisions: "acted" });
    await expect(meter.flush()).resolves.toBeUndefined();
    expect([written, warnings]).toEqual([[], ["Metrics could not be written"]]);
  });

  test("is flushed when an invocation ends, well or not", async () => {
    const meter = new CloudWatchMeter("guard", log);
    const run = middy<string, string>()
      .use(flushing(meter))
      .handler(async (event: string) => {
        meter.add("Told", 1);
        if (event === "bad") throw new Error("refused");
        return "done";
      });
    const context = { getRemainingTimeInMillis: () => 1_000 };
    expect(await Reflect.apply(run, undefined, ["good", context])).toBe("done");
    await expect(Reflect.apply(run, undefined, ["bad", context])).rejects.toThrow("refused");
    expect(metrics()).toEqual(["Portcullis Told{service=guard} 1 Count", "Portcullis Told{service=guard} 1 Count"]);
  });
});
