import type { Change } from "../../lib/model/change.ts";
import { type Decision, decisionId } from "../../lib/model/decision.ts";
import type { Finding } from "../../lib/model/finding.ts";
import { revokeRules } from "../../lib/model/remedy.ts";
import { formatRule, parseRule, type SecurityGroupRule, trafficOf } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";

/** A change for tests: an IAM user opens SSH with Terraform. The user agent is a recorded one. */
export function change(overrides: Partial<Change> = {}): Change {
  return {
    id: "9d1d9a1c-3f4b-4b58-a1c1-6a7d2a1c7d11",
    at: "2026-03-02T09:14:07Z",
    account: "111122223333",
    region: "eu-west-1",
    actor: {
      arn: "arn:aws:iam::111122223333:user/platform/lena",
      sourceIp: "198.51.100.23",
      userAgent:
        "APN/1.0 HashiCorp/1.0 Terraform/1.13.5 (+https://www.terraform.io) terraform-provider-aws/6.28.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.41.0 ua/2.1 os/macos lang/go#1.25.5 md/GOOS#darwin md/GOARCH#arm64 api/ec2#1.279.0 m/n",
    },
    call: { source: "ec2.amazonaws.com", name: "AuthorizeSecurityGroupIngress" },
    subject: { kind: "security-group", id: "sg-0a1b2c3d4e5f60718" },
    ...overrides,
  };
}

/** A security group rule in the notation, `tcp 22 from 0.0.0.0/0`. */
export function rule(notation: string, description?: string): SecurityGroupRule {
  return { ...parseRule(notation), ...(description !== undefined && { description }) };
}

/** A finding about this traffic, admitted by one rule a line unless `rules` says otherwise. */
export function finding(notation: string, overrides: Partial<Finding> = {}): Finding {
  const rules = overrides.rules ?? notation.split(";").map((line) => rule(line));
  return {
    rule: "no-public-ingress",
    severity: "critical",
    message: `${notation} is open to the internet`,
    traffic: notation === "" ? TrafficSet.EMPTY : TrafficSet.parse(notation),
    rules,
    parts: [],
    introduced: "now",
    ...overrides,
  };
}

/** A decision for tests; unless told otherwise, `tcp 22 from 0.0.0.0/0` was opened and closed at once. */
export function decision(overrides: Partial<Decision> = {}): Decision {
  const made = overrides.change ?? change();
  const opened = rule("tcp 22 from 0.0.0.0/0", "temporary, for the vendor");
  return {
    id: decisionId(made),
    change: made,
    policyVersion: "3f9c01d2ab47",
    mode: "enforce",
    outcome: "acted",
    findings: [finding("tcp 22 from 0.0.0.0/0", { traffic: trafficOf(opened), rules: [opened] })],
    excepted: [],
    acts: [{ remedy: revokeRules(made.subject.id, [opened]), result: "done" }],
    notJudged: [],
    partial: false,
    names: { account: "payments-prod", subject: "bastion", vpc: "vpc-0f1e2d3c4b5a69788" },
    latency: { eventAge: 3200, toClosed: 184 },
    ...overrides,
  };
}

/** A decision about a route table: Terraform led the main table to the internet, and the route was deleted. */
export function deletedRoute(overrides: Partial<Decision> = {}): Decision {
  const table = "rtb-0a1b2c3d4e5f60718";
  const route = { destination: "0.0.0.0/0", target: "igw-0a1b" };
  const remedy = { kind: "delete-route", table, route } as const;
  const made = change({
    call: { source: "ec2.amazonaws.com", name: "CreateRoute" },
    subject: { kind: "route-table", id: table },
    claim: { kind: "effects", effects: [{ op: "put", kind: "route-table", id: table, list: "routes", items: [route] }] },
  });
  return decision({
    id: decisionId(made),
    change: made,
    findings: [
      {
        rule: "no-public-main-table",
        severity: "medium",
        message:
          "0.0.0.0/0 to igw-0a1b stands in the main table of vpc-0f1e, which every new subnet uses: give the public subnets a table of their own",
        traffic: TrafficSet.EMPTY,
        rules: [],
        parts: ["0.0.0.0/0", "rtbassoc-1"],
        introduced: "now",
        remedies: [remedy],
      },
    ],
    acts: [{ remedy, result: "done" }],
    names: { account: "payments-prod", vpc: "vpc-0f1e" },
    ...overrides,
  });
}

/** A decision about a call: somebody stopped the trail that feeds the guard. */
export function tampering(overrides: Partial<Decision> = {}): Decision {
  const made = change({
    call: { source: "cloudtrail.amazonaws.com", name: "StopLogging" },
    subject: { kind: "guard-part", id: "organization-trail" },
  });
  return decision({
    id: decisionId(made),
    change: made,
    outcome: "alert",
    findings: [
      {
        rule: "no-guard-tampering",
        severity: "high",
        message: "organization-trail was stopped (StopLogging): without it the guard hears of no change any more",
        traffic: TrafficSet.EMPTY,
        rules: [],
        parts: [],
        introduced: "now",
      },
    ],
    acts: [],
    names: { account: "payments-prod" },
    latency: { eventAge: 3200 },
    ...overrides,
  });
}

/** `presumed done tcp 22 from 0.0.0.0/0`: what a decision tells of each rule that it was about to take. */
export function taken({ acts }: Decision): string[] {
  return acts.flatMap(({ remedy, result, presumed }) =>
    "revoke" in remedy ? remedy.revoke.map((rule) => `${presumed ? "presumed " : ""}${result} ${formatRule(rule)}`) : [],
  );
}
