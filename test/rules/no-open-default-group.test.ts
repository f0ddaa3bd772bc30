import { describe, expect, test } from "@jest/globals";
import { Ec2Error } from "../../lib/guard/ports.ts";
import type { NetworkInterfaceFacts } from "../../lib/model/facts.ts";
import { isGroupRemedy } from "../../lib/model/remedy.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noOpenDefaultGroup } from "../../lib/rules/no-open-default-group.ts";
import { change, granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";
import { type NetworkDraft, networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const BORN_WITH = ["all from sg-0tested", "all to 0.0.0.0/0"];
const byDefault = (...rules: string[]) => ({ rules, group: { name: "default", vpc: "vpc-1" } });

testRule(noOpenDefaultGroup, {
  valid: {
    "a default group without rules": byDefault(),
    "another group with the rules of a default group": { rules: BORN_WITH, group: { name: "web", vpc: "vpc-1" } },
    "a group whose name only looks like it": { rules: "all from 0.0.0.0/0", group: { name: "Default" } },
    "a group that has the name among others": { rules: "all from 0.0.0.0/0", group: { name: "default-web" } },
    "a group that says so in its description only": { rules: BORN_WITH, group: { description: "default VPC security group" } },
  },
  invalid: {
    "what EC2 makes": [byDefault(...BORN_WITH), BORN_WITH],
    "what EC2 makes in a VPC with IPv6": [byDefault(...BORN_WITH, "all to ::/0"), [...BORN_WITH, "all to ::/0"]],
    "each rule by itself, so that old ones are told from new ones": [
      byDefault("tcp 22 from 10.0.0.0/8", "tcp 22 from 10.0.0.0/16"),
      [
        { traffic: "tcp 22 from 10.0.0.0/8", rules: ["tcp 22 from 10.0.0.0/8"] },
        { traffic: "tcp 22 from 10.0.0.0/16", rules: ["tcp 22 from 10.0.0.0/16"] },
      ],
    ],
    "one port from one address": [byDefault("tcp 0 from 10.0.0.1/32"), "tcp 0 from 10.0.0.1/32"],
    "one port from one IPv6 address": [byDefault("udp 65535 from 2600:1f00::1/128"), "udp 65535 from 2600:1f00::1/128"],
    "protocol -1": [byDefault("-1 from ::/0"), "all from ::/0"],
    "a protocol without ports": [byDefault("esp to 10.0.0.0/8"), "esp to 10.0.0.0/8"],
    "a prefix list, whatever it holds": [
      { ...byDefault("tcp 443 from pl-0far"), lists: { "pl-0far": { unknown: "denied" } } },
      "tcp 443 from pl-0far",
    ],
    "a group of another account": [byDefault("all from 444455556666/sg-0far"), "all from 444455556666/sg-0far"],
    "one that is in use": [
      { ...byDefault("all from sg-0tested"), network: { "network-interface": [{ id: "eni-1", groups: ["sg-0tested"], addresses: [] }] } },
      "all from sg-0tested",
    ],
    "one of which a part is known": [
      { rules: "tcp 22 from 10.0.0.0/8", group: { name: "default", partial: true } },
      "tcp 22 from 10.0.0.0/8",
    ],
  },
});

describe("a finding", () => {
  const rule = noOpenDefaultGroup.withOptions({}, networksOf({}));
  const used = (id: string): NetworkInterfaceFacts => ({ id, groups: ["sg-1"], addresses: [] });

  async function found(network: NetworkDraft, facts: { name?: string; vpc?: string } = { name: "default", vpc: "vpc-1" }) {
    const needs: string[] = [];
    const group = new SecurityGroup({ id: "sg-1", ...facts, rules: [parseRule("tcp 22 from 10.0.0.0/8")] });
    const [finding] = await rule.check(group, networkOf(network), (lacking) => needs.push(lacking));
    return { message: finding?.message, remedy: finding?.remedy, needs };
  }

  test("leaves the remedy to the policy where no interface uses the group", async () => {
    expect(await found({ "network-interface": [{ id: "eni-1", groups: ["sg-2"], addresses: [] }] })).toEqual({
      message: "tcp 22 from 10.0.0.0/8 stands in the default group of vpc-1, which should have no rules; no network interface uses it",
      remedy: undefined,
      needs: [],
    });
  });

  test.each([
    [["eni-1"], "1 network interface uses it and needs a group of its own first"],
    [["eni-1", "eni-2"], "2 network interfaces use it and need groups of their own first"],
  ])("forbids a remedy where %j use it", async (ids, use) => {
    const { message, remedy } = await found({ "network-interface": ids.map(used) }, { name: "default" });
    expect(message).toBe(`tcp 22 from 10.0.0.0/8 stands in a default group, which should have no rules; ${use}`);
    expect(remedy).toBe("none");
  });

  test("is not made about a group whose name is not known, and that is said", async () => {
    expect(await found({}, {})).toEqual({
      message: undefined,
      remedy: undefined,
      needs: ["the name of sg-1, by which a default group is known"],
    });
  });
});

describe("the guard, told to revoke", () => {
  const POLICY = "mode: enforce\nrules: { no-public-ingress: false, no-open-default-group: { remedy: revoke } }";
  const OPENED = "tcp 22 from 10.0.0.0/8";
  const rigWith = (policy = POLICY) => {
    const rig = guardRig(policy);
    rig.ec2.createGroup("sg-1", [OPENED, "all from sg-1", "all to 0.0.0.0/0"], { name: "default" });
    return rig;
  };

  test("empties a default group that nothing uses, ingress and egress apart, and does it once", async () => {
    const rig = rigWith();
    const opening = granting(OPENED);
    const decision = await rig.decide(opening);
    expect(rig.ec2.rules("sg-1")).toEqual([]);
    expect(decision.outcome).toBe("acted");
    expect(decision.acts.map(({ remedy, result }) => [remedy.kind, isGroupRemedy(remedy) ? remedy.revoke.length : 0, result])).toEqual([
      ["revoke-ingress", 2, "done"],
      ["revoke-egress", 1, "done"],
    ]);
    expect(decision.findings.map(({ introduced }) => introduced)).toEqual(["now", "earlier", "earlier"]);
    expect(await rig.decide(opening)).toEqual(decision);
  });

  test("touches nothing while a machine uses the group", async () => {
    const rig = rigWith();
    rig.ec2.createInterface("eni-1", "sg-1");
    const decision = await rig.decide(granting(OPENED));
    expect(decision).toMatchObject({ outcome: "alert", acts: [] });
    expect(decision.findings.map(({ remedy }) => remedy)).toEqual(["none", "none", "none"]);
    expect(rig.ec2.rules("sg-1")).toHaveLength(3);
  });

  test("touches nothing when it may not see what uses the group", async () => {
    const rig = rigWith();
    rig.ec2.before = (call) => {
      if (call === "list network-interface") throw new Ec2Error("denied", "UnauthorizedOperation", "You are not authorized");
    };
    expect(await rig.decide(change())).toMatchObject({ outcome: "alert", acts: [], notJudged: [{ rule: "no-open-default-group" }] });
    expect(rig.ec2.rules("sg-1")).toHaveLength(3);
  });

  test("would do so in dry-run", async () => {
    const rig = rigWith(POLICY.replace("enforce", "dry-run"));
    const decision = await rig.decide(granting(OPENED));
    expect(decision.acts.map(({ remedy, result }) => [remedy.kind, result])).toEqual([
      ["revoke-ingress", "would"],
      ["revoke-egress", "would"],
    ]);
    expect(rig.ec2.rules("sg-1")).toHaveLength(3);
  });

  test("closes what another rule wants closed in a group that is in use, and that alone", async () => {
    const rig = rigWith("mode: enforce\nrules: { no-open-default-group: { remedy: revoke } }");
    rig.ec2.createInterface("eni-1", "sg-1").grant("sg-1", "tcp 22 from 0.0.0.0/0");
    await rig.decide(granting("tcp 22 from 0.0.0.0/0"));
    expect(rig.open()).toEqual(["all from sg-1", OPENED]);
  });
});
