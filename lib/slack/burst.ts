import type { Decision, Outcome } from "../model/decision.ts";
import { describePerson, describeTool } from "./actor.ts";
import { type Block, context, fields, fitting, header, LIMITS, type SlackMessage, section } from "./blocks.ts";
import { explainButton } from "./buttons.ts";
import { moment } from "./moment.ts";
import { headline } from "./outcome.ts";
import { byWorst, severityMark, worstOf } from "./severity.ts";
import { code, counted, listed, plain, prose } from "./text.ts";

const SHOWN = 5;
const NAMES_SHOWN = 3;

/** How a number of decisions of one outcome is told, worst news first. */
const TALLY: readonly (readonly [Outcome, enforced: string, dry: string])[] = [
  ["failed", "not closed", "could not be closed"],
  ["contested", "closed again", "would be closed again"],
  ["acted", "closed", "would be closed"],
  ["would-act", "would be closed", "would be closed"],
  ["alert", "found", "found"],
  ["excepted", "allowed by exceptions", "allowed by exceptions"],
  ["clean", "not forbidden", "not forbidden"],
];

/** Many decisions that came together, as one message: how many, by whom, and the worst of them. The rest is burstTable's. */
export function burstMessage(decisions: readonly Decision[]): SlackMessage {
  const worst = byWorst(decisions);
  const title = titleOf(decisions);
  const times = decisions.map(({ change }) => change.at).sort();
  const mark = worst[0] === undefined ? [] : severityMark(worst[0]);
  return {
    text: prose(title, LIMITS.fallback),
    blocks: fitting([
      header(plain(title, LIMITS.header)),
      context(...mark, ...modesOf(decisions), `${moment(times[0] ?? "")} to ${moment(times.at(-1) ?? "")}`),
      section(`${counted(decisions.length, "change")} came together, so they are told together. The thread has all of them.`),
      section(`*The worst of it*\n${listed(worst, SHOWN, (decision) => prose(headline(decision, LIMITS.header), 250))}`),
      fields([
        ["Changed by", namesOf(decisions, ({ change: { actor } }) => `${describePerson(actor).name}${toolOf(actor)}`)],
        ["Accounts", namesOf(decisions, ({ change, names }) => names.account ?? change.account)],
        ["Resources", namesOf(decisions, ({ change, names }) => names.subject ?? change.subject.id)],
        ["Regions", namesOf(decisions, ({ change }) => change.region)],
      ]),
    ]),
  };
}

/** Every one of these decisions, in their order, a line each, over as few messages as Slack's limits need. */
export function burstTable(decisions: readonly Decision[], { buttons = false }: { readonly buttons?: boolean } = {}): SlackMessage[] {
  const pages = pagesOf(decisions, buttons ? offering : plainly);
  let before = 0;
  return pages.map(({ blocks, rows }) => {
    const span = `${before + 1} to ${before + rows} of ${decisions.length}`;
    before += rows;
    return { text: `Changes ${span}`, blocks: [context(`Changes ${span}`), ...blocks] };
  });
}

interface Page {
  readonly blocks: readonly Block[];
  readonly rows: number;
}

/** Adds one more decision to the blocks of a page. */
type Write = (blocks: readonly Block[], decision: Decision) => Block[];

// Lines share a section as long as they fit in one; with buttons, each has a section to itself.
const plainly: Write = (blocks, decision) => {
  const line = lineOf(decision);
  const last = blocks.at(-1);
  if (last?.type === "section" && "text" in last && last.text.text.length + 1 + line.length <= LIMITS.section) {
    return [...blocks.slice(0, -1), section(`${last.text.text}\n${line}`)];
  }
  return [...blocks, section(line)];
};
const offering: Write = (blocks, decision) => [...blocks, section(lineOf(decision), explainButton(decision))];

function pagesOf(decisions: readonly Decision[], write: Write): Page[] {
  const pages: Page[] = [];
  for (const decision of decisions) {
    const page = pages.at(-1);
    const blocks = page === undefined ? undefined : write(page.blocks, decision);
    if (page !== undefined && blocks !== undefined && fits(blocks)) pages[pages.length - 1] = { blocks, rows: page.rows + 1 };
    else pages.push({ blocks: write([], decision), rows: 1 });
  }
  return pages;
}

function fits(blocks: readonly Block[]): boolean {
  // Room for the line that counts.
  return blocks.length < LIMITS.blocks && JSON.stringify(blocks).length <= LIMITS.total - 300;
}

function lineOf(decision: Decision): string {
  const { id, change, names } = decision;
  const worst = worstOf(decision);
  const parts = [
    prose(headline(decision, LIMITS.header), 250),
    ...(worst === undefined ? [] : [worst]),
    prose(names.account ?? change.account, 40),
    code(change.region, 40),
    code(id, 100),
  ];
  return `• ${parts.join("  ·  ")}`;
}

function titleOf(decisions: readonly Decision[]): string {
  const dry = decisions.every(({ mode }) => mode === "dry-run");
  const counts = TALLY.flatMap(([outcome, enforced, dryly]) => {
    const count = decisions.filter((decision) => decision.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${dry ? dryly : enforced}`];
  });
  const icon = dry ? "🧪 Dry run:" : decisions.some(({ outcome }) => outcome === "failed") ? "🚨" : "🔒";
  return `${icon} ${counts.join(", ")}, in ${counted(decisions.length, "change")}`;
}

function modesOf(decisions: readonly Decision[]): string[] {
  const dry = decisions.filter(({ mode }) => mode === "dry-run").length;
  if (dry === decisions.length) return ["🧪 *dry run, nothing is changed*"];
  return dry === 0 ? ["enforced"] : [`enforced, ${dry} of them as a 🧪 dry run`];
}

function toolOf(actor: Decision["change"]["actor"]): string {
  const tool = describeTool(actor);
  return tool === undefined ? "" : ` with ${tool.name}`;
}

// The names that occur most, and how many others there are.
function namesOf(decisions: readonly Decision[], name: (decision: Decision) => string): string {
  const counts = [...Map.groupBy(decisions, name)].sort(([, a], [, b]) => b.length - a.length);
  const shown = counts.slice(0, NAMES_SHOWN).map(([text]) => prose(text, 80));
  const more = counts.length - shown.length;
  return more > 0 ? `${shown.join("\n")}\nand ${more} more` : shown.join("\n") || "nobody";
}
