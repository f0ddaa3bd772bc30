import type { Subject, SubjectKind } from "../model/change.ts";

// The pages of the consoles of EC2 and VPC that open at one resource; kinds without one have no link.
const PAGES: Partial<Record<SubjectKind, (id: string) => string>> = {
  "security-group": (id) => `ec2/home#SecurityGroup:groupId=${id}`,
  "prefix-list": (id) => `vpcconsole/home#ManagedPrefixLists:prefixListId=${id}`,
  vpc: (id) => `vpcconsole/home#VpcDetails:VpcId=${id}`,
  subnet: (id) => `vpcconsole/home#SubnetDetails:subnetId=${id}`,
  "route-table": (id) => `vpcconsole/home#RouteTableDetails:RouteTableId=${id}`,
  "nat-gateway": (id) => `vpcconsole/home#NatGatewayDetails:natGatewayId=${id}`,
  peering: (id) => `vpcconsole/home#PeeringConnectionDetails:VpcPeeringConnectionId=${id}`,
  endpoint: (id) => `vpcconsole/home#EndpointDetails:vpcEndpointId=${id}`,
  "endpoint-service": (id) => `vpcconsole/home#EndpointServiceDetails:serviceId=${id}`,
  "network-acl": (id) => `vpcconsole/home#NetworkAclDetails:networkAclId=${id}`,
  "network-interface": (id) => `ec2/home#NetworkInterface:networkInterfaceId=${id}`,
  "vpn-connection": (id) => `vpcconsole/home#VpnConnectionDetails:VpnConnectionId=${id}`,
};

/** The page of a resource in the AWS console; undefined for kinds without one, and for a region or id not of the form that AWS uses. */
export function consolePage(region: string, { kind, id }: Subject): URL | undefined {
  const host = consoleHost(region);
  const page = PAGES[kind];
  if (host === undefined || page === undefined || !/^[a-z-]+-[0-9a-z]+$/.test(id)) return undefined;
  return new URL(`https://${host}/${page(id).replace("home#", `home?region=${region}#`)}`);
}

// Each partition has a console of its own (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html);
// those of the isolated and sovereign partitions cannot be reached from here or are not known to us.
function consoleHost(region: string): string | undefined {
  if (!/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/.test(region) || /^[a-z]{2}-iso/.test(region)) return undefined;
  if (region.startsWith("cn-")) return `${region}.console.amazonaws.cn`;
  if (region.startsWith("us-gov-")) return `${region}.console.amazonaws-us-gov.com`;
  return `${region}.console.aws.amazon.com`;
}
