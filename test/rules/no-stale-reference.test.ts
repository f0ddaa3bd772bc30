import { describe, expect, test } from "@jest/globals";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noStaleReference } from "../../lib/rules/no-stale-reference.ts";
import { granting } from "../support/changes.ts";
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
