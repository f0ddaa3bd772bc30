import { describe, expect, test } from "@jest/globals";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noStaleReference } from "../../lib/rules/no-stale-reference.ts";
import { granting } from "../support/changes.ts";
import { peering } from "../support/facts.ts";
import { guardRig } from "../support/guard-rig.ts";
import { networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const group = (id: string, more: Partial<SecurityGroupFacts> = {}): SecurityGroupFacts => ({ id, rules: [], ...more });
const beside = (...groups: SecurityGroupFacts[]) => ({ "security-group": groups });

testRule(noStaleReference, {
  valid: {
    "no rules at all": [],
    "a group that exists": { rules: "tcp 22 from sg-1", network: beside(group("sg-1")) },
    "a group that exists, of which a part is known": { rules: "tcp 22 from sg-1", network: beside(group("sg-1", { partial: true })) },
    "a group of a VPC that is peered, though an earlier peering ended": {
      rules: "tcp 22 from sg-1",
      group: { vpc: "vpc-1" },
      network: { ...beside(group("sg-1", { vpc: "vpc-2" })), peering: [peering("pcx-1", { status: "deleted" }), peering("pcx-2")] },
    },
    "a group of another VPC with no peering at all: a transit gateway may lead there": {
      rules: "tcp 22 from sg-1",
      group: { vpc: "vpc-1" },
      network: beside(group("sg-1", { vpc: "vpc-2" })),
    },
    "a group without rules in another VPC": { rules: "all to sg-1", network: beside(group("sg-1", { vpc: "vpc-9" })) },
    "the group itself": ["all from sg-0tested", "all to sg-0tested"],
    "addresses of both families, which name nobody": ["all from 0.0.0.0/0", "all from ::/0", "-1 to ::/0"],
    "a prefix list, even one that does not exist": "tcp 22 from pl-0gone",
    "a group that nobody could read: left open, not judged": {
      rules: "tcp 22 from sg-1",
      network: { unknown: { "sg-1": "denied" } },
    },
    "a group of another account: left open, not judged": "tcp 22 from 444455556666/sg-0gone",
  },
  invalid: {
    "a group that is gone": ["tcp 22 from sg-0gone", { traffic: "tcp 22 from sg-0gone", rules: ["tcp 22 from sg-0gone"] }],
    "egress to a group that is gone": ["tcp 0-65535 to sg-0gone", "tcp 0-65535 to sg-0gone"],
    "ICMP and ICMPv6": [
      ["icmp 8 from sg-0gone", "icmpv6 128 from sg-0gone"],
      ["icmp 8 from sg-0gone", "icmpv6 128 from sg-0gone"],
    ],
    "protocol -1": ["-1 from sg-0gone", "all from sg-0gone"],
    "one that is gone beside one that is not, for the same port": [
      { rules: ["tcp 443 from sg-1", "tcp 443 from sg-0gone", "tcp 443 from 10.0.0.0/8"], network: beside(group("sg-1")) },
      { traffic: "tcp 443 from sg-0gone", rules: ["tcp 443 from sg-0gone"] },
    ],
    "a group that is gone, where another account has one of that id": [
      ["tcp 22 from 444455556666/sg-0gone", "tcp 22 from sg-0gone"],
      { traffic: "tcp 22 from sg-0gone", rules: ["tcp 22 from sg-0gone"] },
    ],
    "a group of a VPC whose only peering ended": [
      {
        rules: ["tcp 22 from sg-1", "tcp 443 from sg-2"],
        group: { vpc: "vpc-1" },
        network: {
          ...beside(group("sg-1", { vpc: "vpc-2" }), group("sg-2", { vpc: "vpc-1" })),
          peering: [peering("pcx-1", { status: "deleted" })],
        },
      },
      { traffic: "tcp 22 from sg-1", rules: ["tcp 22 from sg-1"] },
    ],
    "each rule by itself": [
      ["tcp 22 from sg-0gone", "tcp 22 to sg-0gone"],
      ["tcp 22 from sg-0gone", "tcp 22 to sg-0gone"],
    ],
  },
});

describe("a reference to a group of another account", () => {
  test("is said to be open", async () => {
    const rule = noStaleReference.withOptions({}, networksOf({}));
    const needs: string[] = [];
    const group = new SecurityGroup({ id: "sg-1", rules: [parseRule("tcp 22 from 444455556666/sg-2"), parseRule("all from sg-3")] });
    const findings = await rule.check(group, networkOf({}), (lacking) => needs.push(lacking));
    expect(needs).toEqual(["whether 444455556666/sg-2 exists, which only its own account can tell"]);
    expect(findings.map(({ message }) => message)).toEqual(["all from sg-3 names a security group that does not exist"]);
  });
});

describe("the guard", () => {
  const STANDING = ["tcp 443 from sg-2", "tcp 443 from 10.0.0.0/8"];
  const rigWith = (rules: string) => {
    const rig = guardRig(`mode: enforce\nrules: { no-stale-reference: ${rules} }`);
    rig.ec2.createGroup("sg-2").createGroup("sg-1", [...STANDING, "tcp 22 from sg-0gone", "all to sg-0gone"]);
    return rig;
  };

  test("only tells of it by default, and blames nobody for what stood before", async () => {
    const rig = rigWith("true");
    const decision = await rig.decide(granting("tcp 443 from 10.0.0.0/8"));
    expect(decision).toMatchObject({ outcome: "alert", acts: [], notJudged: [] });
    expect(decision.findings.map(({ introduced }) => introduced)).toEqual(["earlier", "earlier"]);
  });

  test("revokes it in both directions when told to, and nothing else", async () => {
    const rig = rigWith("{ remedy: revoke }");
    const decision = await rig.decide(granting("tcp 443 from 10.0.0.0/8"));
    expect(decision.acts.map(({ remedy, result }) => [remedy.kind, result])).toEqual([
      ["revoke-ingress", "done"],
      ["revoke-egress", "done"],
    ]);
    expect(rig.open()).toEqual([...STANDING].sort());
    expect(rig.ec2.rules("sg-1")).toHaveLength(2);
  });
});

test("a group of another account is out of reach when EC2 says that its peering ended", async () => {
  const rule = noStaleReference.withOptions({}, networksOf({}));
  const peer = { kind: "group", id: "sg-2", account: "444455556666" } as const;
  const ended = { ...parseRule("tcp 22 from 444455556666/sg-2"), peer: { ...peer, peeringStatus: "deleted" } };
  const standing = { ...ended, peer: { ...peer, peeringStatus: "active" } };
  const findings = async (one: typeof ended) => rule.check(new SecurityGroup({ id: "sg-1", rules: [one] }), networkOf({}));
  expect((await findings(ended)).map(({ message }) => message)).toEqual([
    "tcp 22 from 444455556666/sg-2 names a security group of a VPC that is peered no more",
  ]);
  expect(await findings(standing)).toEqual([]);
});
