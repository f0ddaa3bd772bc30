import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Act, Decision } from "../../lib/model/decision.ts";
import { OUTCOMES } from "../../lib/model/decision.ts";
import { type Finding, SEVERITIES } from "../../lib/model/finding.ts";
import type { SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { trafficOf } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { messageFor } from "../../lib/slack/message.ts";
import { change, decision, rule } from "../support/decisions.ts";
import { refuseBlocks } from "../support/slack-limits.ts";

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
