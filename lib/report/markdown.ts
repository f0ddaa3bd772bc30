import { nounOf } from "../model/change.ts";
import type { Finding } from "../model/finding.ts";
import type { Policy } from "../policy/policy.ts";
import { describePerson, describeTool } from "../slack/actor.ts";
import { severityColour } from "../slack/severity.ts";
import { adviceFor, standingOf } from "./advice.ts";
import { code, codeLines, prose } from "./markdown-text.ts";
import type { Report, Write } from "./report.ts";
import { linkOf, metaOf } from "./rule-links.ts";
import { locationLabel, placeLabel, spotKey, spotLabel } from "./spot.ts";
import { count, number } from "./summary.ts";
import type { Tally } from "./tally.ts";
import { Collected, countBySeverity, type Open, type Told } from "./told.ts";

export interface MarkdownOptions {
  readonly write: Write;
  readonly policy: Policy;
  /** The address below which the rules' pages are. */
  readonly rulePages?: string;
  /** Tells this review from others on the same pull request: letters, digits, dots, dashes and underscores. */
  readonly commentId?: string;
}

/** By this first line a comment is known as ours; of several reviews on one pull request, each has an id of its own. */
export function markerOf(id?: string): string {
  return `<!-- portcullis review${id === undefined ? "" : ` ${id}`} -->`;
}

export const MARKER = markerOf();

// GitHub takes no longer comment.
const LONGEST = 65_536;
// What is said when something had to be left out.
const RESERVE = 400;
const MOST_WITH_DETAILS = 25;
// Of what is listed below the findings, such as what was not judged.
const LONGEST_LIST = 6_000;
const NAME = 160;
const TEXT = 500;
const VALUE = 300;

/** The review as a comment on a pull request: the worst first, details folded, never longer than GitHub takes. */
export function markdown({ write, ...options }: MarkdownOptions): Report {
  const collected = new Collected();
  return {
    decided: async (decision) => collected.note(decision),
    unreadable: async (found) => collected.noteUnreadable(found),
    end: (tally) => write(commentOf(collected, tally, options)),
  };
}

type Options = Omit<MarkdownOptions, "write">;

function commentOf(collected: Collected, tally: Tally, options: Options): string {
  const { findings, excepted, notJudged } = collected;
  const head = [markerOf(options.commentId), `### ${headline(collected, tally)}`];
  const tail = [
    unreadableBlock(collected, tally),
    notJudgedBlock(notJudged),
    exceptedBlock(excepted, options),
    `<sub>${count(tally.changes, "change")} judged by Portcullis under policy ${code(options.policy.version, 40)}.</sub>`,
  ].filter((block) => block !== "");
  let room = LONGEST - RESERVE - [...head, ...tail].join("\n\n").length;
  const shown: string[] = [];
  const explained = new Set<string>();
  for (const [i, told] of findings.entries()) {
    const block = findingBlock(told, i < MOST_WITH_DETAILS ? detailsOf(told, explained) : undefined, options);
    room -= block.length + 2;
    if (room < 0) break;
    shown.push(block);
  }
  return `${[...head, ...shown, ...cutBlock(findings.slice(shown.length)), ...tail].join("\n\n")}\n`;
}

function headline({ findings, notJudged }: Collected, { unreadable, changes }: Tally): string {
  const doubts = [
    ...(notJudged.length > 0 ? [`${number(notJudged.length)} not judged`] : []),
    ...(unreadable > 0 ? [`${number(unreadable)} unreadable`] : []),
  ];
  const doubt = doubts.length === 0 ? "" : `, ${doubts.join(", ")}`;
  const [[worst] = []] = countBySeverity(findings);
  if (worst === undefined) {
    if (doubts.length > 0) return `❔ Portcullis found nothing forbidden${doubt}`;
    return changes === 0 ? "✅ Portcullis: no change that a rule judges" : "✅ Portcullis found nothing forbidden";
  }
  const counts = countBySeverity(findings).map(([severity, n]) => `${number(n)} ${severity}`);
  const resources = new Set(findings.map(({ spot }) => spotKey(spot))).size;
  const total = counts.length === 1 ? `${counts[0]} finding${findings.length === 1 ? "" : "s"}` : `${counts.join(", ")}`;
  return `${severityColour(worst)} Portcullis: ${total} in ${count(resources, "resource")}${doubt}`;
}

function findingBlock(told: Told, details: string | undefined, options: Options): string {
  const { finding, spot } = told;
  const location = spot.location === undefined ? "" : ` in ${code(locationLabel(spot.location), NAME)}`;
  const standing = standingOf(told);
  const lines = [
    `${severityColour(finding.severity)} **${finding.severity}** ${code(spotLabel(spot), NAME)}${location}: ${whatOf(finding)} (${ruleLink(finding.rule, options)})${standing === undefined ? "" : `, ${standing}`}`,
    ...adviceLines(told, options.policy),
  ];
  const block = lines.join("<br>\n");
  return details === undefined ? block : `${block}\n\n${details}`;
}

// Messages mostly begin with the traffic, and it is what people copy.
function whatOf({ message, traffic }: Finding): string {
  const what = String(traffic);
  if (traffic.isEmpty()) return prose(message, TEXT);
  if (message.startsWith(`${what} `)) return `${code(what, VALUE)} ${prose(message.slice(what.length), TEXT)}`;
  return `${code(what, VALUE)}: ${prose(message, TEXT)}`;
}

function adviceLines(told: Told, policy: Policy): string[] {
  return adviceFor(told, policy).map(
    ({ text, values }) => `→ ${prose(text, NAME)}: ${values.map((value) => code(value, VALUE)).join(", ")}`,
  );
}

// Each rule is explained once: with the worst that it found.
function detailsOf({ finding, spot, first, times }: Told, explained: Set<string>): string {
  const { change } = first;
  const meta = metaOf(finding.rule);
  const { address, subject } = spot;
  const place = placeLabel(spot);
  const tool = describeTool(change.actor)?.name;
  const facts = [
    ...(place === "" ? [] : [`${nounOf(subject.kind)} ${code(subject.id, NAME)} in ${code(place, NAME)}`]),
    ...(spot.accountName === undefined ? [] : [`account ${code(spot.accountName, NAME)}`]),
    ...(finding.introduced === "earlier" ? ["it was there before this change"] : []),
    ...(address === undefined
      ? [
          `${code(change.call.name, NAME)} by ${code(describePerson(change.actor).name, NAME)}${tool === undefined ? "" : ` with ${code(tool, NAME)}`} at ${code(change.at, 40)}`,
        ]
      : []),
    ...(times > 1 ? [`opened ${number(times)} times`] : []),
    ...finding.rules.flatMap(({ description }) => (description ? [`described as ${code(description, NAME)}`] : [])).slice(0, 5),
  ];
  const why =
    meta === undefined || explained.has(meta.id)
      ? []
      : [meta.rationale, `Avoid\n${codeLines(meta.avoid)}`, `Prefer\n${codeLines(meta.prefer)}`];
  explained.add(finding.rule);
  const list = facts.map((fact) => `- ${fact}`).join("\n");
  return [
    `<details><summary>${why.length === 0 ? "Where" : "Why, and where"}</summary>`,
    ...(list === "" ? [] : [list]),
    ...why,
    "</details>",
  ].join("\n\n");
}

function ruleLink(id: string, { rulePages }: Options): string {
  const link = linkOf(id, rulePages);
  return link === undefined ? code(id, NAME) : `[${prose(id, NAME)}](<${encodeURI(link)}>)`;
}

function notJudgedBlock(all: readonly Open[]): string {
  const lines = all.map(({ spot, rule, needs }) => `${code(spotLabel(spot), NAME)}: ${code(rule, NAME)} needs ${prose(needs, TEXT)}`);
  return folded("Not judged, so not clean", lines);
}

function unreadableBlock({ unreadable }: Collected, tally: Tally): string {
  const lines = unreadable.map(({ source, index, reason }) => `${code(source, NAME)}, record ${index}: ${prose(reason, TEXT)}`);
  return folded("Unreadable, so not judged", lines, tally.unreadable);
}

function exceptedBlock(all: readonly Told[], options: Options): string {
  const lines = all.map(
    ({ finding, spot, exception = "" }) =>
      `${code(spotLabel(spot), NAME)}: ${finding.traffic.isEmpty() ? prose(finding.message, TEXT) : code(String(finding.traffic), VALUE)} by exception ${code(exception, NAME)} (${ruleLink(finding.rule, options)})`,
  );
  return folded("Admitted by exceptions", lines);
}

function folded(title: string, lines: readonly string[], total = lines.length): string {
  if (total === 0) return "";
  let room = LONGEST_LIST;
  const end = lines.findIndex((line) => {
    room -= line.length + 3;
    return room < 0;
  });
  const shown = end === -1 ? lines : lines.slice(0, end);
  const more = total - shown.length;
  const list = [...shown, ...(more > 0 ? [`and ${number(more)} more`] : [])].map((line) => `- ${line}`);
  return `<details><summary>${title}: ${number(total)}</summary>\n\n${list.join("\n")}\n\n</details>`;
}

function cutBlock(left: readonly Told[]): string[] {
  if (left.length === 0) return [];
  const counts = countBySeverity(left).map(([severity, n]) => `${number(n)} ${severity}`);
  return [`**Too long for a comment: ${counts.join(", ")} more.** \`portcullis review --format json\` tells everything.`];
}
