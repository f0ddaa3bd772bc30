import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { factsIn, judged, planOfTemplate, resourceIn, rulesIn } from "../support/templates.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures", "cloudformation");
const HERE = { account: "111122223333", region: "eu-west-1", stack: "shop" };
const read = async (name: string, parameters: Readonly<Record<string, string>> = {}) =>
  planOfTemplate(await readFile(join(FIXTURES, name), "utf8"), name, { ...HERE, parameters: (parameter) => parameters[parameter] });

const EVERYTHING = "no-public-ingress: all except icmp 3/4, tcp 80, 443, udp 443, icmpv6 2";

describe("published templates", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["private-vpc.yaml", [`${EVERYTHING} from 0.0.0.0/0 at shop/PublicLoadBalancerSG`], []],
    ["eks.yaml", [], []],
    ["VPC_With_Managed_NAT_And_Private_Subnet.json", [], []],
    ["MANAGEDAD.cfn.json", [], []],
    [
      "default_security_group_infra.yaml",
      [
        "no-public-ingress: tcp 22 from 0.0.0.0/0 at shop/Vpc01 (default group)",
        "no-public-ingress: tcp 22 from 0.0.0.0/0 at shop/Vpc01SecurityGroup",
      ],
      [],
    ],
    [
      "ingress_22_infra.yaml",
      // Protocol -1 opens every port, whatever ports stand beside it. A rule of InvalidSecurityGroup04 names the group 04 that is valid.
      [
        "ValidSecurityGroup02",
        "ValidSecurityGroup03",
        "ValidSecurityGroup04",
        "InvalidSecurityGroup01",
        "InvalidSecurityGroup02",
        "InvalidSecurityGroup03",
      ].map((name) => `${EVERYTHING} from ${name.endsWith("03") ? "::/0" : "0.0.0.0/0"} at shop/${name}`),
      [],
    ],
    [
      "properties_sg_ingress.yaml",
      [],
      [
        "SecurityGroupIngress[1].SourceSecurityGroupId (parameter mySecurityGroup) of shop/mySecurityGroupVpc",
        "CidrIp of shop/SecurityGroupRuleSSM (a dynamic reference)",
        "SourceSecurityGroupId of shop/mySecurityGroupIngress2 (parameter mySecurity3Group)",
        "found no IpProtocol, expected one such as tcp",
      ],
    ],
  ])("%s", async (name, findings, open) => {
    const found = await judged(await read(name));
    expect(found.findings).toEqual(findings);
    expect(found.open.map((one) => one.replace(/^no-public-ingress: (.*?)(?:, known after apply)? at .*$/, "$1"))).toEqual(open);
  });

  test("whose values are parameters are judged by those that are given", async () => {
    const open = await judged(await read("VPCPeering-Updates.cfn.yaml"));
    expect(open.findings).toEqual([]);
    expect(open.open).toHaveLength(6);
    const given = {
      PeerVPCCIDR: "10.9.0.0/16",
      PeerName: "peer",
      SecurityGroupIds: "sg-1,sg-2",
      NumberOfSecurityGroups: "2",
      NumberOfRouteTables: "1",
    };
    const plan = await read("VPCPeering-Updates.cfn.yaml", { ...given, RouteTableIds: "rtb-1", VPCPeeringConnectionId: "pcx-1" });
    expect(await judged(plan)).toEqual({ findings: [], open: [] });
    expect(plan.resources.map(({ kind, facts }) => `${kind} ${facts.id}`)).toEqual([
      "security-group sg-1",
      "security-group sg-2",
      "route-table rtb-1",
    ]);
    expect(rulesIn(plan, "shop/PeerIngressRule2")).toEqual(["all from 10.9.0.0/16"]);
  });

  test("tell a whole network", async () => {
    const plan = await read("private-vpc.yaml");
    expect(factsIn(plan, "endpoint")).toMatchObject({ service: "com.amazonaws.eu-west-1.dynamodb", type: "Gateway" });
    expect(factsIn(plan, "subnet", "shop/PrivateSubnetOne")).toMatchObject({ cidr: "10.0.2.0/24", vpc: "vpc-(shop/VPC)" });
    expect(resourceIn(plan, "route-table", "shop/PrivateRouteTableOne")).toMatchObject({
      location: { file: "private-vpc.yaml", line: 171 },
      facts: { routes: [{ target: "local" }, { destination: "0.0.0.0/0", target: "nat-(shop/NatGatewayOne)" }] },
    });
  });
});
