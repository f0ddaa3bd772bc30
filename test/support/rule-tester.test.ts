import { describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { defineRule } from "../../lib/rules/rule.ts";
import { checksOf, type RuleTable } from "./rule-tester.ts";

/** Finds the traffic to one port from anywhere but the trusted network, rule by rule. */
const noPort = defineRule({
  meta: {
    id: "no-port",
    title: "A port is closed",
    resource: "security-group",
    severity: "low",
    finds: "Rules that open it.",
    avoid: "a",
    prefer: "p",
    rationale: "To test the tester.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    remedies: [],
    remedy: "none",
    enabled: true,
  },
  options: () => z.strictObject({ port: z._default(z.int(), 22), trusted: z.optional(z.string()) }),
  prepare: ({ port, trusted }, networks) => ({ port, trusted: trusted === undefined ? undefined : networks.resolve(trusted) }),
  check: async (group, world, { port, trusted }) => {
    const closed = TrafficSet.parse(`tcp ${port} from 0.0.0.0/0, ::/0`);
    const { byRule } = await group.admits(world);
    return byRule.flatMap(({ rule, ...admitted }) => {
      const found = TrafficSet.of([admitted]).intersection(closed);
      const traffic = trusted === undefined ? found : found.difference(found.from(trusted));
      return traffic.isEmpty() ? [] : [{ traffic, rules: [rule], message: `${traffic} is open` }];
    });
  },
});

const silent = defineRule({
  meta: { ...noPort.meta, id: "silent", resource: "security-group" },
  options: () => z.strictObject({}),
  prepare: () => undefined,
  check: async (group) => [{ traffic: TrafficSet.parse("tcp 22 from 0.0.0.0/0"), rules: group.rules, message: " " }],
});

const table = (more: Partial<RuleTable>): RuleTable => ({ valid: {}, invalid: {}, ...more });

async function outcome(more: Partial<RuleTable>, rule = noPort): Promise<string> {
  const [check, ...others] = checksOf(rule, table(more));
  if (check === undefined || others.length > 0) throw new Error("expected a table of one case");
  return check.run().then(
    () => "passes",
    (error: Error) => error.message,
  );
}

describe("a case passes", () => {
  test.each<[string, Partial<RuleTable>]>([
    ["that is valid", { valid: { closed: "tcp 23 from 0.0.0.0/0" } }],
    ["that is valid, with several rules", { valid: { closed: ["tcp 23 from 0.0.0.0/0", "udp 22 from 0.0.0.0/0"] } }],
    ["that is invalid", { invalid: { open: ["tcp 20-30 from 0.0.0.0/1", "tcp 22 from 0.0.0.0/1"] } }],
    [
      "whose findings come in order",
      {
        invalid: {
          open: [
            ["tcp 22 from ::/0", "all from 10.0.0.0/8"],
            ["tcp 22 from ::/0", "tcp 22 from 10.0.0.0/8"],
          ],
        },
      },
    ],
    [
      "that names its rules",
      { invalid: { open: [["all from ::/0", "tcp 23 from ::/0"], { traffic: "tcp 22 from ::/0", rules: ["-1 from ::/0"] }] } },
    ],
    ["with options of its own", { options: { port: 1 }, valid: { closed: { rules: "tcp 22 from ::/0", options: { port: 23 } } } }],
    ["with the table's options", { options: { port: 23 }, invalid: { open: ["tcp 22-23 from ::/0", "tcp 23 from ::/0"] } }],
    [
      "with a prefix list",
      { invalid: { open: [{ rules: "tcp 22 from pl-1", lists: { "pl-1": ["0.0.0.0/1", "128.0.0.0/1"] } }, "tcp 22 from 0.0.0.0/0"] } },
    ],
    [
      "with a prefix list that nobody can read",
      { valid: { closed: { rules: "tcp 22 from pl-1", lists: { "pl-1": { unknown: "denied" } } } } },
    ],
    [
      "with named networks",
      { networks: { office: ["10.0.0.0/8"] }, options: { trusted: "office" }, valid: { closed: "tcp 22 from 10.0.0.0/8" } },
    ],
  ])("%s", async (_, cases) => {
    expect(await outcome(cases)).toBe("passes");
  });
});

describe("a case fails", () => {
  test.each<[string, Partial<RuleTable>, string]>([
    [
      "when something is found in a valid one",
      { valid: { closed: "tcp 22 from ::/0" } },
      "expected nothing\nbut found \n  tcp 22 from ::/0  by  tcp 22 from ::/0",
    ],
    [
      "when nothing is found in an invalid one",
      { invalid: { open: ["tcp 23 from ::/0", "tcp 22 from ::/0"] } },
      "expected \n  tcp 22 from ::/0\nbut found nothing",
    ],
    [
      "when less traffic is expected than found",
      { invalid: { open: ["tcp 22 from ::/0", "tcp 22 from ::/1"] } },
      "expected \n  tcp 22 from ::/1\nbut found \n  tcp 22 from ::/0  by  tcp 22 from ::/0",
    ],
    [
      "when more traffic is expected than found",
      { invalid: { open: ["tcp 22 from ::/1", "tcp 22 from ::/0"] } },
      "expected \n  tcp 22 from ::/0\nbut found \n  tcp 22 from ::/1  by  tcp 22 from ::/1",
    ],
    [
      "when a finding is missing",
      { invalid: { open: [["tcp 22 from 10.0.0.0/8"], ["tcp 22 from 10.0.0.0/8", "tcp 22 from 11.0.0.0/8"]] } },
      "expected \n  tcp 22 from 10.0.0.0/8\n  tcp 22 from 11.0.0.0/8\nbut found \n  tcp 22 from 10.0.0.0/8  by  tcp 22 from 10.0.0.0/8",
    ],
    [
      "when a finding is not expected",
      { invalid: { open: [["tcp 22 from 10.0.0.0/8", "tcp 22 from 12.0.0.0/8"], "tcp 22 from 10.0.0.0/8"] } },
      "expected \n  tcp 22 from 10.0.0.0/8\nbut found \n  tcp 22 from 10.0.0.0/8  by  tcp 22 from 10.0.0.0/8\n  tcp 22 from 12.0.0.0/8  by  tcp 22 from 12.0.0.0/8",
    ],
    [
      "when findings come in another order",
      {
        invalid: {
          open: [
            ["tcp 22 from 10.0.0.0/8", "tcp 22 from 12.0.0.0/8"],
            ["tcp 22 from 12.0.0.0/8", "tcp 22 from 10.0.0.0/8"],
          ],
        },
      },
      "expected \n  tcp 22 from 12.0.0.0/8\n  tcp 22 from 10.0.0.0/8\nbut found \n  tcp 22 from 10.0.0.0/8  by  tcp 22 from 10.0.0.0/8\n  tcp 22 from 12.0.0.0/8  by  tcp 22 from 12.0.0.0/8",
    ],
    [
      "when other rules are named",
      { invalid: { open: [["tcp 22 from ::/0", "tcp 23 from ::/0"], { traffic: "tcp 22 from ::/0", rules: ["tcp 23 from ::/0"] }] } },
      "expected \n  tcp 22 from ::/0  by  tcp 23 from ::/0\nbut found \n  tcp 22 from ::/0  by  tcp 22 from ::/0",
    ],
  ])("%s", async (_, cases, message) => {
    expect(await outcome(cases)).toBe(message);
  });

  test("when a finding says nothing", async () => {
    expect(await outcome({ invalid: { open: ["tcp 22 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"] } }, silent)).toBe(
      "the finding about tcp 22 from 0.0.0.0/0 must have a message and name its rules",
    );
  });

  test("when a finding names no rule", async () => {
    expect(await outcome({ invalid: { open: [[], "tcp 22 from 0.0.0.0/0"] } }, silent)).toMatch("must have a message and name its rules");
  });
});

describe("a table is refused", () => {
  test.each<[string, Partial<RuleTable>, string]>([
    ["that has a case without a name", { valid: { " ": "tcp 23 from ::/0" } }, "a case of no-port has no name"],
    [
      "that has an invalid case without a name",
      { invalid: { "": ["tcp 22 from ::/0", "tcp 22 from ::/0"] } },
      "a case of no-port has no name",
    ],
    ["that has an invalid case that expects nothing", { invalid: { open: ["tcp 22 from ::/0", []] } }, '"open" expects nothing'],
    ["that has a case twice", { valid: { one: "tcp 23 from ::/0", two: ["tcp 23 from ::/0"] } }, '"two" is the same case as "one"'],
    [
      "that has a case twice in other words",
      { valid: { one: "tcp 23 from ::/0", two: "6 23 from 2001:db8::/0" } },
      '"two" is the same case as "one"',
    ],
    [
      "that has a case twice in another order",
      { valid: { one: ["tcp 23 from ::/0", "tcp 24 from ::/0"], two: ["tcp 24 from ::/0", "tcp 23 from ::/0"] } },
      '"two" is the same case as "one"',
    ],
    [
      "that calls a case both valid and invalid",
      { valid: { one: "tcp 22 from ::/0" }, invalid: { two: ["tcp 22 from ::/0", "tcp 22 from ::/0"] } },
      '"two" is the same case as "one"',
    ],
    [
      "that repeats the table's options",
      { options: { port: 1 }, valid: { one: "tcp 2 from ::/0", two: { rules: "tcp 2 from ::/0", options: { port: 1 } } } },
      '"two" is the same case as "one"',
    ],
    [
      "that describes a rule it has not",
      { valid: { one: { rules: "tcp 23 from ::/0", descriptions: { "tcp 24 from ::/0": "web" } } } },
      '"one" describes "tcp 24 from ::/0", which is none of its rules',
    ],
    ["whose rules cannot be read", { valid: { one: "tcp 22" } }, "is not traffic"],
    ["whose options do not fit", { valid: { one: { rules: "tcp 23 from ::/0", options: { ports: 22 } } } }, "unrecognized_keys"],
    ["whose networks are not known", { options: { trusted: "office" }, valid: { one: "tcp 23 from ::/0" } }, "office"],
  ])("%s", (_, cases, message) => {
    expect(() => checksOf(noPort, table(cases))).toThrow(message);
  });

  test("but not for the same rules under other options, lists or descriptions", () => {
    const rules = "tcp 23 from pl-1";
    const checks = checksOf(
      noPort,
      table({
        valid: {
          one: rules,
          two: { rules, options: { port: 80 } },
          three: { rules, lists: { "pl-1": ["10.0.0.0/8"] } },
          four: { rules, descriptions: { [rules]: "web" } },
        },
      }),
    );
    expect(checks.map(({ kind, name }) => [kind, name])).toEqual([
      ["valid", "one"],
      ["valid", "two"],
      ["valid", "three"],
      ["valid", "four"],
    ]);
  });

  test("whose expectation cannot be read, when its case runs", async () => {
    expect(await outcome({ invalid: { open: ["tcp 22 from ::/0", "tcp 22"] } })).toMatch("is not traffic");
  });
});
