import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { callRecord } from "../support/cloudtrail-event.ts";
import { ACCOUNT, REGION } from "../support/emulators.ts";
import { isIpv6, type Network, type Rule, tagsOf, VPC_CIDR } from "./network.ts";

/** What EC2 called the parts of a network. */
export interface Ids {
  readonly vpc: string;
  readonly gateway: string;
  readonly table: string;
  readonly subnets: readonly string[];
  /** Of the subnets with the table. */
  readonly associations: readonly string[];
  readonly groups: readonly string[];
}

/** A network that stands on an emulator, and the CloudTrail records of how it came to stand and of its change. */
export interface Standing {
  readonly ids: Ids;
  readonly before: readonly object[];
  readonly change: readonly object[];
}

/** Makes a network by calls to EC2, changes it, and records the calls as CloudTrail does (see events/invictus-ir for the shapes). */
export async function makeByCalls(ec2: EC2Client, network: Network): Promise<Standing> {
  const editor = new Editor(ec2);
  const ids = await editor.make(network);
  const before = editor.records.splice(0);
  for (const [n, { added }] of network.groups.entries()) await editor.grant(ids, n, added);
  if (network.addedRoute !== undefined) await editor.route(ids, network.addedRoute);
  return { ids, before, change: editor.records };
}

class Editor {
  readonly records: object[] = [];
  private readonly ec2: EC2Client;

  constructor(ec2: EC2Client) {
    this.ec2 = ec2;
  }

  async make({ subnets, routes, groups }: Network): Promise<Ids> {
    const { Vpc } = await this.ec2.send(new CreateVpcCommand({ CidrBlock: VPC_CIDR }));
    const vpc = Vpc?.VpcId ?? "";
    const block = { cidrBlock: VPC_CIDR, associationId: "vpc-cidr-assoc-1", cidrBlockState: { state: "associated" } };
    this.note(
      "CreateVpc",
      { cidrBlock: VPC_CIDR },
      { vpc: { vpcId: vpc, ownerId: ACCOUNT, cidrBlock: VPC_CIDR, cidrBlockAssociationSet: { items: [block] }, isDefault: false } },
    );
    const { InternetGateway } = await this.ec2.send(new CreateInternetGatewayCommand({}));
    const gateway = InternetGateway?.InternetGatewayId ?? "";
    this.note(
      "CreateInternetGateway",
      {},
      { internetGateway: { internetGatewayId: gateway, ownerId: ACCOUNT, attachmentSet: {}, tagSet: {} } },
    );
    await this.ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: vpc }));
    this.note("AttachInternetGateway", { internetGatewayId: gateway, vpcId: vpc });
    const { RouteTable } = await this.ec2.send(new CreateRouteTableCommand({ VpcId: vpc }));
    const table = RouteTable?.RouteTableId ?? "";
    const local = { destinationCidrBlock: VPC_CIDR, gatewayId: "local", state: "active", origin: "CreateRouteTable" };
    this.note(
      "CreateRouteTable",
      { vpcId: vpc },
      {
        routeTable: {
          routeTableId: table,
          vpcId: vpc,
          ownerId: ACCOUNT,
          routeSet: { items: [local] },
          associationSet: {},
          propagatingVgwSet: {},
          tagSet: {},
        },
      },
    );
    const made = { vpc, gateway, table };
    const ids = { ...made, ...(await this.makeSubnets(made, subnets)), groups: await this.makeGroups(vpc, groups.length) };
    for (const [n, { rules }] of groups.entries()) {
      await this.grant(
        ids,
        n,
        rules.filter(({ direction }) => direction === "ingress"),
      );
      await this.grant(
        ids,
        n,
        rules.filter(({ direction }) => direction === "egress"),
      );
    }
    for (const cidr of routes) await this.route(ids, cidr);
    return ids;
  }

  private async makeSubnets(
    { vpc, table }: Pick<Ids, "vpc" | "table">,
    subnets: Network["subnets"],
  ): Promise<Pick<Ids, "subnets" | "associations">> {
    const ids: string[] = [];
    const associations: string[] = [];
    for (const subnet of subnets) {
      const tags = Object.entries(tagsOf(subnet)).map(([Key, Value]) => ({ Key, Value }));
      const { Subnet } = await this.ec2.send(
        new CreateSubnetCommand({ VpcId: vpc, CidrBlock: subnet.cidr, TagSpecifications: [{ ResourceType: "subnet", Tags: tags }] }),
      );
      const id = Subnet?.SubnetId ?? "";
      const tagSet = { items: tags.map(({ Key, Value }) => ({ key: Key, value: Value })) };
      const { cidr: cidrBlock } = subnet;
      this.note(
        "CreateSubnet",
        { vpcId: vpc, cidrBlock, tagSpecificationSet: { items: [{ resourceType: "subnet", tags: tagSet.items }] } },
        {
          subnet: {
            subnetId: id,
            state: "available",
            vpcId: vpc,
            cidrBlock,
            ipv6CidrBlockAssociationSet: {},
            ownerId: ACCOUNT,
            mapPublicIpOnLaunch: false,
            tagSet,
          },
        },
      );
      const { AssociationId } = await this.ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: id }));
      this.note(
        "AssociateRouteTable",
        { routeTableId: table, subnetId: id },
        { associationId: AssociationId, associationState: { state: "associated" } },
      );
      ids.push(id);
      associations.push(AssociationId ?? "");
    }
    return { subnets: ids, associations };
  }

  private async makeGroups(vpc: string, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const { GroupId: id = "" } = await this.ec2.send(
        new CreateSecurityGroupCommand({ VpcId: vpc, GroupName: nameOf(n), Description: "parity" }),
      );
      this.note("CreateSecurityGroup", { groupName: nameOf(n), groupDescription: "parity", vpcId: vpc }, { groupId: id });
      const everything: IpPermission = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
      await this.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: [everything] }));
      this.note("RevokeSecurityGroupEgress", {
        groupId: id,
        ipPermissions: { items: [{ ...recorded(everything), fromPort: 0, toPort: 0 }] },
      });
      ids.push(id);
    }
    return ids;
  }

  /** Grants these rules, all of one direction, by one call. */
  async grant({ groups }: Ids, n: number, rules: readonly Rule[]): Promise<void> {
    const [first] = rules;
    if (first === undefined) return;
    const groupId = groups[n] ?? "";
    const permissions = rules.map((rule) => permissionOf(rule, groups));
    const call = { GroupId: groupId, IpPermissions: permissions };
    const isEgress = first.direction === "egress";
    const before = new Set((await this.rulesOf(groupId)).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId));
    await (isEgress
      ? this.ec2.send(new AuthorizeSecurityGroupEgressCommand(call))
      : this.ec2.send(new AuthorizeSecurityGroupIngressCommand(call)));
    // moto answers with the rules of the last permission only.
    const granted = (await this.rulesOf(groupId)).filter(({ SecurityGroupRuleId }) => !before.has(SecurityGroupRuleId));
    this.note(
      isEgress ? "AuthorizeSecurityGroupEgress" : "AuthorizeSecurityGroupIngress",
      { groupId, ipPermissions: { items: permissions.map(recorded) } },
      { securityGroupRuleSet: { items: granted.map((rule) => ({ ...recordedRule(rule), groupId, isEgress })) } },
    );
  }

  private async rulesOf(group: string): Promise<readonly SecurityGroupRule[]> {
    const Filters = [{ Name: "group-id", Values: [group] }];
    return (await this.ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }))).SecurityGroupRules ?? [];
  }

  async route({ table, gateway }: Ids, cidr: string): Promise<void> {
    const destination = isIpv6(cidr) ? { DestinationIpv6CidrBlock: cidr } : { DestinationCidrBlock: cidr };
    await this.ec2.send(new CreateRouteCommand({ RouteTableId: table, GatewayId: gateway, ...destination }));
    const key = isIpv6(cidr) ? "destinationIpv6CidrBlock" : "destinationCidrBlock";
    this.note("CreateRoute", { routeTableId: table, [key]: cidr, gatewayId: gateway });
  }

  private note(name: string, request: object, response: object = {}): void {
    this.records.push(callRecord({ account: ACCOUNT, region: REGION, name, request, response }));
  }
}

function nameOf(n: number): string {
  return `g${n}`;
}

function permissionOf({ protocol, from, to, peer, description }: Rule, groups: readonly string[]): IpPermission {
  const said = description === "" ? {} : { Description: description };
  const of = {
    IpProtocol: protocol,
    ...(protocol !== "-1" && { FromPort: from, ToPort: to }),
  };
  if ("group" in peer) return { ...of, UserIdGroupPairs: [{ GroupId: groups[peer.group], ...said }] };
  return isIpv6(peer.cidr)
    ? { ...of, Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...said }] }
    : { ...of, IpRanges: [{ CidrIp: peer.cidr, ...said }] };
}

// As CloudTrail writes the request: camel case, and lists as `{items: []}`.
function recorded({ IpProtocol, FromPort, ToPort, IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] }: IpPermission): object {
  const list = (items: readonly object[]) => (items.length === 0 ? {} : { items });
  return {
    ipProtocol: IpProtocol,
    ...(FromPort !== undefined && { fromPort: FromPort, toPort: ToPort }),
    groups: list(UserIdGroupPairs.map(({ GroupId, Description }) => ({ groupId: GroupId, description: Description }))),
    ipRanges: list(IpRanges.map(({ CidrIp, Description }) => ({ cidrIp: CidrIp, description: Description }))),
    ipv6Ranges: list(Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ cidrIpv6: CidrIpv6, description: Description }))),
    prefixListIds: {},
  };
}

function recordedRule({
  SecurityGroupRuleId,
  IpProtocol,
  FromPort,
  ToPort,
  CidrIpv4,
  CidrIpv6,
  ReferencedGroupInfo,
  Description,
}: SecurityGroupRule): object {
  const { GroupId: groupId, UserId: userId = ACCOUNT } = ReferencedGroupInfo ?? {};
  return {
    groupOwnerId: ACCOUNT,
    securityGroupRuleId: SecurityGroupRuleId,
    ipProtocol: IpProtocol,
    fromPort: FromPort ?? -1,
    toPort: ToPort ?? -1,
    ...(CidrIpv4 !== undefined && { cidrIpv4: CidrIpv4 }),
    ...(CidrIpv6 !== undefined && { cidrIpv6: CidrIpv6 }),
    ...(groupId !== undefined && { referencedGroupInfo: { groupId, userId } }),
    ...(Description !== undefined && Description !== "" && { description: Description }),
  };
}
