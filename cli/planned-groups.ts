import { type Location, NOWHERE, type PlannedOf } from "../lib/planned/plan.ts";
import type { Policy } from "../lib/policy/policy.ts";
import type { GivenGroup, Open } from "./given-group.ts";
import type { PlanOptions, SourcedPlan } from "./plans.ts";

/** The security groups that a plan leaves, by id and by address. */
export async function plannedGroups({ plan: told }: SourcedPlan, place: PlanOptions, policy: Policy): Promise<GivenGroup[]> {
  // Loaded by those who have a plan.
  const { withPlannedIds } = await import("../lib/planned/ids.ts");
  const { PlannedWorld } = await import("../lib/worlds/planned.ts");
  const { isOfEgress, placeWanted, vpcWanted } = await import("../lib/guard/reviewing/review-plan.ts");
  const { resourceOf } = await import("../lib/model/resource.ts");
  const plan = withPlannedIds(told);
  const world = new PlannedWorld(plan);
  // What could not be read may be a rule of any group.
  const unread = plan.notJudged.filter(({ kind = "security-group" }) => kind === "security-group");
  const openIn = (planned: PlannedOf<"security-group">, where: { readonly account: string; readonly region: string }): Open[] => [
    ...planned.unknown.map(
      (path) => ({ needs: `${path}, known after apply`, direction: isOfEgress(path) ? "egress" : "ingress" }) as const,
    ),
    ...unread.map(({ address, needs }) => ({ needs: `${address}: ${needs}` })),
    ...[placeWanted(where, policy), vpcWanted(resourceOf("security-group", planned.facts), planned, policy)].flatMap((needs) =>
      needs === undefined ? [] : [{ needs }],
    ),
  ];
  // A stack that tells its place is not moved; Terraform's plans are where somebody says that they are.
  const [first, second] = plan.source === "terraform" ? [place, plan] : [plan, place];
  return plan.resources.flatMap((planned): GivenGroup[] => {
    if (planned.kind !== "security-group" || planned.act === "delete") return [];
    const { facts, address, act, location } = planned;
    const where = {
      account: planned.account ?? first.account ?? second.account ?? NOWHERE,
      region: planned.region ?? first.region ?? second.region ?? NOWHERE,
    };
    const seen = act === "none" ? "as the plan leaves it, unchanged" : `as the plan leaves it: ${act}`;
    return [{ ...where, facts, address, world, seen, remarks: [], open: openIn(planned, where), declared: placeText(address, location) }];
  });
}

function placeText(address: string, location: Location | undefined): string {
  if (location === undefined) return address;
  return `${address} (${location.file}${location.line === undefined ? "" : `:${location.line}`})`;
}
