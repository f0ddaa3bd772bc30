import { AddressSet } from "./address-set.ts";
import { canonicalCidr, InvalidCidrError } from "./cidr.ts";
import { fewestBoxes } from "./fewest-boxes.ts";
import { formatPeer, type Peer, PeerSet, parsePeer } from "./peer-set.ts";
import { InvalidPortsError, LAST_PORT, PortSet } from "./port-set.ts";
import { hasPorts, ICMP, ICMPV6, InvalidServiceError, icmpBlocks, isIcmp, parseProtocol, ServiceSet, TCP, UDP } from "./service-set.ts";
import { type Direction, InvalidTrafficError, TrafficSet } from "./traffic.ts";

/**
 * One security group rule by its value, in EC2's own terms: one permission for one peer
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html). Plain data: it goes
 * into the ledger and into events as it is.
 */
export interface SecurityGroupRule {
  /** The rule's id (`sgr-...`), where known. It survives ModifySecurityGroupRules, so it never identifies a value. */
  readonly id?: string;
  readonly direction: Direction;
  /** EC2's canonical form: `-1`, `tcp`, `udp`, `icmp`, `icmpv6`, or a protocol number. */
  readonly protocol: string;
  /** First port, or ICMP type (-1: all types). Absent when the protocol has no ports. */
  readonly fromPort?: number;
  /** Last port, inclusive, or ICMP code (-1: all codes). Absent when the protocol has no ports. */
  readonly toPort?: number;
  readonly peer: Peer;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const EC2_NAMES: ReadonlyMap<number, string> = new Map([
  [ICMP, "icmp"],
  [TCP, "tcp"],
  [UDP, "udp"],
  [ICMPV6, "icmpv6"],
]);

/** The protocol as EC2 stores it, whatever name or number it was given. Throws InvalidServiceError. */
function canonicalProtocol(text: string): string {
  const protocol = parseProtocol(text);
  return protocol === "all" ? "-1" : (EC2_NAMES.get(protocol) ?? String(protocol));
}

/** What a permission was given as, before EC2 made it canonical. */
export interface RawRule {
  readonly id?: string | undefined;
  readonly direction: Direction;
  readonly protocol: string;
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
  readonly peer: Peer;
  readonly description?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/**
 * Brings a rule into the form in which EC2 stores it, so that equal rules have equal values. Absent ports of tcp and udp
 * mean every port, as -1 does. Throws InvalidServiceError, InvalidPortsError or InvalidCidrError for what EC2 would refuse.
 */
export function canonicalRule(raw: RawRule): SecurityGroupRule {
  const protocol = canonicalProtocol(raw.protocol);
  const number = parseProtocol(protocol);
  let range: { fromPort: number; toPort: number } | undefined;
  if (hasPorts(number)) {
    const all = (raw.fromPort ?? -1) === -1 && (raw.toPort ?? -1) === -1;
    const [fromPort, toPort] = all ? [0, LAST_PORT] : [raw.fromPort ?? raw.toPort ?? 0, raw.toPort ?? raw.fromPort ?? LAST_PORT];
    PortSet.of([fromPort, toPort]);
    range = { fromPort, toPort };
  } else if (number !== "all" && isIcmp(number)) {
    range = { fromPort: raw.fromPort ?? -1, toPort: raw.toPort ?? -1 };
    icmpServices(number, range.fromPort, range.toPort);
  }
  return {
    ...(raw.id !== undefined && { id: raw.id }),
    direction: raw.direction,
    protocol,
    ...range,
    peer: raw.peer.kind === "cidr" ? { kind: "cidr", cidr: canonicalCidr(raw.peer.cidr) } : raw.peer,
    ...(raw.description !== undefined && raw.description !== "" && { description: raw.description }),
    ...(raw.tags !== undefined && Object.keys(raw.tags).length > 0 && { tags: raw.tags }),
  };
}

/** The services that the rule opens. */
export function servicesOf(rule: SecurityGroupRule): ServiceSet {
  const protocol = parseProtocol(rule.protocol);
  if (protocol === "all") return ServiceSet.ALL;
  if (isIcmp(protocol)) return icmpServices(protocol, rule.fromPort ?? -1, rule.toPort ?? -1);
  if (!hasPorts(protocol)) return ServiceSet.protocol(protocol);
  return ServiceSet.ports(protocol, PortSet.of([rule.fromPort ?? 0, rule.toPort ?? LAST_PORT]));
}

/** What the rule admits, prefix lists and groups by name. */
export function trafficOf(rule: SecurityGroupRule): TrafficSet {
  return TrafficSet.of([{ services: servicesOf(rule), peers: PeerSet.of(rule.peer) }], rule.direction);
}

/** The rule's value as one string: rules with equal keys are the same permission to EC2. */
export function ruleKey(rule: SecurityGroupRule): string {
  return `${rule.direction}|${valueKey(rule)}`;
}

/** The same without the direction, for what CloudTrail says without telling it. */
export function valueKey(rule: Omit<SecurityGroupRule, "direction">): string {
  return [rule.protocol, rule.fromPort ?? "", rule.toPort ?? "", formatPeer(rule.peer)].join("|");
}

export function formatRule(rule: SecurityGroupRule): string {
  return `${servicesOf(rule)} ${rule.direction === "ingress" ? "from" : "to"} ${formatPeer(rule.peer)}`;
}

/** Reads one rule in the notation of formatRule, `tcp 22 from 0.0.0.0/0`. Throws InvalidTrafficError and the errors of its parts. */
export function parseRule(text: string): SecurityGroupRule {
  const [rule, ...more] = rulesFor(TrafficSet.parse(text));
  if (rule === undefined || more.length > 0) throw new InvalidTrafficError(text);
  return rule;
}

/** A peer that stands for many addresses, such as a prefix list. */
export interface NamedAddresses {
  readonly peer: Peer;
  readonly addresses: AddressSet;
}

/**
 * The fewest EC2 rules that admit exactly this traffic. ICMP can be said in EC2 only as one type with one code, one type
 * with all codes, or all types, so a range of types becomes one rule each. A peer that stands for all addresses of the traffic
 * (`whole`) is named where all of them are meant.
 */
export function rulesFor(traffic: TrafficSet, whole?: NamedAddresses): SecurityGroupRule[] {
  return fewestBoxes(traffic, whole?.addresses).flatMap(({ services, peers }) => {
    const list = whole?.addresses.equals(peers.addresses) ? [whole.peer] : peersIn(peers);
    return permissionsFor(services).flatMap((permission) =>
      list.map((peer) => canonicalRule({ direction: traffic.direction, ...permission, peer })),
    );
  });
}

function peersIn(peers: PeerSet): Peer[] {
  return [...peers.addresses.cidrs().map((cidr): Peer => ({ kind: "cidr", cidr })), ...peers.references.map(parsePeer)];
}

function permissionsFor(services: ServiceSet): { protocol: string; fromPort?: number; toPort?: number }[] {
  if (services.equals(ServiceSet.ALL)) return [{ protocol: "-1" }];
  return services.pieces().flatMap((piece) => {
    if (piece.kind === "protocols") {
      return Array.from({ length: piece.last - piece.first + 1 }, (_, i) => ({ protocol: String(piece.first + i) }));
    }
    const protocol = String(piece.protocol);
    if (!isIcmp(piece.protocol)) return [{ protocol, fromPort: piece.first, toPort: piece.last }];
    return icmpBlocks(piece.first, piece.last).flatMap(({ types, codes }) =>
      numbers(types).flatMap((fromPort) =>
        codes[0] === 0 && codes[1] === 255
          ? [{ protocol, fromPort, toPort: -1 }]
          : numbers(codes).map((toPort) => ({ protocol, fromPort, toPort })),
      ),
    );
  });
}

function numbers([first, last]: readonly [number, number]): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function icmpServices(protocol: number, type: number, code: number): ServiceSet {
  if (type === -1) {
    if (code !== -1) throw new InvalidServiceError(`ICMP type -1 (all) with code ${code}: EC2 takes all types with all codes (-1) only`);
    return ServiceSet.protocol(protocol);
  }
  return ServiceSet.icmp(protocol, [type, type], code === -1 ? undefined : [code, code]);
}

/** True for the errors that canonicalRule, parseRule and parsePeer throw for a value that cannot be a rule. */
export function isInvalidRule(error: unknown): error is Error {
  return (
    error instanceof InvalidServiceError ||
    error instanceof InvalidPortsError ||
    error instanceof InvalidTrafficError ||
    error instanceof InvalidCidrError
  );
}

/** All addresses, as a rule with no `from` means. */
export const ANYWHERE = new PeerSet(AddressSet.ALL);
