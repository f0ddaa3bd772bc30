import * as fc from "fast-check";

/** Who may send to, or be sent to from, a group: addresses, or a group of the same network by its number. */
type Peer = { readonly cidr: string } | { readonly group: number };

/** A rule of a security group; ports inclusive, -1 where the protocol has none. */
export interface Rule {
  readonly direction: "ingress" | "egress";
  readonly protocol: "tcp" | "udp" | "icmp" | "-1";
  readonly from: number;
  readonly to: number;
  readonly peer: Peer;
  readonly description: string;
}

/** A group, and what a change adds to it: rules of one direction, as one call grants them. */
interface Group {
  readonly rules: readonly Rule[];
  readonly added: readonly Rule[];
}

/** A VPC with subnets behind one table, an internet gateway and security groups; and a change that adds rules and at most one route. */
export interface Network {
  readonly subnets: readonly { readonly cidr: string; readonly isPrivate: boolean }[];
  /** Destinations that lead to the internet gateway. */
  readonly routes: readonly string[];
  readonly addedRoute: string | undefined;
  readonly groups: readonly Group[];
}

export const VPC_CIDR = "10.0.0.0/16";
const SUBNETS = ["10.0.1.0/24", "10.0.2.0/24"];
const GROUPS = 3;
const CIDRS = [
  ...["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "198.51.100.0/24", "203.0.113.7/32", "10.0.0.0/8", "10.0.1.0/24", "192.0.2.0/25"],
  ...["::/0", "2000::/3", "2001:db8::/32", "fc00::/7"],
];
const ROUTES = ["0.0.0.0/0", "0.0.0.0/1", "198.51.100.0/24", "203.0.113.0/25", "::/0"];
const PORTS = [20, 22, 25, 80, 443, 3306, 3389, 5432, 8080, 65535];
const DESCRIPTIONS = ["", "OPS-1 jump hosts", "public web"];
/** So that every group sends something: without any egress rule, a template leaves what EC2 gives a new group. */
const REPLIES: Rule = {
  direction: "egress",
  protocol: "tcp",
  from: 443,
  to: 443,
  peer: { cidr: "10.0.0.0/8" },
  description: "OPS-2 replies",
};

const ports = fc.oneof(
  fc.constantFrom(...PORTS).map((port) => [port, port] as const),
  fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  fc.constant([0, 65535] as const),
);
const peer: fc.Arbitrary<Peer> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...CIDRS).map((cidr) => ({ cidr })) },
  { weight: 1, arbitrary: fc.nat(GROUPS - 1).map((group) => ({ group })) },
);
const withPorts = fc.record({ protocol: fc.constantFrom("tcp" as const, "udp" as const), ports });
const withoutPorts = fc.record({ protocol: fc.constantFrom("icmp" as const, "-1" as const), ports: fc.constant([-1, -1] as const) });
const rule = (direction: fc.Arbitrary<Rule["direction"]>): fc.Arbitrary<Rule> =>
  fc
    .record({
      direction,
      kind: fc.oneof({ weight: 4, arbitrary: withPorts }, { weight: 1, arbitrary: withoutPorts }),
      peer,
      description: fc.constantFrom(...DESCRIPTIONS),
    })
    // moto forgets the description of a rule that names a group.
    .map(({ kind, ...rest }) => ("group" in rest.peer ? { kind, ...rest, description: "" } : { kind, ...rest }))
    .map(({ kind, ...rest }) => ({ ...rest, protocol: kind.protocol, from: kind.ports[0], to: kind.ports[1] }));

const group: fc.Arbitrary<Group> = fc
  .record({
    rules: fc.array(rule(fc.constantFrom("ingress", "egress")), { maxLength: 4 }),
    direction: fc.constantFrom("ingress" as const, "egress" as const),
    added: fc.array(rule(fc.constant("ingress" as const)), { maxLength: 3 }),
  })
  .map(({ rules, direction, added }) => {
    const known = new Set<string>();
    const isNew = (one: Rule) => !known.has(keyOf(one)) && known.add(keyOf(one)) !== undefined;
    const before = [REPLIES, ...rules].filter(isNew);
    return { rules: before, added: added.map((one) => ({ ...one, direction })).filter(isNew) };
  });

/** Random small networks, each with a change. */
export const networks: fc.Arbitrary<Network> = fc
  .record({
    subnets: fc.array(fc.boolean(), { minLength: 1, maxLength: SUBNETS.length }),
    routes: fc.uniqueArray(fc.constantFrom(...ROUTES), { maxLength: 2 }),
    addedRoute: fc.option(fc.constantFrom(...ROUTES), { nil: undefined }),
    groups: fc.array(group, { minLength: GROUPS, maxLength: GROUPS }),
  })
  .map(({ subnets, routes, addedRoute, groups }) => ({
    subnets: subnets.map((isPrivate, at) => ({ cidr: SUBNETS[at] ?? "", isPrivate })),
    routes,
    addedRoute: addedRoute !== undefined && routes.includes(addedRoute) ? undefined : addedRoute,
    groups,
  }));

// What EC2 takes for the same rule: all but its description.
function keyOf({ direction, protocol, from, to, peer }: Rule): string {
  return JSON.stringify([direction, protocol, from, to, peer]);
}

/** The tags of a subnet; the policy tells private ones by them. */
export function tagsOf({ isPrivate }: Network["subnets"][number]): Readonly<Record<string, string>> {
  return isPrivate ? { tier: "private" } : { tier: "public" };
}

export function isIpv6(cidr: string): boolean {
  return cidr.includes(":");
}
