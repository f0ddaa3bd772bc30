import { describe, expect, test } from "@jest/globals";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { effectsOf, onlyChange, readJson, set } from "./read-event.ts";

const read = (name: string) => readJson(`constructed/${name}.json`);
const recorded = (name: string) => readJson(`invictus-ir/${name}.json`);
const REQUEST = "detail.requestParameters";
const ANSWER = "detail.responseElements";

describe("route tables", () => {
  const TABLE = { kind: "route-table", id: "rtb-0c7c2f4aff3677054" };

  test("a table with its VPC, tags and the local routes that it is born with", () => {
    expect(effectsOf(recorded("004-CreateRouteTable"))).toEqual([
      {
        op: "create",
        ...TABLE,
        facts: {
          id: TABLE.id,
          vpc: "vpc-06fe1a64761a0f720",
          tags: { StratusRedTeam: "true", Name: "stratus-red-team-ec2-steal-credentials-vpc-public" },
          routes: [{ destination: "10.0.0.0/16", target: "local", state: "active", origin: "table" }],
          associations: [],
          propagating: [],
        },
      },
    ]);
  });

  test("a table with everything that an answer may hold, and one whose routes it does not tell", () => {
    const event = recorded("004-CreateRouteTable");
    const table = "responseElements.routeTable";
    const routes = {
      items: [{ destinationPrefixListId: "pl-1", vpcEndpointId: "vpce-1", state: "blackhole", origin: "EnableVgwRoutePropagation" }],
    };
    const associations = {
      items: [
        { routeTableAssociationId: "rtbassoc-1", main: "true" },
        { routeTableAssociationId: "rtbassoc-2", gatewayId: "igw-1" },
      ],
    };
    const full = set(set(event, `${table}.routeSet`, routes), `${table}.associationSet`, associations);
    expect(effectsOf(set(full, `${table}.propagatingVgwSet`, { items: [{ gatewayId: "vgw-1" }] }))).toMatchObject([
      {
        facts: {
          routes: [{ destination: "pl-1", target: "vpce-1", state: "blackhole", origin: "propagated" }],
          associations: [
            { id: "rtbassoc-1", main: true },
            { id: "rtbassoc-2", gateway: "igw-1" },
          ],
          propagating: ["vgw-1"],
        },
      },
    ]);
    expect(effectsOf(set(event, `${table}.routeSet`, undefined))).toMatchObject([{ facts: { routes: [], partial: true } }]);
  });

  test.each([
    ["an internet gateway", recorded("006-CreateRoute"), { destination: "0.0.0.0/0", target: "igw-02a84e4222d62e16b" }],
    ["a NAT gateway", recorded("007-CreateRoute"), { destination: "0.0.0.0/0", target: "nat-03575abbac42080d9" }],
    ["an egress-only gateway", read("079-CreateRoute-private-to-egress-only"), { destination: "::/0", target: "eigw-0244861fcec8ccc88" }],
    ["an interface", read("099-CreateRoute-to-an-interface"), { destination: "10.99.0.0/16", target: "eni-038ac6612c3fe4110" }],
    [
      "another target",
      read("085-ReplaceRoute-private-ipv6-past-the-egress-only-gateway"),
      { destination: "::/0", target: "igw-0e2fb4ade471f3b8b" },
    ],
  ])("a route to %s", (_, event, route) => {
    const { subject } = onlyChange(event);
    expect(effectsOf(event)).toEqual([{ op: "put", ...subject, list: "routes", items: [route] }]);
  });

  test.each([
    [
      { destinationCidrBlock: "10.237.17.19/24", transitGatewayId: "tgw-1" },
      { destination: "10.237.17.0/24", target: "tgw-1" },
    ],
    [
      { DestinationIpv6CidrBlock: "2001:DB8:0::1/32", VpcPeeringConnectionId: "pcx-1" },
      { destination: "2001:db8::/32", target: "pcx-1" },
    ],
    [
      { DestinationPrefixListId: { tag: 1, content: "pl-1" }, GatewayId: "vgw-1" },
      { destination: "pl-1", target: "vgw-1" },
    ],
    [
      { destinationCidrBlock: "10.0.0.0/16", localTarget: true },
      { destination: "10.0.0.0/16", target: "local" },
    ],
    [
      { destinationCidrBlock: "0.0.0.0/0", coreNetworkArn: "arn:aws:networkmanager::1:core-network/c" },
      { target: "arn:aws:networkmanager::1:core-network/c" },
    ],
  ])("in whatever dialect, and in the form in which EC2 stores it: %j", (request, route) => {
    const event = set(recorded("006-CreateRoute"), "requestParameters", { CreateRouteRequest: { RouteTableId: TABLE.id, ...request } });
    expect(effectsOf(event)).toMatchObject([{ ...TABLE, items: [route] }]);
  });

  test("a route and a table that are gone", () => {
    const id = "rtb-08838187a84b2f5bf";
    expect(effectsOf(recorded("036-DeleteRoute"))).toEqual([{ op: "drop", kind: "route-table", id, list: "routes", keys: ["0.0.0.0/0"] }]);
    expect(effectsOf(recorded("039-DeleteRouteTable"))).toEqual([{ op: "delete", kind: "route-table", id: "rtb-01a1e48796093c514" }]);
  });

  test("the subnet or the gateway that uses a table", () => {
    const event = recorded("011-AssociateRouteTable");
    const association = { id: "rtbassoc-0b911e98f29251a51", subnet: "subnet-01ed430875cff578d" };
    expect(effectsOf(event)).toEqual([{ op: "put", ...TABLE, list: "associations", items: [association] }]);
    const edge = set(event, "requestParameters", { routeTableId: TABLE.id, gatewayId: "igw-1" });
    expect(effectsOf(edge)).toMatchObject([{ items: [{ id: association.id, gateway: "igw-1" }] }]);
  });

  test("an association that moves names neither subnet nor table of before; one that goes names itself alone", () => {
    const moved = onlyChange(read("094-ReplaceRouteTableAssociation-moves-a-private-subnet-to-a-public-table"));
    expect(moved).toMatchObject({
      subject: { kind: "route-table", id: "rtb-022c2c8854c8a0906" },
      claim: { effects: [{ op: "put", list: "associations", items: [{ id: "rtbassoc-01ccfc096c7e88ad6" }] }] },
      details: { associationId: "rtbassoc-001f384162ccc66dd", newAssociationId: "rtbassoc-01ccfc096c7e88ad6" },
    });
    const gone = onlyChange(recorded("038-DisassociateRouteTable"));
    expect(gone.subject).toEqual({ kind: "route-table-association", id: "rtbassoc-06c42ea03f0967f18" });
    expect(gone).not.toHaveProperty("claim");
  });

  test("propagation of a virtual private gateway", () => {
    const list = { kind: "route-table", id: "rtb-0e16fd9ef62190d50", list: "propagating", items: ["vgw-06a43331b1256e1b5"] };
    expect(effectsOf(read("106-EnableVgwRoutePropagation"))).toEqual([{ op: "add", ...list }]);
    expect(effectsOf(read("114-DisableVgwRoutePropagation"))).toEqual([{ op: "remove", ...list }]);
  });
});

describe("subnets", () => {
  test("with their CIDR blocks, zone and tags", () => {
    expect(effectsOf(recorded("003-CreateSubnet"))).toMatchObject([
      { facts: { vpc: "vpc-06fe1a64761a0f720", cidr: "10.0.128.0/24", ipv6Cidrs: [], zone: "us-east-1a", autoPublicIp: false } },
    ]);
    expect(effectsOf(read("062-CreateSubnet-private-dual-stack"))).toMatchObject([
      { facts: { cidr: "10.60.10.0/24", ipv6Cidrs: ["2001:db8:60:10::/64"], tags: { tier: "private" } } },
    ]);
    expect(effectsOf(read("192-CreateDefaultSubnet"))).toMatchObject([{ facts: { vpc: "vpc-0b1c2d3e4f5a69708", autoPublicIp: true } }]);
  });

  test("of IPv6 only are whole; whose IPv6 block comes from a pool later are not", () => {
    const event = read("062-CreateSubnet-private-dual-stack");
    const [only] = effectsOf(set(event, `${ANSWER}.subnet.cidrBlock`, undefined));
    expect(only).not.toHaveProperty("facts.cidr");
    expect(only).not.toHaveProperty("facts.partial");
    expect(effectsOf(set(event, `${ANSWER}.subnet.ipv6CidrBlockAssociationSet`, {}))).toMatchObject([
      { facts: { ipv6Cidrs: [], partial: true } },
    ]);
  });

  test("and their attributes: only whether they give public addresses", () => {
    const subnet = { kind: "subnet", id: "subnet-09c21dc8289accb3a" };
    const event = read("065-ModifySubnetAttribute-public-addresses-in-a-private-subnet");
    expect(effectsOf(event)).toEqual([{ op: "update", ...subnet, facts: { autoPublicIp: true } }]);
    expect(effectsOf(read("066-ModifySubnetAttribute-no-public-addresses"))).toEqual([
      { op: "update", ...subnet, facts: { autoPublicIp: false } },
    ]);
    expect(effectsOf(set(event, REQUEST, { subnetId: subnet.id, enableDns64: { value: true } }))).toEqual([]);
    const newer = { ModifySubnetAttributeRequest: { SubnetId: subnet.id, MapPublicIpOnLaunch: { Value: "false" } } };
    expect(effectsOf(set(event, REQUEST, newer))).toMatchObject([{ facts: { autoPublicIp: false } }]);
  });

  test("gain and lose a block of IPv6, which a pool may choose unseen", () => {
    const list = { kind: "subnet", id: "subnet-09c21dc8289accb3a", list: "ipv6Cidrs" };
    const event = read("119-AssociateSubnetCidrBlock");
    expect(effectsOf(event)).toEqual([{ op: "add", ...list, items: ["2001:db8:60:11::/64"] }]);
    expect(effectsOf(read("120-DisassociateSubnetCidrBlock"))).toEqual([{ op: "remove", ...list, items: ["2001:db8:60:11::/64"] }]);
    const pooled = set(set(event, REQUEST, { subnetId: list.id, ipv6IpamPoolId: "ipam-pool-1" }), ANSWER, null);
    expect(effectsOf(pooled)).toEqual([{ op: "forget", ...list }]);
  });

  test("that are gone", () => {
    expect(effectsOf(recorded("056-DeleteSubnet"))).toEqual([{ op: "delete", kind: "subnet", id: "subnet-096553f59d783f082" }]);
  });
});

describe("gateways", () => {
  test("of the internet come to a VPC and leave it", () => {
    const gateway = { kind: "internet-gateway", id: "igw-02a84e4222d62e16b" };
    expect(effectsOf(recorded("013-CreateInternetGateway"))).toMatchObject([
      { op: "create", ...gateway, facts: { tags: { StratusRedTeam: "true" } } },
    ]);
    expect(onlyChange(recorded("010-AttachInternetGateway"))).toMatchObject({
      subject: { kind: "vpc", id: "vpc-06fe1a64761a0f720" },
      claim: { effects: [{ op: "update", ...gateway, facts: { vpc: "vpc-06fe1a64761a0f720" } }] },
    });
    expect(effectsOf(recorded("080-DetachInternetGateway"))).toEqual([{ op: "create", ...gateway, facts: { id: gateway.id } }]);
    expect(effectsOf(recorded("057-DeleteInternetGateway"))).toEqual([
      { op: "delete", kind: "internet-gateway", id: "igw-040b2274c4a167722" },
    ]);
  });

  test("for egress only belong to their VPC from the start", () => {
    const gateway = { kind: "internet-gateway", id: "eigw-0244861fcec8ccc88" };
    const facts = { id: gateway.id, vpc: "vpc-0f3b6aa14474bd9ea", egressOnly: true };
    expect(effectsOf(read("078-CreateEgressOnlyInternetGateway"))).toEqual([{ op: "create", ...gateway, facts }]);
    expect(effectsOf(read("124-DeleteEgressOnlyInternetGateway-that-private-subnets-need"))).toEqual([{ op: "delete", ...gateway }]);
  });

  test("for NAT, of a zone or of a whole VPC", () => {
    expect(effectsOf(recorded("012-CreateNatGateway"))).toMatchObject([
      {
        op: "create",
        facts: {
          id: "nat-03575abbac42080d9",
          vpc: "vpc-06fe1a64761a0f720",
          subnet: "subnet-01ed430875cff578d",
          connectivity: "public",
          state: "pending",
          tags: { StratusRedTeam: "true" },
        },
      },
    ]);
    expect(effectsOf(read("121-CreateNatGateway-for-all-zones"))).toMatchObject([
      { facts: { vpc: "vpc-0f3b6aa14474bd9ea", regional: true } },
    ]);
    expect(effectsOf(recorded("037-DeleteNatGateway"))).toEqual([{ op: "delete", kind: "nat-gateway", id: "nat-0dd264ee104155137" }]);
  });
});

describe("unreadable, with a reason", () => {
  const route = recorded("006-CreateRoute");
  const associated = recorded("011-AssociateRouteTable");
  test.each<[what: string, record: unknown, reason: string]>([
    ["a route without destination", set(route, "requestParameters.destinationCidrBlock", undefined), "a route has no destination"],
    ["a route without target", set(route, "requestParameters.gatewayId", ""), "a route has no target"],
    ["a destination that is none", set(route, "requestParameters.destinationCidrBlock", "x.x.x.x/0"), "x.x.x.x/0"],
    ["a route of no table", set(route, "requestParameters.routeTableId", undefined), "it names no route table id"],
    ["a route of what is no table", set(route, "requestParameters.routeTableId", "..."), 'its routeTableId is "..."'],
    ["a new table without its answer", set(recorded("004-CreateRouteTable"), "responseElements", null), "it names no route table id"],
    ["an association without its answer", set(associated, "responseElements", null), "its answer has no associationId"],
    [
      "an association in a table that has no id",
      set(recorded("004-CreateRouteTable"), "responseElements.routeTable.associationSet", { items: [{ main: true }] }),
      "an association of the table has no routeTableAssociationId",
    ],
    [
      "a gateway that is attached and not named",
      set(recorded("010-AttachInternetGateway"), "requestParameters.internetGatewayId", ""),
      "it names no internetGatewayId",
    ],
    [
      "a propagation from nowhere",
      set(read("106-EnableVgwRoutePropagation"), `${REQUEST}.EnableVgwRoutePropagationRequest.GatewayId`, [{}]),
      "its list of gatewayId",
    ],
  ])("%s", (_, record, reason) => {
    expect(changesOf(record)).toEqual({ kind: "unreadable", reason: expect.stringContaining(reason) });
  });

  test("but a call that failed never is", () => {
    const failed = set(set(route, "errorCode", "Client.InvalidRouteTableID.NotFound"), "requestParameters.destinationCidrBlock", "x");
    expect(onlyChange(failed)).toMatchObject({ subject: { id: "rtb-0c7c2f4aff3677054" }, failed: "Client.InvalidRouteTableID.NotFound" });
    expect(onlyChange(failed)).not.toHaveProperty("claim");
  });
});
