import { nounOf } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import { RULES } from "../rules/index.ts";
import { describePerson } from "./actor.ts";
import { closedRules, describeActs, trafficLines } from "./acts.ts";
import { actions, type Block, context, fields, header, LIMITS, type SlackMessage, section } from "./blocks.ts";
import { buttonsFor, isAllowing } from "./buttons.ts";
import { consolePage } from "./console-link.ts";
import { moment } from "./moment.ts";
import { headline, tellNext, tellOutcome } from "./outcome.ts";
import { severityMark, subjects } from "./severity.ts";
import { code, link, listed, prose, visible } from "./text.ts";

// Slack refuses blocks of more than about 13,000 characters in all with msg_blocks_too_long, though it documents no such limit
// (https://github.com/slackapi/bolt-js/issues/2509). So every part has a small share, and their sum stays well below.
const NAME = 80;
const NOTATION = 120;
const SENTENCE = 250;
const STATE = 400;
const SHOWN = 4;
const RULES_SHOWN = 2;

/** What a message may say or offer besides the decision. */
export interface Extras {
  /** The Slack user who made the change. */
  readonly mention?: string;
  /** One line about the present state of the resource, in markup of ours. */
  readonly state?: string;
  /** Whether people can answer by buttons. */
  readonly buttons?: boolean;
}

/** A decision as a Slack message. Pure; within Slack's limits and inert whatever the decision holds. */
export function messageFor(decision: Decision, { mention, state, buttons = false }: Extras = {}): SlackMessage {
  const { change, names } = decision;
  const offered = buttons ? buttonsFor(decision) : [];
  const title = headline(decision, LIMITS.header);
  const lists = [forbidden(decision), found(decision), ...describeActs(decision)].filter((text) => text !== "");
  const next = tellNext(decision, offered.some(isAllowing));
  return {
    text: prose(`${title} in ${names.account ?? change.account}, ${change.region}`, LIMITS.fallback),
    blocks: [
      header(title),
      ...(state === undefined ? [] : stateSection(state)),
      context(facts(decision)),
      section(tellOutcome(decision, mention)),
      ...lists.map((list) => section(list)),
      fields(whereAndWho(decision)),
      ...why(decision),
      ...(next === "" ? [] : [section(`*What you can do*\n${next}`)]),
      ...(offered.length === 0 ? [] : [actions(offered)]),
      ...notes(decision),
      context(
        `Decision ${code(decision.id, NOTATION)}`,
        `policy ${code(decision.policyVersion, 40)}`,
        `call ${code(change.call.name, NAME)}`,
      ),
    ],
  };
}

function facts(decision: Decision): string {
  const mode = decision.mode === "dry-run" ? "🧪 *dry run, nothing is changed*" : "enforced";
  return [...severityMark(decision), mode, moment(decision.change.at)].join("  ·  ");
}

const MOMENTS = /<!date\^\d+\^[^<>|]*\|[^<>|]*>/g;

// Of links and mentions, a state needs those of a moment only; any other text is shown as it is.
function stateSection(state: string): Block[] {
  const rest = state.replace(MOMENTS, "-");
  const isOurs = state.length <= STATE && !/[<>]|&(?!(amp|lt|gt);)/.test(rest) && visible(rest) === rest.replace(/ {2,}/g, " ");
  const text = isOurs ? state : prose(state, STATE);
  return text === "" ? [] : [section(text)];
}

// Left out where it would only repeat the list of what was closed.
function forbidden(decision: Decision): string {
  const inGroup = decision.findings.filter(isInGroup);
  if (inGroup.length === 0) return "";
  const closed = new Set(closedRules(decision));
  const allNow = inGroup.every(({ introduced }) => introduced === "now");
  if (allNow && inGroup.every(({ traffic }) => trafficLines(traffic).every((line) => closed.has(line)))) return "";
  return `*Forbidden*\n${listed(inGroup, SHOWN, findingLine)}`;
}

// What is no question of a group's rules is told in words.
function found({ findings }: Decision): string {
  const others = findings.filter((finding) => !isInGroup(finding));
  return others.length === 0 ? "" : `*Found*\n${listed(others, SHOWN, messageLine)}`;
}

function isInGroup({ traffic, parts }: Finding): boolean {
  return !traffic.isEmpty() && parts.length === 0;
}

function messageLine({ message, introduced }: Finding): string {
  return `${prose(message, SENTENCE)}${introduced === "earlier" ? "  _stood before this change_" : ""}`;
}

function findingLine({ traffic, rules, introduced }: Finding): string {
  const sum = rules.length > 1 ? `, by ${rules.length} rules together` : "";
  return `${code(String(traffic), NOTATION)}${sum}${introduced === "earlier" ? "  _stood before this change_" : ""}`;
}

function whereAndWho({ change, names }: Decision): [string, string][] {
  const { account, region, subject, actor } = change;
  const page = consolePage(region, subject);
  const name = names.subject ?? subject.id;
  const shown = page === undefined ? prose(name, NAME) : link(page, name, NAME);
  const person = describePerson(actor);
  const who = `${prose(person.name, NAME)}${person.role === undefined ? "" : ` (${prose(person.role, NAME)})`}`;
  const elsewhere = names.vpc !== undefined && names.vpc !== subject.id;
  const noun = nounOf(subject.kind);
  return [
    [`${noun.charAt(0).toUpperCase()}${noun.slice(1)}`, names.subject === undefined ? shown : `${shown}\n${code(subject.id, 40)}`],
    ["Account", names.account === undefined ? code(account, 40) : `${prose(names.account, NAME)}\n${code(account, 40)}`],
    elsewhere ? ["VPC", `${code(names.vpc, 40)}\nin ${code(region, 40)}`] : ["Region", code(region, 40)],
    ["Changed by", actor.sourceIp === undefined ? who : `${who}\nfrom ${code(actor.sourceIp, 60)}`],
  ];
}

function why(decision: Decision): Block[] {
  const ids = [...new Set(subjects(decision).map(({ rule }) => rule))];
  if (ids.length === 0) return [];
  const told = ids.slice(0, RULES_SHOWN).map((id) => {
    const meta = RULES.find((rule) => rule.meta.id === id)?.meta;
    if (meta === undefined) return `Rule ${code(id, NAME)}`;
    return `${prose(meta.title, 150)} (${code(id, NAME)}). ${prose(meta.rationale, 300)}`;
  });
  const more = ids.length - told.length;
  return [section(`*Why*\n${told.join("\n")}${more > 0 ? `\nand ${more} more rules` : ""}`)];
}

function notes({ partial, trimmed, notJudged, excepted, findings }: Decision): Block[] {
  const texts = [
    ...(trimmed ? ["This decision is too large to be told whole: more is in the ledger, under the decision below."] : []),
    ...(partial ? ["Only part of this resource is known here; what is known was judged."] : []),
    ...(notJudged.length === 0
      ? []
      : [`*Not judged*\n${listed(notJudged, 3, ({ rule, needs }) => `${code(rule, NAME)} needs ${prose(needs, NOTATION)}`)}`]),
    ...(excepted.length === 0 || findings.length === 0
      ? []
      : [`*Left open by an exception*\n${listed(excepted, 3, ({ finding, exception }) => exceptionLine(finding, exception))}`]),
  ];
  return texts.length === 0 ? [] : [context(...texts)];
}

function exceptionLine({ traffic }: Finding, exception: string): string {
  return `${code(String(traffic), NOTATION)} by ${code(exception, NAME)}`;
}
