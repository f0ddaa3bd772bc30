import type { Finding } from "../../model/finding.ts";
import { type GroupRemedy, isGroupRemedy, narrowRules } from "../../model/remedy.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { Direction } from "../../model/traffic.ts";
import type { World } from "../../model/world.ts";
import type { RuledRule, Ruling } from "../../policy/policy.ts";
import { plan } from "../acting/plan.ts";
import { judge } from "../judging/judge.ts";
import { remediable } from "./reasons.ts";

const ROUNDS = 4;
const DIRECTIONS: readonly Direction[] = ["ingress", "egress"];

/** The least change of a group's rules that complies. */
export interface NearestEdit {
  /** One for each direction in which something is to change; `authorize` comes first, so that nothing lawful is cut off meanwhile. */
  readonly remedies: readonly GroupRemedy[];
  /** The group as it would be. */
  readonly edited: SecurityGroup;
  /** What the policy's rules would still say of the group: what no edit of its rules remedies, or would do harm. */
  readonly left: readonly Finding[];
}

/**
 * What narrowing would make of a group: whatever remedy and mode the policy gives its rules, everything that is not forbidden stays. A
 * rule that can only be revoked goes whole.
 */
export async function nearestEdit(group: SecurityGroup, world: World, findings: readonly Finding[], ruling: Ruling): Promise<NearestEdit> {
  let edited = group;
  let left = findings;
  for (let round = 0; round < ROUNDS; round++) {
    const rules = await rulesAfter(edited, world, left, ruling);
    if (rules === undefined) break;
    edited = new SecurityGroup({ ...group.facts, rules });
    ({ findings: left } = await judge(edited, world, ruling, () => "earlier"));
  }
  return { remedies: DIRECTIONS.flatMap((direction) => remedyBetween(group, edited, direction)), edited, left };
}

async function rulesAfter(
  group: SecurityGroup,
  world: World,
  findings: readonly Finding[],
  ruling: Ruling,
): Promise<readonly SecurityGroupRule[] | undefined> {
  let rules = group.rules;
  for (const direction of DIRECTIONS) {
    const narrowing = {
      ...ruling,
      rules: ruling.rules.map((ruled): RuledRule => ({ ...ruled, mode: "enforce", remedy: remediable(ruled, direction) })),
    };
    const found = findings.filter(({ traffic }) => traffic.direction === direction);
    const planned = await plan(group, world, found, narrowing);
    for (const { remedy } of planned) {
      if (!isGroupRemedy(remedy)) continue;
      const gone = new Set(remedy.revoke.map(ruleKey));
      rules = [...rules.filter((rule) => !gone.has(ruleKey(rule))), ...remedy.authorize];
    }
  }
  return rules === group.rules ? undefined : rules;
}

function remedyBetween(before: SecurityGroup, after: SecurityGroup, direction: Direction): GroupRemedy[] {
  const revoke = missingIn(after, before, direction);
  const authorize = missingIn(before, after, direction);
  return revoke.length === 0 ? [] : [narrowRules(before.id, revoke, authorize)];
}

function missingIn(other: SecurityGroup, group: SecurityGroup, direction: Direction): SecurityGroupRule[] {
  const keys = new Set(other.rules.map(ruleKey));
  return group.rules.filter((rule) => rule.direction === direction && !keys.has(ruleKey(rule)));
}
