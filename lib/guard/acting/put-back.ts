import type { Act } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { inverse, isGroupRemedy, type Remedy, revokeRules } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { World } from "../../model/world.ts";
import type { Ruling } from "../../policy/policy.ts";
import { BLAME_NOBODY } from "../judging/blame.ts";
import { judge } from "../judging/judge.ts";

/** An act of which a part, or all, took what is granted now. */
export interface Regretted {
  readonly act: Act;
  /** What puts it back. */
  readonly back: Remedy;
  /** What is left of the act then; undefined for nothing. */
  readonly left: Act | undefined;
  readonly granted: readonly Finding[];
}

/**
 * The acts of a decision that took what the ruling admits by now: an approver grants first and then puts back, and the guard may have
 * asked for grants before that and acted after it. `resource` is how it stands without what was taken.
 */
export async function regrettedUnder(
  ruling: Ruling,
  acts: readonly Act[],
  findings: readonly Finding[],
  resource: Standing | undefined,
  world: World,
): Promise<readonly Regretted[]> {
  const regretted: Regretted[] = [];
  for (const act of acts.filter(({ result }) => result === "done")) {
    const { remedy } = act;
    if (!isGroupRemedy(remedy)) {
      const granted = findings.filter(
        (finding) => isGranted(finding, ruling) && finding.remedies?.some(({ kind }) => kind === remedy.kind),
      );
      if (granted.length > 0) regretted.push({ act, back: inverse(remedy), left: undefined, granted });
      continue;
    }
    if (resource?.kind !== "security-group") continue;
    const wrong = new Set((await offending(resource, remedy.revoke, world, ruling)).map(ruleKey));
    const lawful = remedy.revoke.filter((rule) => !wrong.has(ruleKey(rule)));
    if (lawful.length === 0) continue;
    const whole = lawful.length === remedy.revoke.length;
    const left = remedy.revoke.filter((rule) => wrong.has(ruleKey(rule)));
    regretted.push({
      act,
      // What was authorized in place of several rules stays for those that are left.
      back: whole ? inverse(remedy) : inverse(revokeRules(remedy.group, lawful)),
      left: whole ? undefined : { ...act, remedy: { ...remedy, revoke: left } },
      granted: findings.filter(
        ({ rules }) => rules.length > 0 && rules.every((rule) => lawful.some((one) => ruleKey(one) === ruleKey(rule))),
      ),
    });
  }
  return regretted;
}

function isGranted({ rule, parts }: Finding, { rules }: Ruling): boolean {
  const granted = rules.find((ruled) => ruled.rule.meta.id === rule)?.granted ?? [];
  return parts.length > 0 && granted.some((grant) => parts.every((part) => grant.parts.has(part)));
}

// Of these rules, those that would be forbidden if all of them were there.
async function offending(
  { facts }: SecurityGroup,
  taken: readonly SecurityGroupRule[],
  world: World,
  ruling: Ruling,
): Promise<readonly SecurityGroupRule[]> {
  const rules = new Map([...facts.rules, ...taken].map((rule) => [ruleKey(rule), rule]));
  const before = new SecurityGroup({ ...facts, rules: [...rules.values()] });
  const { findings } = await judge(before, world, ruling, BLAME_NOBODY);
  return findings.flatMap((finding) => finding.rules);
}
