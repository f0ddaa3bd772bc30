import type { Decision } from "../../lib/model/decision.ts";
import { isGroupRemedy } from "../../lib/model/remedy.ts";
import { isStateOnly } from "../../lib/telling/batch.ts";
import type { PostedMessage } from "../support/slack-workspace.ts";
import type { Change } from "./changes.ts";
import { type Expected, expectedOf } from "./expected.ts";
import { type Entry, type Observed, ruleText, type StandingGroup } from "./observe.ts";

/** Which promise did not hold. */
export type Promised =
  | "nothing forbidden is open"
  | "nothing lawful is lost"
  | "one decision a change"
  | "each told once"
  | "no dead letters";

/** A promise that did not hold, and about what. */
export interface Break {
  readonly promise: Promised;
  readonly says: string;
  /** Ids of the group, and of the changes and decisions, by which the trace knows what happened. */
  readonly about: readonly string[];
}

/** What of an observed run breaks a promise; nothing, if all hold. */
export function verdictOn(observed: Observed): readonly Break[] {
  const { changes, groups, ledger, messages, deadLetters } = observed;
  const byGroup = Map.groupBy(changes, ({ group, place }) => `${place.account} ${place.region} ${group}`);
  const breaks = groups.flatMap((group) => {
    const own = byGroup.get(`${group.place.account} ${group.place.region} ${group.id}`) ?? [];
    const expected = expectedOf(own);
    return [...standingBreaks(group, expected), ...closingBreaks(group, expected, ledger)];
  });
  return [
    ...breaks,
    ...decisionBreaks(changes, ledger),
    ...tellingBreaks(ledger, messages),
    ...(deadLetters === 0
      ? []
      : [{ promise: "no dead letters" as const, says: `${deadLetters} messages are in dead-letter queues`, about: [] }]),
  ];
}

function standingBreaks({ id, ingress }: StandingGroup, { lawful, forbidden, sums }: Expected): Break[] {
  const there = new Set(ingress.map(ruleText));
  const breaks: Break[] = [];
  const half = new Set(sums.flat());
  for (const text of there) {
    const openers = forbidden.get(text);
    if (openers !== undefined) breaks.push(open(`${text} is open in ${id}, by ${named(openers)}`, id, openers));
    else if (!lawful.has(text) && !half.has(text)) breaks.push(open(`${text} is in ${id}, and nobody asked for it`, id, []));
  }
  for (const sum of sums) {
    if (sum.length > 1 && sum.every((text) => there.has(text)))
      breaks.push(open(`${sum.join(" and ")} are open in ${id} together`, id, []));
  }
  for (const [text, change] of lawful) {
    if (there.has(text)) continue;
    const says = `${text} of change ${change.step.number} is gone from ${id}`;
    breaks.push({ promise: "nothing lawful is lost", says, about: [id, change.event] });
  }
  return breaks;
}

function open(says: string, group: string, changes: readonly Change[]): Break {
  return { promise: "nothing forbidden is open", says, about: [group, ...changes.map(({ event }) => event)] };
}

// What was closed must be told by a decision, so that it can be undone, and not by two: EC2 lets one call find a rule.
function closingBreaks({ id, place }: StandingGroup, { forbidden, repented }: Expected, ledger: readonly Entry[]): Break[] {
  const decisions = ledger.flatMap(({ decision }) => (decision === undefined ? [] : [decision])).filter((one) => isOn(one, id, place));
  const closings = decisions.flatMap(closedBy);
  const breaks: Break[] = [];
  for (const [text, openers] of forbidden) {
    const own = closings.filter((one) => one.text === text);
    const sure = own.filter(({ presumed }) => !presumed);
    const about = [id, ...openers.map(({ event }) => event)];
    if (own.length === 0 && !repented.has(text))
      breaks.push({
        promise: "one decision a change",
        says: `no decision tells that ${text} in ${id} was closed (${named(openers)})`,
        about,
      });
    if (sure.length > openers.length)
      breaks.push({
        promise: "one decision a change",
        says: `${sure.length} decisions closed ${text} in ${id}, which was opened ${openers.length} times: ${sure.map(({ by }) => by).join(", ")}`,
        about,
      });
  }
  return breaks;
}

function isOn({ change }: Decision, group: string, { account, region }: StandingGroup["place"]): boolean {
  return change.subject.id === group && change.account === account && change.region === region;
}

function closedBy({ id, acts }: Decision): { readonly text: string; readonly presumed: boolean; readonly by: string }[] {
  return acts.flatMap(({ remedy, result, presumed }) => {
    if (result !== "done" || !isGroupRemedy(remedy)) return [];
    return remedy.revoke.flatMap(({ protocol, fromPort = -1, toPort = -1, peer }) =>
      peer.kind === "cidr"
        ? [{ text: ruleText({ protocol, from: fromPort, to: toPort, cidr: peer.cidr }), presumed: presumed !== undefined, by: id }]
        : [],
    );
  });
}

function decisionBreaks(changes: readonly Change[], ledger: readonly Entry[]): Break[] {
  const breaks: Break[] = [];
  const entries = new Map(ledger.map((entry) => [entry.id, entry]));
  const say = (says: string, about: readonly string[]) => void breaks.push({ promise: "one decision a change", says, about });
  const expected = new Set<string>();
  for (const { step, event, group } of changes) {
    const id = `${event}/${group}`;
    const entry = entries.get(id);
    const name = `change ${step.number}`;
    if (step.reports.length === 0) continue;
    expected.add(id);
    if (entry === undefined) say(`${name} was reported and has no decision (${id})`, [event, group]);
  }
  const reopened = new Set(changes.filter(({ step }) => step.kind === "reopen").map(({ event }) => event));
  for (const { id, state, decision } of ledger) {
    const [event = "", group = "", again] = id.split("/");
    if (decision === undefined) say(`${id} was begun and never decided`, [event, group]);
    else if (state !== "published") say(`${id} is ${decision.outcome} and was never announced: it is ${state}`, [event, group]);
    const isAgain = again !== undefined && (reopened.has(event) || isBeside(decision, entries.get(`${event}/${group}`)?.decision));
    if (expected.has(id) || event.startsWith("swept-") || isAgain) continue;
    say(`${id} is one decision too many: no such change was reported`, [event, group]);
  }
  return breaks;
}

// What one attempt took while a copy was decided on is told beside it, and is no part of it.
function isBeside(decision: Decision | undefined, first: Decision | undefined): boolean {
  if (decision === undefined || first === undefined) return false;
  const [own, told] = [closedBy(decision), closedBy(first)].map((closings) => new Set(closings.map(({ text }) => text)));
  return own !== undefined && told !== undefined && ![...own].some((text) => told.has(text));
}

function tellingBreaks(ledger: readonly Entry[], messages: readonly PostedMessage[]): Break[] {
  const told = tellingsIn(messages);
  return ledger.flatMap(({ id, decision }): Break[] => {
    if (decision === undefined) return [];
    const count = told(id);
    // What was closed once more and put back at once is no news.
    const isBack = id.includes("/again-") && decision.acts.length === 0;
    const wanted = decision.outcome === "clean" || isBack || isStateOnly(decision) ? 0 : 1;
    // What was decided and amended later may have been told under its first outcome.
    if (count === wanted || (count === 1 && decision.outcome === "contested")) return [];
    const says = `${id} (${decision.outcome}) was told ${count} times, expected ${wanted}`;
    return [{ promise: "each told once", says, about: [id.split("/")[0] ?? "", decision.change.subject.id] }];
  });
}

const PAGE_OF_BURST = /^burst\/.+\/\d+$/;

// A message says in its metadata what it is about: a decision, or a page of a table of many, which names their ids.
function tellingsIn(messages: readonly PostedMessage[]): (id: string) => number {
  const direct = new Map<string, number>();
  const pages: string[] = [];
  for (const message of messages) {
    const about = aboutOf(message.metadata);
    if (about === undefined) continue;
    if (PAGE_OF_BURST.test(about)) pages.push(JSON.stringify(message.blocks));
    else direct.set(about, (direct.get(about) ?? 0) + 1);
  }
  return (id) => (direct.get(id) ?? 0) + pages.filter((page) => page.includes(`\`${id}\``)).length;
}

function aboutOf(metadata: object | undefined): string | undefined {
  if (metadata === undefined || !("event_payload" in metadata)) return undefined;
  const { event_payload: payload } = metadata;
  if (typeof payload !== "object" || payload === null || !("about" in payload)) return undefined;
  return typeof payload.about === "string" ? payload.about : undefined;
}

function named(changes: readonly Change[]): string {
  return changes.map(({ step }) => `change ${step.number}`).join(", ");
}
