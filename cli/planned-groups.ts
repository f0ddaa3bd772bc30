import type { Plan } from "../lib/planned/plan.ts";
import type { GivenGroup, PlanPlace } from "./given-group.ts";

// Where nobody told the account or the region: no scope of a policy can mean it.
const NOWHERE = "unknown";

/** The security groups that a plan leaves, by id and by address. */
export async function plannedGroups(told: Plan, place: PlanPlace): Promise<GivenGroup[]> {
  // Loaded by those who have a plan.
  const { withPlannedIds } = await import("../lib/planned/ids.ts");
  const { PlannedWorld } = await import("../lib/worlds/planned.ts");
  const plan = withPlannedIds(told);
  const world = new PlannedWorld(plan);
  return plan.resources.flatMap((planned): GivenGroup[] => {
    if (planned.kind !== "security-group" || planned.act === "delete") return [];
    const { facts, address, act, unknown } = planned;
    const account = planned.account ?? plan.account ?? place.account ?? NOWHERE;
    const region = planned.region ?? plan.region ?? place.region ?? NOWHERE;
    const unread = plan.notJudged.filter((open) => open.kind === "security-group" || open.kind === undefined);
    return [
      {
        facts,
        address,
        account,
        region,
        world,
        seen: act === "none" ? "as the plan leaves it, unchanged" : `as the plan leaves it: ${act}`,
        remarks:
          account === NOWHERE || region === NOWHERE ? ["The plan does not tell its account and region: --account and --region do."] : [],
        open: [...unknown.map((path) => `${path}, known after apply`), ...unread.map((open) => `${open.address}: ${open.needs}`)],
        exists: act === "update" || act === "none",
      },
    ];
  });
}
