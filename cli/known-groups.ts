import { InputError } from "../lib/cloudtrail/containers.ts";
import { isUnknown } from "../lib/model/world.ts";
import type { Plan } from "../lib/planned/plan.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { Tally } from "../lib/report/tally.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import type { GivenGroup, PlanPlace } from "./given-group.ts";
import { plannedGroups } from "./planned-groups.ts";
import { Progress } from "./terminal.ts";

/** What the input tells of groups. */
export interface Given {
  readonly groups: readonly GivenGroup[];
  /** Whether it tells that a group of this id was deleted. */
  wasDeleted(id: string): Promise<boolean>;
}

/** The groups that these files and folders tell of, as they end. Throws InputError for what does not exist or cannot be read at all. */
export async function groupsIn(paths: readonly string[], place: PlanPlace, policy: Policy): Promise<Given> {
  const tally = new Tally();
  const progress = new Progress(process.stderr);
  const world = new RecordedWorld();
  const plans: Plan[] = [];
  const reasons: string[] = [];
  let last = "";
  let late = 0;
  const changes = changesIn(paths, {
    tally,
    onFile: (path, n, total) => progress.show(`reading ${n} of ${total}: ${path}`),
    onUnreadable: async ({ source, reason }) => void reasons.push(`${source}: ${reason}`),
    onLate: () => void late++,
    onPlan: (plan) => void plans.push(plan),
  });
  for await (const change of changes) {
    world.apply(change);
    last = change.at;
  }
  progress.clear();
  if (tally.records === 0 && tally.unreadable > 0) {
    throw new InputError(`nothing in ${paths.join(", ")} could be read: expected CloudTrail records or Terraform plans (${reasons[0]})`);
  }
  const unread = [...unreadRemark(tally.unreadable, reasons), ...lateRemark(late)];
  const recorded = await recordedGroups(world, `as the records tell it up to ${last}`, unread);
  const planned = (await Promise.all(plans.map((plan) => plannedGroups(plan, place, policy)))).flat();
  return {
    groups: [...recorded, ...planned],
    wasDeleted: async (id) => {
      const answers = await Promise.all(world.all().map(({ world: there }) => there.get("security-group", id)));
      return answers.includes(undefined);
    },
  };
}

async function recordedGroups(recorded: RecordedWorld, seen: string, unread: readonly string[]): Promise<GivenGroup[]> {
  const places = recorded.all().map(async ({ account, region, world }) => {
    const all = await world.list("security-group", {});
    return (isUnknown(all) ? [] : all).map((facts): GivenGroup => {
      const assumed = world
        .directionUnknown(facts.id)
        .map(({ id = "a rule" }) => `${id} is taken for ingress: ModifySecurityGroupRules does not record which it is.`);
      return { facts, account, region, world, seen, remarks: [...unread, ...assumed], open: [] };
    });
  });
  return (await Promise.all(places)).flat();
}

function unreadRemark(count: number, [first]: readonly string[]): string[] {
  return count === 0 ? [] : [`${count} of the records could not be read, so what they did is not known: ${first}`];
}

function lateRemark(count: number): string[] {
  return count === 0 ? [] : [`${count} of the records came too late to be put in their place, so what they did is not known.`];
}
