import * as z from "zod/mini";
import type { NetworkInterfaceFacts, VpcFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import type { CallResource } from "../model/resource.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { nameOfCaller } from "./terms/arn-pattern.ts";

export const defaultVpc = defineRule({
  meta: {
    id: "default-vpc",
    title: "The default VPC is neither made nor deleted unnoticed, and nothing lives in it",
    resource: ["vpc", "network-interface", "call"],
    severity: "low",
    finds:
      "Calls that create a default VPC or a default subnet, or delete the default VPC; and network interfaces in a default VPC. A default VPC that merely exists is found only with `exists`, since every account begins with one in each region. A record rarely tells whether a VPC that was deleted was the default one: that is then left open.",
    rationale:
      "In a default VPC every subnet is public and gives public addresses, so whatever is launched without a thought lands on the internet. Tools that expect a default VPC fail without one.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/work-with-default-vpc.html",
    avoid: "aws ec2 run-instances without --subnet-id",
    prefer: "aws ec2 run-instances --subnet-id <a private subnet of a VPC of your own>",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["CreateDefaultVpc", "CreateDefaultSubnet", "DeleteVpc"],
  },
  options: () =>
    z.strictObject({
      exists: z._default(z.boolean().check(z.describe("Whether a default VPC is found wherever there is one.")), false),
    }),

  prepare: (options) => options,

  check: async (resource, world, { exists }, unjudged) => {
    if (resource.kind === "network-interface") return judgeUse(resource.facts, world, unjudged);
    if (resource.kind === "vpc") return exists ? judgeVpc(resource.facts, unjudged) : [];
    // The VPC itself is found then.
    if (exists && resource.name === "CreateDefaultVpc") return [];
    return judgeCall(resource, unjudged);
  },
});

function judgeCall({ name, actor, subject, details }: CallResource, unjudged: NoteUnjudged): RuleFinding[] {
  const who = nameOfCaller(actor);
  if (name === "CreateDefaultVpc")
    return told(`${who} created the default VPC ${subject.id}: its subnets are public. Delete it unless something needs it`);
  if (name === "CreateDefaultSubnet")
    return told(`${who} created the default subnet ${subject.id}: it is public and gives public addresses. Use a VPC of your own instead`);
  if (name !== "DeleteVpc" || details.isDefault === "false") return [];
  if (details.isDefault === "true")
    return told(
      `${who} deleted the default VPC ${subject.id}: what is launched without naming a subnet now fails. To have one again: aws ec2 create-default-vpc`,
    );
  unjudged(`whether ${subject.id} was the default VPC, which the record of its deletion does not tell`);
  return [];
}

function judgeVpc({ id, isDefault, partial }: VpcFacts, unjudged: NoteUnjudged): RuleFinding[] {
  if (isDefault === undefined && partial === true) unjudged(`whether ${id} is the default VPC, which no record tells`);
  if (isDefault !== true) return [];
  return [
    {
      parts: ["isDefault"],
      message: `${id} is a default VPC, whose subnets are public: delete it once nothing uses it (aws ec2 delete-vpc)`,
    },
  ];
}

async function judgeUse(facts: NetworkInterfaceFacts, world: World, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  const { id, subnet, instance, description } = facts;
  const vpc = facts.vpc ?? (await vpcOfSubnet(subnet, world));
  if (vpc === undefined) {
    unjudged(`the VPC of ${id}`);
    return [];
  }
  const found = await world.get("vpc", vpc);
  if (found === undefined || isUnknown(found) || found.isDefault !== true) return [];
  const what = [id, instance === undefined ? description && ` (${description})` : ` of ${instance}`].join("");
  return [
    {
      parts: [vpc, ...(subnet === undefined ? [] : [subnet])],
      message: `${what} is in ${subnet ?? "a subnet"} of the default VPC ${vpc}, where every subnet is public: move it to a VPC of your own`,
    },
  ];
}

async function vpcOfSubnet(id: string | undefined, world: World): Promise<string | undefined> {
  const subnet = id === undefined ? undefined : await world.get("subnet", id);
  return subnet === undefined || isUnknown(subnet) ? undefined : subnet.vpc;
}

function told(message: string): RuleFinding[] {
  return [{ parts: [], message }];
}
