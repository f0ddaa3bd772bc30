import * as z from "zod/mini";
import type { InternetGatewayFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { isUnknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { isMeant, tagsNeeded, VpcIds, VpcTag } from "./terms/tagged-vpc.ts";

export const noInternetGateway = defineRule({
  meta: {
    id: "no-internet-gateway",
    title: "A VPC that is tagged as isolated has no internet gateway",
    resource: "vpc",
    severity: "high",
    finds:
      "Internet gateways attached to a VPC that has the tag `isolated` or is among `vpcs`, whether or not a route leads to them; egress-only gateways too unless `egress_only` allows them. Other VPCs are left alone. EC2 detaches a gateway only while no public address of the VPC is mapped: until then the decision says that it failed. An egress-only gateway cannot be detached, so it is told only.",
    rationale:
      "Without a gateway no route, rule or mistake can put an isolated network on the internet. With one, a single route is all that is missing.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
    avoid: "aws ec2 attach-internet-gateway --internet-gateway-id igw-... --vpc-id <an isolated VPC>",
    prefer: "VPC endpoints for the services that the network needs",
    remedies: ["detach-internet-gateway"],
    remedy: "none",
    enabled: false,
    calls: [],
  },
  options: () =>
    z.strictObject({
      isolated: VpcTag("isolated"),
      vpcs: VpcIds(),
      egress_only: z._default(
        z.boolean("expected true or false").check(z.describe("Whether isolated VPCs may have an egress-only internet gateway.")),
        false,
      ),
    }),

  prepare: ({ isolated, vpcs, egress_only }) => ({ meant: { tag: isolated, ids: new Set(vpcs) }, egressOnly: egress_only }),

  check: async (vpc, world, { meant, egressOnly }, unjudged) => {
    const isolated = isMeant(vpc.facts, meant);
    if (isolated === false) return [];
    const gateways = await world.list("internet-gateway", { vpc: vpc.id });
    const offending = isUnknown(gateways) ? [] : gateways.filter((gateway) => !egressOnly || !isEgressOnly(gateway));
    if (isolated === "unknown") {
      if (offending.length > 0) unjudged(tagsNeeded(vpc.facts, meant));
      return [];
    }
    return offending.map((gateway) => describe(gateway, vpc.id));
  },
});

function describe(gateway: InternetGatewayFacts, vpc: string): RuleFinding {
  const { id } = gateway;
  if (isEgressOnly(gateway)) {
    const message = `${id} leads ${vpc}, which is isolated, out to the internet by IPv6: delete it once no route needs it`;
    return { parts: [id], message, remedy: "none" };
  }
  const message = `${id} is attached to ${vpc}, which is isolated: detach it`;
  return { parts: [id], message, remedies: [{ kind: "detach-internet-gateway", gateway: id, vpc }] };
}

function isEgressOnly({ id, egressOnly }: InternetGatewayFacts): boolean {
  return egressOnly === true || id.startsWith("eigw-");
}
