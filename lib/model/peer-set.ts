import { AddressSet } from "./address-set.ts";
import { canonicalCidr } from "./cidr.ts";

/**
 * The far end of one security group rule, as EC2 holds it. `account` only when the group belongs to another account;
 * `peeringStatus`, which is no part of the value, only when it is in a peered VPC and EC2 told it: `active`, `deleted`.
 */
export type Peer =
  | { readonly kind: "cidr"; readonly cidr: string }
  | { readonly kind: "group"; readonly id: string; readonly account?: string; readonly peeringStatus?: string }
  | { readonly kind: "prefix-list"; readonly id: string };

/** Reads `10.0.0.0/8`, `sg-0abc`, `111122223333/sg-0abc`, `amazon-elb/sg-named:amazon-elb-sg` or `pl-0abc`. Throws InvalidCidrError. */
export function parsePeer(text: string): Peer {
  if (/^pl-\S+$/.test(text)) return { kind: "prefix-list", id: text };
  const match = /^(?:(\d+|amazon-[a-z]+)\/)?(sg-\S+)$/.exec(text);
  if (match?.[2] !== undefined) {
    return match[1] === undefined ? { kind: "group", id: match[2] } : { kind: "group", account: match[1], id: match[2] };
  }
  return { kind: "cidr", cidr: canonicalCidr(text) };
}

export function formatPeer(peer: Peer): string {
  switch (peer.kind) {
    case "cidr":
      return peer.cidr;
    case "group":
      return peer.account === undefined ? peer.id : `${peer.account}/${peer.id}`;
    case "prefix-list":
      return peer.id;
  }
}

/** An immutable set of peers: addresses, and references to security groups and prefix lists by name. */
export class PeerSet {
  readonly addresses: AddressSet;
  /** Group and prefix list references in the notation of parsePeer, sorted. */
  readonly references: readonly string[];

  constructor(addresses: AddressSet, references: Iterable<string> = []) {
    this.addresses = addresses;
    this.references = [...new Set(references)].sort();
  }

  static readonly EMPTY = new PeerSet(AddressSet.EMPTY);

  static of(peer: Peer): PeerSet {
    return peer.kind === "cidr" ? new PeerSet(AddressSet.of(peer.cidr)) : new PeerSet(AddressSet.EMPTY, [formatPeer(peer)]);
  }

  /** Reads `0.0.0.0/0, sg-0abc except 10.0.0.0/8`. Throws InvalidCidrError. */
  static parse(text: string): PeerSet {
    const at = text.search(/(?<=\s)except\s/);
    const list = (items: string) => PeerSet.union(items.split(",").map((item) => PeerSet.of(parsePeer(item.trim()))));
    return at < 0 ? list(text) : list(text.slice(0, at)).difference(list(text.slice(at + "except".length)));
  }

  static union(sets: Iterable<PeerSet>): PeerSet {
    const all = [...sets];
    if (all.length === 1 && all[0] !== undefined) return all[0];
    return new PeerSet(
      AddressSet.union(all.map((set) => set.addresses)),
      all.flatMap((set) => set.references),
    );
  }

  union(other: PeerSet): PeerSet {
    return PeerSet.union([this, other]);
  }

  intersection(other: PeerSet): PeerSet {
    const shared = this.references.filter((reference) => other.references.includes(reference));
    return new PeerSet(this.addresses.intersection(other.addresses), shared);
  }

  difference(other: PeerSet): PeerSet {
    const left = this.references.filter((reference) => !other.references.includes(reference));
    return new PeerSet(this.addresses.difference(other.addresses), left);
  }

  isEmpty(): boolean {
    return this.addresses.isEmpty() && this.references.length === 0;
  }

  equals(other: PeerSet): boolean {
    return (
      this.addresses.equals(other.addresses) &&
      this.references.length === other.references.length &&
      this.references.every((reference, i) => reference === other.references[i])
    );
  }

  toString(): string {
    const families = [describeAddresses(this.addresses.family(4)), describeAddresses(this.addresses.family(6))];
    const list = [...families.flatMap(({ held }) => held), ...this.references].join(", ");
    const except = families.flatMap((family) => family.except);
    return except.length === 0 ? list : `${list} except ${except.join(", ")}`;
  }
}

const PLAIN_LIST = 4;

// Of one family: "0.0.0.0/0 except 198.51.100.0/24" reads better than the 24 CIDRs of which that consists.
function describeAddresses(addresses: AddressSet): { held: string[]; except: string[] } {
  const plain = addresses.cidrs();
  if (plain.length <= PLAIN_LIST) return { held: plain, except: [] };
  const hull = hullOf(addresses);
  const except = hull.difference(addresses).cidrs();
  return 1 + except.length < plain.length ? { held: hull.cidrs(), except } : { held: plain, except: [] };
}

// The smallest CIDR around all addresses of one family.
function hullOf(addresses: AddressSet): AddressSet {
  const [narrowest] = addresses.cidrs();
  if (narrowest === undefined) return AddressSet.EMPTY;
  const [address, prefix] = narrowest.split("/");
  for (let length = Number(prefix); length > 0; length--) {
    const hull = AddressSet.of(`${address}/${length}`);
    if (hull.covers(addresses)) return hull;
  }
  return AddressSet.of(`${address}/0`);
}
