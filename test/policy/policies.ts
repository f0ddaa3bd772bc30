import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { Needs, Place, Policy, Ruling } from "../../lib/policy/policy.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { kindsOf, type PreparedRule } from "../../lib/rules/rule.ts";
import { networkOf } from "../support/network.ts";

const EMPTY_WORLD = networkOf({});

export const AT = "2027-01-15T12:00:00Z";

/** A policy of these lines of YAML. */
export function policy(text: string): Policy {
  return parsePolicy(`version: 1\n${text}`, "portcullis.yml");
}

/** A place outside of every scope, but for what is given. */
export function place(more: Partial<Place> = {}): Place {
  return { account: "999999999999", region: "eu-central-1", ous: [], group: "sg-0zzz", ...more };
}

/** The ruling at a place whose resource, if asked for, has been read: its rules about security groups. */
export function settled(answer: Ruling | Needs): Ruling {
  const ruling = whole(answer);
  return { ...ruling, rules: ruling.rules.filter(({ rule: { meta } }) => kindsOf(meta).includes("security-group")) };
}

/** The same with every rule. */
export function whole(answer: Ruling | Needs): Ruling {
  if ("needs" in answer) throw new Error("found a ruling that needs the resource, expected one that does not");
  return answer;
}

/** What a prepared rule forbids of a group with these rules. */
export async function forbidden(rule: PreparedRule | undefined, ...rules: string[]): Promise<string[]> {
  if (rule === undefined) throw new Error("found no rule, expected one");
  const findings = await rule.check(new SecurityGroup({ id: "sg-0abc", rules: rules.map(parseRule) }), EMPTY_WORLD);
  return findings.map(({ traffic }) => String(traffic));
}

/** What the first rule of the ruling forbids at a place and moment. */
export async function forbiddenAt(of: Policy, where: Place, at: string, ...rules: string[]): Promise<string[]> {
  return forbidden(settled(rulingFor(of, where, at)).rules[0]?.rule, ...rules);
}
