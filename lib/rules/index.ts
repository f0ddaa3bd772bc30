import { adminThroughBastion } from "./admin-through-bastion.ts";
import { approvedPeering } from "./approved-peering.ts";
import { approvedRouteTargets } from "./approved-route-targets.ts";
import { blockPublicAccess } from "./block-public-access.ts";
import { databaseSubnetsSpanZones } from "./database-subnets-span-zones.ts";
import { defaultVpc } from "./default-vpc.ts";
import { describedRules } from "./described-rules.ts";
import { dnsFirewall } from "./dns-firewall.ts";
import { dualStackParity } from "./dual-stack-parity.ts";
import { endpointLeastPrivilege } from "./endpoint-least-privilege.ts";
import { flowLogsEnabled } from "./flow-logs-enabled.ts";
import { gatewayEndpointBeforeNat } from "./gateway-endpoint-before-nat.ts";
import { ipv6EgressOnly } from "./ipv6-egress-only.ts";
import { narrowPeeringRoutes } from "./narrow-peering-routes.ts";
import { natGatewayReview } from "./nat-gateway-review.ts";
import { noAutoPublicIp } from "./no-auto-public-ip.ts";
import { noBlackholeRoute } from "./no-blackhole-route.ts";
import { noCidrOverlap } from "./no-cidr-overlap.ts";
import { noClassiclink } from "./no-classiclink.ts";
import { noGuardTampering } from "./no-guard-tampering.ts";
import { noInternetGateway } from "./no-internet-gateway.ts";
import { noOpenDefaultGroup } from "./no-open-default-group.ts";
import { noOpenNetworkAcl } from "./no-open-network-acl.ts";
import { noPublicIngress } from "./no-public-ingress.ts";
import { noPublicMainTable } from "./no-public-main-table.ts";
import { noStaleReference } from "./no-stale-reference.ts";
import { noUnrestrictedEgress } from "./no-unrestricted-egress.ts";
import { portRegistry } from "./port-registry.ts";
import { preferGroupSource } from "./prefer-group-source.ts";
import { privateEndpoints } from "./private-endpoints.ts";
import { privateStaysPrivate } from "./private-stays-private.ts";
import { routeDualStackParity } from "./route-dual-stack-parity.ts";
import type { AnyRule } from "./rule.ts";
import { sharedGroup } from "./shared-group.ts";
import { vpnCredentials } from "./vpn-credentials.ts";

/** Every rule, in the order of the catalogue. */
export const RULES: readonly AnyRule[] = [
  noPublicIngress,
  adminThroughBastion,
  portRegistry,
  preferGroupSource,
  noOpenDefaultGroup,
  noUnrestrictedEgress,
  dualStackParity,
  noStaleReference,
  sharedGroup,
  describedRules,
  privateStaysPrivate,
  ipv6EgressOnly,
  routeDualStackParity,
  noPublicMainTable,
  noBlackholeRoute,
  narrowPeeringRoutes,
  gatewayEndpointBeforeNat,
  approvedRouteTargets,
  flowLogsEnabled,
  noCidrOverlap,
  approvedPeering,
  noInternetGateway,
  natGatewayReview,
  endpointLeastPrivilege,
  privateEndpoints,
  dnsFirewall,
  defaultVpc,
  noClassiclink,
  vpnCredentials,
  databaseSubnetsSpanZones,
  noAutoPublicIp,
  noOpenNetworkAcl,
  blockPublicAccess,
  noGuardTampering,
];
