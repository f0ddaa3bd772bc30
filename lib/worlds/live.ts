import { type Clock, type Ec2, Ec2Error, type Expectation } from "../guard/ports.ts";
import { AddressSet } from "../model/address-set.ts";
import type { Kind, NetworkFacts } from "../model/facts.ts";
import { valueKey } from "../model/security-group-rule.ts";
import { askedOf, type Unknown, type Where, type World } from "../model/world.ts";

// Reads that miss something just granted are repeated after these pauses (milliseconds).
const PAUSES = [200, 400, 800, 1600];

type Resources = { readonly [K in Kind]: Map<string, Promise<NetworkFacts[K] | Unknown | undefined>> };
type Lists = { readonly [K in Kind]: Map<string, Promise<readonly NetworkFacts[K][] | Unknown>> };

/**
 * The live network of one account and region, through EC2. Each read is made once and kept for as long as this world lives,
 * so a world serves one judgement. A read that misses what `expected` names is repeated for three seconds, then believed.
 * A refused read (AccessDenied) is unknown; throws Ec2Error for the rest.
 */
export class LiveWorld implements World {
  private readonly ec2: Ec2;
  private readonly clock: Pick<Clock, "sleep">;
  private readonly expected: Expectation | undefined;
  private readonly resources: Resources = {
    "security-group": new Map(),
    "prefix-list": new Map(),
    vpc: new Map(),
    "network-interface": new Map(),
  };
  private readonly lists: Lists = { "security-group": new Map(), "prefix-list": new Map(), vpc: new Map(), "network-interface": new Map() };

  constructor(ec2: Ec2, clock: Pick<Clock, "sleep">, expected?: Expectation) {
    this.ec2 = ec2;
    this.clock = clock;
    this.expected = expected;
  }

  get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | Unknown | undefined> {
    return remember(this.resources[kind], id, () => unlessDenied(askedOf(kind, id), () => this.read(kind, id)));
  }

  list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][] | Unknown> {
    const key = JSON.stringify(where);
    return remember(this.lists[kind], key, () => unlessDenied(`every ${kind} with ${key}`, () => this.ec2.list(kind, where)));
  }

  private async read<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | undefined> {
    let facts = await this.ec2.get(kind, id);
    for (const pause of PAUSES) {
      if (this.isBelievable(kind, id, facts)) break;
      await this.clock.sleep(pause);
      facts = await this.ec2.get(kind, id);
    }
    return facts;
  }

  private isBelievable(kind: Kind, id: string, facts: NetworkFacts[Kind] | undefined): boolean {
    const list = this.expected?.list;
    if (kind === "prefix-list" && list?.id === id) {
      return facts !== undefined && "cidrs" in facts && AddressSet.of(...facts.cidrs).covers(AddressSet.of(...list.cidrs));
    }
    if (kind !== "security-group" || this.expected?.group !== id) return true;
    if (facts === undefined || !("rules" in facts)) return false;
    const present = new Set(facts.rules.map(valueKey));
    return [...this.expected.values].every((value) => present.has(value));
  }
}

function remember<Answer>(answers: Map<string, Promise<Answer>>, key: string, read: () => Promise<Answer>): Promise<Answer> {
  const answer = answers.get(key) ?? read();
  answers.set(key, answer);
  return answer;
}

async function unlessDenied<Answer>(what: string, read: () => Promise<Answer>): Promise<Answer | Unknown> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Ec2Error && error.refusal === "denied") return { unknown: `${what}: ${error.code}: ${error.message}` };
    throw error;
  }
}
