import type { Change } from "../../model/change.ts";
import { afterEffects, type Effect } from "../../model/effect.ts";
import type { SecurityGroupRule } from "../../model/security-group-rule.ts";
import { isUnknown, type World } from "../../model/world.ts";

/** The world of a claim: nothing but the claim is known, and asking costs no call. Settling asks again. */
export const CLAIM_ONLY: World = {
  get: async () => ({ unknown: "not asked before closing" }),
  list: async () => ({ unknown: "not asked before closing" }),
};

/** The rules that the change claims to have brought. Of a modified rule no direction is told, so it counts in both. */
export function grantedBy({ claim }: Change): readonly SecurityGroupRule[] {
  if (claim?.kind === "rules-granted") return claim.rules;
  if (claim?.kind !== "rules-modified") return [];
  // Revoking by value needs no direction: where it is the other one, nothing matches and nothing happens.
  return claim.rules.flatMap((rule): SecurityGroupRule[] => [
    { ...rule, direction: "ingress" },
    { ...rule, direction: "egress" },
  ]);
}

/** The world as it was when these effects had just been brought about, and everything else as it is. */
export function worldAfter(effects: readonly Effect[], world: World): World {
  return {
    get: async (kind, id) => {
      const facts = await world.get(kind, id);
      return facts === undefined || isUnknown(facts) ? facts : afterEffects(kind, facts, effects);
    },
    list: (kind, where) => world.list(kind, where),
  };
}
