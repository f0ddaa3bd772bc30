import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import { fullName, spotOf } from "../../lib/report/spot.ts";
import { Collected } from "../../lib/report/told.ts";
import { change, decision, deletedRoute, finding, rule, tampering } from "../support/decisions.ts";
import { planned } from "../support/reporting.ts";

function collect(...decisions: readonly Decision[]): Collected {
  const collected = new Collected();
  for (const one of decisions) collected.note(one);
  return collected;
}

function fingerprint(one: Decision): string | undefined {
  return collect(one).findings[0]?.fingerprint;
}

const opened = decision({ outcome: "would-act", acts: [] });

describe("a fingerprint", () => {
  test.each([
    ["another event at another time", decision({ change: change({ id: "other", at: "2027-01-01T00:00:00Z" }) })],
    ["another caller", decision({ change: change({ actor: { arn: "arn:aws:iam::111122223333:user/otto" } }) })],
    [
      "another description",
      decision({ findings: [finding("tcp 22 from 0.0.0.0/0", { rules: [rule("tcp 22 from 0.0.0.0/0", "other")] })] }),
    ],
    ["another severity and message", decision({ findings: [finding("tcp 22 from 0.0.0.0/0", { severity: "low", message: "other" })] })],
  ])("is the same for %s", (_, other) => {
    expect(fingerprint(other)).toBe(fingerprint(opened));
  });

  test("is the same when a resource moves to another line or file", () => {
    const before = planned("aws_security_group.web", { file: "main.tf", line: "12" });
    expect(fingerprint(planned("aws_security_group.web", { file: "web.tf", line: "90" }))).toBe(fingerprint(before));
    expect(fingerprint(planned("aws_security_group.api", { file: "main.tf", line: "12" }))).not.toBe(fingerprint(before));
  });

  test.each([
    ["another resource", decision({ change: change({ subject: { kind: "security-group", id: "sg-0other" } }) })],
    ["another account", decision({ change: change({ account: "444455556666" }) })],
    ["another region", decision({ change: change({ region: "us-east-1" }) })],
    ["another rule", decision({ findings: [finding("tcp 22 from 0.0.0.0/0", { rule: "admin-through-bastion" })] })],
    ["other traffic", decision({ findings: [finding("tcp 22 from 0.0.0.0/1")] })],
    [
      "the same traffic by other rules",
      decision({ findings: [finding("tcp 22 from 0.0.0.0/0", { rules: [rule("tcp from 0.0.0.0/0")] })] }),
    ],
  ])("differs for %s", (_, other) => {
    expect(fingerprint(other)).not.toBe(fingerprint(opened));
  });

  test("tells parts of a route table, and deeds, from each other", () => {
    const route = deletedRoute();
    const other = deletedRoute({ findings: route.findings.map((found) => ({ ...found, parts: ["::/0"] })) });
    expect(fingerprint(other)).not.toBe(fingerprint(route));
    const deleted = change({ call: { source: "cloudtrail.amazonaws.com", name: "DeleteTrail" }, subject: tampering().change.subject });
    expect(fingerprint(tampering({ change: deleted }))).not.toBe(fingerprint(tampering()));
  });
});

describe("what is collected", () => {
  const at = (minute: number) => change({ id: `event-${minute}`, at: `2026-03-02T09:0${minute}:00Z` });

  test("tells a hole once that was opened twice, and whether it stands", () => {
    const closed = decision({ change: at(2), outcome: "clean", findings: [], acts: [] });
    const again = decision({ change: at(3), outcome: "would-act", acts: [] });
    const { findings } = collect(decision({ change: at(1), outcome: "would-act", acts: [] }), closed, again);
    expect(findings).toMatchObject([{ times: 2, first: { change: { id: "event-1" } }, exposure: { since: again.change.at } }]);
    expect(findings[0]?.exposure).not.toHaveProperty("until");
  });

  test("comes worst first, then by time, whatever the order in which it was found", () => {
    const low = decision({ change: at(1), outcome: "alert", findings: [finding("tcp 1 from 0.0.0.0/0", { severity: "low" })] });
    const late = decision({ change: { ...at(3), subject: { kind: "security-group", id: "sg-0late" } }, outcome: "would-act" });
    const early = decision({ change: { ...at(2), subject: { kind: "security-group", id: "sg-0early" } }, outcome: "would-act" });
    const orders = [
      [low, late, early],
      [early, low, late],
    ].map((decisions) => collect(...decisions).findings.map(({ first }) => first.change.id));
    expect(orders).toEqual([
      ["event-2", "event-3", "event-1"],
      ["event-2", "event-3", "event-1"],
    ]);
  });

  test("keeps a thousand of what could not be read, and nothing of what is clean", () => {
    const collected = collect(decision({ outcome: "clean", findings: [], acts: [] }));
    for (let index = 0; index < 1_200; index++) collected.noteUnreadable({ source: "a", index, reason: "b" });
    expect(collected.unreadable).toHaveLength(1_000);
    expect([collected.findings, collected.excepted, collected.notJudged]).toEqual([[], [], []]);
  });
});

describe("the full name of a resource", () => {
  test.each([
    ["eu-west-1", "security-group", "sg-0a", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a"],
    ["us-gov-west-1", "peering", "pcx-0a", "arn:aws-us-gov:ec2:us-gov-west-1:111122223333:vpc-peering-connection/pcx-0a"],
    ["cn-north-1", "nat-gateway", "nat-0a", "arn:aws-cn:ec2:cn-north-1:111122223333:natgateway/nat-0a"],
    ["eu-west-1", "guard-part", "organization-trail", "111122223333/eu-west-1/guard-part/organization-trail"],
  ] as const)("in %s, of %s %s, is %s", (region, kind, id, name) => {
    expect(fullName(spotOf(decision({ change: change({ region, subject: { kind, id } }) })))).toBe(name);
  });

  test("is its address in a plan", () => {
    expect(fullName(spotOf(planned('module.web.aws_security_group.this["a"]')))).toBe('module.web.aws_security_group.this["a"]');
  });
});
