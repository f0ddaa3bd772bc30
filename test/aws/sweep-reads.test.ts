import { createServer, type Server } from "node:http";
import { EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Ec2Api } from "../../lib/aws/ec2.ts";
import { sweepPlace } from "../../lib/guard/sweep-place.ts";
import { close, listen } from "../support/ec2-recorder.ts";
import { HUB, REGION, sweepRig } from "../support/sweep-rig.ts";

// moto answers everything at once, so this EC2 is one of documented answers: it gives pages as the API reference says
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html).
const GROUPS = 5_000;
const RULES_EACH = 2;

let server: Server;
let client: EC2Client;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.once("end", () => {
      const parameters = new URLSearchParams(body);
      const action = parameters.get("Action") ?? "";
      asked.push(action);
      response.end(answerTo(action, parameters));
    });
  });
  const endpoint = await listen(server);
  client = new EC2Client({ endpoint, region: REGION, credentials: { accessKeyId: "a", secretAccessKey: "b" }, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await close(server);
});

function answerTo(action: string, parameters: URLSearchParams): string {
  const groups = Array.from({ length: GROUPS }, (_, n) => n);
  if (action === "DescribeSecurityGroups") {
    return page(
      parameters,
      "securityGroupInfo",
      groups.map((n) => `<groupId>sg-${n}</groupId><ownerId>${HUB}</ownerId><vpcId>vpc-1</vpcId>`),
    );
  }
  if (action === "DescribeSecurityGroupRules") return page(parameters, "securityGroupRuleSet", groups.flatMap(rulesOf));
  return `<${action}Response/>`;
}

function rulesOf(group: number): string[] {
  const rule = (n: number, egress: boolean, ports: string, cidr: string) =>
    `<securityGroupRuleId>sgr-${group}-${n}</securityGroupRuleId><groupId>sg-${group}</groupId><groupOwnerId>${HUB}</groupOwnerId><isEgress>${egress}</isEgress>${ports}<cidrIpv4>${cidr}</cidrIpv4>`;
  const ssh = "<ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>";
  return [
    rule(1, true, "<ipProtocol>-1</ipProtocol><fromPort>-1</fromPort><toPort>-1</toPort>", "0.0.0.0/0"),
    rule(2, false, ssh, "10.0.0.0/8"),
  ].slice(0, RULES_EACH);
}

function page(parameters: URLSearchParams, list: string, items: readonly string[]): string {
  const size = Number(parameters.get("MaxResults") ?? items.length);
  const start = Number(parameters.get("NextToken") ?? 0);
  const next = start + size < items.length ? `<nextToken>${start + size}</nextToken>` : "";
  const shown = items.slice(start, start + size).map((item) => `<item>${item}</item>`);
  return `<${parameters.get("Action")}Response><${list}>${shown.join("")}</${list}>${next}</${parameters.get("Action")}Response>`;
}

test(`a sweep of ${GROUPS} groups reads pages of a thousand, and three calls for what else the default rules look at`, async () => {
  const rig = sweepRig("mode: dry-run");
  await sweepPlace({ ...rig.ask(), account: HUB, region: REGION }, { ...rig.ports, ec2For: () => new Ec2Api(client) });
  const pages = Math.ceil(GROUPS / 1000) + Math.ceil((GROUPS * RULES_EACH) / 1000);
  const ofGroups = asked.filter((action) => action.startsWith("DescribeSecurityGroup"));
  expect(ofGroups).toHaveLength(pages);
  // What else the rules of the default policy look at: peerings, and the two calls of VPC block public access.
  expect(asked.filter((action) => !ofGroups.includes(action)).sort()).toEqual([
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
  expect(new Set(asked)).toEqual(new Set(["DescribeSecurityGroups", "DescribeSecurityGroupRules"]));
  expect(asked).toHaveLength(15);
});
