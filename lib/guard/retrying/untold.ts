import type { Change } from "../../model/change.ts";
import type { Act } from "../../model/decision.ts";
import type { Grant } from "../../model/grant.ts";
import { isGroupRemedy } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import { valueKey } from "../../model/security-group-rule.ts";
import type { World } from "../../model/world.ts";
import type { Ruling } from "../../policy/policy.ts";
import type { Attempt, DecidedEntry, Expectation, Intent } from "../ports.ts";
import { type Recalled, recall } from "./recall.ts";
import { retrace } from "./retrace.ts";

/** What earlier attempts may have done that nobody tells. */
export interface Untold {
  readonly intents: readonly Intent[];
  /** Whether they may have closed what the change claims, too. */
  readonly claim: boolean;
}

/** A change that was tried before, as this attempt sees it. */
export interface Retried {
  readonly change: Change;
  readonly attempt: Attempt;
  readonly grants: readonly Grant[];
  /** The ruling under these grants. */
  readonly rulingUnder: (grants: readonly Grant[]) => Promise<Ruling>;
  /** Reads the live network anew each time it is called. */
  readonly world: (expected?: readonly Expectation[]) => World;
}

/**
 * What the decision of a copy may leave untold: what earlier attempts with this message meant to do, and what the change claims; undefined
 * where there is nothing of the kind. What the attempt that decided did itself, its decision tells.
 */
export function untoldBy({ by }: DecidedEntry, { message }: Attempt, intended: readonly Intent[]): Untold | undefined {
  const isDecider = (one: Attempt) => one.message === by?.message && one.number === by.number;
  const intents = intended.filter((intent) => intent.by.message === message && !isDecider(intent.by));
  const claim = by !== undefined && by.message !== message;
  return claim || intents.length > 0 ? { intents, claim } : undefined;
}

/** What a read shows once it is no staler than what was meant: of a group, none of the rules that were to go. */
export function goneFrom({ subject: { kind, id } }: Change, { intents }: Untold): readonly Expectation[] {
  const revoked = intents.flatMap(({ remedies }) => remedies.flatMap((remedy) => (isGroupRemedy(remedy) ? remedy.revoke : [])));
  const values = new Set(revoked.map(valueKey));
  if (kind !== "security-group" || values.size === 0) return [];
  return [
    {
      kind,
      id,
      isShownBy: (facts) => facts === undefined || !("rules" in facts) || !facts.rules.some((rule) => values.has(valueKey(rule))),
    },
  ];
}

/** What was done of it, as far as anybody can tell and beyond what is told, and why. */
export async function doneOf({ intents, claim }: Untold, resource: Standing, told: readonly Act[], retried: Retried): Promise<Recalled> {
  const recalled = recall(intents, resource, told);
  if (!claim) return recalled;
  const { change, grants, rulingUnder, world } = retried;
  // What was granted since excuses nobody for having closed it then.
  const then = grants.filter(({ grantedAt }) => Date.parse(grantedAt) <= Date.parse(change.at));
  const retraced = await retrace(change, resource, await rulingUnder(then), world(), grants, [...told, ...recalled.acts]);
  return { findings: [...recalled.findings, ...retraced.findings], acts: [...recalled.acts, ...retraced.acts] };
}
