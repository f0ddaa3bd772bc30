import { describe, expect, test } from "@jest/globals";
import { AddressSet } from "../../lib/model/address-set.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { networkOf } from "../support/network.ts";

const lists = networkOf({
  "prefix-list": [{ id: "pl-open", cidrs: ["0.0.0.0/1", "128.0.0.0/1"] }],
  unknown: { "pl-hidden": "the list belongs to another account" },
});
const group = (...rules: string[]) => new SecurityGroup({ id: "sg-1", rules: rules.map(parseRule) });

describe("what a group admits", () => {
  test("is the union of its ingress rules; egress is asked for by name", async () => {
    const rules = group("tcp 0-21 from 0.0.0.0/0", "tcp 23-65535 from 0.0.0.0/0", "all to 0.0.0.0/0");
    expect(String((await rules.admits(lists)).traffic())).toBe("tcp 0-21, 23-65535 from 0.0.0.0/0");
    expect(String((await rules.admits(lists, "egress")).traffic())).toBe("all to 0.0.0.0/0");
  });

  test("has the addresses of a prefix list", async () => {
    const admitted = await group("tcp 22 from pl-open").admits(lists);
    expect(admitted.traffic().from(AddressSet.ALL)).toStrictEqual(TrafficSet.parse("tcp 22 from 0.0.0.0/0"));
  });

  test("keeps a list that nobody could read, or that is gone, by name", async () => {
    expect(String((await group("tcp 22 from pl-hidden").admits(lists)).traffic())).toBe("tcp 22 from pl-hidden");
    expect(String((await group("tcp 22 from pl-gone").admits(lists)).traffic())).toBe("tcp 22 from pl-gone");
  });

  test("knows the rules that admit some traffic, and only those", async () => {
    const admitted = await group(
      "tcp 20-30 from 0.0.0.0/0",
      "udp 22 from 0.0.0.0/0",
      "tcp 22 from 10.0.0.0/8",
      "tcp 22 from pl-open",
      "all from sg-1",
    ).admits(lists);
    expect(admitted.rulesAdmitting(TrafficSet.parse("tcp 22 from 8.8.8.8")).map(formatRule)).toEqual([
      "tcp 20-30 from 0.0.0.0/0",
      "tcp 22 from pl-open",
    ]);
  });
});
