import type { Kind, NetworkFacts } from "../model/facts.ts";
import { isMet, isUnknown, type Unknown, type Where, type World } from "../model/world.ts";

/** All resources of one kind, by id. */
type Inventory<K extends Kind> = ReadonlyMap<string, NetworkFacts[K]> | Unknown;

/**
 * A world that reads a kind of resource once and whole, whichever of it is asked for first: what a sweep of thousands of groups
 * asks costs pages and not calls. A kind that cannot be read is unknown. Prefix lists are read one by one, as EC2 has their entries.
 */
export class WholeWorld implements World {
  private readonly live: World;
  private readonly read = new Map<Kind, Promise<Inventory<Kind>>>();

  constructor(live: World) {
    this.live = live;
  }

  async get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | Unknown | undefined> {
    if (kind === "prefix-list") return this.live.get(kind, id);
    const inventory = await this.inventory(kind);
    return isUnknown(inventory) ? inventory : inventory.get(id);
  }

  async list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][] | Unknown> {
    const inventory = await this.inventory(kind);
    if (isUnknown(inventory)) return inventory;
    return [...inventory.values()].filter((facts) => isMet(kind, facts, where));
  }

  private inventory<K extends Kind>(kind: K): Promise<Inventory<K>> {
    const earlier = this.read.get(kind);
    const reading = earlier ?? this.readAll(kind);
    this.read.set(kind, reading);
    // What is kept under a kind is of that kind, which a map cannot tell.
    return reading as Promise<Inventory<K>>;
  }

  private async readAll<K extends Kind>(kind: K): Promise<Inventory<K>> {
    const all = await this.live.list(kind, {});
    return isUnknown(all) ? all : new Map(all.map((facts) => [facts.id, facts]));
  }
}
