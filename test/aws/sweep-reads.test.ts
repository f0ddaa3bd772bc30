import { EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Ec2Api } from "../../lib/aws/ec2/ec2.ts";
import { sweepPlace } from "../../lib/guard/sweeping/sweep-place.ts";
import { type PagedEc2, RULES_EACH, startPagedEc2 } from "../support/paged-ec2.ts";
import { HUB, REGION, sweepRig } from "../support/sweep-rig.ts";

const GROUPS = 5_000;

let ec2: PagedEc2;
let client: EC2Client;

beforeEach(async () => {
  ec2 = await startPagedEc2({ groups: GROUPS, account: HUB });
  client = new EC2Client({
    endpoint: ec2.url,
    region: REGION,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await ec2.close();
});

test(`a sweep of ${GROUPS} groups reads pages of a thousand, and three calls for what else the default rules look at`, async () => {
  const rig = sweepRig("mode: dry-run");
  await sweepPlace({ ...rig.ask(), account: HUB, region: REGION }, { ...rig.ports, ec2For: () => new Ec2Api(client) });
  const pages = Math.ceil(GROUPS / 1000) + Math.ceil((GROUPS * RULES_EACH) / 1000);
  const ofGroups = ec2.asked.filter((action) => action.startsWith("DescribeSecurityGroup"));
  expect(ofGroups).toHaveLength(pages);
  // What else the rules of the default policy look at: peerings, and the two calls of VPC block public access.
  expect(ec2.asked.filter((action) => !ofGroups.includes(action)).sort()).toEqual([
    "DescribeVpcBlockPublicAccessExclusions",
    "DescribeVpcBlockPublicAccessOptions",
    "DescribeVpcPeeringConnections",
  ]);
  expect(rig.counts).toEqual({ SweptRegions: 1, SweepFindings: 0 });
  expect(rig.bus.published).toEqual([]);
});

test("a sweep by rules of security groups alone reads nothing but their pages", async () => {
  const rig = sweepRig("mode: dry-run\nrules: { approved-peering: false, block-public-access: false }");
  await sweepPlace({ ...rig.ask(), account: HUB, region: REGION }, { ...rig.ports, ec2For: () => new Ec2Api(client) });
  expect(new Set(ec2.asked)).toEqual(new Set(["DescribeSecurityGroups", "DescribeSecurityGroupRules"]));
  expect(ec2.asked).toHaveLength(15);
});
