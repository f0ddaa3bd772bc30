import { InputError } from "../lib/cloudtrail/containers.ts";
import { isUnknown } from "../lib/model/world.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { Tally, type Unreadable } from "../lib/report/tally.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import { plansOf, takeTemplates } from "./cloudformation.ts";
import type { GivenGroup } from "./given-group.ts";
import { plannedGroups } from "./planned-groups.ts";
import type { PlanOptions, SourcedPlan } from "./plans.ts";
import { Progress } from "./terminal.ts";

/** What the input tells of groups. */
export interface Given {
  readonly groups: readonly GivenGroup[];
  /** Whether it tells that a group of this id was deleted. */
  wasDeleted(id: string): Promise<boolean>;
}

/** The groups that these files and folders tell of, as they end. Throws InputError for what does not exist or cannot be read at all. */
export async function groupsIn(paths: readonly string[], place: PlanOptions, policy: Policy): Promise<Given> {
  const tally = new Tally();
  const progress = new Progress(process.stderr);
  const world = new RecordedWorld();
  const plans: SourcedPlan[] = [];
  const reasons: string[] = [];
  let last = "";
  let late = 0;
  const { others, ...templates } = await takeTemplates(paths);
  for (const found of await plansOf(templates, place)) {
    if ("plan" in found) plans.push(found);
    else reasons.push(`${found.source}: ${found.reason}`);
  }
  const listeners = {
    tally,
    onFile: (path: string, n: number, total: number) => progress.show(`reading ${n} of ${total}: ${path}`),
    onUnreadable: async ({ source, reason }: Unreadable) => void reasons.push(`${source}: ${reason}`),
    onLate: () => void late++,
    onPlan: (plan: SourcedPlan) => void plans.push(plan),
  };
  const changes = changesIn(others, listeners, place);
  for await (const change of changes) {
    world.apply(change);
    last = change.at;
  }
  progress.clear();
  if (tally.records === 0 && plans.length === 0 && reasons.length > 0) {
    throw new InputError(
      `nothing in ${paths.join(", ")} could be read: expected CloudTrail records, Terraform plans or CloudFormation templates (${reasons[0]})`,
    );
  }
  const unread = [...unreadRemark(reasons), ...lateRemark(late)];
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

function unreadRemark(reasons: readonly string[]): string[] {
  const [first] = reasons;
  return first === undefined ? [] : [`${reasons.length} of the records could not be read, so what they did is not known: ${first}`];
}

function lateRemark(count: number): string[] {
  return count === 0 ? [] : [`${count} of the records came too late to be put in their place, so what they did is not known.`];
}
