import { AddressSet } from "./address-set.ts";
import type { Subject } from "./change.ts";
import type { Finding } from "./finding.ts";
import { PeerSet } from "./peer-set.ts";
import { rulesFor, type SecurityGroupRule } from "./security-group-rule.ts";
import { parseProtocol, ServiceSet } from "./service-set.ts";
import { type Direction, TrafficSet } from "./traffic.ts";

/** Traffic as an exception of a policy says it: `{ protocol: tcp, ports: "22", from: [192.0.2.0/24] }`. */
export interface GrantedTraffic {
  readonly protocol: string;
  readonly ports?: string;
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

/** What a grant admits of one rule's findings: traffic by address, or the parts of a resource that is no security group. */
export interface Admission {
  readonly rule: string;
  readonly allow: readonly GrantedTraffic[];
  readonly parts: readonly string[];
}

/** An exception that somebody approved at run time: for one resource, and until a moment. */
export interface Grant {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly subject: Subject;
  readonly admits: readonly Admission[];
  /** ISO 8601 in UTC. */
  readonly until: string;
  readonly reason: string;
  /** The Slack user who approved it. */
  readonly approvedBy: string;
  readonly grantedAt: string;
  /** The decision whose findings it admits. */
  readonly decision: string;
}

/** Thrown for findings that no exception can name; the message says why and what to do instead. */
export class NotGrantableError extends Error {
  override readonly name = "NotGrantableError";
}

/** What a grant must admit for these findings to stand. Throws NotGrantableError. */
export function admissionsOf(findings: readonly Pick<Finding, "rule" | "traffic" | "parts" | "message">[]): Admission[] {
  const byRule = Map.groupBy(findings, ({ rule }) => rule);
  return [...byRule].map(([rule, found]) => {
    const ofParts = found.filter(({ parts }) => parts.length > 0);
    const ofTraffic = found.filter(({ parts }) => parts.length === 0);
    const moment = ofTraffic.find(({ traffic }) => traffic.isEmpty());
    if (moment !== undefined) throw new NotGrantableError(`"${moment.message}" tells what somebody did: there is nothing to allow in it`);
    const allow = (["ingress", "egress"] as const).flatMap((direction) =>
      allowed(
        rule,
        direction,
        ofTraffic.map(({ traffic }) => traffic),
      ),
    );
    return { rule, allow, parts: [...new Set(ofParts.flatMap(({ parts }) => parts))] };
  });
}

/** The security group rules that this traffic takes, the other way round. Throws InvalidServiceError and InvalidCidrError. */
export function rulesGranted({ protocol, ports, from, to }: GrantedTraffic): SecurityGroupRule[] {
  const number = parseProtocol(protocol);
  const services = ports === undefined ? ServiceSet.protocol(number) : ServiceSet.of(protocol, ports);
  return rulesFor(
    TrafficSet.of([{ services, peers: new PeerSet(AddressSet.of(...(from ?? to ?? []))) }], from === undefined ? "egress" : "ingress"),
  );
}

// One entry for each service, with all the addresses that may use it.
function allowed(rule: string, direction: Direction, all: readonly TrafficSet[]): GrantedTraffic[] {
  const traffic = TrafficSet.of(
    all.filter((one) => one.direction === direction).flatMap((one) => one.boxes()),
    direction,
  );
  const [reference] = PeerSet.union(traffic.boxes().map(({ peers }) => peers)).references;
  if (reference !== undefined) {
    throw new NotGrantableError(`${rule} found ${reference}, and an exception names addresses only: allow it in the policy`);
  }
  const side = direction === "ingress" ? "from" : "to";
  const byService = Map.groupBy(rulesFor(traffic), ({ protocol, fromPort, toPort }) => JSON.stringify([protocol, fromPort, toPort]));
  return [...byService.values()].flatMap((rules) => {
    const [first] = rules;
    if (first === undefined) return [];
    const cidrs = rules.flatMap(({ peer }) => (peer.kind === "cidr" ? [peer.cidr] : []));
    return [{ protocol: first.protocol, ...portsOf(first), [side]: cidrs }];
  });
}

function portsOf({ protocol, fromPort, toPort }: { protocol: string; fromPort?: number; toPort?: number }): { ports?: string } {
  if (fromPort === undefined || toPort === undefined) return {};
  if (protocol.startsWith("icmp")) return fromPort === -1 ? {} : { ports: toPort === -1 ? String(fromPort) : `${fromPort}/${toPort}` };
  return { ports: fromPort === toPort ? String(fromPort) : `${fromPort}-${toPort}` };
}
