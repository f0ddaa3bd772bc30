import type { SecurityGroupFacts } from "../../model/facts.ts";
import { Ec2Error } from "../ports.ts";
import type { DrillPorts } from "./drill-ports.ts";
import { insist } from "./insist.ts";

/** The name of the drill's security group, one in a VPC. */
export const DRILL_GROUP = "portcullis-drill";
/** The tag by which the drill knows its own group, and which its role's permissions ask for. */
const TAG = "portcullis:drill";
const DESCRIPTION = "Fire drill of Portcullis: opened and closed for practice, never to be attached to anything";

/** Why a drill proved nothing, and what to do about it. */
export class DrillError extends Error {
  override readonly name = "DrillError";
}

/** The drill's group, made if it is missing; resolves to its id. Throws DrillError where another group has the name. */
export async function drillGroup({ groups, place, clock }: DrillPorts): Promise<string> {
  const named = () => insist(clock, () => groups.named(place.vpc, DRILL_GROUP));
  const found = await named();
  if (found !== undefined) return adopt(found, place.vpc);
  try {
    const group = { vpc: place.vpc, name: DRILL_GROUP, description: DESCRIPTION, tags: { [TAG]: "true" } };
    return await insist(clock, () => groups.create(group));
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    // Another run made it meanwhile, or the answer to ours was lost.
    const made = error.refusal === "duplicate" ? await named() : undefined;
    if (made !== undefined) return adopt(made, place.vpc);
    throw new DrillError(
      `the group ${DRILL_GROUP} could not be made in ${place.vpc} (account ${place.account}, ${place.region}): ${error.message}`,
      { cause: error },
    );
  }
}

function adopt({ id, tags = {} }: SecurityGroupFacts, vpc: string): string {
  if (tags[TAG] === "true") return id;
  throw new DrillError(
    `${vpc} has a group ${id} named ${DRILL_GROUP} that the drill did not make: it lacks the tag ${TAG} = "true". ` +
      "Rename or delete that group, or let the drill run in another VPC (drillVpc)",
  );
}

/** Throws DrillError where a network interface uses the group: then what the drill opens would be open indeed. */
export async function expectUnattached(group: string, { ec2, clock }: DrillPorts): Promise<void> {
  const users = await insist(clock, () => ec2.list("network-interface", { group }));
  const [first, ...others] = users.map(({ id }) => id);
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  throw new DrillError(
    `network interface ${first}${more} uses the drill's group ${group}, so that the drill would expose it: take the group off; nothing may use it`,
  );
}
