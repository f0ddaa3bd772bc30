import { AddressSet } from "./address-set.ts";
import { firstIndex, type Interval } from "./interval-set.ts";
import { PeerSet } from "./peer-set.ts";
import { ServiceSet } from "./service-set.ts";

export type Direction = "ingress" | "egress";

/** Services from (or, for egress, to) peers: every service of it with every peer of it. */
export interface Traffic {
  readonly services: ServiceSet;
  readonly peers: PeerSet;
}

interface Segment {
  readonly slots: Interval<number>;
  readonly peers: PeerSet;
}

/** Thrown for text that is not traffic; the message says what was found and what is expected. */
export class InvalidTrafficError extends Error {
  override readonly name = "InvalidTrafficError";
  constructor(text: string) {
    super(`"${text}" is not traffic: expected <services> from <peers>, such as "tcp 22 from 0.0.0.0/0" or "icmp 8 from sg-0bastion"`);
  }
}

const NOTHING = "nothing";

/** An immutable set of (service, peer) pairs, kept canonical: sets that admit the same traffic are equal. */
export class TrafficSet {
  // Sorted, disjoint stretches of the service line, each with its own peers; neighbours differ in their peers.
  private readonly segments: readonly Segment[];
  readonly direction: Direction;

  private constructor(segments: readonly Segment[], direction: Direction) {
    this.segments = segments;
    this.direction = direction;
  }

  static readonly EMPTY = new TrafficSet([], "ingress");

  /** All of these together. */
  static of(traffic: Iterable<Traffic>, direction: Direction = "ingress"): TrafficSet {
    const edges: { at: number; peers: PeerSet; opens: boolean }[] = [];
    for (const { services, peers } of traffic) {
      if (peers.isEmpty()) continue;
      for (const [first, last] of services.slots) {
        edges.push({ at: first, peers, opens: true }, { at: last + 1, peers, opens: false });
      }
    }
    edges.sort((a, b) => a.at - b.at);
    const open = new Map<PeerSet, number>();
    const segments: Segment[] = [];
    for (let i = 0; i < edges.length; ) {
      const at = edges[i]?.at ?? 0;
      for (let edge = edges[i]; edge?.at === at; edge = edges[++i]) {
        const count = (open.get(edge.peers) ?? 0) + (edge.opens ? 1 : -1);
        if (count === 0) open.delete(edge.peers);
        else open.set(edge.peers, count);
      }
      const next = edges[i]?.at;
      if (open.size > 0 && next !== undefined) segments.push({ slots: [at, next - 1], peers: PeerSet.union(open.keys()) });
    }
    return new TrafficSet(merge(segments), direction);
  }

  /** Reads one line of the notation, `tcp 22, 443 from 0.0.0.0/0, sg-0abc`, or several separated by `;`; or `nothing`. Throws. */
  static parse(text: string): TrafficSet {
    if (text.trim() === NOTHING) return TrafficSet.EMPTY;
    const ways = new Set<string>();
    const traffic = text.split(";").map((line): Traffic => {
      const [, services, way, peers] = /^\s*(.+?)\s+(from|to)\s+(.+?)\s*$/.exec(line) ?? [];
      if (services === undefined || way === undefined || peers === undefined) throw new InvalidTrafficError(line);
      ways.add(way);
      return { services: ServiceSet.parse(services), peers: PeerSet.parse(peers) };
    });
    if (ways.size > 1) throw new InvalidTrafficError(text);
    return TrafficSet.of(traffic, ways.has("to") ? "egress" : "ingress");
  }

  union(other: TrafficSet): TrafficSet {
    return TrafficSet.of([...this.boxes(), ...other.boxes()], this.direction);
  }

  intersection(other: TrafficSet): TrafficSet {
    return this.combine(other, (mine, theirs) => (theirs === undefined ? undefined : mine.intersection(theirs)));
  }

  difference(other: TrafficSet): TrafficSet {
    return this.combine(other, (mine, theirs) => (theirs === undefined ? mine : mine.difference(theirs)));
  }

  /** Only what comes from (goes to) these addresses. */
  from(addresses: AddressSet): TrafficSet {
    return this.intersection(TrafficSet.of([{ services: ServiceSet.ALL, peers: new PeerSet(addresses) }]));
  }

  /** Only what reaches these services. */
  to(services: ServiceSet): TrafficSet {
    return TrafficSet.of(
      this.boxes().map((box) => ({ services: box.services.intersection(services), peers: box.peers })),
      this.direction,
    );
  }

  covers(other: TrafficSet): boolean {
    return other.difference(this).isEmpty();
  }

  overlaps(other: TrafficSet): boolean {
    return !this.intersection(other).isEmpty();
  }

  isEmpty(): boolean {
    return this.segments.length === 0;
  }

  equals(other: TrafficSet): boolean {
    if (this.isEmpty() && other.isEmpty()) return true;
    return (
      this.direction === other.direction &&
      this.segments.length === other.segments.length &&
      this.segments.every((segment, i) => {
        const twin = other.segments[i];
        return (
          twin !== undefined && segment.slots[0] === twin.slots[0] && segment.slots[1] === twin.slots[1] && segment.peers.equals(twin.peers)
        );
      })
    );
  }

  /** Every service that someone may use, and every address that may use some service. */
  services(): ServiceSet {
    return ServiceSet.ofSlots(this.segments.map((segment) => segment.slots));
  }

  addresses(): AddressSet {
    return AddressSet.union(this.segments.map((segment) => segment.peers.addresses));
  }

  /** The peers that may use every one of these services. */
  peersOfAll(services: ServiceSet): PeerSet {
    const [first, ...rest] = this.to(services).boxes();
    if (first === undefined || !this.services().covers(services)) return PeerSet.EMPTY;
    return rest.reduce((shared, { peers }) => shared.intersection(peers), first.peers);
  }

  /** Stretches of services in order, each with its peers; no service is in two of them. */
  boxes(): Traffic[] {
    return this.segments.map(({ slots, peers }) => ({ services: ServiceSet.ofSlots([slots]), peers }));
  }

  /** The fewest lines that say the same: services that have equal peers share a line. */
  lines(): Traffic[] {
    const byPeers = new Map<string, { slots: Interval<number>[]; peers: PeerSet }>();
    for (const { slots, peers } of this.segments) {
      const key = String(peers);
      const line = byPeers.get(key) ?? { slots: [], peers };
      line.slots.push(slots);
      byPeers.set(key, line);
    }
    return [...byPeers.values()].map(({ slots, peers }) => ({ services: ServiceSet.ofSlots(slots), peers }));
  }

  /** The notation used in Slack, logs and reports; TrafficSet.parse reads it back. */
  toString(): string {
    if (this.isEmpty()) return NOTHING;
    const way = this.direction === "ingress" ? "from" : "to";
    return this.lines()
      .map(({ services, peers }) => `${services} ${way} ${peers}`)
      .join("; ");
  }

  /** In JSON, traffic is its notation. */
  toJSON(): string {
    return this.toString();
  }

  // Walks both lists once; `decide` gets the other side's peers where it has any.
  private combine(other: TrafficSet, decide: (mine: PeerSet, theirs: PeerSet | undefined) => PeerSet | undefined): TrafficSet {
    const segments: Segment[] = [];
    const add = (first: number, last: number, peers: PeerSet | undefined) => {
      if (first <= last && peers !== undefined && !peers.isEmpty()) segments.push({ slots: [first, last], peers });
    };
    const start = this.segments[0]?.slots[0] ?? 0;
    let j = firstIndex(other.segments.length, (index) => (other.segments[index]?.slots[1] ?? start) >= start);
    for (const { slots, peers } of this.segments) {
      let [at, last] = slots;
      while (at <= last) {
        let theirs = other.segments[j];
        while (theirs !== undefined && theirs.slots[1] < at) theirs = other.segments[++j];
        if (theirs === undefined || theirs.slots[0] > last) {
          add(at, last, decide(peers, undefined));
          break;
        }
        if (theirs.slots[0] > at) {
          add(at, theirs.slots[0] - 1, decide(peers, undefined));
          at = theirs.slots[0];
        }
        const end = Math.min(last, theirs.slots[1]);
        add(at, end, decide(peers, theirs.peers));
        at = end + 1;
      }
    }
    return new TrafficSet(merge(segments), this.direction);
  }
}

function merge(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = [];
  for (const segment of segments) {
    const top = merged.at(-1);
    if (top !== undefined && top.slots[1] + 1 === segment.slots[0] && top.peers.equals(segment.peers)) {
      merged[merged.length - 1] = { slots: [top.slots[0], segment.slots[1]], peers: top.peers };
    } else {
      merged.push(segment);
    }
  }
  return merged;
}
