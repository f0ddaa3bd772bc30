import { describe, expect, test } from "@jest/globals";
import { factsIn, planned, resourceIn, rulesIn } from "../support/templates.ts";

const NET = `
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a } }
`;
const OPEN =
  "Parameters:\n  Open: { Type: String }\n  Flag: { Type: String }\nConditions:\n  Perhaps: !Equals [!Ref Flag, x]\n  Never: !Equals [a, b]";

describe("security groups", () => {
  test("hold what is written in them, by every kind of peer", () => {
    const plan = planned(`${NET}
  List: { Type: AWS::EC2::PrefixList, Properties: { PrefixListName: office, Entries: [{ Cidr: 198.51.100.7/24 }] } }
  Lb: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: lb } }
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupName: web
      GroupDescription: the web
      Tags: [{ Key: team, Value: shop }]
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: "443", ToPort: 443, CidrIp: 10.1.2.3/8, Description: from inside }
        - { IpProtocol: "6", FromPort: 22, ToPort: 22, CidrIpv6: "::/0" }
        - { IpProtocol: -1, SourceSecurityGroupId: !GetAtt Lb.GroupId }
        - { IpProtocol: udp, FromPort: 53, ToPort: 53, SourcePrefixListId: !Ref List }
        - { IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 0.0.0.0/0 }
        - { IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: sg-0abc, SourceSecurityGroupOwnerId: "444455556666" }
      SecurityGroupEgress:
        - { IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationSecurityGroupId: !Ref Lb }
`);
    expect(factsIn(plan, "security-group", "Web")).toMatchObject({
      name: "web",
      vpc: "vpc-(Vpc)",
      description: "the web",
      tags: { team: "shop" },
    });
    expect(resourceIn(plan, "security-group", "Web")).toMatchObject({
      act: "create",
      unknown: [],
      location: { file: "template.yml", line: 9 },
    });
    expect(rulesIn(plan, "Web")).toEqual([
      "tcp 443 from 10.0.0.0/8",
      "tcp 22 from ::/0",
      "all from sg-(Lb)",
      "udp 53 from pl-(List)",
      "icmp 8 from 0.0.0.0/0",
      "tcp 80 from 444455556666/sg-0abc",
      "tcp 5432 to sg-(Lb)",
    ]);
    expect(factsIn(plan, "prefix-list").cidrs).toEqual(["198.51.100.0/24"]);
    expect(plan.notJudged).toEqual([]);
  });

  test("are made by EC2 with everything open to the outside, until they are given egress rules themselves", () => {
    const plan = planned(`${NET}
  Six: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Dual, AmazonProvidedIpv6CidrBlock: true } }
  Dual: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.2.0.0/16 } }
  None: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: none } }
  Both: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Dual, GroupDescription: none } }
  Empty: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: none, SecurityGroupEgress: [] } }
  Beside: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: none } }
  Rule: { Type: AWS::EC2::SecurityGroupEgress, Properties: { GroupId: !Ref Beside, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 10.0.0.0/8 } }
`);
    expect(rulesIn(plan, "None")).toEqual(["all to 0.0.0.0/0"]);
    expect(rulesIn(plan, "Both")).toEqual(["all to 0.0.0.0/0", "all to ::/0"]);
    expect(rulesIn(plan, "Empty")).toEqual(["all to 0.0.0.0/0"]);
    expect(rulesIn(plan, "Beside")).toEqual(["all to 0.0.0.0/0", "tcp 1 to 10.0.0.0/8"]);
  });

  test("get the rules that stand beside them, and so does one that no template makes", () => {
    const plan = planned(`${NET}
  Web: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: web } }
  A: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !GetAtt Web.GroupId, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 } }
  B: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: sg-0abc, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 } }
  C: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !GetAtt Vpc.DefaultSecurityGroup, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 } }
`);
    expect(rulesIn(plan, "Web")).toEqual(["all to 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"]);
    expect(resourceIn(plan, "security-group", "B")).toMatchObject({
      act: "update",
      facts: { id: "sg-0abc", partial: true, rules: [{ fromPort: 22 }] },
      location: { line: 9 },
    });
    expect(resourceIn(plan, "security-group", "Vpc (default group)").act).toBe("update");
    expect(rulesIn(plan, "Vpc (default group)")).toContain("tcp 22 from 0.0.0.0/0");
  });

  test("with something that is not known are known in part, and what is known of them stands", () => {
    const plan = planned(
      `
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Open
      GroupDescription: !Ref Open
      Tags: [{ Key: team, Value: !Ref Open }]
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0, Description: !Ref Open }
        - { IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Open }
        - !If [Perhaps, { IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }, !Ref AWS::NoValue]
  Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref Open, IpProtocol: tcp, FromPort: 23, ToPort: 23, CidrIp: 0.0.0.0/0 } }
`,
      {},
      OPEN,
    );
    const web = resourceIn(plan, "security-group", "Web");
    expect(web.facts).toMatchObject({ partial: true });
    expect(rulesIn(plan, "Web")).toEqual(["tcp 22 from 0.0.0.0/0", "all to 0.0.0.0/0"]);
    expect(web.unknown).toEqual([
      "SecurityGroupIngress[2] (condition Perhaps: parameter Flag)",
      "SecurityGroupIngress[1].CidrIp (parameter Open)",
      "Tags[0].Value (parameter Open)",
    ]);
    expect(rulesIn(plan, "Rule")).toEqual(["tcp 23 from 0.0.0.0/0"]);
    expect(resourceIn(plan, "security-group", "Rule")).toMatchObject({
      facts: { id: "sg-(Rule)", partial: true },
      unknown: [],
    });
  });

  test("with a rule that EC2 would refuse are not judged, by the line of it", () => {
    const plan = planned(`
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress:
        - { IpProtocol: tcp, FromPort: 443, ToPort: 22, CidrIp: 0.0.0.0/0 }
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443 }
        - { IpProtocol: tcp, FromPort: ssh, ToPort: 443, CidrIp: 10.0.0.0/8 }
        - { IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/33 }
`);
    expect(factsIn(plan, "security-group")).toMatchObject({ partial: true, rules: [{ direction: "egress" }] });
    expect(plan.notJudged.map(({ needs, location }) => `${location?.line} ${needs}`)).toEqual([
      expect.stringMatching(/^9 SecurityGroupIngress\[0\]: .*443.*22/),
      expect.stringMatching(/^10 SecurityGroupIngress\[1\]: found no source or destination/),
      '11 SecurityGroupIngress[2].FromPort: found "ssh", expected a whole number',
      expect.stringMatching(/^12 SecurityGroupIngress\[3\]: "10.0.0.0\/33" is not a CIDR/),
    ]);
  });

  test("may be used in another VPC", () => {
    const plan = planned(`${NET}
  Web: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: web } }
  Other: { Type: AWS::EC2::SecurityGroupVpcAssociation, Properties: { GroupId: !Ref Web, VpcId: vpc-0abc } }
`);
    expect(factsIn(plan, "group-association")).toEqual({ id: "sg-(Web)/vpc-0abc", group: "sg-(Web)", vpc: "vpc-0abc" });
  });
});

describe("routes", () => {
  const plan = planned(`${NET}
  Gateway: { Type: AWS::EC2::InternetGateway }
  Attached: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway } }
  EgressOnly: { Type: AWS::EC2::EgressOnlyInternetGateway, Properties: { VpcId: !Ref Vpc } }
  Nat: { Type: AWS::EC2::NatGateway, Properties: { SubnetId: !Ref Subnet, AllocationId: eipalloc-1 } }
  Peering: { Type: AWS::EC2::VPCPeeringConnection, Properties: { VpcId: !Ref Vpc, PeerVpcId: vpc-0abc, PeerOwnerId: "444455556666" } }
  Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc, Tags: [{ Key: tier, Value: public }] } }
  Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway } }
  Out6: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Table, DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: !Ref EgressOnly } }
  Peer: { Type: AWS::EC2::Route, Properties: { RouteTableId: !GetAtt Table.RouteTableId, DestinationCidrBlock: 10.9.0.0/16, VpcPeeringConnectionId: !Ref Peering } }
  List: { Type: AWS::EC2::Route, Properties: { RouteTableId: rtb-0abc, DestinationPrefixListId: pl-0abc, NatGatewayId: !Ref Nat } }
  Of: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { RouteTableId: !Ref Table, SubnetId: !Ref Subnet } }
  Edge: { Type: AWS::EC2::GatewayRouteTableAssociation, Properties: { RouteTableId: !Ref Table, GatewayId: !Ref Gateway } }
  Vpn: { Type: AWS::EC2::VPNGateway, Properties: { Type: ipsec.1 } }
  Propagated: { Type: AWS::EC2::VPNGatewayRoutePropagation, Properties: { RouteTableIds: [!Ref Table], VpnGatewayId: !Ref Vpn } }
  Nowhere: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 10.8.0.0/16 } }
`);

  test("stand in their table, with those inside the VPC, and lead to what they name", () => {
    expect(factsIn(plan, "route-table", "Table")).toEqual({
      id: "rtb-(Table)",
      vpc: "vpc-(Vpc)",
      tags: { tier: "public" },
      routes: [
        { destination: "10.0.0.0/16", target: "local", origin: "table" },
        { destination: "0.0.0.0/0", target: "igw-(Gateway)", origin: "created" },
        { destination: "::/0", target: "eigw-(EgressOnly)", origin: "created" },
        { destination: "10.9.0.0/16", target: "pcx-(Peering)", origin: "created" },
      ],
      associations: [
        { id: "rtbassoc-Of", subnet: "subnet-(Subnet)" },
        { id: "rtbassoc-Edge", gateway: "igw-(Gateway)" },
      ],
      propagating: ["vgw-(Vpn)"],
      partial: true,
    });
    expect(plan.notJudged).toEqual([
      {
        address: "Nowhere",
        kind: "route-table",
        needs: "GatewayId: found no target, expected one",
        location: { file: "template.yml", line: 21 },
      },
    ]);
  });

  test("of a table that no template makes make it known in part", () => {
    expect(factsIn(plan, "route-table", "List")).toMatchObject({
      id: "rtb-0abc",
      partial: true,
      routes: [{ destination: "pl-0abc", target: "nat-(Nat)" }],
    });
  });

  test("lead to gateways in their place", () => {
    expect(factsIn(plan, "internet-gateway", "Gateway")).toEqual({ id: "igw-(Gateway)", vpc: "vpc-(Vpc)" });
    expect(factsIn(plan, "internet-gateway", "EgressOnly")).toEqual({ id: "eigw-(EgressOnly)", vpc: "vpc-(Vpc)", egressOnly: true });
    expect(factsIn(plan, "nat-gateway")).toEqual({ id: "nat-(Nat)", vpc: "vpc-(Vpc)", subnet: "subnet-(Subnet)", connectivity: "public" });
    expect(factsIn(plan, "peering")).toEqual({
      id: "pcx-(Peering)",
      status: "pending-acceptance",
      requester: { vpc: "vpc-(Vpc)", cidrs: ["10.0.0.0/16"] },
      accepter: { vpc: "vpc-0abc", account: "444455556666", cidrs: [] },
    });
  });
});

describe("what EC2 makes with a VPC", () => {
  const plan = planned(`${NET}
  Own: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, MapPublicIpOnLaunch: "true" } }
  Acl: { Type: AWS::EC2::NetworkAcl, Properties: { VpcId: !Ref Vpc } }
  Of: { Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: { NetworkAclId: !Ref Acl, SubnetId: !Ref Own } }
  Tcp: { Type: AWS::EC2::NetworkAclEntry, Properties: { NetworkAclId: !GetAtt Acl.Id, RuleNumber: 10, Protocol: 6, RuleAction: allow, CidrBlock: 0.0.0.0/0, PortRange: { From: 22, To: 22 } } }
  Ping: { Type: AWS::EC2::NetworkAclEntry, Properties: { NetworkAclId: !Ref Acl, RuleNumber: 20, Protocol: 1, RuleAction: deny, Egress: true, CidrBlock: 0.0.0.0/0, Icmp: { Type: 8, Code: -1 } } }
`);

  test("is context: its main table, default group, and default network ACL for subnets without another", () => {
    expect(resourceIn(plan, "route-table", "Vpc (main route table)")).toMatchObject({
      act: "none",
      facts: { vpc: "vpc-(Vpc)", associations: [{ main: true }], routes: [{ destination: "10.0.0.0/16", target: "local" }] },
    });
    expect(resourceIn(plan, "security-group", "Vpc (default group)")).toMatchObject({ act: "none", facts: { name: "default" } });
    expect(factsIn(plan, "network-acl", "Vpc (default network ACL)")).toMatchObject({ isDefault: true, subnets: ["subnet-(Subnet)"] });
  });

  test("is not what a template makes beside it", () => {
    const { entries, subnets, isDefault } = factsIn(plan, "network-acl", "Acl");
    expect({ subnets, isDefault }).toEqual({ subnets: ["subnet-(Own)"], isDefault: false });
    expect(
      entries.map(({ direction, number, action, protocol, fromPort }) => [direction, number, action, protocol, fromPort].join(" ")),
    ).toEqual(["ingress 32767 deny -1 ", "egress 32767 deny -1 ", "ingress 10 allow tcp 22", "egress 20 deny icmp 8"]);
    expect(factsIn(plan, "subnet", "Own")).toEqual({
      id: "subnet-(Own)",
      vpc: "vpc-(Vpc)",
      cidr: "10.0.2.0/24",
      ipv6Cidrs: [],
      autoPublicIp: true,
    });
  });
});

describe("everything else", () => {
  const plan = planned(
    `${NET}
  More: { Type: AWS::EC2::VPCCidrBlock, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16 } }
  Six: { Type: AWS::EC2::SubnetCidrBlock, Properties: { SubnetId: !Ref Subnet, Ipv6CidrBlock: "2001:db8::/64" } }
  Pool: { Type: AWS::EC2::VPC, Properties: { Ipv4IpamPoolId: ipam-pool-1 } }
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties: { VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.\${AWS::Region}.s3", RouteTableIds: [rtb-1] }
  Api:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      ServiceName: com.amazonaws.eu-west-1.execute-api
      SubnetIds: [!Ref Subnet]
      PolicyDocument: { Statement: [{ Effect: Allow, Principal: "*", Action: "*", Resource: !Ref Open }] }
  Service: { Type: AWS::EC2::VPCEndpointService, Properties: { AcceptanceRequired: false, NetworkLoadBalancerArns: [arn] } }
  All: { Type: AWS::EC2::VPCEndpointServicePermissions, Properties: { ServiceId: !Ref Service, AllowedPrincipals: ["*"] } }
  Log: { Type: AWS::EC2::FlowLog, Properties: { ResourceId: !Ref Vpc, ResourceType: VPC, TrafficType: ALL } }
  Card: { Type: AWS::EC2::NetworkInterface, Properties: { SubnetId: !Ref Subnet, GroupSet: [sg-1], PrivateIpAddress: 10.0.1.9 } }
  Db: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupName: Shop, DBSubnetGroupDescription: d, SubnetIds: [!Ref Subnet] } }
  Firewall: { Type: AWS::Route53Resolver::FirewallRuleGroupAssociation, Properties: { VpcId: !Ref Vpc, FirewallRuleGroupId: rslvr-frg-1, Priority: 101 } }
  Block: { Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: { InternetGatewayBlockMode: block-bidirectional } }
  Except: { Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: { VpcId: !Ref Vpc, InternetGatewayExclusionMode: allow-egress } }
`,
    { region: "eu-west-1", account: "111122223333" },
    OPEN,
  );

  test("is read as EC2 would tell it", () => {
    expect(plan).toMatchObject({ source: "cloudformation", region: "eu-west-1", account: "111122223333", notJudged: [] });
    expect(factsIn(plan, "vpc", "Vpc").cidrs).toEqual(["10.0.0.0/16", "10.1.0.0/16"]);
    expect(factsIn(plan, "subnet")).toMatchObject({
      cidr: "10.0.1.0/24",
      ipv6Cidrs: ["2001:db8::/64"],
      zone: "eu-west-1a",
      autoPublicIp: false,
    });
    expect(factsIn(plan, "endpoint", "S3")).toMatchObject({
      service: "com.amazonaws.eu-west-1.s3",
      type: "Gateway",
      routeTables: ["rtb-1"],
    });
    expect(factsIn(plan, "endpoint", "S3").policy).toContain('"Principal":"*"');
    expect(factsIn(plan, "endpoint-service")).toEqual({ id: "vpce-svc-(Service)", acceptanceRequired: false, principals: ["*"] });
    expect(factsIn(plan, "flow-log")).toEqual({ id: "fl-(Log)", resource: "vpc-(Vpc)", trafficType: "ALL" });
    expect(factsIn(plan, "network-interface")).toEqual({
      id: "eni-(Card)",
      vpc: "vpc-(Vpc)",
      subnet: "subnet-(Subnet)",
      groups: ["sg-1"],
      addresses: ["10.0.1.9"],
    });
    expect(factsIn(plan, "db-subnet-group")).toEqual({ id: "shop", vpc: "vpc-(Vpc)", subnets: ["subnet-(Subnet)"], zones: ["eu-west-1a"] });
    expect(factsIn(plan, "firewall-association")).toMatchObject({ vpc: "vpc-(Vpc)", ruleGroup: "rslvr-frg-1" });
    expect(factsIn(plan, "block-public-access")).toEqual({
      id: "block-public-access",
      mode: "block-bidirectional",
      exclusions: [{ id: "vpcbpa-exclude-(Except)", resource: "vpc-(Vpc)", mode: "allow-egress" }],
    });
  });

  test("is known in part where an address pool or a parameter gives it", () => {
    expect(resourceIn(plan, "vpc", "Pool")).toMatchObject({
      facts: { cidrs: [], partial: true },
      unknown: ["CidrBlock (an address pool gives it)"],
    });
    expect(resourceIn(plan, "endpoint", "Api")).toMatchObject({ facts: { partial: true }, unknown: ["PolicyDocument (parameter Open)"] });
    expect(factsIn(plan, "endpoint", "Api").policy).toBeUndefined();
  });
});

describe("conditions of resources", () => {
  const LOG = "{ Type: AWS::EC2::FlowLog, Condition: COND, Properties: { ResourceId: !Ref Vpc, TrafficType: ALL } }";

  test("that are not met leave the resource out", () => {
    const plan = planned(`${NET}  Log: ${LOG.replace("COND", "Never")}\n`, {}, OPEN);
    expect(plan.resources.filter(({ kind }) => kind === "flow-log")).toEqual([]);
  });

  test("that are not known leave it open whether the resource is made", () => {
    const plan = planned(`${NET}  Log: ${LOG.replace("COND", "Perhaps")}\n`, {}, OPEN);
    expect(resourceIn(plan, "flow-log")).toMatchObject({ facts: { partial: true }, unknown: ["Condition (Perhaps: parameter Flag)"] });
    expect(plan.notJudged).toMatchObject([
      { address: "Log", kind: "vpc", needs: "whether it is made, which condition Perhaps tells: parameter Flag" },
    ]);
  });
});
