import type { OpenBreaker } from "../guard/acting/breaker.ts";
import type { Decision } from "../model/decision.ts";
import type { Admission, Grant, GrantedTraffic } from "../model/grant.ts";
import { holdsAt } from "../policy/until.ts";
import { type Block, context, divider, fitting, header, LIMITS, type SlackMessage, section } from "./blocks.ts";
import { minute, moment } from "./moment.ts";
import { headline } from "./outcome.ts";
import { byWorst } from "./severity.ts";
import { code, counted, listed, person, plain, prose } from "./text.ts";

const GRANTS_SHOWN = 20;
const SHOWN = 5;
const REASON = 120;
const SOON = 86_400_000;

/** An exception that the policy itself makes, as far as a list tells of it. */
export interface PolicyException {
  readonly id: string;
  readonly rule: string;
  readonly until: string;
  readonly reason: string;
  readonly approved_by: string;
}

/** What is allowed beyond the rules now, and until when: first what was granted from Slack, then what the policy says. */
export function exceptionsList(grants: readonly Grant[], now: number, ofPolicy: readonly PolicyException[] = []): SlackMessage {
  const standing = standingAt(grants, now);
  const written = ofPolicy.filter(({ until }) => holdsAt(until, new Date(now).toISOString()));
  const count = standing.length + written.length;
  const title = count === 0 ? "No exceptions" : `🎫 ${counted(count, "exception")}`;
  const empty = "Nothing was granted that still holds, and the policy makes no exceptions.";
  return {
    text: title,
    blocks: fitting([
      header(title),
      ...(count === 0 ? [section(empty)] : []),
      ...standing.slice(0, GRANTS_SHOWN).map((grant) => section(grantText(grant, now))),
      ...(standing.length > GRANTS_SHOWN ? [section(`and ${standing.length - GRANTS_SHOWN} more that end later`)] : []),
      ...(written.length === 0 ? [] : [section(`*In the policy*\n${listed(written, 10, exceptionLine)}`)]),
    ]),
  };
}

function standingAt(grants: readonly Grant[], now: number): Grant[] {
  return grants.filter(({ until }) => Date.parse(until) > now).sort((a, b) => Date.parse(a.until) - Date.parse(b.until));
}

function grantText({ id, subject, account, region, admits, until, reason, approvedBy }: Grant, now: number): string {
  const soon = Date.parse(until) - now < SOON ? "⏳ " : "";
  const place = `${code(subject.id, 60)} in ${code(account, 20)}, ${code(region, 40)}`;
  return [
    `${soon}*Until ${minute(until)}*  ·  ${place}`,
    listed(admits, 3, admissionLine),
    `${person(approvedBy)}: “${prose(reason, REASON)}”  ·  ${code(id, 60)}`,
  ].join("\n");
}

/** What is admitted of a rule's findings, in the notation. */
function admissionLine({ rule, allow, parts }: Admission): string {
  const all = [...allow.map(notationOf), ...parts];
  const [first = "nothing", ...others] = all;
  return `${code(first, 120)}${others.length === 0 ? "" : ` and ${others.length} more`} of ${code(rule, 60)}`;
}

function notationOf({ protocol, ports, from, to }: GrantedTraffic): string {
  const service = ports === undefined ? protocol : `${protocol} ${ports}`;
  if (to !== undefined) return `${service} to ${to.join(", ")}`;
  return from === undefined ? service : `${service} from ${from.join(", ")}`;
}

function exceptionLine({ id, rule, until, reason, approved_by: approver }: PolicyException): string {
  return `${code(id, 60)} to ${code(rule, 60)} until ${code(until, 30)}: “${prose(reason, REASON)}”, ${prose(approver, 60)}`;
}

/** What somebody sees who asks how Portcullis is. */
export interface Status {
  /** The policy that is in force, as far as it is told. */
  readonly policy: {
    readonly version: string;
    readonly document: {
      readonly mode: string;
      readonly scopes: readonly { readonly name?: string; readonly mode?: string }[];
      readonly exceptions: readonly unknown[];
      readonly slack: { readonly approvers: readonly string[]; readonly four_eyes: boolean };
    };
  };
  readonly grants: readonly Grant[];
  /** The breakers that are open. */
  readonly breakers: readonly OpenBreaker[];
  readonly now: number;
}

const MODES: Readonly<Record<string, string>> = {
  enforce: "*enforces*: it closes what is forbidden",
  "dry-run": "is in a 🧪 *dry run*: it says what it would close, and changes nothing",
  off: "is *off*: it looks at nothing but what a scope or rule turns on",
};

/** How Portcullis is set, for `/portcullis status`. */
export function statusList({ policy: { version, document }, grants, breakers, now }: Status): SlackMessage {
  const standing = standingAt(grants, now);
  const [next] = standing;
  const others = document.scopes.filter(({ mode }) => mode !== undefined && mode !== document.mode);
  const { approvers, four_eyes: fourEyes } = document.slack;
  const lines = [
    `Portcullis ${MODES[document.mode] ?? code(document.mode, 20)}.`,
    ...(others.length === 0
      ? []
      : [
          `Elsewhere:\n${listed(others, SHOWN, ({ name, mode }) => `${name === undefined ? "a scope without a name" : prose(name, 60)}: ${code(mode ?? "", 20)}`)}`,
        ]),
    breakers.length === 0
      ? "No breaker is open."
      : `⛔ *${counted(breakers.length, "breaker")} open*: there, Portcullis only tells.\n${listed(breakers, SHOWN, breakerLine)}`,
    `Granted now: ${standing.length}${next === undefined ? "" : `, the first until ${minute(next.until)}`}. Exceptions of the policy: ${document.exceptions.length}.`,
    approvers.length === 0
      ? "Nobody may undo or allow: the policy names no `approvers`."
      : `Who may undo and allow: the people and user groups that the policy names as approvers (${approvers.length})${fourEyes ? ", but not for their own changes" : ""}.`,
  ];
  return {
    text: `Portcullis: ${document.mode}`,
    blocks: fitting([header("Portcullis"), ...lines.map((line) => section(line)), context(`policy ${code(version, 40)}`, moment(now))]),
  };
}

function breakerLine({ account, since, until, acts, minutes, policyVersion }: OpenBreaker): string {
  return `${code(account, 20)} from ${minute(since)} to ${minute(until)}: ${acts} acts within ${minutes} minutes under policy ${code(policyVersion, 40)}`;
}

/** What happened in a day; `ending` are the exceptions that end soon. */
export interface Digest {
  readonly acted: readonly Decision[];
  readonly wouldAct: readonly Decision[];
  readonly failed: readonly Decision[];
  readonly contested: readonly Decision[];
  /** What a breaker held back. */
  readonly held: readonly Decision[];
  readonly ending: readonly Grant[];
  /** After how many seconds the guard closed what each fire drill opened. */
  readonly drills?: readonly number[];
}

/** The day in one message, the worst of it first. `day` is a date, `2026-03-02`. */
export function digestOf({ acted, wouldAct, failed, contested, held, ending, drills = [] }: Digest, day: string): SlackMessage {
  const title = `📋 Portcullis on ${plain(day, 30)}`;
  const parts = [
    part("🚨", `${counted(failed.length, "act")} failed`, failed, decisionLine),
    part("⛔", `${counted(held.length, "change")} held back by a breaker`, byWorst(held), decisionLine),
    part(
      "🔁",
      `${counted(contested.length, "change")} came back and ${contested.length === 1 ? "was" : "were"} closed again`,
      byResource(contested),
      repeatedLine,
    ),
    part("🔒", `${counted(acted.length, "change")} closed`, byWorst(acted), decisionLine),
    part("🧪", `${counted(wouldAct.length, "change")} would be closed, were this no dry run`, byWorst(wouldAct), decisionLine),
    part("⏳", `${counted(ending.length, "exception")} about to end`, ending, endingLine),
  ].flat();
  const quiet = parts.length === 0 ? [section("A quiet day: nothing was closed, nothing failed, and no exception is about to end.")] : [];
  const counts = [
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(held.length > 0 ? [`${held.length} held back`] : []),
    `${acted.length + contested.length} closed`,
    ...(wouldAct.length > 0 ? [`${wouldAct.length} would be closed`] : []),
    ...(ending.length > 0 ? [`${counted(ending.length, "exception")} about to end`] : []),
  ];
  return {
    text: prose(`${title}: ${counts.join(", ")}`, LIMITS.fallback),
    blocks: fitting([header(title), ...parts, ...quiet, ...drilled(drills)]),
  };
}

function drilled(drills: readonly number[]): Block[] {
  return drills.length === 0 ? [] : [context(`Fire drill: closed ${Math.max(...drills).toFixed(1)} s after it was opened`)];
}

function part<T>(sign: string, title: string, items: readonly T[], line: (item: T) => string): Block[] {
  return items.length === 0 ? [] : [divider(), section(`${sign} *${title}*\n${listed(items, SHOWN, line)}`)];
}

function decisionLine(decision: Decision): string {
  const { change, names } = decision;
  return `${prose(headline(decision, LIMITS.header), 220)}, ${prose(names.account ?? change.account, 40)}`;
}

interface Repeated {
  readonly last: Decision;
  readonly count: number;
}

// Somebody or something keeps opening the same: told once, with a number.
function byResource(decisions: readonly Decision[]): Repeated[] {
  const grouped = Map.groupBy(decisions, ({ change, findings }) =>
    [change.account, change.region, change.subject.id, ...new Set(findings.map(({ rule }) => rule))].join(" "),
  );
  return [...grouped.values()]
    .flatMap((same) => {
      const last = same.at(-1);
      const counts = same.map(({ contest }) => contest?.count ?? 0);
      return last === undefined ? [] : [{ last, count: Math.max(same.length, ...counts) }];
    })
    .sort((a, b) => b.count - a.count);
}

function repeatedLine({ last, count }: Repeated): string {
  return `${count > 1 ? `*${count} times*  ` : ""}${decisionLine(last)}`;
}

function endingLine({ subject, account, until, admits, approvedBy }: Grant): string {
  const [first] = admits;
  const what = first === undefined ? "" : `, ${admissionLine(first)}`;
  return `${minute(until)}: ${code(subject.id, 60)} in ${code(account, 20)}${what}, by ${person(approvedBy)}`;
}
