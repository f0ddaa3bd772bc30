import { type Clock, type Ec2, Ec2Error, type Expectation } from "../guard/ports.ts";
import { SecurityGroup, type SecurityGroupFacts } from "../model/security-group.ts";
import { valueKey } from "../model/security-group-rule.ts";
import type { World } from "../model/world.ts";

// Reads that miss something just granted are repeated after these pauses (milliseconds).
const PAUSES = [200, 400, 800, 1600];

/**
 * The live network of one account and region, through EC2. Each read is made once and kept for as long as this world lives,
 * so a world serves one judgement. A read that misses what `expected` names is repeated for three seconds, then believed.
 * A refused read (AccessDenied) is unknown; throws Ec2Error for the rest.
 */
export function liveWorld(ec2: Ec2, clock: Pick<Clock, "sleep">, expected?: Expectation): World {
  return {
    securityGroup: memoize((id) =>
      unlessDenied(`the rules of ${id}`, async () => {
        const facts = await settled(
          () => ec2.securityGroup(id),
          (read) => expected?.group !== id || shows(read, expected),
          clock,
        );
        return facts === undefined ? undefined : new SecurityGroup(facts);
      }),
    ),
    prefixList: memoize((id) => unlessDenied(`the entries of ${id}`, () => ec2.prefixList(id))),
  };
}

function shows(facts: SecurityGroupFacts | undefined, { values }: Expectation): boolean {
  if (facts === undefined) return false;
  const present = new Set(facts.rules.map(valueKey));
  return [...values].every((value) => present.has(value));
}

async function settled<Facts>(
  read: () => Promise<Facts>,
  believable: (facts: Facts) => boolean,
  clock: Pick<Clock, "sleep">,
): Promise<Facts> {
  let facts = await read();
  for (const pause of PAUSES) {
    if (believable(facts)) break;
    await clock.sleep(pause);
    facts = await read();
  }
  return facts;
}

async function unlessDenied<Answer>(what: string, read: () => Promise<Answer>): Promise<Answer | { unknown: string }> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Ec2Error && error.refusal === "denied") return { unknown: `${what}: ${error.code}: ${error.message}` };
    throw error;
  }
}

function memoize<Answer>(read: (id: string) => Promise<Answer>): (id: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (id) => {
    const answer = answers.get(id) ?? read(id);
    answers.set(id, answer);
    return answer;
  };
}
