import * as z from "zod/mini";
import { PeerSet } from "../../model/peer-set.ts";
import { ANYWHERE } from "../../model/security-group-rule.ts";
import { parseProtocol, ServiceSet } from "../../model/service-set.ts";
import { TrafficSet } from "../../model/traffic.ts";
import type { Networks } from "../rule.ts";

// One list item: a port or range, or for ICMP a type with its code. An empty item would mean the whole protocol.
const ITEM = String.raw`\d{1,5}(?:-\d{1,5})?(?:/\d{1,3}(?:-\d{1,3})?)?`;
const PORTS = new RegExp(String.raw`^\s*(?:all|${ITEM}(?:\s*,\s*${ITEM})*)\s*$`);
// A number becomes text and is read again, so it has as many digits as the text may have.
const LONGEST = 99_999;
const EXPECTED_PORTS = 'expected ports such as "80, 443" or 22, or an ICMP type and code such as "3/4"';

/** A port list as YAML gives it: `"80, 443"`, `22`, or for ICMP `"3/4"`. */
const Ports = () =>
  z.pipe(
    z.union(
      [z.string().check(z.regex(PORTS, EXPECTED_PORTS)), z.int().check(z.nonnegative(EXPECTED_PORTS), z.lte(LONGEST, EXPECTED_PORTS))],
      EXPECTED_PORTS,
    ),
    z.transform(String),
  );

const service = () => ({
  protocol: z.pipe(z.union([z.string(), z.int()], "expected a protocol such as tcp, udp, icmp, icmpv6 or all"), z.transform(String)),
  ports: z.optional(Ports()),
});
const Peers = () =>
  z.optional(z.array(z.string("expected a CIDR or the name of a network"), "expected a list of CIDRs and names of networks"));

/** Ingress that the policy lets through: `{ protocol: tcp, ports: "80, 443", from: [office] }`; without `from`, from anywhere. */
export const AllowFrom = () => z.strictObject({ ...service(), from: Peers() });
export type AllowFrom = z.infer<ReturnType<typeof AllowFrom>>;

/** Egress that the policy lets through: `{ protocol: tcp, ports: "443", to: [partner] }`; without `to`, to anywhere. */
export const AllowTo = () => z.strictObject({ ...service(), to: Peers() });

/** Either of them, as an exception says it: which one the rule takes is checked with the policy. */
export const AllowEntry = () => z.strictObject({ ...service(), from: Peers(), to: Peers() });
export type AllowEntry = z.infer<ReturnType<typeof AllowEntry>>;

/** The traffic of these entries together, whatever its direction. Throws InvalidServiceError, and what `networks.resolve` throws. */
export function allowedTraffic(entries: readonly AllowEntry[], networks: Networks): TrafficSet {
  return TrafficSet.of(
    entries.map((entry) => {
      const peers = entry.from ?? entry.to;
      return {
        services: servicesIn(entry),
        peers: peers === undefined ? ANYWHERE : PeerSet.union(peers.map((name) => new PeerSet(networks.resolve(name)))),
      };
    }),
  );
}

/** The services that these entries allow to everybody, security groups by reference too. Throws InvalidServiceError. */
export function allowedToAll(entries: readonly AllowEntry[]): ServiceSet {
  return ServiceSet.union(entries.filter(({ from, to }) => from === undefined && to === undefined).map(servicesIn));
}

function servicesIn({ protocol, ports }: AllowEntry): ServiceSet {
  return ports === undefined ? ServiceSet.protocol(parseProtocol(protocol)) : ServiceSet.of(protocol, ports);
}
