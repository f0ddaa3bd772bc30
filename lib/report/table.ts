import type { Decision } from "../model/decision.ts";
import { formatRemedy, verbOf } from "../model/remedy.ts";
import { isPlanned } from "../planned/plan.ts";
import { describePerson, describeTool } from "../slack/actor.ts";
import { type Exposure, Exposures, isMomentary } from "./exposures.ts";
import { type Cell, type Line, layRow, type Paint, remaining } from "./layout.ts";
import { openTexts } from "./open-texts.ts";
import type { Report, Write } from "./report.ts";
import { spotOf } from "./spot.ts";
import { adviceLines, Culprits, count, number, OUTCOME_STYLES, SEVERITY_STYLES, tallyLines, unreadableLines } from "./summary.ts";
import type { Tally, Unreadable } from "./tally.ts";

export interface TableOptions {
  readonly write: Write;
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
  /** One row for every decision; otherwise what is clean, or was told before and still stands, is only counted. */
  readonly all: boolean;
  /** What was reviewed, and under which policy, for the top. */
  readonly heading: Cell;
  /** What the reader might do now: what, and the command or file. */
  readonly advice: (tally: Tally) => readonly (readonly [what: string, how: string])[];
}

// From here on, outcome and findings are columns of their own; below, they stand under each row.
const WIDE = 138;
const NARROWEST = 60;
const MOST_FINDINGS = 3;
const MOST_UNREADABLE_KEPT = 1_000;

interface Row {
  readonly decision: Decision;
  /** What this decision was the first to show. */
  readonly exposures: readonly Exposure[];
}

/** The review as a table for people. It is written at the end, since only then it is known how long each hole stood open. */
export function table({ write, width: columns, paint, all, heading, advice }: TableOptions): Report {
  const width = Math.max(columns, NARROWEST);
  const rows: Row[] = [];
  const unreadable: Unreadable[] = [];
  const exposures = new Exposures();
  const culprits = new Culprits();
  const told = new Set<string>();
  const seen = { partial: 0, standing: 0 };

  return {
    decided: async (decision) => {
      culprits.note(decision);
      const row = { decision, exposures: exposures.note(decision) };
      if (decision.partial && !isPlanned(decision.change)) seen.partial++;
      if (all || isNews(row, told)) rows.push(row);
      else if (decision.outcome !== "clean") seen.standing++;
    },
    unreadable: async (found) => {
      if (unreadable.length < MOST_UNREADABLE_KEPT) unreadable.push(found);
    },
    end: async (tally) => {
      const put = async (lines: readonly string[]) => {
        if (lines.length > 0) await write(`${lines.join("\n")}\n\n`);
      };
      await write("\n");
      await put(layRow([heading], [width], paint));
      if (rows.length > 0) await write(`${headLines(width, paint).join("\n")}\n`);
      for (const row of rows) await put(rowLines(row, width, paint));
      await put(remarks(rows, tally, seen).flatMap((text) => layRow([[{ text, style: "faint" }]], [width], paint)));
      await put(culprits.lines(width, paint));
      await put(tallyLines(tally, width, paint));
      await put(unreadableLines(unreadable, width, paint));
      await put(adviceLines(advice(tally), width, paint));
    },
  };
}

// A hole is news when it is opened or first seen, and so is what could not be judged; that it still stands is none.
function isNews({ decision, exposures }: Row, told: Set<string>): boolean {
  const { outcome, findings, notJudged, excepted, change } = decision;
  if (outcome === "clean") return false;
  const place = `${change.account}/${change.region}/${change.subject.id}`;
  const reasons = [
    ...notJudged.map(({ rule, needs }) => `${place} ${rule} ${needs}`),
    ...excepted.map(({ finding, exception }) => `${place} ${exception} ${finding.traffic}`),
  ];
  const news = reasons.filter((reason) => !told.has(reason));
  for (const reason of news) told.add(reason);
  return news.length > 0 || exposures.length > 0 || (findings.length === 0 && reasons.length === 0) || outcome === "failed";
}

const NOTHING_JUDGED = "Nothing tells of a change that a rule judges.";

function remarks(rows: readonly Row[], tally: Tally, seen: { partial: number; standing: number }): string[] {
  const hidden = tally.outcomes.clean - rows.filter(({ decision }) => decision.outcome === "clean").length;
  const parts = [
    ...(hidden > 0 ? [`${count(hidden, "clean change")}`] : []),
    ...(seen.standing > 0 ? [`${count(seen.standing, "change")} to resources whose trouble is told above`] : []),
  ];
  return [
    ...(tally.changes > 0 ? [] : [tally.records === 0 && tally.unreadable > 0 ? "Nothing could be read." : NOTHING_JUDGED]),
    ...(parts.length > 0 ? [`Not shown: ${parts.join(" and ")}; --all shows every one.`] : []),
    ...(seen.partial > 0
      ? [
          `${count(seen.partial, "change")} of ${number(tally.changes)} met a resource in mid-life: what stood before the records could not be judged.`,
        ]
      : []),
  ];
}

function widthsFor(width: number): number[] {
  if (width >= WIDE) {
    const fixed = [10, 20, 14, 20, 18, 12];
    return [...fixed, remaining(width, fixed)];
  }
  const [time, where, call] = width < 90 ? [10, 22, 22] : [10, 26, 29];
  return [time, remaining(width, [time, where, call]), where, call];
}

function headLines(width: number, paint: Paint): string[] {
  const titles =
    width >= WIDE ? ["TIME (UTC)", "WHO", "ACCOUNT", "RESOURCE", "CALL", "OUTCOME", "FINDINGS"] : ["TIME (UTC)", "WHO", "WHERE", "CALL"];
  const cells = titles.map((text): Cell => [{ text, style: "faint" }]);
  return [...layRow(cells, widthsFor(width), paint), paint("faint", "─".repeat(width))];
}

function rowLines(row: Row, width: number, paint: Paint): string[] {
  const { change, names } = row.decision;
  const { account, region } = spotOf(row.decision);
  const tool = describeTool(change.actor)?.name;
  const [date = "", clock = ""] = change.at.replace("Z", "").split("T");
  const time: Cell = isPlanned(change) ? [{ text: "planned" }] : [{ text: date }, { text: clock, style: "faint" }];
  const who: Cell = [
    { text: describePerson(change.actor).name, style: "strong" },
    ...(tool === undefined ? [] : [{ text: `via ${tool}`, style: "faint", most: 2 } as const]),
  ];
  const resource: Line[] = [
    { text: change.subject.id },
    ...(names.subject === undefined || names.subject === change.subject.id ? [] : [{ text: names.subject, style: "faint" } as const]),
    ...(change.via === undefined ? [] : [{ text: `through ${change.via.id}`, style: "faint" } as const]),
  ];
  const call: Cell = [{ text: change.call.name }];
  const { outcome, findings } = judged(row);
  if (width >= WIDE) {
    const place: Cell = [{ text: names.account ?? account }, { text: region, style: "faint" }];
    return layRow([time, who, place, resource, call, outcome, findings], widthsFor(width), paint);
  }
  const where: Cell = [{ text: [names.account ?? account, region].filter((part) => part !== "").join(" ") }, ...resource];
  return [...layRow([time, who, where, call], widthsFor(width), paint), ...layRow([outcome, findings], [12, width - 26], paint, 12)];
}

function judged({ decision, exposures }: Row): { outcome: Cell; findings: Cell } {
  const { findings, notJudged, excepted, acts, outcome, partial } = decision;
  const [worst] = findings;
  const shown = findings.slice(0, MOST_FINDINGS);
  const more = findings.length - shown.length;
  // That a rule is revoked, its finding tells already.
  const shownActs = acts.filter(({ remedy }) => verbOf(remedy.kind) !== "revoke");
  const open = outcome === "acted" || isPlanned(decision.change) ? undefined : standing(exposures);
  return {
    outcome: [
      { text: outcome, style: OUTCOME_STYLES[outcome] },
      ...(worst === undefined ? [] : [{ text: worst.severity, style: SEVERITY_STYLES[worst.severity] }]),
      ...(partial && outcome === "clean" ? [{ text: "as far as known", style: "faint" } as const] : []),
    ],
    findings: [
      ...shown.map(
        ({ message, introduced }): Line => ({
          text: `${message}${introduced === "earlier" ? ", and was before this change" : ""}`,
          most: 3,
        }),
      ),
      ...(more > 0 ? [{ text: `and ${count(more, "more finding")}` }] : []),
      ...shownActs.map(({ remedy }): Line => ({ text: formatRemedy(remedy), style: "notice", most: 3 })),
      ...acts.flatMap(({ error }): Line[] => (error === undefined ? [] : [{ text: error, style: "bad" }])),
      ...excepted.map(({ finding, exception }): Line => ({ text: `${finding.traffic} by exception ${exception}`, style: "notice" })),
      ...openTexts(notJudged).map((text): Line => ({ text, style: "warning" })),
      ...(open === undefined ? [] : [open]),
    ],
  };
}

function standing(all: readonly Exposure[]): Line | undefined {
  const exposures = all.filter(({ finding }) => !isMomentary(finding));
  const [first] = exposures;
  if (first === undefined) return undefined;
  const word = exposures.some(({ finding }) => finding.parts.length === 0) ? "open" : "there";
  if (exposures.some(({ until }) => until === undefined)) return { text: `still ${word} when the records end`, style: "bad" };
  const closed = exposures.map(({ until }) => until ?? "").sort();
  const seconds = (Date.parse(closed.at(-1) ?? first.since) - Date.parse(first.since)) / 1000;
  return { text: word === "open" ? `stood open for ${duration(seconds)}` : `stood for ${duration(seconds)}`, style: "faint" };
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** Seconds in their two largest units: `1 min 49 s`. */
export function duration(seconds: number): string {
  let left = seconds;
  const parts = UNITS.flatMap(([unit, size]) => {
    const n = Math.floor(left / size);
    left -= n * size;
    return n === 0 ? [] : [`${n} ${unit}`];
  });
  return parts.length === 0 ? "less than 1 s" : parts.slice(0, 2).join(" ");
}
