import type {
  NetworkAclEntry,
  NetworkAclFacts,
  PeeringFacts,
  Route,
  RouteTableAssociation,
  RouteTableFacts,
  SubnetFacts,
  VpcFacts,
} from "../../lib/model/facts.ts";
import { canonicalEntry } from "../../lib/model/network-acl.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";

// Short ways to write facts in tests; every value can be given another way.

/** A VPC with 10.0.0.0/16, and with IPv6 where `ipv6Cidrs` names some. */
export function vpc(id: string, facts: Partial<VpcFacts> = {}): VpcFacts {
  return { id, cidrs: ["10.0.0.0/16"], ipv6Cidrs: [], isDefault: false, ...facts };
}

/** A subnet of vpc-1. */
export function subnet(id: string, facts: Partial<SubnetFacts> = {}): SubnetFacts {
  return { id, vpc: "vpc-1", cidr: "10.0.1.0/24", ipv6Cidrs: [], zone: "eu-west-1a", ...facts };
}

/** A route, `0.0.0.0/0 to igw-1`. */
export function route(text: string, facts: Partial<Route> = {}): Route {
  const [destination = "", target = ""] = text.split(" to ");
  return { destination, target, origin: target === "local" ? "table" : "created", ...facts };
}

interface TableDraft extends Partial<Omit<RouteTableFacts, "routes" | "associations">> {
  readonly routes?: readonly (string | Route)[];
  readonly subnets?: readonly string[];
  readonly main?: boolean;
}

/** A route table of vpc-1 with its local route; `subnets` are associated as rtbassoc-<id of the subnet>, the main one as rtbassoc-main. */
export function routeTable(id: string, { routes = [], subnets = [], main = false, ...facts }: TableDraft = {}): RouteTableFacts {
  const associations: RouteTableAssociation[] = subnets.map((name) => ({ id: `rtbassoc-${name}`, subnet: name }));
  return {
    id,
    vpc: "vpc-1",
    routes: ["10.0.0.0/16 to local", ...routes].map((one) => (typeof one === "string" ? route(one) : one)),
    associations: main ? [{ id: "rtbassoc-main", main: true }, ...associations] : associations,
    propagating: [],
    ...facts,
  };
}

/** An entry of a network ACL, `100 allow tcp 22 from 0.0.0.0/0`. */
export function entry(text: string): NetworkAclEntry {
  const [, number, action, traffic = ""] = /^(\d+) (allow|deny) (.*)$/.exec(text) ?? [];
  const { direction, protocol, fromPort, toPort, peer } = parseRule(traffic);
  if (peer.kind !== "cidr") throw new Error(`an entry of a network ACL has a CIDR, found "${text}"`);
  return canonicalEntry({
    direction,
    number: Number(number),
    action: action === "deny" ? "deny" : "allow",
    protocol,
    fromPort,
    toPort,
    cidr: peer.cidr,
  });
}

/** A network ACL of vpc-1 with these entries, in the notation of `entry`. */
export function networkAcl(id: string, entries: readonly string[], facts: Partial<Omit<NetworkAclFacts, "entries">> = {}): NetworkAclFacts {
  return { id, vpc: "vpc-1", isDefault: false, subnets: [], ...facts, entries: entries.map(entry) };
}

/** An active peering of vpc-1 (10.0.0.0/16) with vpc-2 (10.2.0.0/16) of the same account and region. */
export function peering(id: string, facts: Partial<PeeringFacts> = {}): PeeringFacts {
  const side = { account: "111122223333", region: "eu-central-1", resolvesDns: false };
  return {
    id,
    status: "active",
    requester: { ...side, vpc: "vpc-1", cidrs: ["10.0.0.0/16"] },
    accepter: { ...side, vpc: "vpc-2", cidrs: ["10.2.0.0/16"] },
    ...facts,
  };
}
