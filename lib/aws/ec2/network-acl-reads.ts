import {
  DescribeNetworkAclsCommand,
  type EC2Client,
  type NetworkAcl as Ec2Acl,
  type NetworkAclEntry as Ec2Entry,
} from "@aws-sdk/client-ec2";
import type { NetworkAclEntry, NetworkAclFacts } from "../../model/facts.ts";
import { canonicalEntry } from "../../model/network-acl.ts";
import { tags } from "./ec2-permissions.ts";
import { everyPage, filters, type Reader, readerOf } from "./reader.ts";

const PAGE = 1000;

/** Network ACLs with all their entries, those that deny everything else included. */
export function networkAclReader(client: EC2Client): Reader<"network-acl"> {
  return readerOf("network-acl", async (asked) => {
    const request =
      "id" in asked
        ? { NetworkAclIds: [asked.id] }
        : { Filters: filters({ "vpc-id": asked.where.vpc, "association.subnet-id": asked.where.subnet }), MaxResults: PAGE };
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeNetworkAclsCommand({ ...request, ...token }));
      return [answer.NetworkAcls, answer.NextToken];
    });
    return found.map(aclFacts);
  });
}

function aclFacts({ NetworkAclId, VpcId, IsDefault, Entries, Associations, Tags }: Ec2Acl): NetworkAclFacts {
  return {
    id: NetworkAclId ?? "",
    ...(VpcId !== undefined && { vpc: VpcId }),
    ...(IsDefault !== undefined && { isDefault: IsDefault }),
    entries: (Entries ?? []).map(entryFacts),
    subnets: (Associations ?? []).flatMap(({ SubnetId }) => SubnetId ?? []),
    ...tags(Tags),
  };
}

function entryFacts({
  RuleNumber,
  Egress,
  RuleAction,
  Protocol,
  PortRange,
  IcmpTypeCode,
  CidrBlock,
  Ipv6CidrBlock,
}: Ec2Entry): NetworkAclEntry {
  return canonicalEntry({
    direction: Egress === true ? "egress" : "ingress",
    number: RuleNumber ?? 0,
    action: RuleAction ?? "allow",
    protocol: Protocol ?? "-1",
    fromPort: PortRange?.From ?? IcmpTypeCode?.Type,
    toPort: PortRange?.To ?? IcmpTypeCode?.Code,
    cidr: CidrBlock ?? Ipv6CidrBlock ?? "",
  });
}
