import { describe, expect, test } from "@jest/globals";
import { listOf, textOf } from "../../lib/cloudtrail/fields.ts";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { decodeDecision, encodeDecision } from "../../lib/guard/records/decision-record.ts";
import { parsePeer } from "../../lib/model/peer-set.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { decision, finding } from "../support/decisions.ts";
import { GROUP, grantEvent, permission } from "../support/gate.ts";
import { claimOf, rules, set } from "./read-event.ts";

// What fuzzing (test/fuzz) has found in the reading of records.
const range = grantEvent(permission("tcp", [20, 25], "0.0.0.0/0"));
const ITEM = "detail.requestParameters.ipPermissions.items.0";
const reasonOf = (event: unknown) => {
  const parsed = changesOf(event);
  return parsed.kind === "unreadable" ? parsed.reason : parsed.kind;
};

describe("a value that is there, and of another type, is not taken for absent", () => {
  test.each([
    ["a port in a list", "fromPort", [20], "fromPort is a list: expected text or a number"],
    ["a port in an object", "toPort", { port: 25 }, "toPort is an object: expected text or a number"],
    ["one port of a range alone", "fromPort", undefined, "a toPort and no fromPort: expected both or neither"],
    ["the other one alone", "toPort", null, "a fromPort and no toPort: expected both or neither"],
    ["a protocol in a list", "ipProtocol", ["tcp"], "ipProtocol is a list"],
    ["a list of prefix lists that holds no id", "prefixListIds", { items: [{ prefixListId: "0" }] }, 'prefixListId is "0"'],
    ["a group that is none", "groups", { items: [{ groupId: "0.0.0.0/0" }] }, 'groupId is "0.0.0.0/0"'],
    ["a group of a nameless account", "groups", { items: [{ groupId: "sg-1", userId: "a/b" }] }, 'the owner of a group is "a/b"'],
  ])("%s", (_, field, value, reason) => {
    expect(reasonOf(set(range, `${ITEM}.${field}`, value))).toContain(reason);
  });

  test.each([
    ["cidrIp", ["0.0.0.0/0"]],
    ["ipProtocol", { a: 1 }],
    ["sourceSecurityGroupName", [["web"]]],
  ])("flat beside ipPermissions: %s", (field, value) => {
    const flat = { groupId: GROUP, ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "0.0.0.0/0", ipPermissions: {} };
    const event = set(range, "detail.requestParameters", flat);
    expect(rules(claimOf(event))).toEqual(["tcp 22 from 0.0.0.0/0"]);
    expect(reasonOf(set(event, `detail.requestParameters.${field}`, value))).toContain(field);
  });
});

describe("a group that is given by its name", () => {
  test.each(["10.0.0.0/8", "pl-1", "all, of us", "a; b from c", "except", "\ud800"])("is no other peer by being named %j", (groupName) => {
    const event = set(range, ITEM, { ...permission("tcp", [22, 22], "10.0.0.0/8"), groups: { items: [{ groupName }] } });
    const [cidr, group, ...others] = rules(claimOf(event)).sort();
    expect([cidr, others]).toEqual(["tcp 22 from 10.0.0.0/8", []]);
    expect(group).toMatch(/^tcp 22 from sg-named:\S+$/);
    expect(String(TrafficSet.parse(group ?? ""))).toBe(group);
    const decided = decision({ findings: [finding(group ?? "")] });
    expect(decodeDecision(JSON.parse(encodeDecision(decided))).findings).toEqual(decided.findings);
  });

  test("and is a classic load balancer's: its owner is a service", () => {
    const groups = { items: [{ userId: "amazon-elb", groupName: "amazon-elb-sg" }] };
    const claim = claimOf(set(range, ITEM, { ...permission("tcp", [80, 80]), groups }));
    expect(rules(claim)).toEqual(["tcp 80 from amazon-elb/sg-named:amazon-elb-sg"]);
    expect(parsePeer("amazon-elb/sg-named:amazon-elb-sg")).toMatchObject({ account: "amazon-elb" });
  });
});

test("lists and scalars are read however deeply they are nested: an event has room for more levels than the stack", () => {
  const nested = (key: string, value: unknown) => Array.from({ length: 25_000 }).reduce<unknown>((inner) => ({ [key]: inner }), value);
  expect(listOf(nested("items", [1]))).toEqual([1]);
  expect(listOf(nested("item", 2))).toEqual([2]);
  expect(textOf(nested("content", "tcp"))).toBe("tcp");
  expect(changesOf(set(range, "detail.requestParameters.ipPermissions", nested("items", []))).kind).toBe("unreadable");
});
