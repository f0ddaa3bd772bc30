import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Answer } from "../../lib/guard/answering/respond-ports.ts";
import type { Act, Decision } from "../../lib/model/decision.ts";
import { OUTCOMES } from "../../lib/model/decision.ts";
import { type Finding, SEVERITIES } from "../../lib/model/finding.ts";
import type { SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { trafficOf } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { PolicyDocument } from "../../lib/policy/schema.ts";
import { policyOf } from "../../lib/policy/snapshot.ts";
import { answerMessage } from "../../lib/slack/answers.ts";
import type { Button, SlackMessage } from "../../lib/slack/blocks.ts";
import { burstMessage, burstTable } from "../../lib/slack/burst.ts";
import { explanationOf } from "../../lib/slack/explanation.ts";
import { digestOf, exceptionsList } from "../../lib/slack/lists.ts";
import { messageFor } from "../../lib/slack/message.ts";
import { replyFor, stateAfter } from "../../lib/slack/reply.ts";
import { change, decision, rule } from "../support/decisions.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readAll } from "./read-message.ts";

// Text as hostile and as long as it may come: every sign grows to five characters when escaped.
const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "web",
    "&".repeat(5000),
    "<!channel>".repeat(400),
    "😀".repeat(3000),
    "\uD83D",
    "*_~`".repeat(900),
    "x".repeat(60_000),
  ),
);
const anyRule: fc.Arbitrary<SecurityGroupRule> = fc
  .tuple(
    fc.integer({ min: 0, max: 65_535 }),
    fc.integer({ min: 0, max: 65_535 }),
    fc.ipV4(),
    fc.integer({ min: 0, max: 32 }),
    fc.option(anyText, { nil: undefined }),
  )
  .map(([a, b, address, bits, description]) => rule(`tcp ${Math.min(a, b)}-${Math.max(a, b)} from ${address}/${bits}`, description));
const anyFinding: fc.Arbitrary<Finding> = fc
  .tuple(anyText, fc.constantFrom(...SEVERITIES), anyText, fc.array(anyRule, { maxLength: 8 }), fc.constantFrom("now", "earlier"))
  .map(([id, severity, message, rules, introduced]) => ({
    rule: id,
    severity,
    message,
    traffic: TrafficSet.of(rules.flatMap((one) => trafficOf(one).boxes())),
    rules,
    parts: [],
    introduced,
  }));
const anyAct: fc.Arbitrary<Act> = fc
  .tuple(
    fc.constantFrom("revoke-ingress", "narrow-ingress", "restore-ingress"),
    fc.array(anyRule, { maxLength: 12 }),
    fc.array(anyRule, { maxLength: 12 }),
    fc.constantFrom("done", "already", "would", "denied", "failed"),
    fc.option(anyText, { nil: undefined }),
  )
  .map(([kind, revoke, authorize, result, error]) => ({
    remedy: { kind, group: "sg-0abc", revoke, authorize },
    result,
    ...(error !== undefined && { error }),
  }));
const anyDecision: fc.Arbitrary<Decision> = fc
  .record({
    texts: fc.array(anyText, { minLength: 14, maxLength: 14 }),
    mode: fc.constantFrom("dry-run", "enforce"),
    outcome: fc.constantFrom(...OUTCOMES),
    findings: fc.array(anyFinding, { maxLength: 30 }),
    acts: fc.array(anyAct, { maxLength: 20 }),
    partial: fc.boolean(),
    toClosed: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined }),
  })
  .map(({ texts, toClosed, ...rest }) => {
    const [
      arn = "",
      userAgent = "",
      sourceIp = "",
      region = "",
      account = "",
      name = "",
      group = "",
      vpc = "",
      id = "",
      at = "",
      call = "",
      version = "",
      session = "",
      needs = "",
    ] = texts;
    return decision({
      ...rest,
      id,
      policyVersion: version,
      change: change({
        at,
        account,
        region,
        actor: { arn, userAgent, sourceIp, session },
        call: { source: "ec2.amazonaws.com", name: call },
        subject: { kind: "security-group", id },
      }),
      names: { account: name, subject: group, vpc },
      excepted: rest.findings.slice(0, 9).map((finding) => ({ finding, exception: session })),
      notJudged: texts.map((text) => ({ rule: text, needs })),
      latency: { eventAge: 1000, ...(toClosed !== undefined && { toClosed }) },
    });
  });

// Without anything from AWS that is a mention or link of its own: the console and moments are ours.
const OURS = /<https:\/\/[\w.-]+console[\w./?=#:&;%-]*\|[^<>|]*>|<!date\^\d+\^[^<>|]*\|[^<>|]*>|<@U012AB3CD>/g;

function expectTaken(message: SlackMessage): void {
  expect(refuseBlocks(message.blocks)).toBeUndefined();
  expect(message.text.length).toBeLessThanOrEqual(300);
  expect(message.text).not.toBe("");
  expect(readAll(message).replace(OURS, "")).not.toMatch(/[<>]/);
  for (const button of buttonsIn(message)) {
    expect(button.text.text.length).toBeLessThanOrEqual(75);
    expect(button.action_id.length).toBeLessThanOrEqual(255);
    expect(button.value.length).toBeLessThanOrEqual(2000);
    const { title, text, confirm, deny } = button.confirm ?? {};
    expect(title?.text.length ?? 0).toBeLessThanOrEqual(100);
    expect(text?.text.length ?? 0).toBeLessThanOrEqual(300);
    for (const answer of [confirm, deny]) expect(answer?.text.length ?? 0).toBeLessThanOrEqual(30);
  }
  for (const block of message.blocks) {
    if (block.type === "actions") expect(new Set(block.elements.map(({ action_id: id }) => id)).size).toBe(block.elements.length);
  }
}

function buttonsIn({ blocks }: SlackMessage): readonly Button[] {
  return blocks.flatMap((block) => {
    if (block.type === "actions") return block.elements;
    return block.type === "section" && "text" in block && block.accessory !== undefined ? [block.accessory] : [];
  });
}

const POLICY = policyOf(
  PolicyDocument.parse({
    version: 1,
    networks: { office: ["198.51.100.0/24"] },
    rules: { "no-public-ingress": { allow: [{ protocol: "tcp", ports: "22", from: ["office"] }] }, "admin-through-bastion": true },
  }),
);
/** The same decision with findings of rules that exist, so that they can be explained. */
const ofKnownRules = ({ findings, ...given }: Decision): Decision => ({
  ...given,
  id: given.id.slice(0, 200),
  findings: findings.map((one, i) => ({ ...one, rule: ["no-public-ingress", "admin-through-bastion", "described-rules"][i % 3] ?? "" })),
});
const anyAnswer: fc.Arbitrary<Answer> = fc
  .tuple(anyText, anyText, anyText, anyText, fc.constantFrom("done", "refused", "moot", "failed"))
  .map(([user, says, reason, grant, result]) => ({
    id: grant,
    at: says,
    user,
    ask: "undo",
    decision: reason,
    result,
    says,
    reason,
    grant,
  }));

describe("Slack takes every kind of message, and all of it is inert", () => {
  const KINDS: Record<string, (given: Decision) => readonly SlackMessage[]> = {
    "with buttons and a mention": (given) => [messageFor(given, { buttons: true, mention: "U012AB3CD", state: stateAfter(given, 3) })],
    "with a foreign text for a state": (given) => [messageFor(given, { buttons: true, mention: given.id, state: given.change.actor.arn })],
    "a reply": (given) => [replyFor(given, { buttons: true })],
    "a burst": (given) => [burstMessage([given, given]), burstMessage([])],
    "the table of a burst": (given) => [...burstTable([given, given, given], { buttons: true }), ...burstTable([given, given, given])],
    "an explanation": (given) => [
      explanationOf(given, POLICY, { buttons: true }),
      explanationOf(ofKnownRules(given), POLICY, { buttons: true }),
    ],
    "a digest": (given) => [
      digestOf({ acted: [given], wouldAct: [given], failed: [given], contested: [given], held: [given], ending: [] }, given.change.at),
    ],
    "the exceptions": ({ change: { at, account, region, subject }, id, policyVersion }) => {
      const odd = {
        id,
        account,
        region,
        subject,
        until: "2030-01-01T00:00:00Z",
        reason: id,
        approvedBy: policyVersion,
        grantedAt: at,
        decision: id,
      };
      const admits = [{ rule: id, allow: [{ protocol: id, ports: id, from: [id, id] }], parts: [id] }];
      const ofPolicy = { id, rule: id, until: "2030-01-01", reason: id, approved_by: id };
      return [exceptionsList([{ ...odd, admits }], 0, [ofPolicy])];
    },
    "an answer about a decision": (given) => [
      answerMessage({ id: "1", at: given.change.at, user: given.id, ask: "allow", result: "done", says: given.id }, given),
    ],
  };
  for (const [name, messages] of Object.entries(KINDS)) {
    test(name, () =>
      fc.assert(
        fc.property(anyDecision, (given) => messages(given).forEach(expectTaken)),
        { numRuns: 40 },
      ),
    );
  }

  test("an answer", () =>
    fc.assert(
      fc.property(anyAnswer, (given) => expectTaken(answerMessage(given))),
      { numRuns: 100 },
    ));
});

describe("Slack takes the message", () => {
  test("whatever the decision holds", () => {
    fc.assert(
      fc.property(anyDecision, (given) => {
        const { text, blocks } = messageFor(given);
        expect(refuseBlocks(blocks)).toBeUndefined();
        expect(text.length).toBeLessThanOrEqual(300);
        expect(text).not.toBe("");
      }),
      { numRuns: 60 },
    );
  });

  test("of 400 findings and 400 acts with the longest of texts", () => {
    const huge = "&<>*`".repeat(2000);
    const rules = Array.from({ length: 400 }, (_, i) => rule(`tcp ${i * 3} from 10.${i % 250}.0.0/16`, huge));
    const findings = rules.map(
      (one, i): Finding => ({
        rule: `${huge}${i}`,
        severity: "low",
        message: huge,
        traffic: trafficOf(one),
        rules: [one],
        parts: [],
        introduced: i % 2 === 0 ? "now" : "earlier",
      }),
    );
    const results = ["done", "already", "denied"] as const;
    const acts = rules.map(
      (one, i): Act => ({
        remedy: { kind: "narrow-ingress", group: huge, revoke: [one], authorize: [one] },
        result: results[i % 3] ?? "done",
        error: huge,
      }),
    );
    const given = decision({
      id: huge,
      policyVersion: huge,
      findings,
      acts,
      outcome: "failed",
      partial: true,
      names: { account: huge, subject: huge, vpc: huge },
      change: change({
        account: huge,
        region: huge,
        actor: { arn: huge, userAgent: huge, sourceIp: huge },
        call: { source: huge, name: huge },
        subject: { kind: "security-group", id: huge },
      }),
      notJudged: findings.map(() => ({ rule: huge, needs: huge })),
      excepted: findings.map((finding) => ({ finding, exception: huge })),
    });
    const { blocks } = messageFor(given);
    expect(refuseBlocks(blocks)).toBeUndefined();
    expect(JSON.stringify(blocks)).toContain("more");
  });
});
