import {
  DescribeFlowLogsCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  DescribeSubnetsCommand,
  DescribeVpcPeeringConnectionsCommand,
  type EC2Client,
  type FlowLog as Ec2FlowLog,
  type VpcPeeringConnection as Ec2Peering,
  type Subnet as Ec2Subnet,
  type SecurityGroupVpcAssociation,
  type VpcPeeringConnectionVpcInfo,
} from "@aws-sdk/client-ec2";
import { canonicalCidr } from "../../model/cidr.ts";
import type { FlowLogFacts, GroupAssociationFacts, PeeringFacts, PeeringSide, SubnetFacts } from "../../model/facts.ts";
import { tags } from "./ec2-permissions.ts";
import { type Asked, everyPage, filters, type Reader, readerOf } from "./reader.ts";

const PAGE = 1000;

/** Associations of security groups with other VPCs. EC2 gives them no id of their own: ours is `<group>/<vpc>`. */
export function groupAssociationReader(client: EC2Client): Reader<"group-association"> {
  return readerOf("group-association", async (asked) => {
    const [group, vpc] = "id" in asked ? asked.id.split("/") : [asked.where.group, asked.where.vpc];
    const Filters = filters({ "group-id": group, "vpc-id": vpc });
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeSecurityGroupVpcAssociationsCommand({ Filters, MaxResults: PAGE, ...token }));
      return [answer.SecurityGroupVpcAssociations, answer.NextToken];
    });
    return found.flatMap(associationFacts);
  });
}

const NO_ASSOCIATION: ReadonlySet<string | undefined> = new Set(["association-failed", "disassociating", "disassociated"]);

function associationFacts({ GroupId, VpcId, VpcOwnerId, GroupOwnerId, State }: SecurityGroupVpcAssociation): GroupAssociationFacts[] {
  if (GroupId === undefined || VpcId === undefined || NO_ASSOCIATION.has(State)) return [];
  const account = VpcOwnerId === GroupOwnerId ? undefined : VpcOwnerId;
  return [{ id: `${GroupId}/${VpcId}`, group: GroupId, vpc: VpcId, ...(account !== undefined && { account }) }];
}

export function subnetReader(client: EC2Client): Reader<"subnet"> {
  return readerOf("subnet", async (asked) => {
    const request =
      "id" in asked
        ? { SubnetIds: [asked.id] }
        : { Filters: filters({ "vpc-id": asked.where.vpc, "subnet-id": asked.where.subnet }), MaxResults: PAGE };
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeSubnetsCommand({ ...request, ...token }));
      return [answer.Subnets, answer.NextToken];
    });
    return found.map(subnetFacts);
  });
}

function subnetFacts({ SubnetId, VpcId, CidrBlock, Ipv6CidrBlockAssociationSet, AvailabilityZone, ...found }: Ec2Subnet): SubnetFacts {
  const associated = (Ipv6CidrBlockAssociationSet ?? []).filter(
    ({ Ipv6CidrBlockState }) => Ipv6CidrBlockState?.State === undefined || Ipv6CidrBlockState.State === "associated",
  );
  return {
    id: SubnetId ?? "",
    ...(VpcId !== undefined && { vpc: VpcId }),
    ...(CidrBlock !== undefined && CidrBlock !== "" && { cidr: canonicalCidr(CidrBlock) }),
    ipv6Cidrs: associated.flatMap(({ Ipv6CidrBlock }) => (Ipv6CidrBlock === undefined ? [] : [canonicalCidr(Ipv6CidrBlock)])),
    ...(AvailabilityZone !== undefined && { zone: AvailabilityZone }),
    ...(found.MapPublicIpOnLaunch !== undefined && { autoPublicIp: found.MapPublicIpOnLaunch }),
    ...tags(found.Tags),
  };
}

/** Peering connections with their status; deleted and rejected ones for as long as EC2 shows them. */
export function peeringReader(client: EC2Client): Reader<"peering"> {
  const read = async (request: { VpcPeeringConnectionIds: string[] } | { Filters: ReturnType<typeof filters>; MaxResults: number }) =>
    everyPage(async (token) => {
      const answer = await client.send(new DescribeVpcPeeringConnectionsCommand({ ...request, ...token }));
      return [answer.VpcPeeringConnections, answer.NextToken];
    });
  return readerOf("peering", async (asked: Asked) => {
    if ("id" in asked) return (await read({ VpcPeeringConnectionIds: [asked.id] })).map(peeringFacts);
    const { vpc } = asked.where;
    // All filters of one call must hold, and the VPC may be either side.
    const sides = vpc === undefined ? [{}] : [{ "requester-vpc-info.vpc-id": vpc }, { "accepter-vpc-info.vpc-id": vpc }];
    const found = await Promise.all(sides.map((side) => read({ Filters: filters(side), MaxResults: PAGE })));
    return [...new Map(found.flat().map((one) => [one.VpcPeeringConnectionId, peeringFacts(one)])).values()];
  });
}

function peeringFacts({ VpcPeeringConnectionId, Status, RequesterVpcInfo, AccepterVpcInfo, Tags }: Ec2Peering): PeeringFacts {
  return {
    id: VpcPeeringConnectionId ?? "",
    ...(Status?.Code !== undefined && { status: Status.Code }),
    requester: sideFacts(RequesterVpcInfo),
    accepter: sideFacts(AccepterVpcInfo),
    ...tags(Tags),
  };
}

function sideFacts({ VpcId, OwnerId, Region, PeeringOptions, ...blocks }: VpcPeeringConnectionVpcInfo = {}): PeeringSide {
  const ipv4 = (blocks.CidrBlockSet ?? []).flatMap(({ CidrBlock }) => CidrBlock ?? []);
  const ipv6 = (blocks.Ipv6CidrBlockSet ?? []).flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []);
  const cidrs = [...new Set([...(blocks.CidrBlock === undefined ? [] : [blocks.CidrBlock]), ...ipv4, ...ipv6])];
  const resolvesDns = PeeringOptions?.AllowDnsResolutionFromRemoteVpc;
  return {
    ...(VpcId !== undefined && { vpc: VpcId }),
    ...(OwnerId !== undefined && { account: OwnerId }),
    ...(Region !== undefined && { region: Region }),
    cidrs: cidrs.map(canonicalCidr),
    ...(resolvesDns !== undefined && { resolvesDns }),
  };
}

export function flowLogReader(client: EC2Client): Reader<"flow-log"> {
  return readerOf("flow-log", async (asked) => (await flowLogs(client, asked)).map(flowLogFacts));
}

/** Flow logs as EC2 tells them; deleted ones are none. */
export async function flowLogs(client: EC2Client, asked: Asked): Promise<Ec2FlowLog[]> {
  const request =
    "id" in asked
      ? { FlowLogIds: [asked.id] }
      : { Filter: filters({ "resource-id": asked.where.resource ?? asked.where.vpc }), MaxResults: PAGE };
  const found = await everyPage(async (token) => {
    const answer = await client.send(new DescribeFlowLogsCommand({ ...request, ...token }));
    return [answer.FlowLogs, answer.NextToken];
  });
  return found.filter(({ FlowLogStatus }) => FlowLogStatus === undefined || FlowLogStatus === "ACTIVE");
}

function flowLogFacts({ FlowLogId, ResourceId, TrafficType, DeliverLogsStatus, Tags }: Ec2FlowLog): FlowLogFacts {
  return {
    id: FlowLogId ?? "",
    ...(ResourceId !== undefined && { resource: ResourceId }),
    ...(TrafficType !== undefined && { trafficType: TrafficType }),
    ...(DeliverLogsStatus !== undefined && { delivers: DeliverLogsStatus !== "FAILED" }),
    ...tags(Tags),
  };
}
