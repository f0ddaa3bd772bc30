import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Kind } from "../../model/facts.ts";
import type { NetworkRemedy } from "../../model/remedy.ts";
import type { GroupReaders } from "./ec2-reads.ts";
import { servicePermissions } from "./endpoint-acts.ts";
import { endpointReader, endpointServiceReader } from "./endpoint-reads.ts";
import { vpcFlowLogs } from "./flow-log-acts.ts";
import { internetGatewayReader, natGatewayReader } from "./gateway-reads.ts";
import { aclDenials, aclEntries } from "./network-acl-acts.ts";
import { networkAclReader } from "./network-acl-reads.ts";
import { type Plan, planOf, type Readers, type Tools } from "./practice.ts";
import { exclusions, publicAccessMode } from "./public-access-acts.ts";
import { blockPublicAccessReader } from "./public-access-reads.ts";
import type { Reader } from "./reader.ts";
import { restoredRoutes, routes } from "./route-acts.ts";
import { routeTableReader } from "./route-reads.ts";
import { internetGateways, peerings, publicIps } from "./vpc-acts.ts";
import { flowLogReader, groupAssociationReader, peeringReader, subnetReader } from "./vpc-reads.ts";

/** All that is read and done beyond the rules of security groups; loaded when it is first asked for. */
export interface Network {
  readonly readers: Readers;
  carryOut(remedy: NetworkRemedy): Promise<NetworkRemedy | undefined>;
  mayCarryOut(remedy: NetworkRemedy): Promise<void>;
}

/** The network over the EC2 API and the services beside it. */
export function networkOver(client: EC2Client, group: GroupReaders): Network {
  const readers: Readers = {
    ...group,
    "group-association": groupAssociationReader(client),
    subnet: subnetReader(client),
    "route-table": routeTableReader(client),
    "internet-gateway": internetGatewayReader(client),
    "nat-gateway": natGatewayReader(client),
    peering: peeringReader(client),
    endpoint: endpointReader(client),
    "endpoint-service": endpointServiceReader(client),
    "network-acl": networkAclReader(client),
    "flow-log": flowLogReader(client),
    "block-public-access": blockPublicAccessReader(client),
    "db-subnet-group": loaded(async () => (await import("./rds-reads.ts")).dbSubnetGroupReader(client)),
    "firewall-association": loaded(async () => (await import("./resolver-reads.ts")).firewallAssociationReader(client)),
  };
  const tools: Tools = { client, readers };
  return {
    readers,
    carryOut: (remedy) => planFor(remedy, tools).carryOut(),
    mayCarryOut: (remedy) => planFor(remedy, tools).mayCarryOut(),
  };
}

// Clients of other services come with the first read that needs them.
function loaded<K extends Kind>(load: () => Promise<Reader<K>>): Reader<K> {
  let reader: Promise<Reader<K>> | undefined;
  const ready = () => {
    reader ??= load();
    return reader;
  };
  return { get: async (id) => (await ready()).get(id), list: async (where) => (await ready()).list(where) };
}

function planFor(remedy: NetworkRemedy, tools: Tools): Plan {
  switch (remedy.kind) {
    case "delete-route":
    case "create-route":
      return planOf(routes, remedy, tools);
    case "restore-route":
      return planOf(restoredRoutes, remedy, tools);
    case "create-flow-logs":
    case "delete-flow-logs":
      return planOf(vpcFlowLogs, remedy, tools);
    case "delete-peering":
    case "request-peering":
      return planOf(peerings, remedy, tools);
    case "detach-internet-gateway":
    case "attach-internet-gateway":
      return planOf(internetGateways, remedy, tools);
    case "reset-permissions":
    case "grant-permissions":
      return planOf(servicePermissions, remedy, tools);
    case "unset-public-ip":
    case "set-public-ip":
      return planOf(publicIps, remedy, tools);
    case "deny-acl-traffic":
    case "undeny-acl-traffic":
      return planOf(aclDenials, remedy, tools);
    case "delete-acl-entry":
    case "create-acl-entry":
      return planOf(aclEntries, remedy, tools);
    case "restore-public-access":
      return planOf(publicAccessMode, remedy, tools);
    case "delete-exclusion":
    case "create-exclusion":
      return planOf(exclusions, remedy, tools);
  }
}
