import { KIND_NAMES, KINDS, type Kind, type NetworkFacts } from "../model/facts.ts";
import { askedOf, isMet, type Unknown, type Where, type World } from "../model/world.ts";
import { isMade, type Plan } from "../planned/plan.ts";

/** When: as the plan leaves the network, or as it stood before as far as the plan tells. */
export type Moment = "after" | "before";

/**
 * The network of one plan. What the plan does not hold may stand all the same, made by somebody else, so a resource that it does
 * not name is unknown; what it deletes does not exist. Of a VPC that the plan makes it must hold everything, but for what EC2 makes.
 */
export class PlannedWorld implements World {
  private readonly known = new Map<Kind, Map<string, NetworkFacts[Kind]>>(KIND_NAMES.map((kind) => [kind, new Map()]));
  private readonly gone = new Set<string>();
  /** Ids of the VPCs that the plan makes. */
  private readonly made = new Set<string>();

  constructor(plan: Pick<Plan, "resources">, moment: Moment = "after") {
    for (const planned of plan.resources) {
      const { kind, facts, before, act } = planned;
      const standing = moment === "after" ? (act === "delete" ? undefined : facts) : act === "delete" ? facts : before;
      if (standing === undefined) this.gone.add(`${kind} ${facts.id}`);
      else this.known.get(kind)?.set(standing.id, standing);
      // A replaced resource goes by its old id until it is gone.
      if (moment === "after" && before !== undefined && before.id !== facts.id) this.gone.add(`${kind} ${before.id}`);
      if (kind === "vpc" && isMade(planned)) this.made.add(facts.id);
    }
  }

  async get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | Unknown | undefined> {
    const facts = this.shelf(kind).get(id);
    if (facts !== undefined) return facts;
    return this.gone.has(`${kind} ${id}`) ? undefined : { unknown: `${askedOf(kind, id)}, which the plan does not tell` };
  }

  async list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][] | Unknown> {
    const found = [...this.shelf(kind).values()].filter((facts) => isMet(kind, facts, where));
    const place = where.vpc ?? where.resource ?? where.group;
    if (found.length > 0 || place === undefined || this.isWhole(kind, where)) return found;
    return { unknown: `which ${KINDS[kind].noun}s there are for ${place}, which the plan does not tell` };
  }

  private isWhole(kind: Kind, { vpc, resource, group }: Where): boolean {
    if (kind === "group-association" && group !== undefined) return this.shelf("security-group").get(group)?.partial !== true;
    return this.made.has(vpc ?? resource ?? "") && !MADE_BY_EC2.has(kind);
  }

  // What is kept under a kind is of that kind, which a map cannot tell.
  private shelf<K extends Kind>(kind: K): ReadonlyMap<string, NetworkFacts[K]> {
    return (this.known.get(kind) ?? new Map()) as ReadonlyMap<string, NetworkFacts[K]>;
  }
}

// Each VPC comes with a main route table and a network ACL, and services put interfaces into it.
const MADE_BY_EC2: ReadonlySet<Kind> = new Set<Kind>(["route-table", "network-acl", "network-interface"]);
