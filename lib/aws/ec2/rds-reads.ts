import type { EC2Client } from "@aws-sdk/client-ec2";
import { type DBSubnetGroup, DescribeDBSubnetGroupsCommand, RDSClient } from "@aws-sdk/client-rds";
import type { DbSubnetGroupFacts } from "../../model/facts.ts";
import { isMet } from "../../model/world.ts";
import { besides } from "./besides.ts";
import { everyPage, type Reader, unlessGone } from "./reader.ts";

const PAGE = 100;

/** DB subnet groups of RDS, of which Neptune and DocumentDB use the same. */
export function dbSubnetGroupReader(ec2: EC2Client): Reader<"db-subnet-group"> {
  const client = new RDSClient(besides(ec2));
  const read = async (asked: { DBSubnetGroupName?: string }) => {
    const found = await everyPage(async ({ NextToken: Marker }) => {
      const answer = await client.send(
        new DescribeDBSubnetGroupsCommand({ ...asked, MaxRecords: PAGE, ...(Marker !== undefined && { Marker }) }),
      );
      return [answer.DBSubnetGroups, answer.Marker];
    });
    return found.map(groupFacts);
  };
  return {
    // RDS knows names in any case, and tells them in lower case.
    get: (id) => unlessGone(async () => (await read({ DBSubnetGroupName: id }))[0]),
    list: async (where) => (await read({})).filter((facts) => isMet("db-subnet-group", facts, where)),
  };
}

function groupFacts({ DBSubnetGroupName, VpcId, Subnets = [] }: DBSubnetGroup): DbSubnetGroupFacts {
  return {
    id: DBSubnetGroupName ?? "",
    ...(VpcId !== undefined && { vpc: VpcId }),
    subnets: Subnets.flatMap(({ SubnetIdentifier }) => SubnetIdentifier ?? []),
    zones: [...new Set(Subnets.flatMap(({ SubnetAvailabilityZone }) => SubnetAvailabilityZone?.Name ?? []))],
  };
}
