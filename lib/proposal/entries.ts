import { PeerSet } from "../model/peer-set.ts";
import { rulesFor, type SecurityGroupRule } from "../model/security-group-rule.ts";
import { isIcmp, parseProtocol, type ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";

/** What an `allow` list of a policy has: services, and the networks that may reach them; without any, everybody. */
export interface Entry {
  readonly protocol: string;
  readonly ports?: string;
  readonly from?: readonly string[];
}

/** What a security group rule opens, as an entry. */
export function entryOf({ protocol, fromPort, toPort }: SecurityGroupRule): Entry {
  const number = parseProtocol(protocol);
  if (number === "all") return { protocol: "all" };
  if (fromPort === undefined || toPort === undefined || fromPort === -1) return { protocol };
  if (isIcmp(number)) return { protocol, ports: toPort === -1 ? String(fromPort) : `${fromPort}/${toPort}` };
  return { protocol, ports: fromPort === toPort ? String(fromPort) : `${fromPort}-${toPort}` };
}

/** Entries that allow exactly these services, one a protocol. */
export function entriesFor(services: ServiceSet): Entry[] {
  const byProtocol = new Map<string, string[]>();
  for (const rule of rulesFor(TrafficSet.of([{ services, peers: PeerSet.parse("192.0.2.0/24") }]))) {
    const { protocol, ports } = entryOf(rule);
    byProtocol.set(protocol, [...(byProtocol.get(protocol) ?? []), ...(ports === undefined ? [] : [ports])]);
  }
  return [...byProtocol].map(([protocol, ports]) => ({ protocol, ...(ports.length > 0 && { ports: ports.join(", ") }) }));
}

/** An entry as an item of a list in YAML. Its networks must be names. */
export function entryText({ protocol, ports, from }: Entry): string {
  const parts = [
    `protocol: ${/^\d+$/.test(protocol) ? `"${protocol}"` : protocol}`,
    ...(ports === undefined ? [] : [`ports: "${ports}"`]),
    ...(from === undefined ? [] : [`from: [${from.join(", ")}]`]),
  ];
  return `- { ${parts.join(", ")} }`;
}
