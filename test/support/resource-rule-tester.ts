import { describe, test } from "@jest/globals";
import { listenForUnknown } from "../../lib/guard/judging/judge.ts";
import type { Kind, NetworkFacts } from "../../lib/model/facts.ts";
import type { FindingDraft } from "../../lib/model/finding.ts";
import { formatRemedy } from "../../lib/model/remedy.ts";
import { type CallResource, callOf, resourceOf } from "../../lib/model/resource.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { type AnyRule, kindsOf } from "../../lib/rules/rule.ts";
import { change } from "./changes.ts";
import { type NetworkDraft, networkOf } from "./network.ts";
import { refuseUnoffered } from "./unoffered.ts";

/** What is judged: the facts of a resource of one kind, or a call. */
type GivenFacts = { readonly [K in Kind]?: NetworkFacts[K] };
type Given = GivenFacts & { readonly call?: Partial<Omit<CallResource, "kind">> };

/** A case: what is judged, under one key, and what stands around it. The resource itself is in its network without being named. */
type ResourceCase = Given & {
  readonly network?: NetworkDraft;
  readonly options?: unknown;
  /** What must be noted as not judged, each by a part of its text. Nothing else may be. */
  readonly unjudged?: readonly string[];
};

/** One finding: its parts with commas between them; as an object also its remedies in words and a piece of its message. */
type Expected = string | { readonly parts: string; readonly remedies?: readonly string[]; readonly says?: string };

/** The cases of one rule by name. `options` hold for every case that has none of its own. */
export interface ResourceRuleTable {
  readonly options?: unknown;
  readonly networks?: Readonly<Record<string, readonly string[]>>;
  readonly valid: Readonly<Record<string, ResourceCase>>;
  readonly invalid: Readonly<Record<string, readonly [ResourceCase, Expected | readonly Expected[]]>>;
}

/**
 * Declares a test for each case of a rule about calls or about resources other than security groups. Throws, before any test
 * runs, for a table that cannot tell anything: the same case twice, a case that judges nothing, an invalid one that expects nothing.
 */
export function testResourceRule(rule: AnyRule, table: ResourceRuleTable): void {
  const cases = [
    ...Object.entries(table.valid).map(([name, given]) => ({ kind: "valid", name, given, expected: [] as readonly Expected[] })),
    ...Object.entries(table.invalid).map(([name, [given, expected]]) => ({ kind: "invalid", name, given, expected: listOf(expected) })),
  ];
  const seen = new Map<string, string>();
  for (const { kind, name, given, expected } of cases) {
    if (kind === "invalid" && expected.length === 0) throw new Error(`"${name}" expects nothing: it belongs among the valid cases`);
    const key = JSON.stringify({ options: table.options, ...given });
    if (seen.has(key)) throw new Error(`"${name}" is the same case as "${seen.get(key)}": keep one of them`);
    seen.set(key, name);
  }
  for (const kind of ["valid", "invalid"]) {
    describe(`${rule.meta.id}: ${kind}`, () => {
      for (const { name, given, expected } of cases.filter((one) => one.kind === kind)) test(name, () => run(rule, table, given, expected));
    });
  }
}

async function run(rule: AnyRule, table: ResourceRuleTable, given: ResourceCase, expected: readonly Expected[]): Promise<void> {
  const { network = {}, options = table.options ?? {}, unjudged = [] } = given;
  const { resource, draft } = judged(rule, given, network);
  const prepared = rule.withOptions(options, networksOf(table.networks ?? {}));
  const notes: string[] = [];
  const note = (needs: string) => void (notes.includes(needs) || notes.push(needs));
  const found = await prepared.check(resource, listenForUnknown(networkOf(draft), note), note);
  compare(found, expected);
  refuseUnoffered(rule, found);
  const agree = notes.length === unjudged.length && unjudged.every((text) => notes.some((needs) => needs.includes(text)));
  if (!agree) throw new Error(`expected to be left open: ${JSON.stringify(unjudged)}\nbut were left open: ${JSON.stringify(notes)}`);
}

function judged(rule: AnyRule, given: ResourceCase, network: NetworkDraft) {
  if (given.call !== undefined) {
    const { name, source, ...rest } = { name: "", source: "ec2.amazonaws.com", ...given.call };
    return { resource: { ...callOf(change({ call: { source, name } })), ...rest }, draft: network };
  }
  for (const kind of kindsOf(rule.meta)) {
    const found = kind === "call" ? undefined : withFacts(kind, given, network);
    if (found !== undefined) return found;
  }
  throw new Error(`the case holds nothing that ${rule.meta.id} judges: ${JSON.stringify(given)}`);
}

function withFacts<K extends Kind>(kind: K, given: GivenFacts, network: NetworkDraft) {
  const facts: NetworkFacts[K] | undefined = given[kind];
  if (facts === undefined) return undefined;
  return { resource: resourceOf(kind, facts), draft: { ...network, [kind]: [facts, ...(network[kind] ?? [])] } };
}

// Findings must come in the order of the table, so that a person who reads two reports can compare them.
function compare(found: readonly FindingDraft[], expected: readonly Expected[]): void {
  const agree =
    found.length === expected.length &&
    expected.every((one, i) => {
      const finding = found[i];
      const { parts, remedies, says } = typeof one === "string" ? { parts: one, remedies: undefined, says: undefined } : one;
      if (finding === undefined || finding.parts.join(", ") !== parts || finding.message.trim() === "") return false;
      const offered = (finding.remedies ?? []).map(formatRemedy).join("\n");
      return (remedies === undefined || remedies.join("\n") === offered) && (says === undefined || finding.message.includes(says));
    });
  if (agree) return;
  const lines = found.map(
    ({ parts, message, remedies = [] }) =>
      `\n  ${JSON.stringify({ parts: parts.join(", "), message, remedies: remedies.map(formatRemedy) })}`,
  );
  throw new Error(`expected ${JSON.stringify(expected, undefined, 2)}\nbut found ${lines.length === 0 ? "nothing" : lines.join("")}`);
}

function listOf(expected: Expected | readonly Expected[]): readonly Expected[] {
  return typeof expected === "string" || "parts" in expected ? [expected] : expected;
}
