import { BLOCK_PUBLIC_ACCESS, type Kind, type NetworkFacts } from "../model/facts.ts";
import { idOfKind } from "../planned/ids.ts";
import type { Location, NotPlanned, Placement, PlannedAct, PlannedResource } from "../planned/plan.ts";
import type { Open, Properties } from "./properties.ts";

/** Where facts come from: one resource of a template. */
export interface Origin {
  /** Known here by this, until AWS gives it an id. */
  readonly id: string;
  readonly address: string;
  readonly act: PlannedAct;
  readonly location: Location;
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** The name that AWS begins generated names with. */
  readonly name: string;
}

interface Draft<K extends Kind> {
  readonly kind: K;
  facts: NetworkFacts[K];
  readonly address: string;
  act: PlannedAct;
  readonly unknown: string[];
  readonly location: Location;
}

class Shelf<K extends Kind> {
  readonly drafts = new Map<string, Draft<K>>();
  /** A resource of which the template has a part only. */
  readonly met: (id: string) => NetworkFacts[K];
  constructor(met: (id: string) => NetworkFacts[K]) {
    this.met = met;
  }
}
type Shelves = { readonly [K in Kind]: Shelf<K> };

// What is of no matter to what else there is: the resource is known whole without it.
const ASIDE = /^(?:.*\.)?(?:Tags.*|GroupName|\w*Description)$/;
// What leaves no rule open that looks at a security group: all that it lets in is known, and may only turn out to be less. What
// hangs on its VPC asks for that. And the id of what a part belongs to: the part is judged as that of one known by it alone.
const OF_NO_MATTER = /^(?:VpcId|Condition|GroupName|(?:.*\.)?\w*Description)$/;
const BELONGS_TO = /^(?:GroupId|RouteTableId|NetworkAclId)$/;

/** The network as templates leave it, put together resource by resource. */
export class Network {
  readonly notJudged: NotPlanned[] = [];
  readonly placements: Placement[] = [];
  private readonly shelves: Shelves = {
    "security-group": new Shelf((id) => ({ id, rules: [], partial: true })),
    "group-association": new Shelf((id) => ({ id, partial: true })),
    "prefix-list": new Shelf((id) => ({ id, cidrs: [], partial: true })),
    vpc: new Shelf((id) => ({ id, cidrs: [], ipv6Cidrs: [], partial: true })),
    subnet: new Shelf((id) => ({ id, ipv6Cidrs: [], partial: true })),
    "route-table": new Shelf((id) => ({ id, routes: [], associations: [], propagating: [], partial: true })),
    "internet-gateway": new Shelf((id) => ({ id, partial: true })),
    "nat-gateway": new Shelf((id) => ({ id, partial: true })),
    peering: new Shelf((id) => ({ id, requester: { cidrs: [] }, accepter: { cidrs: [] }, partial: true })),
    endpoint: new Shelf((id) => ({ id, routeTables: [], subnets: [], partial: true })),
    "endpoint-service": new Shelf((id) => ({ id, principals: [], partial: true })),
    "network-acl": new Shelf((id) => ({ id, entries: [], subnets: [], partial: true })),
    "flow-log": new Shelf((id) => ({ id, partial: true })),
    "network-interface": new Shelf((id) => ({ id, groups: [], addresses: [], partial: true })),
    "db-subnet-group": new Shelf((id) => ({ id, subnets: [], zones: [], partial: true })),
    "firewall-association": new Shelf((id) => ({ id, partial: true })),
    "block-public-access": new Shelf(() => ({ id: BLOCK_PUBLIC_ACCESS, exclusions: [], partial: true })),
  };

  get<K extends Kind>(kind: K, id: string | undefined): NetworkFacts[K] | undefined {
    const shelf: Shelf<K> = this.shelves[kind];
    return shelf.drafts.get(id ?? "")?.facts;
  }

  list<K extends Kind>(kind: K): NetworkFacts[K][] {
    const shelf: Shelf<K> = this.shelves[kind];
    return [...shelf.drafts.values()].map(({ facts }) => facts);
  }

  unknownOf<K extends Kind>(kind: K, id: string | undefined): readonly string[] {
    const shelf: Shelf<K> = this.shelves[kind];
    return shelf.drafts.get(id ?? "")?.unknown ?? [];
  }

  /** Gives a resource that is there other facts. */
  put<K extends Kind>(kind: K, facts: NetworkFacts[K]): void {
    const shelf: Shelf<K> = this.shelves[kind];
    const draft = shelf.drafts.get(facts.id);
    if (draft !== undefined) draft.facts = facts;
  }

  /** A resource that a template makes. */
  add<K extends Kind>(kind: K, facts: NetworkFacts[K], origin: Origin, properties?: Properties): void {
    const { address, act, location } = origin;
    const shelf: Shelf<K> = this.shelves[kind];
    const draft: Draft<K> = { kind, facts, address, act, unknown: [], location };
    shelf.drafts.set(facts.id, draft);
    this.open(draft, properties?.open ?? [], origin, false);
  }

  /** What a resource of its own does to another; one that no template makes is known by that part alone. */
  change<K extends Kind>(
    kind: K,
    id: string | undefined,
    origin: Origin,
    properties: Properties,
    after: (facts: NetworkFacts[K]) => NetworkFacts[K],
  ): void {
    const shelf: Shelf<K> = this.shelves[kind];
    const target = id ?? idOfKind(kind, origin.address);
    const { address, location } = origin;
    const standing: Draft<K> = shelf.drafts.get(target) ?? { kind, facts: shelf.met(target), address, act: "none", unknown: [], location };
    shelf.drafts.set(target, standing);
    standing.facts = after(standing.facts);
    if (standing.act === "none" && origin.act !== "none") standing.act = "update";
    this.open(standing, properties.open, origin, standing.address !== origin.address);
  }

  /** Every resource with everything that is said about it. */
  resources(): PlannedResource[] {
    return Object.values(this.shelves).flatMap((shelf): PlannedResource[] => [...shelf.drafts.values()]);
  }

  private open<K extends Kind>(draft: Draft<K>, open: readonly Open[], { address, location }: Origin, isPart: boolean): void {
    for (const { path, why, line, kind } of open) {
      if (kind === "not known" && isOfNoMatter(draft.kind, path)) continue;
      if (kind === "not known") draft.unknown.push(isPart ? `${path} of ${address} (${why})` : `${path} (${why})`);
      else
        this.notJudged.push({
          address,
          kind: draft.kind,
          needs: path === "" ? why : `${path}: ${why}`,
          location: { ...location, ...(line !== undefined && { line }) },
        });
    }
    if (open.some(({ path }) => !ASIDE.test(path))) draft.facts = { ...draft.facts, partial: true };
  }
}

function isOfNoMatter(kind: Kind, path: string): boolean {
  return BELONGS_TO.test(path) || (kind === "security-group" && OF_NO_MATTER.test(path));
}
