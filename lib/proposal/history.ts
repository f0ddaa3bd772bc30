import { AddressSet, PUBLIC_ADDRESSES } from "../model/address-set.ts";
import type { Change } from "../model/change.ts";
import { type SecurityGroupRule, servicesOf } from "../model/security-group-rule.ts";
import { ServiceSet } from "../model/service-set.ts";
import { Evidence } from "./evidence.ts";

/** Services that changes opened to others than one network, and on which evidence. */
export interface SeenService {
  readonly rule: SecurityGroupRule;
  readonly services: ServiceSet;
  readonly evidence: Evidence;
}

/** A network to which changes opened something: an office, a partner, a part of one's own addresses. */
export interface SeenNetwork {
  readonly cidr: string;
  readonly evidence: Evidence;
  services: ServiceSet;
  /** The services one by one, as the rules have them. */
  readonly opened: Map<string, SeenService>;
}

/** A network is at most so many public addresses; more is wide, and from here on the internet (as no-public-ingress counts). */
const NETWORK = { v4: 1n << 8n, v6: 1n << 80n };
const INTERNET = { v4: 1n << 24n, v6: 1n << 112n };

// What can be somebody's network: public, private (RFC 1918, RFC 6598, RFC 4193), or an example's (RFC 5737, RFC 3849).
const POSSIBLE = PUBLIC_ADDRESSES.union(
  AddressSet.of(
    ...["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.51.100.0/24", "203.0.113.0/24"],
    ...["2001:db8::/32", "fc00::/7"],
  ),
);

/** How many of the internet's addresses these are: as a network has, more (or what is no network), or so many that it is the internet. */
function widthOf(addresses: AddressSet): "network" | "wide" | "internet" {
  const { v4, v6 } = addresses.intersection(PUBLIC_ADDRESSES).size();
  if (v4 > INTERNET.v4 || v6 > INTERNET.v6) return "internet";
  return v4 > NETWORK.v4 || v6 > NETWORK.v6 || !POSSIBLE.covers(addresses) ? "wide" : "network";
}

/** What recorded changes opened: to the internet, to wide ranges, and to networks. The order of changes is of no matter. */
export class History {
  readonly internet = new Map<string, SeenService>();
  readonly wide = new Map<string, SeenService>();
  readonly networks = new Map<string, SeenNetwork>();
  readonly accounts = new Map<string, number>();
  /** Changes that opened something to a prefix list, of which the records do not tell what it holds. */
  readonly lists = new Evidence();
  readonly all = new Evidence();

  note(change: Change): void {
    if (change.failed !== undefined || change.claim?.kind !== "rules-granted" || change.subject.kind !== "security-group") return;
    const rules = change.claim.rules.filter(({ direction }) => direction === "ingress");
    if (rules.length === 0) return;
    this.all.note(change);
    this.accounts.set(change.account, (this.accounts.get(change.account) ?? 0) + 1);
    for (const rule of rules) this.noteRule(rule, change);
  }

  private noteRule(rule: SecurityGroupRule, change: Change): void {
    if (rule.peer.kind === "prefix-list") this.lists.note(change);
    if (rule.peer.kind !== "cidr") return;
    const { cidr } = rule.peer;
    const width = widthOf(AddressSet.of(cidr));
    if (width !== "network") {
      noteService(this[width], rule, change);
      return;
    }
    const network = this.networks.get(cidr) ?? { cidr, evidence: new Evidence(), services: ServiceSet.EMPTY, opened: new Map() };
    this.networks.set(cidr, network);
    network.evidence.note(change);
    network.services = network.services.union(servicesOf(rule));
    noteService(network.opened, rule, change);
  }
}

function noteService(seen: Map<string, SeenService>, rule: SecurityGroupRule, change: Change): void {
  const services = servicesOf(rule);
  const key = String(services);
  const known = seen.get(key) ?? { rule, services, evidence: new Evidence() };
  known.evidence.note(change);
  seen.set(key, known);
}
