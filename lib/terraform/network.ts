import { KIND_NAMES, type Kind, type NetworkFacts } from "../model/facts.ts";
import type { Direction } from "../model/traffic.ts";
import type { PlannedAct, PlannedOf, PlannedResource } from "../planned/plan.ts";

/** A resource of the configuration whose values go into the network: as a resource, or as a part of one. */
export interface Source {
  readonly address: string;
  /** The address that it had before it was moved, or else the one that it has. */
  readonly origin: string;
  readonly act: PlannedAct;
  /** Of what a part was before it changes: it is taken out of a resource that the plan holds, and of no other. */
  readonly leaves?: true;
  /** Of a rule of a group: which way it goes. */
  readonly direction?: Direction;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

type Fold<K extends Kind> = (facts: NetworkFacts[K]) => NetworkFacts[K];

/** A resource in the making. */
interface Built<K extends Kind> {
  readonly facts: NetworkFacts[K];
  readonly source: Source;
  readonly unknown: readonly string[];
  /** Whether one of its parts changes. */
  readonly touched?: true;
}

interface Part<K extends Kind> {
  readonly id: string;
  readonly fold: Fold<K>;
  readonly source: Source;
  readonly open: readonly string[];
}

/** The resources of one kind, by id. */
class Shelf<K extends Kind> {
  readonly kind: K;
  readonly built = new Map<string, Built<K>>();
  private readonly parts: Part<K>[] = [];
  private readonly owners = new Set<string>();
  private readonly met: (id: string) => NetworkFacts[K];

  constructor(kind: K, met: (id: string) => NetworkFacts[K]) {
    this.kind = kind;
    this.met = met;
  }

  /** The resource with this id; where the plan does not hold it, one of which a part is known. */
  meet(id: string): Built<K> {
    const known = this.built.get(id);
    if (known !== undefined) return known;
    const fresh: Built<K> = { facts: this.met(id), source: { address: id, origin: id, act: "none" }, unknown: [] };
    this.built.set(id, fresh);
    return fresh;
  }

  expects(id: string): boolean {
    return this.owners.has(id);
  }

  expect(part: Part<K>): void {
    this.parts.push(part);
    if (part.source.leaves !== true) this.owners.add(part.id);
  }

  settle(): void {
    for (const { id, fold, source, open } of this.parts) {
      if (source.leaves === true && !this.built.has(id)) continue;
      const { facts, unknown, ...built } = this.meet(id);
      const whole = fold(facts);
      this.built.set(id, {
        ...built,
        facts: isPartial(open) && source.direction !== "egress" ? { ...whole, partial: true } : whole,
        unknown: [
          ...unknown,
          ...open.map((path) => `${source.direction === "egress" ? "egress by its " : ""}${path} of ${source.address}`),
        ],
        ...(source.act !== "none" && { touched: true }),
      });
    }
  }

  /** These as they will be, beside what they were. */
  planned(before: Shelf<K>): PlannedOf<K>[] {
    const byOrigin = new Map([...before.built.values()].map((built) => [built.source.origin, built]));
    const after = [...this.built.values()].map(({ facts, source, unknown, touched }): PlannedOf<K> => {
      const stood = byOrigin.get(source.origin);
      byOrigin.delete(source.origin);
      const isTouched = touched === true || stood?.touched === true;
      return {
        ...this.common(facts, source, unknown),
        act: source.act === "none" && isTouched ? "update" : source.act,
        ...(stood !== undefined && { before: stood.facts }),
      };
    });
    const gone = [...byOrigin.values()].map(({ facts, source, touched }): PlannedOf<K> => {
      // What the plan holds no resource of stays, though all parts of it that the plan holds go.
      const stays = source.act === "none";
      return {
        ...this.common(stays ? this.met(facts.id) : facts, source, []),
        act: stays ? (touched ? "update" : "none") : "delete",
        ...(stays && { before: facts }),
      };
    });
    return [...after, ...gone];
  }

  private common(facts: NetworkFacts[K], { address, account, region }: Source, unknown: readonly string[]) {
    return {
      kind: this.kind,
      facts,
      address,
      unknown: [...new Set(unknown)],
      ...(account !== undefined && { account }),
      ...(region !== undefined && { region }),
    };
  }
}

// What a group sends is no part of what makes it one that is known in part: whoever judges that is told by what stays open.
function isPartial(open: readonly string[]): boolean {
  return open.some((path) => !path.startsWith("egress"));
}

/** The network at one moment, put together from resources, and from parts of them that are resources of their own to Terraform. */
export class Network {
  private readonly shelves: { readonly [K in Kind]: Shelf<K> } = {
    "security-group": new Shelf("security-group", (id) => ({ id, rules: [], partial: true })),
    "group-association": new Shelf("group-association", (id) => ({ id, partial: true })),
    "prefix-list": new Shelf("prefix-list", (id) => ({ id, cidrs: [], partial: true })),
    vpc: new Shelf("vpc", (id) => ({ id, cidrs: [], ipv6Cidrs: [], partial: true })),
    subnet: new Shelf("subnet", (id) => ({ id, ipv6Cidrs: [], partial: true })),
    "route-table": new Shelf("route-table", (id) => ({ id, routes: [], associations: [], propagating: [], partial: true })),
    "internet-gateway": new Shelf("internet-gateway", (id) => ({ id, partial: true })),
    "nat-gateway": new Shelf("nat-gateway", (id) => ({ id, partial: true })),
    peering: new Shelf("peering", (id) => ({ id, requester: { cidrs: [] }, accepter: { cidrs: [] }, partial: true })),
    endpoint: new Shelf("endpoint", (id) => ({ id, routeTables: [], subnets: [], partial: true })),
    "endpoint-service": new Shelf("endpoint-service", (id) => ({ id, principals: [], partial: true })),
    "network-acl": new Shelf("network-acl", (id) => ({ id, entries: [], subnets: [], partial: true })),
    "flow-log": new Shelf("flow-log", (id) => ({ id, partial: true })),
    "network-interface": new Shelf("network-interface", (id) => ({ id, groups: [], addresses: [], partial: true })),
    "db-subnet-group": new Shelf("db-subnet-group", (id) => ({ id, subnets: [], zones: [], partial: true })),
    "firewall-association": new Shelf("firewall-association", (id) => ({ id, partial: true })),
    "block-public-access": new Shelf("block-public-access", (id) => ({ id, exclusions: [], partial: true })),
  };

  /** A resource of its own. What stayed open while it was read makes it one that is known in part. */
  add<K extends Kind>(kind: K, facts: NetworkFacts[K], source: Source, open: readonly string[]): void {
    const shelf: Shelf<K> = this.shelves[kind];
    shelf.built.set(facts.id, { facts: isPartial(open) ? { ...facts, partial: true } : facts, source, unknown: open });
  }

  /** A part of the resource with this id, which settle folds into it in the order of these calls; `open` is what is unknown of the part. */
  fold<K extends Kind>(kind: K, id: string, source: Source, open: readonly string[], fold: Fold<K>): void {
    const shelf: Shelf<K> = this.shelves[kind];
    shelf.expect({ id, source, open, fold });
  }

  /** Whether a part of the resource with this id is a resource of its own. */
  expects(kind: Kind, id: string): boolean {
    return this.shelves[kind].expects(id);
  }

  /** Whether blocks that are known after apply only are none: those of a new resource whose parts are resources of their own. */
  hasNoBlocks(kind: Kind, id: string, { act }: Source): boolean {
    return (act === "create" || act === "replace") && this.expects(kind, id);
  }

  /** A resource that something names, as far as that tells. */
  meet(kind: Kind, id: string): void {
    this.shelves[kind].meet(id);
  }

  get<K extends Kind>(kind: K, id: string): NetworkFacts[K] | undefined {
    const shelf: Shelf<K> = this.shelves[kind];
    return shelf.built.get(id)?.facts;
  }

  /** Folds all parts, once every resource is there. */
  settle(): void {
    for (const shelf of Object.values(this.shelves)) shelf.settle();
  }

  /** The resources of this network beside what they were in another. */
  planned(before: Network): PlannedResource[] {
    return KIND_NAMES.flatMap((kind): PlannedResource[] => this.pairs(kind, before));
  }

  private pairs<K extends Kind>(kind: K, before: Network): PlannedResource[] {
    const shelf: Shelf<K> = this.shelves[kind];
    const stood: Shelf<K> = before.shelves[kind];
    // What a shelf holds is of its kind, which a type that is looked up by kind cannot tell.
    return shelf.planned(stood) as PlannedResource[];
  }
}
