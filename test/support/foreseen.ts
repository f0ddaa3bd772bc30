import { reviewPlan } from "../../lib/guard/reviewing/review-plan.ts";
import type { Plan } from "../../lib/planned/plan.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { compare } from "../../lib/report/html/compare.ts";
import type { Comparison } from "../../lib/report/html/data.ts";
import { type Drawing, Networks } from "../../lib/report/html/networks.ts";
import { Witness } from "../../lib/report/html/witness.ts";
import { PlannedWorld } from "../../lib/worlds/planned.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";

/** What the page of a plan shows: what each decision compares, by address, and the drawings with the addresses that lead to each. */
export interface ForeseenPage {
  readonly comparisons: ReadonlyMap<string, readonly Comparison[]>;
  readonly drawings: readonly (Drawing & { readonly from: readonly string[] })[];
}

/** Reviews these plans, one after the other, as the page sees it. */
export async function foreseen(plans: readonly Plan[], policy = "version: 1"): Promise<ForeseenPage> {
  const witness = new Witness(new RecordedWorld());
  const networks = new Networks(witness);
  const comparisons = new Map<string, readonly Comparison[]>();
  const leads: { readonly anchor: string; readonly address: string }[] = [];
  for (const [n, plan] of plans.entries()) {
    const review = reviewPlan(plan, {
      policy: parsePolicy(policy, "policy"),
      at: "2026-01-01T00:00:00Z",
      worldOf: (one, moment) => new PlannedWorld(one, moment),
      look: (seen) => witness.foresee(seen),
      ...(plans.length > 1 && { name: `plan-${n}.json` }),
    });
    for await (const reviewed of review) {
      if (reviewed.kind !== "decided") continue;
      const { decision } = reviewed;
      const address = decision.change.details?.address ?? "";
      comparisons.set(address, compare(decision, await witness.sights(decision)));
      const anchor = await networks.note(decision);
      if (anchor !== undefined) leads.push({ anchor, address });
    }
  }
  const drawings = await networks.end();
  return {
    comparisons,
    drawings: drawings.map((one) => ({ ...one, from: leads.filter(({ anchor }) => anchor === one.anchor).map(({ address }) => address) })),
  };
}
