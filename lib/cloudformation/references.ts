import { plannedId } from "../planned/ids.ts";

/** How EC2 begins the ids of a type, and the attributes that are that id besides !Ref. */
interface Identified {
  readonly prefix: string;
  readonly attributes: readonly string[];
}

const id = (prefix: string, ...attributes: readonly string[]): Identified => ({ prefix, attributes });

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html, "Return values" of each type
const IDENTIFIED: Readonly<Record<string, Identified>> = {
  "AWS::EC2::CarrierGateway": id("cagw-", "CarrierGatewayId"),
  "AWS::EC2::EgressOnlyInternetGateway": id("eigw-", "Id"),
  "AWS::EC2::FlowLog": id("fl-", "Id"),
  "AWS::EC2::Instance": id("i-", "InstanceId"),
  "AWS::EC2::InternetGateway": id("igw-", "InternetGatewayId"),
  "AWS::EC2::NatGateway": id("nat-", "NatGatewayId"),
  "AWS::EC2::NetworkAcl": id("acl-", "Id"),
  "AWS::EC2::NetworkInterface": id("eni-", "Id"),
  "AWS::EC2::PrefixList": id("pl-", "PrefixListId"),
  "AWS::EC2::RouteTable": id("rtb-", "RouteTableId"),
  "AWS::EC2::SecurityGroup": id("sg-", "GroupId", "Id"),
  "AWS::EC2::Subnet": id("subnet-", "SubnetId"),
  "AWS::EC2::TransitGateway": id("tgw-", "Id"),
  "AWS::EC2::VPC": id("vpc-", "VpcId"),
  "AWS::EC2::VPCEndpoint": id("vpce-", "Id"),
  "AWS::EC2::VPCEndpointService": id("vpce-svc-", "ServiceId"),
  "AWS::EC2::VPCPeeringConnection": id("pcx-", "Id"),
  "AWS::EC2::VPNGateway": id("vgw-", "VPNGatewayId"),
  "AWS::EC2::VPCBlockPublicAccessExclusion": id("vpcbpa-exclude-", "ExclusionId"),
  "AWS::Route53Resolver::FirewallRuleGroup": id("rslvr-frg-", "Id"),
  "AWS::Route53Resolver::FirewallRuleGroupAssociation": id("rslvr-frgassoc-", "Id"),
};

/** The id that stands for a resource until AWS gives it one; undefined for types whose id is no matter here. */
export function idFor(type: string, address: string): string | undefined {
  if (type === "AWS::RDS::DBSubnetGroup") return address;
  const found = identified(type);
  return found === undefined ? undefined : plannedId(found.prefix, address);
}

/** True for an attribute that is the id itself. */
export function isIdAttribute(type: string, attribute: string): boolean {
  return identified(type)?.attributes.includes(attribute) === true;
}

/** The addresses of what EC2 makes with the VPC at an address. */
export function madeWithVpc(vpc: string) {
  return { group: `${vpc} (default group)`, acl: `${vpc} (default network ACL)`, table: `${vpc} (main route table)` };
}

function identified(type: string): Identified | undefined {
  return Object.hasOwn(IDENTIFIED, type) ? IDENTIFIED[type] : undefined;
}
