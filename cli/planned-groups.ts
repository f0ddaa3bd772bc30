import { resourceOf } from "../lib/model/resource.ts";
import { type Location, NOWHERE, type Plan } from "../lib/planned/plan.ts";
import type { Policy } from "../lib/policy/policy.ts";
import type { GivenGroup, PlanPlace } from "./given-group.ts";

/** The security groups that a plan leaves, by id and by address. */
export async function plannedGroups(told: Plan, place: PlanPlace, policy: Policy): Promise<GivenGroup[]> {
  // Loaded by those who have a plan.
  const { withPlannedIds } = await import("../lib/planned/ids.ts");
  const { PlannedWorld } = await import("../lib/worlds/planned.ts");
  const { placeWanted, vpcWanted } = await import("../lib/guard/review-plan.ts");
  const plan = withPlannedIds(told);
  const world = new PlannedWorld(plan);
  // What could not be read may be a rule of any group.
  const unread = plan.notJudged.filter(({ kind = "security-group" }) => kind === "security-group");
  return plan.resources.flatMap((planned): GivenGroup[] => {
    if (planned.kind !== "security-group" || planned.act === "delete") return [];
    const { facts, address, act, unknown, location } = planned;
    const where = {
      account: planned.account ?? place.account ?? plan.account ?? NOWHERE,
      region: planned.region ?? place.region ?? plan.region ?? NOWHERE,
    };
    const wanted = [placeWanted(where, policy), vpcWanted(resourceOf("security-group", facts), planned, policy)];
    const open = [
      ...unknown.map((path) => `${path}, known after apply`),
      ...unread.map(({ address: other, needs }) => `${other}: ${needs}`),
    ];
    return [
      {
        ...where,
        facts,
        address,
        world,
        seen: act === "none" ? "as the plan leaves it, unchanged" : `as the plan leaves it: ${act}`,
        remarks: [],
        open: [...open, ...wanted.filter((needs) => needs !== undefined)],
        declared: placeText(address, location),
      },
    ];
  });
}

function placeText(address: string, location: Location | undefined): string {
  if (location === undefined) return address;
  return `${address} (${location.file}${location.line === undefined ? "" : `:${location.line}`})`;
}
