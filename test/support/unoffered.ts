import type { FindingDraft } from "../../lib/model/finding.ts";
import type { AnyRule } from "../../lib/rules/rule.ts";

/**
 * Throws for findings that call for what their rule does not offer: the roles that carry remedies out may do what rules offer
 * (lib/guard/acting/asked-remedies.ts), and nothing else.
 */
export function refuseUnoffered({ meta }: AnyRule, findings: readonly FindingDraft[]): void {
  const offers = meta.remedies;
  for (const { traffic, rules, remedy, remedies = [] } of findings) {
    const stray = remedies.find(({ kind }) => !offers.includes(kind));
    if (stray !== undefined) throw new Error(`${meta.id} calls for ${stray.kind}, and offers ${offers.join(", ") || "nothing"}`);
    // On the rules of a group it is the planner who acts, in the direction of the finding.
    if (offers.length === 0 || remedy === "none" || rules.length === 0) continue;
    if (!offers.some((kind) => kind.endsWith(`-${traffic.direction}`)))
      throw new Error(
        `${meta.id} finds ${traffic.direction}, and offers ${offers.join(", ")}: give the finding the remedy none, or offer one`,
      );
  }
}
