import { AddressSet } from "./address-set.ts";
import { PeerSet } from "./peer-set.ts";
import { hasPorts, icmpBlocks, isIcmp, ServiceSet } from "./service-set.ts";
import type { Traffic, TrafficSet } from "./traffic.ts";

// What one EC2 rule names of the services: everything, ports of one protocol from one to another, an ICMP type or code, a protocol.
interface Shape {
  readonly services: ServiceSet;
  /** Who may use all of it. */
  readonly peers: PeerSet;
  /** Of those, the ones for whom there is no larger shape: each must be in a rule of it. */
  readonly due: PeerSet;
}

// Stretches of the services of one protocol, each with its peers; `first` and `last` are slots of the protocol.
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly peers: PeerSet;
}

/**
 * The traffic as boxes of which each is one EC2 rule for each of its CIDRs and references, the fewest that there can be: to each peer
 * its largest shapes, in the largest CIDRs that may have them. Two shapes of one peer never overlap, and CIDRs contain each
 * other or are apart; so no smaller set of rules can admit what a peer has of a shape that its neighbours lack. Where one peer
 * stands for all addresses of the traffic, `whole` are these.
 */
export function fewestBoxes(traffic: TrafficSet, whole?: AddressSet): Traffic[] {
  return shapesOf(traffic).map(({ services, peers, due }) => ({
    services,
    peers: whole !== undefined && peers.addresses.equals(whole) ? peers : narrowest(peers, due),
  }));
}

function shapesOf(traffic: TrafficSet): Shape[] {
  const everything = traffic.peersOfAll(ServiceSet.ALL);
  const shapes: Shape[] = [{ services: ServiceSet.ALL, peers: everything, due: everything }];
  for (const [protocol, stretches] of stretchesOf(traffic)) {
    if (hasPorts(protocol)) shapes.push(...portShapes(protocol, stretches, everything));
    else if (isIcmp(protocol)) shapes.push(...icmpShapes(protocol, stretches, traffic, everything));
    else
      shapes.push(...stretches.map(({ peers }) => ({ services: ServiceSet.protocol(protocol), peers, due: peers.difference(everything) })));
  }
  return shapes.filter(({ due }) => !due.isEmpty());
}

function stretchesOf(traffic: TrafficSet): Map<number, Stretch[]> {
  const byProtocol = new Map<number, Stretch[]>();
  const add = (protocol: number, stretch: Stretch) => byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), stretch]);
  for (const { services, peers } of traffic.boxes()) {
    for (const piece of services.pieces()) {
      if (piece.kind === "part") add(piece.protocol, { first: piece.first, last: piece.last, peers });
      else for (let protocol = piece.first; protocol <= piece.last; protocol++) add(protocol, { first: 0, last: LAST, peers });
    }
  }
  return byProtocol;
}
const LAST = 65_535;

// Peers whose ports begin with one stretch and end with another have that range as their shape.
function portShapes(protocol: number, stretches: readonly Stretch[], everything: PeerSet): Shape[] {
  const shapes: Shape[] = [];
  const nextTo = (stretch: Stretch | undefined, at: number) =>
    stretch?.first === at || stretch?.last === at ? stretch.peers : PeerSet.EMPTY;
  for (const [i, { first, peers }] of stretches.entries()) {
    let going = peers.difference(nextTo(stretches[i - 1], first - 1)).difference(everything);
    let all = peers;
    for (let j = i; !going.isEmpty(); j++) {
      const last = stretches[j]?.last ?? LAST;
      const next = nextTo(stretches[j + 1], last + 1);
      const due = going.difference(next);
      if (!due.isEmpty()) shapes.push({ services: partOf(protocol, first, last), peers: all, due });
      going = going.intersection(next);
      all = all.intersection(next);
    }
  }
  return shapes;
}

function icmpShapes(protocol: number, stretches: readonly Stretch[], traffic: TrafficSet, everything: PeerSet): Shape[] {
  const services = ServiceSet.protocol(protocol);
  const whole = traffic.peersOfAll(services);
  const shapes: Shape[] = [{ services, peers: whole, due: whole.difference(everything) }];
  const cut = new Map<number, PeerSet>();
  for (const { first, last, peers } of stretches) {
    for (const { types, codes } of icmpBlocks(first, last)) {
      for (let type = types[0]; type <= types[1]; type++) {
        const ofType = ServiceSet.icmp(protocol, [type, type]);
        if (codes[0] === 0 && codes[1] === 255) {
          shapes.push({ services: ofType, peers, due: peers.difference(whole) });
          continue;
        }
        const known = cut.get(type);
        const every = known ?? traffic.peersOfAll(ofType);
        if (known === undefined) shapes.push({ services: ofType, peers: every, due: every.difference(whole) });
        cut.set(type, every);
        const due = peers.difference(every);
        if (!due.isEmpty()) shapes.push({ services: ServiceSet.icmp(protocol, [type, type], codes), peers, due });
      }
    }
  }
  return shapes;
}

function partOf(protocol: number, first: number, last: number): ServiceSet {
  const { slots } = ServiceSet.protocol(protocol);
  const start = slots[0]?.[0] ?? 0;
  return ServiceSet.ofSlots([[start + first, start + last]]);
}

// One CIDR in each of the largest that may use it, no wider than for those who must be in a rule of it.
function narrowest(peers: PeerSet, due: PeerSet): PeerSet {
  if (peers.equals(due)) return peers;
  const cidrs = peers.addresses.cidrs().flatMap((cidr) => {
    const within = AddressSet.of(cidr).intersection(due.addresses);
    return within.isEmpty() ? [] : [within.span()];
  });
  return new PeerSet(AddressSet.of(...cidrs), due.references);
}
