import { execFile } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { type Plan, planOf } from "./plan.ts";
import { reportOf } from "./report.ts";
import { type Storm, storm } from "./storm.ts";
import { Trace } from "./trace.ts";
import { type Promised, verdictOn } from "./verdict.ts";

const CHANGES = 70;
const SEED = 20_261_124;
// Most of it is waiting for queues that hide what a killed function was working on.
const STORM_TIMEOUT_MS = 2 * START_TIMEOUT_MS;

describeOnEmulators(
  `${CHANGES} changes while calls fail, hang, lose their answers and read what is no longer so, and functions are killed`,
  () => {
    const plan: Plan = planOf(SEED, CHANGES);
    const trace = new Trace();
    let ended: Storm;
    beforeAll(async () => {
      ended = await storm({ plan, trace });
    }, STORM_TIMEOUT_MS);

    /** The breaks of one promise, each with all that happened to the group. */
    function broken(promise: Promised): string {
      return reportOf(
        verdictOn(ended.observed).filter((one) => one.promise === promise),
        trace,
      );
    }

    test("it was a storm: events were lost and came twice, and every kind of fault was met", () => {
      const { changes } = ended.observed;
      expect(changes.length).toBeGreaterThan(CHANGES * 0.7);
      expect(changes.filter(({ step }) => step.reports.length === 0).length).toBeGreaterThan(2);
      expect(changes.filter(({ step }) => step.reports.length > 1).length).toBeGreaterThan(5);
      const met = (...names: readonly string[]) => names.reduce((sum, name) => sum + (ended.faults.get(name) ?? 0), 0);
      expect(met("throttle", "unavailable")).toBeGreaterThan(5);
      expect(met("fail", "fail-after")).toBeGreaterThan(5);
      expect(met("reset", "reset-after")).toBeGreaterThan(5);
      expect(met("hang", "hang-after")).toBeGreaterThan(0);
      expect(met("die", "die-after")).toBeGreaterThan(0);
      expect(met("partial")).toBeGreaterThan(0);
      expect(met("stale read")).toBeGreaterThan(20);
    });

    test("nothing forbidden is open", () => expect(broken("nothing forbidden is open")).toBe(""));
    test("nothing lawful is lost", () => expect(broken("nothing lawful is lost")).toBe(""));
    test("every change that was reported has one decision, and what was closed is told by one", () =>
      expect(broken("one decision a change")).toBe(""));
    test("Slack was told of each once", () => expect(broken("each told once")).toBe(""));
    test("nothing ended in a dead-letter queue", () => expect(broken("no dead letters")).toBe(""));
  },
);

describe("npm run chaos", () => {
  function chaos(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    // Without the options that jest itself was started with.
    const { NODE_OPTIONS: _, ...env } = process.env;
    return new Promise((resolve) => {
      execFile(process.execPath, [join(import.meta.dirname, "run.ts"), ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : 1, output: stdout + stderr }),
      );
    });
  }

  test("--help says what it does and takes", async () => {
    const { code, output } = await chaos("--help");
    expect(code).toBe(0);
    for (const option of ["--seed", "--changes", "--trace"]) expect(output).toContain(option);
  });

  test.each([
    [["--changes", "0"], '--changes is "0": expected a whole number of 1 or more'],
    [["--seed", "abc"], '--seed is "abc": expected a whole number of 0 or more'],
    [["--sed", "7"], "Unknown option '--sed'"],
  ])("%j is refused in one sentence", async (args, says) => {
    const { code, output } = await chaos(...args);
    expect([code, output]).toEqual([1, expect.stringContaining(says)]);
    expect(output).not.toContain("    at ");
  });
});

test("the same seed plans the same run, and another one another", () => {
  expect(planOf(7, 500)).toEqual(planOf(7, 500));
  expect(planOf(8, 500)).not.toEqual(planOf(7, 500));
  const kinds = Map.groupBy(planOf(7, 500).steps, ({ kind }) => kind);
  expect([...kinds.values()].every((steps) => steps.length > 10)).toBe(true);
});
