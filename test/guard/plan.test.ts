import { describe, expect, test } from "@jest/globals";
import { plan } from "../../lib/guard/acting/plan.ts";
import type { Finding } from "../../lib/model/finding.ts";
import { formatRemedy } from "../../lib/model/remedy.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { AT, place, policy, settled } from "../policy/policies.ts";
import { finding, rule } from "../support/decisions.ts";
import { networkOf } from "../support/network.ts";

const GROUP = new SecurityGroup({
  id: "sg-1",
  rules: ["all from 0.0.0.0/0", "all to 0.0.0.0/0", "tcp 443 to 10.0.0.0/8"].map(parseRule),
});

async function planned(remedy: "revoke" | "narrow", ...findings: Finding[]): Promise<string[]> {
  const ruling = settled(rulingFor(policy(`mode: enforce\nrules: { no-public-ingress: { remedy: ${remedy} } }`), place(), AT));
  return (await plan(GROUP, networkOf({}), findings, ruling)).map((one) => `${one.remedy.kind}: ${formatRemedy(one.remedy)}`);
}

const IN = finding("all except tcp 443 from 0.0.0.0/0", { rules: [rule("all from 0.0.0.0/0")] });
const OUT = finding("all except tcp 443 to 0.0.0.0/0", { rules: [rule("all to 0.0.0.0/0")] });

describe("ingress and egress of one group", () => {
  test("are revoked by a remedy each", async () => {
    expect(await planned("revoke", OUT, IN)).toEqual([
      "revoke-ingress: revoke all from 0.0.0.0/0 on sg-1",
      "revoke-egress: revoke all to 0.0.0.0/0 on sg-1",
    ]);
  });

  test("are narrowed by a remedy each, with what stays lawful in its own direction", async () => {
    expect(await planned("narrow", OUT, IN)).toEqual([
      "narrow-ingress: narrow all from 0.0.0.0/0 to tcp 443 from 0.0.0.0/0 on sg-1",
      "narrow-egress: narrow all to 0.0.0.0/0 to tcp 443 to 0.0.0.0/0 on sg-1",
    ]);
  });

  test("what a rule of the other direction admits is no reason to leave something out", async () => {
    const out = finding("all except tcp 443 to 0.0.0.0/0", { rules: [rule("all to 0.0.0.0/0")] });
    expect(await planned("narrow", out)).toEqual(["narrow-egress: narrow all to 0.0.0.0/0 to tcp 443 to 0.0.0.0/0 on sg-1"]);
  });
});

test("a finding that forbids a remedy gets none, and keeps no other finding from its own", async () => {
  expect(await planned("revoke", { ...IN, remedy: "none" }, OUT)).toEqual(["revoke-egress: revoke all to 0.0.0.0/0 on sg-1"]);
});

describe("narrowing a rule that names", () => {
  const narrowed = async (text: string, found: string, lists: Record<string, readonly string[]> = {}) => {
    const ruling = settled(rulingFor(policy("mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }"), place(), AT));
    const world = networkOf({ "prefix-list": Object.entries(lists).map(([id, cidrs]) => ({ id, cidrs })) });
    const group = new SecurityGroup({ id: "sg-1", rules: [rule(text)] });
    const acts = await plan(group, world, [finding(found, { rules: [rule(text)] })], ruling);
    return acts.map(({ remedy }) => formatRemedy(remedy));
  };

  test("a group keeps that name for the ports that stay", async () => {
    expect(await narrowed("tcp 22-443 from sg-0app", "tcp 22 from sg-0app")).toEqual([
      "narrow tcp 22-443 from sg-0app to tcp 23-443 from sg-0app on sg-1",
    ]);
  });

  test("a prefix list keeps it where all of the list may stay, and its addresses elsewhere", async () => {
    const lists = { "pl-0all": ["0.0.0.0/0"], "pl-0corp": ["10.0.0.0/8", "8.0.0.0/7"] };
    expect(await narrowed("tcp 443-8443 from pl-0all", "tcp 444-8443 from 0.0.0.0/0", lists)).toEqual([
      "narrow tcp 443-8443 from pl-0all to tcp 443 from pl-0all on sg-1",
    ]);
    expect(await narrowed("tcp 22-23 from pl-0corp", "tcp 22 from 8.0.0.0/7", lists)).toEqual([
      "narrow tcp 22-23 from pl-0corp to tcp 22-23 from 10.0.0.0/8; tcp 23 from pl-0corp on sg-1",
    ]);
  });

  test("a prefix list of which nothing may stay, goes", async () => {
    expect(await narrowed("tcp 22 from pl-0all", "tcp 22 from 0.0.0.0/0", { "pl-0all": ["0.0.0.0/0"] })).toEqual([
      "revoke tcp 22 from pl-0all on sg-1",
    ]);
  });
});
