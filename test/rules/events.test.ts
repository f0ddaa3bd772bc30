import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { changesIn } from "../../cli/changes.ts";
import { NOTHING_SAID } from "../../lib/guard/judging/decide.ts";
import { review } from "../../lib/guard/reviewing/review.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { loadPolicy } from "../../lib/policy/load.ts";
import { Tally } from "../../lib/report/tally.ts";
import { RULES } from "../../lib/rules/index.ts";
import { kindsOf } from "../../lib/rules/rule.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** What examples/strict.yml decides about all recorded and constructed events. */
const decisions: Decision[] = [];
/** Calls of which no rule said anything. */
const lawfulCalls: Change[] = [];
beforeAll(async () => {
  const listeners = { tally: new Tally(), onFile: () => {}, onPlan: () => {}, onUnreadable: async () => {} };
  const options = { policy: loadPolicy(join(ROOT, "examples/strict.yml")), world: new RecordedWorld() };
  for await (const reviewed of review(changesIn([join(ROOT, "events")], listeners), options)) {
    if (reviewed.kind === "decided") decisions.push(reviewed.decision);
    else if (reviewed.reason === NOTHING_SAID) lawfulCalls.push(reviewed.change);
  }
});

/** Whether a rule looks at a decision's resource, which brings something and does not only go, or at its call. */
function isJudgedBy(id: string, { change: { subject, call, claim, via } }: Decision): boolean {
  const meta = RULES.find((rule) => rule.meta.id === id)?.meta;
  if (meta === undefined) throw new Error(`no rule is called ${id}`);
  const kinds = kindsOf(meta);
  // What a rule about calls alone does not name, it finds lawful.
  if (via === undefined && kinds.includes("call") && (kinds.length === 1 || meta.calls?.includes(call.name) === true)) return true;
  const goes = claim?.kind === "group-deleted" || (claim?.kind === "effects" && claim.effects.every(({ op }) => op === "delete"));
  return !goes && kinds.some((kind) => kind === subject.kind);
}

describe.each(RULES.map(({ meta }) => meta.id))("%s under examples/strict.yml", (id) => {
  const findingsOf = ({ findings }: Decision) => findings.filter(({ rule }) => rule === id);

  test("finds something in an event, and blames the call that brought it", () => {
    expect(decisions.flatMap(findingsOf)).toContainEqual(expect.objectContaining({ introduced: "now" }));
  });

  test("judges another event, of the same kind of resource, and finds nothing", () => {
    const lawful = decisions.filter(
      (decision) => isJudgedBy(id, decision) && !decision.notJudged.some(({ rule }) => rule === id) && findingsOf(decision).length === 0,
    );
    const calls = lawfulCalls.filter(({ call }) => RULES.some(({ meta }) => meta.id === id && meta.calls?.includes(call.name)));
    expect([...lawful, ...calls]).not.toEqual([]);
  });
});

test("the story of the shop brings one finding after the other", () => {
  const story = decisions.filter(
    ({ change: { at, subject } }) => at >= "2026-02-03T09:46:00Z" && at <= "2026-02-03T09:58:00Z" && subject.kind === "security-group",
  );
  // A new group sends everything everywhere, with no description: these rules tell the same of each of its events.
  const always = new Set(["no-unrestricted-egress", "described-rules"]);
  const told = story.map(({ change: { at, call }, findings }) => [
    `${at.slice(11, 16)} ${call.name}`,
    ...findings.filter(({ rule }) => !always.has(rule)).map(({ rule, traffic, introduced }) => `${introduced}: ${rule}: ${traffic}`),
  ]);
  const metrics = "port-registry: tcp 9000 from sg-0c05f797252da4cf7";
  const subnet = "prefer-group-source: tcp 8443 from 10.50.1.0/24";
  expect(told).toEqual([
    ["09:47 CreateSecurityGroup"],
    ["09:48 AuthorizeSecurityGroupIngress", "now: dual-stack-parity: tcp 443 from 0.0.0.0/0"],
    ["09:49 AuthorizeSecurityGroupIngress"],
    ["09:50 CreateSecurityGroup"],
    ["09:51 AuthorizeSecurityGroupIngress"],
    ["09:52 AuthorizeSecurityGroupIngress", `now: ${metrics}`],
    // An interface leads to its groups.
    ["09:53 CreateNetworkInterface"],
    ["09:54 AuthorizeSecurityGroupIngress", `earlier: ${metrics}`, `now: ${subnet}`],
    ["09:55 AuthorizeSecurityGroupIngress", `earlier: ${metrics}`, `earlier: ${subnet}`],
    ["09:56 DeleteSecurityGroup"],
    // Deleting a group leads to those that name it.
    [
      "09:56 DeleteSecurityGroup",
      `earlier: ${metrics}`,
      "now: no-stale-reference: tcp 8443 from sg-05b00a118b9622fcf",
      `earlier: ${subnet}`,
    ],
    [
      "09:57 AuthorizeSecurityGroupIngress",
      `earlier: ${metrics}`,
      "earlier: no-stale-reference: tcp 8443 from sg-05b00a118b9622fcf",
      `earlier: ${subnet}`,
    ],
    ["09:58 AuthorizeSecurityGroupIngress", "now: no-open-default-group: tcp 8080 from sg-00ff4df4948c620e2"],
  ]);
});
