import { ACCOUNT, REGION } from "../support/emulators.ts";
import { isIpv6, type Network, type Rule, tagsOf, VPC_CIDR } from "./network.ts";

interface Resource {
  readonly Type: string;
  readonly Properties: object;
}

/** The template of a network after its change, and the logical ids that the change adds. */
export function templateOf(network: Network): { readonly text: string; readonly added: readonly string[] } {
  const { subnets, routes, addedRoute, groups } = network;
  const resources: Record<string, Resource> = {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: VPC_CIDR } },
    Gateway: { Type: "AWS::EC2::InternetGateway", Properties: {} },
    Attachment: { Type: "AWS::EC2::VPCGatewayAttachment", Properties: { VpcId: ref("Vpc"), InternetGatewayId: ref("Gateway") } },
    Table: { Type: "AWS::EC2::RouteTable", Properties: { VpcId: ref("Vpc") } },
  };
  for (const [n, subnet] of subnets.entries()) {
    const Tags = Object.entries(tagsOf(subnet)).map(([Key, Value]) => ({ Key, Value }));
    resources[`S${n}`] = { Type: "AWS::EC2::Subnet", Properties: { VpcId: ref("Vpc"), CidrBlock: subnet.cidr, Tags } };
    resources[`A${n}`] = {
      Type: "AWS::EC2::SubnetRouteTableAssociation",
      Properties: { RouteTableId: ref("Table"), SubnetId: ref(`S${n}`) },
    };
  }
  for (const [n, cidr] of routes.entries()) resources[`R${n}`] = route(cidr);
  const added: string[] = [];
  if (addedRoute !== undefined) {
    resources.RAdded = route(addedRoute);
    added.push("RAdded");
  }
  for (const [n, group] of groups.entries()) {
    // Rules that name a group stand beside it, as templates have it for groups that name each other.
    const [inline, apart] = [group.rules.filter(({ peer }) => "cidr" in peer), group.rules.filter(({ peer }) => "group" in peer)];
    const of = (direction: Rule["direction"]) => inline.filter((rule) => rule.direction === direction).map(propertiesOf);
    resources[`G${n}`] = {
      Type: "AWS::EC2::SecurityGroup",
      Properties: { VpcId: ref("Vpc"), GroupDescription: "parity", SecurityGroupIngress: of("ingress"), SecurityGroupEgress: of("egress") },
    };
    for (const [at, rule] of apart.entries()) resources[`G${n}Rule${at}`] = ruleOf(rule, n);
    for (const [at, rule] of group.added.entries()) {
      resources[`G${n}Added${at}`] = ruleOf(rule, n);
      added.push(`G${n}Added${at}`);
    }
  }
  return { text: JSON.stringify({ Resources: resources }, null, 2), added };
}

/** The answer of DescribeChangeSet for a change that adds these resources of a template. */
export function changeSetOf(text: string, added: readonly string[]): string {
  const { Resources }: { Resources: Record<string, Resource> } = JSON.parse(text);
  return JSON.stringify({
    ChangeSetName: "change",
    StackId: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/parity/0c1b2a30-1111-2222-3333-444455556666`,
    StackName: "parity",
    Status: "CREATE_COMPLETE",
    Changes: added.map((name) => ({
      Type: "Resource",
      ResourceChange: { Action: "Add", LogicalResourceId: name, ResourceType: Resources[name]?.Type, Scope: [], Details: [] },
    })),
  });
}

function ref(Ref: string): { readonly Ref: string } {
  return { Ref };
}

function route(cidr: string): Resource {
  const destination = isIpv6(cidr) ? { DestinationIpv6CidrBlock: cidr } : { DestinationCidrBlock: cidr };
  return { Type: "AWS::EC2::Route", Properties: { RouteTableId: ref("Table"), GatewayId: ref("Gateway"), ...destination } };
}

function ruleOf(rule: Rule, n: number): Resource {
  const Type = rule.direction === "ingress" ? "AWS::EC2::SecurityGroupIngress" : "AWS::EC2::SecurityGroupEgress";
  return { Type, Properties: { GroupId: { "Fn::GetAtt": [`G${n}`, "GroupId"] }, ...propertiesOf(rule) } };
}

function propertiesOf({ direction, protocol, from, to, peer, description }: Rule): object {
  const group = direction === "ingress" ? "SourceSecurityGroupId" : "DestinationSecurityGroupId";
  return {
    IpProtocol: protocol,
    ...(protocol !== "-1" && { FromPort: from, ToPort: to }),
    ...("group" in peer
      ? { [group]: { "Fn::GetAtt": [`G${peer.group}`, "GroupId"] } }
      : isIpv6(peer.cidr)
        ? { CidrIpv6: peer.cidr }
        : { CidrIp: peer.cidr }),
    ...(description !== "" && { Description: description }),
  };
}
