import { describe, test } from "@jest/globals";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import type { FindingDraft } from "../../lib/model/finding.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { formatRule, parseRule, ruleKey } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import type { Unknown, World } from "../../lib/model/world.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import type { AnyRule } from "../../lib/rules/rule.ts";
import { type NetworkDraft, networkOf } from "./network.ts";
import { refuseUnoffered } from "./unoffered.ts";

/** Prefix lists by id: their CIDRs, or why they cannot be read. */
type Lists = Readonly<Record<string, readonly string[] | Unknown>>;

/** A group's rules in the notation of parseRule; as an object, with the rule's options and prefix lists as CIDRs. */
type Case =
  | string
  | readonly string[]
  | {
      readonly rules: string | readonly string[];
      readonly options?: unknown;
      readonly lists?: Lists;
      /** Descriptions of rules, by the rule as it is written above. */
      readonly descriptions?: Readonly<Record<string, string>>;
      /** What else is known about the group, and what stands around it. */
      readonly group?: Partial<Omit<SecurityGroupFacts, "rules">>;
      readonly network?: NetworkDraft;
    };

/** One finding: its traffic, and where it matters the rules it must name. */
type ExpectedFinding = string | { readonly traffic: string; readonly rules: readonly string[] };

/** All findings in order; one alone needs no list. */
type Expected = ExpectedFinding | readonly ExpectedFinding[];

/** The cases of one rule by name. `options` hold for every case that has none of its own. */
export interface RuleTable {
  readonly options?: unknown;
  readonly networks?: Readonly<Record<string, readonly string[]>>;
  readonly valid: Readonly<Record<string, Case>>;
  readonly invalid: Readonly<Record<string, readonly [Case, Expected]>>;
}

/** A case ready to run; `run` throws what is wrong. */
export interface Check {
  readonly kind: "valid" | "invalid";
  readonly name: string;
  run(): Promise<void>;
}

/** Declares a test for each case of the table. Throws, before any test runs, for a table that cannot tell anything. */
export function testRule(rule: AnyRule, table: RuleTable): void {
  const checks = checksOf(rule, table);
  for (const kind of ["valid", "invalid"] as const) {
    describe(`${rule.meta.id}: ${kind}`, () => {
      for (const { name, run } of checks.filter((check) => check.kind === kind)) test(name, run);
    });
  }
}

/** The table as checks. Throws for names that are empty, the same case twice, and invalid cases that expect nothing. */
export function checksOf(rule: AnyRule, table: RuleTable): Check[] {
  const cases = [
    ...Object.entries(table.valid).map(([name, given]) => ({ kind: "valid" as const, name, given, expected: [] })),
    ...Object.entries(table.invalid).map(([name, [given, expected]]) => ({
      kind: "invalid" as const,
      name,
      given,
      expected: listOf(expected),
    })),
  ];
  const seen = new Map<string, string>();
  return cases.map(({ kind, name, given, expected }) => {
    if (name.trim() === "") throw new Error(`a case of ${rule.meta.id} has no name: say what it shows`);
    if (kind === "invalid" && expected.length === 0) throw new Error(`"${name}" expects nothing: it belongs among the valid cases`);
    const { rules, options = table.options ?? {}, lists = {}, descriptions = {}, group = {}, network = {} } = detailsOf(given);
    const stray = Object.keys(descriptions).find((text) => !rules.includes(text));
    if (stray !== undefined) throw new Error(`"${name}" describes "${stray}", which is none of its rules`);
    const parsed = rules.map((text) => ({ ...parseRule(text), ...(text in descriptions && { description: descriptions[text] ?? "" }) }));
    const value = JSON.stringify([parsed.map(ruleKey).sort(), options, lists, descriptions, group, network]);
    const twin = seen.get(value);
    if (twin !== undefined) throw new Error(`"${name}" is the same case as "${twin}": keep one of them`);
    seen.set(value, name);
    const prepared = rule.withOptions(options, networksOf(table.networks ?? {}));
    const facts: SecurityGroupFacts = { id: "sg-0tested", name: "tested", ...group, rules: parsed };
    return {
      kind,
      name,
      run: async () => {
        const found = await prepared.check(new SecurityGroup(facts), worldAround(facts, lists, network));
        compare(found, expected.map(readExpected));
        refuseUnoffered(rule, found);
      },
    };
  });
}

function detailsOf(given: Case): {
  rules: readonly string[];
  options?: unknown;
  lists?: Lists;
  descriptions?: Readonly<Record<string, string>>;
  group?: Partial<Omit<SecurityGroupFacts, "rules">>;
  network?: NetworkDraft;
} {
  if (typeof given === "string") return { rules: [given] };
  if (!("rules" in given)) return { rules: given };
  return { ...given, rules: typeof given.rules === "string" ? [given.rules] : given.rules };
}

function listOf(expected: Expected): readonly ExpectedFinding[] {
  return typeof expected === "string" || "traffic" in expected ? [expected] : expected;
}

function worldAround(facts: SecurityGroupFacts, lists: Lists, network: NetworkDraft): World {
  const known = Object.entries(lists).flatMap(([id, list]) => ("unknown" in list ? [] : [{ id, cidrs: list }]));
  const unknown = Object.entries(lists).flatMap(([id, list]) => ("unknown" in list ? [[id, list.unknown]] : []));
  return networkOf({
    ...network,
    "security-group": [facts, ...(network["security-group"] ?? [])],
    "prefix-list": known,
    unknown: { ...network.unknown, ...Object.fromEntries(unknown) },
  });
}

interface Readable {
  readonly traffic: TrafficSet;
  readonly rules: readonly string[] | undefined;
}

function readExpected(expected: ExpectedFinding): Readable {
  const { traffic, rules } = typeof expected === "string" ? { traffic: expected, rules: undefined } : expected;
  return { traffic: TrafficSet.parse(traffic), rules: rules?.map((rule) => formatRule(parseRule(rule))) };
}

// Findings must come in the order of the table, so that a person who reads two reports can compare them.
function compare(findings: readonly FindingDraft[], expected: readonly Readable[]): void {
  const found = findings.map(({ traffic, rules }) => ({ traffic, rules: rules.map(formatRule) }));
  const agree =
    found.length === expected.length &&
    expected.every(({ traffic, rules }, i) => {
      const finding = found[i];
      return finding?.traffic.equals(traffic) && (rules === undefined || rules.join("\n") === finding.rules.join("\n"));
    });
  if (!agree) throw new Error(`expected ${describeFindings(expected)}\nbut found ${describeFindings(found)}`);
  for (const { message, rules, traffic } of findings) {
    if (message.trim() === "" || rules.length === 0) throw new Error(`the finding about ${traffic} must have a message and name its rules`);
  }
}

function describeFindings(findings: readonly Readable[]): string {
  if (findings.length === 0) return "nothing";
  return findings.map(({ traffic, rules }) => `\n  ${traffic}${rules === undefined ? "" : `  by  ${rules.join(" | ")}`}`).join("");
}
