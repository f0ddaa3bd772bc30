import type { Change } from "../../model/change.ts";
import type { Act } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { type Grant, rulesGranted } from "../../model/grant.ts";
import { isGroupRemedy, revokeRules } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import { isUnknown, type World } from "../../model/world.ts";
import type { Ruling } from "../../policy/policy.ts";
import { plan } from "../acting/plan.ts";
import { isGrantEnd } from "../answering/judge-again.ts";
import { blameFor } from "../judging/blame.ts";
import { worldAfter } from "../judging/claimed.ts";
import { standing } from "../judging/decide.ts";
import { judge } from "../judging/judge.ts";

/** What an earlier attempt found and did. */
interface Retraced {
  readonly findings: readonly Finding[];
  readonly acts: readonly Act[];
}
const NOTHING: Retraced = { findings: [], acts: [] };

/** What an attempt finds done already, the one before it did. */
export function presumed(act: Act): Act {
  return act.result === "already" ? { ...act, result: "done", presumed: "other-attempt" } : act;
}

/**
 * An earlier attempt may have acted and lost the answer. What the record says of the change - or of the exception that ended - and a read
 * shows no more, was remedied then: the act is told, presumed to be done, unless `told` tells it.
 */
export async function retrace(
  change: Change,
  now: Standing,
  ruling: Ruling,
  world: World,
  grants: readonly Grant[],
  told: readonly Act[],
): Promise<Retraced> {
  const { claim, via } = change;
  if (via !== undefined) return NOTHING;
  if (now.kind === "security-group") return retraceGroup(change, now, ruling, world, grants, told);
  if (told.length > 0) return NOTHING;
  if (claim?.kind !== "effects") return NOTHING;
  const then = worldAfter(claim.effects, world);
  const before = await standing(change, then);
  if (before === undefined || isUnknown(before) || isEqual(before, now)) return NOTHING;
  const { findings } = await judge(before, then, ruling, await blameFor(change, new Set(), before, then));
  const undone = (await plan(before, then, findings, ruling)).filter(({ mode }) => mode === "enforce");
  if (undone.length === 0) return NOTHING;
  return { findings, acts: undone.map(({ remedy }) => presumed({ remedy, result: "already" })) };
}

async function retraceGroup(
  change: Change,
  now: SecurityGroup,
  ruling: Ruling,
  world: World,
  grants: readonly Grant[],
  told: readonly Act[],
): Promise<Retraced> {
  const known = new Set([...now.rules, ...told.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? remedy.revoke : []))].map(ruleKey));
  const gone = [...broughtBy(change), ...admittedUntil(change, grants)].filter((rule) => !known.has(ruleKey(rule)));
  const keys = new Set(gone.map(ruleKey));
  if (keys.size === 0) return NOTHING;
  const before = new SecurityGroup({ ...now.facts, rules: [...now.rules, ...gone] });
  const { findings } = await judge(before, world, ruling, await blameFor(change, keys, before, world));
  const forbidden = findings.filter(({ rules }) => rules.some((rule) => keys.has(ruleKey(rule))));
  const acts = (await plan(before, world, forbidden, ruling)).flatMap(({ mode, remedy }): Act[] => {
    const taken = isGroupRemedy(remedy) ? remedy.revoke.filter((rule) => keys.has(ruleKey(rule))) : [];
    return mode !== "enforce" || taken.length === 0 ? [] : [presumed({ remedy: revokeRules(now.id, taken), result: "already" })];
  });
  return acts.length === 0 ? NOTHING : { findings: forbidden, acts };
}

// Of a modified rule no direction is told, so nobody knows which of the two is gone.
function broughtBy({ claim }: Change): readonly SecurityGroupRule[] {
  return claim?.kind === "rules-granted" ? claim.rules : [];
}

// What the exception admitted whose end this is.
function admittedUntil({ details, ...change }: Change, grants: readonly Grant[]): SecurityGroupRule[] {
  const ended = isGrantEnd(change) ? grants.find(({ id }) => id === details?.grant) : undefined;
  return (ended?.admits ?? []).flatMap(({ allow }) => allow.flatMap(rulesGranted));
}

function isEqual(a: Standing, b: Standing): boolean {
  return JSON.stringify(a.facts) === JSON.stringify(b.facts);
}
