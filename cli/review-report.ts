import type { Witness } from "../lib/report/html/witness.ts";
import { jsonDocument, jsonLines } from "../lib/report/json.ts";
import { junit } from "../lib/report/junit.ts";
import type { Paint } from "../lib/report/layout.ts";
import { markdown } from "../lib/report/markdown.ts";
import type { Report, Write } from "../lib/report/report.ts";
import { sarif } from "../lib/report/sarif.ts";
import { table } from "../lib/report/table.ts";
import type { RecordedWorld } from "../lib/worlds/recorded.ts";
import type { Format } from "./outputs.ts";
import type { ChosenPolicy } from "./policy-option.ts";
import { quote } from "./quote.ts";
import type { ReviewOptions } from "./review-options.ts";
import { writerTo } from "./terminal.ts";
import { portcullisVersion } from "./version.ts";

const MOST_PATHS = 4;

/** Where a report goes, and how it may look there. */
export interface Target {
  readonly write: Write;
  readonly width: number;
  readonly paint: Paint;
}

/** How a report looks in a file. */
export const IN_FILE: Omit<Target, "write"> = { width: 120, paint: (_, text) => text };

/** The policy of a review, and who sees its world. */
export interface Reviewing extends ChosenPolicy {
  readonly witness: Witness | undefined;
}

/** Who sees the world of a review for the reports that draw it. What only those need is loaded for them alone. */
export async function witnessFor(formats: readonly Format[], world: RecordedWorld): Promise<Witness | undefined> {
  if (!formats.includes("html")) return undefined;
  const { Witness } = await import("../lib/report/html/witness.ts");
  return new Witness(world);
}

/** The report that these options ask for; `recorded` tells, at the end, whether anything but plans was reviewed. */
export async function reportFor(
  paths: readonly string[],
  options: ReviewOptions,
  { policy, from, witness }: Reviewing,
  { write, width, paint }: Target,
  recorded: () => boolean,
): Promise<Report> {
  const { format, mode, all = false, failOn, rulePages, commentId } = options;
  const linked = { write, policy, ...(rulePages !== undefined && { rulePages }) };
  if (format === "jsonl") return jsonLines(write, writerTo(process.stderr));
  if (format === "json") return jsonDocument(write);
  if (format === "markdown") return markdown({ ...linked, ...(commentId !== undefined && { commentId }) });
  if (format === "sarif") return sarif({ ...linked, paths, version: portcullisVersion() });
  if (format === "junit") return junit({ ...linked, failOn });
  const subject = paths.length > MOST_PATHS ? `${paths.length} paths` : paths.join(", ");
  if (format === "html") {
    const { html } = await import("../lib/report/html/html.ts");
    const page = { ...linked, subject, policyName: `${from}, mode ${modeInWords(policy, mode)}`, version: portcullisVersion() };
    return html({ ...page, ...(witness !== undefined && { witness }) });
  }
  const command = `npx portcullis review ${paths.length > MOST_PATHS ? "PATH..." : paths.map(quote).join(" ")}`;
  return table({
    write,
    width,
    paint,
    all,
    heading: [
      { text: `Portcullis review of ${subject}`, style: "strong" },
      { text: `policy: ${from}, version ${policy.version}; mode: ${modeInWords(policy, mode)}`, style: "faint" },
    ],
    advice: ({ outcomes }) => [
      ...(outcomes["would-act"] > 0 && mode === undefined && recorded()
        ? [["See what enforcing would have left behind", `${command} --mode enforce`] as const]
        : []),
      [
        "Allow what is lawful, narrow or close the rest",
        from === "portcullis.yml" ? "edit portcullis.yml" : `edit a portcullis.yml (from ${from})`,
      ],
      ["Read every decision in full", `${command} --format json`],
      ["Know the rules", "npx portcullis rules"],
    ],
  });
}

function modeInWords({ document }: ChosenPolicy["policy"], mode: "dry-run" | "enforce" | undefined): string {
  if (mode === "enforce") return "enforce, simulated: later events meet what the guard would have left";
  return mode ?? `${document.mode}${document.scopes.some((scope) => scope.mode !== undefined) ? " and others by scope" : ""}`;
}
