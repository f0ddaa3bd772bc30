import { jsonDocument, jsonLines } from "../lib/report/json.ts";
import { junit } from "../lib/report/junit.ts";
import type { Paint } from "../lib/report/layout.ts";
import { markdown } from "../lib/report/markdown.ts";
import type { Report, Write } from "../lib/report/report.ts";
import { sarif } from "../lib/report/sarif.ts";
import { table } from "../lib/report/table.ts";
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

/** The report that these options ask for; `recorded` tells, at the end, whether anything but plans was reviewed. */
export function reportFor(
  paths: readonly string[],
  options: ReviewOptions,
  { policy, from }: ChosenPolicy,
  { write, width, paint }: Target,
  recorded: () => boolean,
): Report {
  const { format, mode, all = false, failOn, rulePages, commentId } = options;
  const linked = { write, policy, ...(rulePages !== undefined && { rulePages }) };
  if (format === "jsonl") return jsonLines(write, writerTo(process.stderr));
  if (format === "json") return jsonDocument(write);
  if (format === "markdown") return markdown({ ...linked, ...(commentId !== undefined && { commentId }) });
  if (format === "sarif") return sarif({ ...linked, paths, version: portcullisVersion() });
  if (format === "junit") return junit({ ...linked, failOn });
  const command = `npx portcullis review ${paths.length > MOST_PATHS ? "PATH..." : paths.map(quote).join(" ")}`;
  return table({
    write,
    width,
    paint,
    all,
    heading: [
      { text: `Portcullis review of ${paths.length > MOST_PATHS ? `${paths.length} paths` : paths.join(", ")}`, style: "strong" },
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
