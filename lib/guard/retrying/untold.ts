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
  readonly ruling: Ruling;
  /** The ruling under these grants instead. */
  readonly rulingUnder: (grants: readonly Grant[]) => Promise<Ruling>;
  /** Reads the live network anew each time it is called. */
  readonly world: (expected?: readonly Expectation[]) => World;
}

/** What earlier attempts with this message meant to do, but for the one that decided: what that did itself, its decision tells. */
export function intentsUntoldBy({ by }: DecidedEntry, { message }: Attempt, intended: readonly Intent[]): readonly Intent[] {
  const isDecider = (one: Attempt) => one.message === by?.message && one.number === by.number;
  return intended.filter((intent) => intent.by.message === message && !isDecider(intent.by));
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
