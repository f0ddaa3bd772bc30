import { describe, expect, test } from "@jest/globals";
import { type Decision, decisionId } from "../../lib/model/decision.ts";
import { narrowRules, revokeRules } from "../../lib/model/remedy.ts";
import { change, decision, rule } from "../support/decisions.ts";
import type { PostedMessage } from "../support/slack-workspace.ts";
import type { Change } from "./changes.ts";
import type { Entry, Observed, StandingGroup } from "./observe.ts";
import { HALVES, type Step } from "./plan.ts";
import { reportOf } from "./report.ts";
import { Trace } from "./trace.ts";
import { verdictOn } from "./verdict.ts";

const PLACES = [
  { account: "111122223333", region: "eu-west-1" },
  // As chaos.yml has it, every second place narrows.
  { account: "111122223333", region: "eu-central-1" },
] as const;
const GROUPS = ["sg-0a1b2c3d4e5f60718", "sg-0b1c2d3e4f5061728"] as const;
const ALL = "0.0.0.0/0";
const OWN = "10.0.0.0/8";

// One change of each kind, in the order that they were made.
const HOLE = made({ number: 0, kind: "hole", from: 10_000, cidrs: [ALL] });
const PRIVATE = made({ number: 1, kind: "private", from: 10_001, cidrs: [OWN], reports: [0, 3] });
const MIXED = made({ number: 2, kind: "mixed", from: 10_002, cidrs: [OWN, ALL] });
const HALF = made({ number: 3, kind: "sum", from: 10_003, cidrs: [HALVES[0]] });
const OTHER_HALF = made({ number: 4, kind: "sum", from: 10_003, cidrs: [HALVES[1]] });
const WAVERING = made({ number: 5, kind: "repent", from: 10_005, cidrs: [ALL] });
const REPENTED = made({ number: 6, kind: "repent", from: 10_005, cidrs: [OWN], modifies: 5 });
const OPENED = made({ number: 7, kind: "reopen", from: 10_007, cidrs: [ALL] });
const REOPENED = made({ number: 8, kind: "reopen", from: 10_007, cidrs: [ALL] });
const LOST = made({ number: 9, kind: "hole-v6", from: 10_009, cidrs: ["::/0"], reports: [] });
const RANGE = made({ number: 10, kind: "range", from: 443, to: 10_010, cidrs: [ALL], place: 1 });
const CHANGES = [HOLE, PRIVATE, MIXED, HALF, OTHER_HALF, WAVERING, REPENTED, OPENED, REOPENED, LOST, RANGE];

const closing = (of: Change, ...rules: readonly string[]) =>
  decided(of, {
    acts: [
      {
        remedy: revokeRules(
          of.group,
          rules.map((text) => rule(text)),
        ),
        result: "done",
      },
    ],
  });
const clean = (of: Change) => decided(of, { outcome: "clean", findings: [], acts: [] });
const web = narrowRules(GROUPS[1], [rule("tcp 443-10010 from 0.0.0.0/0")], [rule("tcp 443 from 0.0.0.0/0")]);
const swept = closing(LOST, "tcp 10009 from ::/0");

const LEDGER: readonly Entry[] = [
  closing(HOLE, "tcp 10000 from 0.0.0.0/0"),
  // What its copy met and took in passing is told beside it; what its second copy took was put back at once.
  besides(HOLE, "again-1", closing(HOLE, "tcp 10002 from 0.0.0.0/0")),
  besides(HOLE, "again-2", decided(HOLE, { acts: [] })),
  clean(PRIVATE),
  decided(MIXED, { outcome: "alert", acts: [] }),
  clean(HALF),
  closing(OTHER_HALF, "tcp 10003 from 53.0.0.0/8"),
  clean(WAVERING),
  clean(REPENTED),
  closing(OPENED, "tcp 10007 from 0.0.0.0/0"),
  // The event of the second opening came first.
  decided(REOPENED, {
    acts: [{ remedy: revokeRules(REOPENED.group, [rule("tcp 10007 from 0.0.0.0/0")]), result: "done", presumed: "answer-lost" }],
  }),
  besides(OPENED, "again-1", closing(OPENED, "tcp 10007 from 0.0.0.0/0")),
  { ...swept, id: `swept-${"0".repeat(32)}/${LOST.group}` },
  decided(RANGE, { acts: [{ remedy: web, result: "done" }] }),
].map(published);

const OBSERVED: Observed = {
  changes: CHANGES,
  groups: [
    standing(0, "tcp 10001 from 10.0.0.0/8", "tcp 10002 from 10.0.0.0/8", "tcp 10003 from 52.0.0.0/8", "tcp 10005 from 10.0.0.0/8"),
    standing(1, "tcp 443 from 0.0.0.0/0"),
  ],
  ledger: LEDGER,
  messages: messagesOf(LEDGER),
  deadLetters: 0,
};

test("a run that kept every promise", () => expect(verdictOn(OBSERVED)).toEqual([]));

describe("a broken promise", () => {
  const { groups, ledger, messages } = OBSERVED;
  const [first, second] = groups as readonly [StandingGroup, StandingGroup];
  const without = (of: Change) => ledger.filter(({ id }) => id !== idOf(of));
  const altered = (of: Change, alter: (one: Decision) => Decision, state = "published") =>
    ledger.map((entry) =>
      entry.id === idOf(of) && entry.decision !== undefined ? { ...entry, state, decision: alter(entry.decision) } : entry,
    );
  const unacted = (one: Decision): Decision => ({ ...one, acts: [] });
  const about = (of: Change, count: number) => [
    ...messages.filter((one) => !JSON.stringify(one).includes(`"${idOf(of)}"`)),
    ...Array.from({ length: count }, () => message(idOf(of))),
  ];
  const page = (...of: readonly Change[]): PostedMessage => ({
    ...message(`burst/${"0".repeat(32)}/1`),
    blocks: [{ type: "section", text: { type: "mrkdwn", text: of.map((one) => `\`${idOf(one)}\``).join("\n") } }],
  });

  test.each<[string, Partial<Observed>, string]>([
    [
      "a hole that is open",
      { groups: [adding(first, "tcp 10000 from 0.0.0.0/0"), second] },
      `nothing forbidden is open: tcp 10000 from 0.0.0.0/0 is open in ${GROUPS[0]}, by change 0`,
    ],
    [
      "a rule that nobody asked for",
      { groups: [first, adding(second, "tcp 22 from 10.0.0.0/8")] },
      `nothing forbidden is open: tcp 22 from 10.0.0.0/8 is in ${GROUPS[1]}, and nobody asked for it`,
    ],
    [
      "halves that are forbidden together",
      { groups: [adding(first, "tcp 10003 from 53.0.0.0/8"), second] },
      `nothing forbidden is open: tcp 10003 from 52.0.0.0/8 and tcp 10003 from 53.0.0.0/8 are open in ${GROUPS[0]} together`,
    ],
    [
      "what was narrowed, and is still there",
      { groups: [first, adding(second, "tcp 443-10010 from 0.0.0.0/0")] },
      `nothing forbidden is open: tcp 443-10010 from 0.0.0.0/0 is open in ${GROUPS[1]}, by change 10`,
    ],
    [
      "a lawful rule that is gone",
      { groups: [lacking(first, "tcp 10001 from 10.0.0.0/8"), second] },
      `nothing lawful is lost: tcp 10001 from 10.0.0.0/8 of change 1 is gone from ${GROUPS[0]}`,
    ],
    [
      "a web port that narrowing took",
      { groups: [first, standing(1)] },
      `nothing lawful is lost: tcp 443 from 0.0.0.0/0 of change 10 is gone from ${GROUPS[1]}`,
    ],
    [
      "what was made lawful, and closed all the same",
      { groups: [lacking(first, "tcp 10005 from 10.0.0.0/8"), second] },
      `nothing lawful is lost: tcp 10005 from 10.0.0.0/8 of change 6 is gone from ${GROUPS[0]}`,
    ],
    [
      "a change without a decision",
      { ledger: without(PRIVATE) },
      `one decision a change: change 1 was reported and has no decision (${idOf(PRIVATE)})`,
    ],
    [
      "one that was begun",
      { ledger: [...without(PRIVATE), { id: idOf(PRIVATE), state: "begun" }] },
      `one decision a change: ${idOf(PRIVATE)} was begun and never decided`,
    ],
    [
      "one that was never announced",
      { ledger: altered(PRIVATE, (one) => one, "decided") },
      `one decision a change: ${idOf(PRIVATE)} is clean and was never announced: it is decided`,
    ],
    [
      "a decision on a change that nobody reported",
      { ledger: [...ledger, published(clean(LOST))] },
      `one decision a change: ${idOf(LOST)} is one decision too many: no such change was reported`,
    ],
    [
      "a second decision that closed what the first did",
      {
        ledger: [...ledger, published(besides(MIXED, "again-1", closing(MIXED, "tcp 10002 from 0.0.0.0/0")))],
        messages: [...messages, message(`${idOf(MIXED)}/again-1`)],
      },
      `one decision a change: 2 decisions closed tcp 10002 from 0.0.0.0/0 in ${GROUPS[0]}, which was opened 1 times: ${idOf(HOLE)}/again-1, ${idOf(MIXED)}/again-1`,
    ],
    [
      "a closing that no decision tells of",
      { ledger: altered(HOLE, unacted) },
      `one decision a change: no decision tells that tcp 10000 from 0.0.0.0/0 in ${GROUPS[0]} was closed (change 0)`,
    ],
    [
      "a closing of which a decision of another place tells",
      { ledger: altered(HOLE, (one) => ({ ...one, change: { ...one.change, region: "eu-central-1" } })) },
      `one decision a change: no decision tells that tcp 10000 from 0.0.0.0/0 in ${GROUPS[0]} was closed (change 0)`,
    ],
    [
      "a sweep that closed and tells of nothing",
      {
        ledger: ledger.map((entry) =>
          entry.decision !== undefined && entry.id.startsWith("swept-") ? { ...entry, decision: unacted(entry.decision) } : entry,
        ),
      },
      `one decision a change: no decision tells that tcp 10009 from ::/0 in ${GROUPS[0]} was closed (change 9)`,
    ],
    [
      "a closing that failed",
      {
        ledger: altered(HOLE, (one) => ({
          ...one,
          outcome: "failed",
          acts: one.acts.map((act) => ({ ...act, result: "failed" as const })),
        })),
      },
      `one decision a change: no decision tells that tcp 10000 from 0.0.0.0/0 in ${GROUPS[0]} was closed (change 0)`,
    ],
    ["a message that is missing", { messages: about(HOLE, 0) }, `each told once: ${idOf(HOLE)} (acted) was told 0 times, expected 1`],
    ["a message that came twice", { messages: about(HOLE, 2) }, `each told once: ${idOf(HOLE)} (acted) was told 2 times, expected 1`],
    [
      "a message, and a line of a burst",
      { messages: [...messages, page(HOLE)] },
      `each told once: ${idOf(HOLE)} (acted) was told 2 times, expected 1`,
    ],
    [
      "a message about nothing",
      { messages: [...messages, message(idOf(PRIVATE))] },
      `each told once: ${idOf(PRIVATE)} (clean) was told 1 times, expected 0`,
    ],
    [
      "news of what was put back at once",
      { messages: [...messages, message(`${idOf(HOLE)}/again-2`)] },
      `each told once: ${idOf(HOLE)}/again-2 (acted) was told 1 times, expected 0`,
    ],
    ["dead letters", { deadLetters: 2 }, "no dead letters: 2 messages are in dead-letter queues"],
  ])("%s", (_, tampered, says) => {
    expect(verdictOn({ ...OBSERVED, ...tampered }).map((one) => `${one.promise}: ${one.says}`)).toEqual([says]);
  });

  test("a line of a burst tells as a message does", () =>
    expect(
      verdictOn({ ...OBSERVED, messages: [...about(HOLE, 0), page(OPENED, HOLE)].filter((one) => one.ts !== tsOf(idOf(OPENED))) }),
    ).toEqual([]));
});

test("a report says what broke, and what happened to the change and its group in order", () => {
  const trace = new Trace();
  trace.name(GROUPS[0], "group 0 of place 0");
  trace.name(HOLE.event, "change 0");
  trace.note("change 0 is made", [HOLE.event, HOLE.group]);
  trace.note("change 10 is made", [RANGE.event, RANGE.group]);
  trace.note("change 0 is reported", [HOLE.event, HOLE.group]);
  const lines = reportOf(verdictOn({ ...OBSERVED, messages: OBSERVED.messages.slice(1) }), trace).split("\n");
  expect(lines.slice(0, 4)).toEqual([
    "",
    "BROKEN: each told once",
    "change 0/group 0 of place 0 (acted) was told 0 times, expected 1",
    `(${idOf(HOLE)} (acted) was told 0 times, expected 1)`,
  ]);
  expect(lines.slice(4).map((line) => line.replace(/^ *\d+\.\d{3} s {2}/, ""))).toEqual([
    "change 0 is made, about change 0, group 0 of place 0",
    "change 0 is reported, about change 0, group 0 of place 0",
    "",
  ]);
});

type Given = Pick<Step, "number" | "kind" | "from" | "cidrs"> & Partial<Step>;

function made(given: Given): Change {
  const place = PLACES[given.place ?? 0];
  const group = GROUPS[given.place ?? 0];
  if (place === undefined || group === undefined) throw new Error(`there is no place ${given.place}`);
  const step: Step = { place: 0, group: 0, protocol: "tcp", to: given.from, reports: [0], ...given };
  const event = `00000000-0000-4000-8000-${`${given.number}`.padStart(12, "0")}`;
  return { step, place, group, event, record: {}, rules: [] };
}

function idOf({ event, group }: Change): string {
  return `${event}/${group}`;
}

function decided({ event, group, place }: Change, overrides: Partial<Decision>): Decision {
  const subject = { kind: "security-group", id: group } as const;
  const about = change({ id: event, ...place, subject });
  return decision({ id: decisionId(about), change: about, ...overrides });
}

function besides(of: Change, turn: string, one: Decision): Decision {
  return { ...one, id: `${idOf(of)}/${turn}` };
}

function published(one: Decision): Entry {
  return { id: one.id, state: "published", decision: one };
}

function standing(place: 0 | 1, ...rules: readonly string[]): StandingGroup {
  return { place: PLACES[place], placeNumber: place, id: GROUPS[place], ingress: rules.map(ingressOf) };
}

function adding(group: StandingGroup, text: string): StandingGroup {
  return { ...group, ingress: [...group.ingress, ingressOf(text)] };
}

function lacking(group: StandingGroup, text: string): StandingGroup {
  const gone = JSON.stringify(ingressOf(text));
  return { ...group, ingress: group.ingress.filter((one) => JSON.stringify(one) !== gone) };
}

function ingressOf(text: string): StandingGroup["ingress"][number] {
  const { protocol, fromPort = -1, toPort = -1, peer } = rule(text);
  if (peer.kind !== "cidr") throw new Error(`${text} names no range of addresses`);
  return { protocol, from: fromPort, to: toPort, cidr: peer.cidr };
}

function messagesOf(ledger: readonly Entry[]): PostedMessage[] {
  const told = ledger.filter(
    ({ decision: one }) => one !== undefined && one.outcome !== "clean" && !(one.id.includes("/again-") && one.acts.length === 0),
  );
  return told.map(({ id }) => message(id));
}

function message(about: string): PostedMessage {
  return { channel: "#portcullis", ts: tsOf(about), text: "", blocks: [], metadata: { event_type: "decision", event_payload: { about } } };
}

function tsOf(about: string): string {
  return `ts of ${about}`;
}
