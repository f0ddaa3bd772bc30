import type { Foreseen } from "../../guard/reviewing/review-plan.ts";
import type { Decision } from "../../model/decision.ts";
import type { Kind, NetworkFacts } from "../../model/facts.ts";
import { placeOf, resourceOf, type Standing } from "../../model/resource.ts";
import { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import { isUnknown, type World } from "../../model/world.ts";
import { readable } from "../../planned/ids.ts";
import { isMade, type Placement, type Plan, type PlannedResource } from "../../planned/plan.ts";
import type { Scenery } from "./scenery.ts";
import { admitsOf, carriedOut, type Sight, type Sights, sightOf } from "./sight.ts";
import { planTeller } from "./teller.ts";

/** Looks at the networks of plans: as a plan leaves a resource, and as that stood before. */
export class Foresight {
  private readonly plans = new Map<Plan, Pick<Scenery, "key" | "teller" | "placements" | "planned">>();
  private seen: Foreseen | undefined;

  /** Remembers what the next decision is about; only until the next time. */
  look(seen: Foreseen): void {
    this.seen = seen;
  }

  async sights({ id, acts }: Pick<Decision, "id" | "acts">): Promise<Sights> {
    if (this.seen?.decision !== id) return {};
    const { planned, before, after } = this.seen;
    // What stays stood as it is, in the network as it was.
    const stood = planned.before ?? (planned.act === "none" ? planned.facts : undefined);
    return {
      ...(stood === undefined ? isMade(planned) && { isNew: true } : { before: await standing(planned, stood, before) }),
      left: await standing(planned, planned.facts, after),
      ...(planned.kind === "security-group" && (await remains(planned.facts, acts, after))),
      open: planned.unknown,
    };
  }

  async scenery({ id }: Pick<Decision, "id">): Promise<Scenery | undefined> {
    if (this.seen?.decision !== id) return undefined;
    const { planned, plan, name, after } = this.seen;
    const known = this.plans.get(plan) ?? {
      key: `plan ${this.plans.size}`,
      teller: planTeller(new Map(plan.resources.map((resource) => [resource.facts.id, resource]))),
      placements: await Promise.all((plan.placements ?? []).map((placement) => inSubnets(placement, after))),
      planned: name === undefined ? "the plan" : name,
    };
    this.plans.set(plan, known);
    const vpc = await vpcOf(planned, after);
    return { ...known, world: after, id: planned.facts.id, ...(vpc !== undefined && { vpc }) };
  }
}

// Worlds know the ids that stand in for addresses; what findings say of the parts of a resource has the addresses.
async function standing({ kind }: PlannedResource, facts: NetworkFacts[Kind], world: World): Promise<Sight> {
  const resource: Standing = resourceOf(kind, kind === "security-group" ? facts : readable(facts));
  return sightOf(resource, world);
}

async function remains(facts: NetworkFacts["security-group"], acts: Decision["acts"], world: World): Promise<Pick<Sights, "remains">> {
  const remedies = carriedOut(acts);
  if (remedies.length === 0) return {};
  // Acts are told with addresses.
  const keyOf = (rule: SecurityGroupRule) => ruleKey(readable(rule));
  const taken = new Set(remedies.flatMap(({ revoke }) => revoke.map(keyOf)));
  const rules = [...facts.rules.filter((rule) => !taken.has(keyOf(rule))), ...remedies.flatMap(({ authorize }) => authorize)];
  return { remains: await admitsOf(new SecurityGroup({ ...facts, rules }), world) };
}

// A DB subnet group has the subnets of what names it.
async function inSubnets(placement: Placement, world: World): Promise<Placement> {
  const { subnetGroup, subnets } = placement;
  const found = subnetGroup === undefined ? undefined : await world.get("db-subnet-group", subnetGroup);
  return found === undefined || isUnknown(found) ? placement : { ...placement, subnets: [...subnets, ...found.subnets] };
}

// What names no VPC may be in a subnet of one.
async function vpcOf({ kind, facts }: PlannedResource, world: World): Promise<string | undefined> {
  const { vpc } = placeOf(resourceOf(kind, facts));
  if (vpc !== undefined) return vpc;
  const subnet = "subnet" in facts ? facts.subnet : "subnets" in facts ? facts.subnets[0] : undefined;
  const found = subnet === undefined ? undefined : await world.get("subnet", subnet);
  return found === undefined || isUnknown(found) ? undefined : found.vpc;
}
