import { addressCalls } from "./calls/addresses.ts";
import { classicLinkCalls } from "./calls/classic-link.ts";
import { dbSubnetGroupCalls } from "./calls/db-subnet-groups.ts";
import { dnsFirewallCalls } from "./calls/dns-firewall.ts";
import { endpointServiceCalls } from "./calls/endpoint-services.ts";
import { endpointCalls } from "./calls/endpoints.ts";
import { flowLogCalls } from "./calls/flow-logs.ts";
import { groupAssociationCalls } from "./calls/group-associations.ts";
import { guardPartCalls } from "./calls/guard-parts.ts";
import { internetGatewayCalls } from "./calls/internet-gateways.ts";
import { natGatewayCalls } from "./calls/nat-gateways.ts";
import { networkAclCalls } from "./calls/network-acls.ts";
import { networkInterfaceCalls } from "./calls/network-interfaces.ts";
import { peeringCalls } from "./calls/peerings.ts";
import { prefixListCalls } from "./calls/prefix-lists.ts";
import { publicAccessCalls } from "./calls/public-access.ts";
import { routeTableCalls } from "./calls/route-tables.ts";
import { securityGroupCalls } from "./calls/security-groups.ts";
import { shareCalls } from "./calls/shares.ts";
import { subnetCalls } from "./calls/subnets.ts";
import { transitGatewayCalls } from "./calls/transit-gateways.ts";
import { vpcCalls } from "./calls/vpcs.ts";
import { vpnCalls } from "./calls/vpns.ts";
import type { WatchedCall } from "./watched.ts";

export type { WatchedCall } from "./watched.ts";

/**
 * Every call that is watched, family by family; which of them the guard must hear of, the rules tell (lib/guard/judging/reactions.ts).
 * `unwatched.ts` says why each other write to the network is not.
 */
export const WATCHED_CALLS: readonly WatchedCall[] = [
  // What a group admits, and where.
  ...securityGroupCalls,
  ...prefixListCalls,
  ...groupAssociationCalls,
  ...shareCalls,
  // Who uses a group, and under which address.
  ...networkInterfaceCalls,
  ...addressCalls,
  // Where packets are led.
  ...routeTableCalls,
  ...internetGatewayCalls,
  ...natGatewayCalls,
  ...peeringCalls,
  ...transitGatewayCalls,
  ...vpnCalls,
  // The VPC, its parts, and what is true for all of it.
  ...vpcCalls,
  ...subnetCalls,
  ...networkAclCalls,
  ...endpointCalls,
  ...endpointServiceCalls,
  ...flowLogCalls,
  ...publicAccessCalls,
  ...dnsFirewallCalls,
  ...classicLinkCalls,
  ...dbSubnetGroupCalls,
  // The guard itself.
  ...guardPartCalls,
];

/** The services whose calls are watched, as CloudTrail's eventSource names them. */
export const WATCHED_SOURCES: ReadonlySet<string> = new Set(WATCHED_CALLS.map((call) => call.source));

// Two services may have calls of one name.
const BY_NAME: ReadonlyMap<string, readonly WatchedCall[]> = Map.groupBy(WATCHED_CALLS, ({ name }) => name);

/** The watched call of this name and source, if it is one. */
export function watchedCall(source: string, name: string): WatchedCall | undefined {
  return BY_NAME.get(name)?.find((call) => call.source === source);
}
