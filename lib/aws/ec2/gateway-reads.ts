import {
  DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  type EC2Client,
  type EgressOnlyInternetGateway,
  type InternetGateway,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import type { InternetGatewayFacts, NatGatewayFacts } from "../../model/facts.ts";
import { tags } from "./ec2-permissions.ts";
import { type Asked, everyPage, filters, type Reader, readerOf } from "./reader.ts";

const PAGE = 1000;
const EGRESS_ONLY_PAGE = 255;

/** Internet gateways and egress-only ones, which EC2 tells by two calls. */
export function internetGatewayReader(client: EC2Client): Reader<"internet-gateway"> {
  const ordinary = async (asked: Asked) => {
    const request =
      "id" in asked ? { InternetGatewayIds: [asked.id] } : { Filters: filters({ "attachment.vpc-id": asked.where.vpc }), MaxResults: PAGE };
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeInternetGatewaysCommand({ ...request, ...token }));
      return [answer.InternetGateways, answer.NextToken];
    });
    return found.map((gateway) => gatewayFacts(gateway.InternetGatewayId, gateway));
  };
  const egressOnly = async (asked: Asked) => {
    // These have no filter for their VPC.
    const request = "id" in asked ? { EgressOnlyInternetGatewayIds: [asked.id] } : { MaxResults: EGRESS_ONLY_PAGE };
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeEgressOnlyInternetGatewaysCommand({ ...request, ...token }));
      return [answer.EgressOnlyInternetGateways, answer.NextToken];
    });
    return found.map((gateway) => ({ ...gatewayFacts(gateway.EgressOnlyInternetGatewayId, gateway), egressOnly: true }));
  };
  return readerOf("internet-gateway", async (asked) => {
    if ("id" in asked) return asked.id.startsWith("eigw-") ? egressOnly(asked) : ordinary(asked);
    return (await Promise.all([ordinary(asked), egressOnly(asked)])).flat();
  });
}

function gatewayFacts(id = "", { Attachments, Tags }: InternetGateway | EgressOnlyInternetGateway): InternetGatewayFacts {
  const vpc = (Attachments ?? []).find(({ State }) => State !== "detached" && State !== "detaching")?.VpcId;
  return { id, ...(vpc !== undefined && { vpc }), ...tags(Tags) };
}

/** NAT gateways; one that is deleted stays in EC2's answers for an hour, and is none. */
export function natGatewayReader(client: EC2Client): Reader<"nat-gateway"> {
  return readerOf("nat-gateway", async (asked) => {
    const request =
      "id" in asked
        ? { NatGatewayIds: [asked.id] }
        : { Filter: filters({ "vpc-id": asked.where.vpc, "subnet-id": asked.where.subnet }), MaxResults: PAGE };
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeNatGatewaysCommand({ ...request, ...token }));
      return [answer.NatGateways, answer.NextToken];
    });
    return found.flatMap(natFacts);
  });
}

function natFacts(found: NatGateway): NatGatewayFacts[] {
  const { NatGatewayId, VpcId, SubnetId, ConnectivityType, State, AvailabilityMode, Tags } = found;
  if (State === "deleted" || State === "deleting") return [];
  return [
    {
      id: NatGatewayId ?? "",
      ...(VpcId !== undefined && { vpc: VpcId }),
      ...(SubnetId !== undefined && { subnet: SubnetId }),
      ...(ConnectivityType !== undefined && { connectivity: ConnectivityType }),
      ...(State !== undefined && { state: State }),
      ...(AvailabilityMode === "regional" && { regional: true }),
      ...tags(Tags),
    },
  ];
}
