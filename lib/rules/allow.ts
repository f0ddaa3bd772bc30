import * as z from "zod/mini";
import { PeerSet } from "../model/peer-set.ts";
import { ANYWHERE } from "../model/security-group-rule.ts";
import { ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";
import type { Networks } from "./rule.ts";

/** A port list as YAML gives it: `"80, 443"`, `22`, or for ICMP `"3/4"`. */
export const Ports = z.pipe(z.union([z.string(), z.int()], 'expected ports such as "80, 443" or 22'), z.transform(String));

/** Traffic that the policy lets through: `{ protocol: tcp, ports: "80, 443", from: [office] }`; without `from`, from anywhere. */
export const AllowEntry = z.strictObject({
  protocol: z.pipe(z.union([z.string(), z.int()]), z.transform(String)),
  ports: z.optional(Ports),
  from: z.optional(z.array(z.string())),
});
export type AllowEntry = z.infer<typeof AllowEntry>;

/** The traffic of these entries together. Throws InvalidServiceError, and what `networks.resolve` throws. */
export function allowedTraffic(entries: readonly AllowEntry[], networks: Networks): TrafficSet {
  return TrafficSet.of(
    entries.map(({ protocol, ports, from }) => ({
      services: ServiceSet.parse(ports === undefined ? protocol : expand(protocol, ports)),
      peers: from === undefined ? ANYWHERE : PeerSet.union(from.map((name) => new PeerSet(networks.resolve(name)))),
    })),
  );
}

// "80, 443" of tcp is "tcp 80, tcp 443" in the notation of services.
function expand(protocol: string, ports: string): string {
  return ports
    .split(",")
    .map((part) => `${protocol} ${part.trim()}`)
    .join(", ");
}
