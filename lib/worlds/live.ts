import { type Clock, type Ec2, Ec2Error, type Expectation } from "../guard/ports.ts";
import { KINDS, type Kind, type NetworkFacts } from "../model/facts.ts";
import { askedOf, type Unknown, type Where, type World } from "../model/world.ts";

// Reads that miss something just granted are repeated after these pauses (milliseconds).
const PAUSES = [200, 400, 800, 1600];

/** The answers about one kind of resource, by id and by condition. */
class Answers<K extends Kind> {
  readonly resources = new Map<string, Promise<NetworkFacts[K] | Unknown | undefined>>();
  readonly lists = new Map<string, Promise<readonly NetworkFacts[K][] | Unknown>>();
}

/**
 * The live network of one account and region, through EC2. Each read is made once and kept for as long as this world lives,
 * so a world serves one judgement. A read that misses what `expected` names is repeated for three seconds, then believed.
 * A refused read (AccessDenied) is unknown; throws Ec2Error for the rest.
 */
export class LiveWorld implements World {
  private readonly ec2: Ec2;
  private readonly clock: Pick<Clock, "sleep">;
  private readonly expected: readonly Expectation[];
  private readonly answers: { readonly [K in Kind]: Answers<K> } = {
    "security-group": new Answers(),
    "group-association": new Answers(),
    "prefix-list": new Answers(),
    vpc: new Answers(),
    subnet: new Answers(),
    "route-table": new Answers(),
    "internet-gateway": new Answers(),
    "nat-gateway": new Answers(),
    peering: new Answers(),
    endpoint: new Answers(),
    "endpoint-service": new Answers(),
    "network-acl": new Answers(),
    "flow-log": new Answers(),
    "network-interface": new Answers(),
    "db-subnet-group": new Answers(),
    "firewall-association": new Answers(),
    "block-public-access": new Answers(),
  };

  constructor(ec2: Ec2, clock: Pick<Clock, "sleep">, expected: readonly Expectation[] = []) {
    this.ec2 = ec2;
    this.clock = clock;
    this.expected = expected;
  }

  get<K extends Kind>(kind: K, id: string): Promise<NetworkFacts[K] | Unknown | undefined> {
    const { resources }: Answers<K> = this.answers[kind];
    return remember(resources, id, () => unlessDenied(askedOf(kind, id), () => this.read(kind, id)));
  }

  list<K extends Kind>(kind: K, where: Where): Promise<readonly NetworkFacts[K][] | Unknown> {
    const { lists }: Answers<K> = this.answers[kind];
    const key = JSON.stringify(where);
    return remember(lists, key, () => unlessDenied(`every ${KINDS[kind].noun} with ${key}`, () => this.ec2.list(kind, where)));
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
    return this.expected.filter((one) => one.kind === kind && one.id === id).every((one) => one.isShownBy(facts));
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
