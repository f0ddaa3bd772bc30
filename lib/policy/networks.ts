import { suggest } from "../messages/nearest.ts";
import { AddressSet } from "../model/address-set.ts";
import { canonicalCidr, InvalidCidrError } from "../model/cidr.ts";
import type { Networks } from "../rules/rule.ts";
import type { Fault } from "./problem.ts";

/** What a network may be called: no name can be mistaken for an address. */
export const NETWORK_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

type NetworkTable = Readonly<Record<string, readonly string[]>>;

/** Thrown for a name that the policy does not define; the message names the nearest that it does. */
export class UnknownNetworkError extends Error {
  override readonly name = "UnknownNetworkError";
  constructor(text: string, known: readonly string[]) {
    const kind = /^(sg|pl)-/.test(text)
      ? "is a reference, not addresses: expected a CIDR or the name of a network; "
      : "is no known network: ";
    super(`"${text}" ${kind}${suggest(text, known)}`);
  }
}

/** Thrown for networks that name each other in a circle. */
class CyclicNetworksError extends Error {
  override readonly name = "CyclicNetworksError";
  constructor(circle: readonly string[]) {
    super(`networks name each other in a circle: ${circle.join(" -> ")}; expected the chain to end in CIDRs`);
  }
}

/** Resolves the policy's network names; each name is worked out once. Throws UnknownNetworkError, CyclicNetworksError, InvalidCidrError. */
export function networksOf(table: NetworkTable): Networks {
  const resolved = new Map<string, AddressSet>();
  const resolve = (name: string, chain: readonly string[]): AddressSet => {
    const earlier = resolved.get(name);
    if (earlier !== undefined) return earlier;
    const members = membersOf(table, name);
    if (members === undefined) return addressesOf(name, table);
    if (chain.includes(name)) throw new CyclicNetworksError([...chain.slice(chain.indexOf(name)), name]);
    const addresses = AddressSet.union(members.map((member) => resolve(member, [...chain, name])));
    resolved.set(name, addresses);
    return addresses;
  };
  return { resolve: (nameOrCidr) => resolve(nameOrCidr, []) };
}

/** What is wrong with a policy's networks: CIDRs, names that do not exist, circles. Each circle is told once. */
export function checkNetworks(table: NetworkTable): Fault[] {
  const faults: Fault[] = [];
  const done = new Set<string>();
  const visit = (name: string, chain: readonly string[]): void => {
    for (const [i, member] of (membersOf(table, name) ?? []).entries()) {
      const path = ["networks", name, i];
      if (membersOf(table, member) === undefined) {
        const message = checkPeer(member, table);
        if (message !== undefined) faults.push({ path, message });
      } else if (chain.includes(member)) {
        const circle = [...chain.slice(chain.indexOf(member)), member];
        faults.push({ path, message: new CyclicNetworksError(circle).message });
      } else if (!done.has(member)) visit(member, [...chain, member]);
    }
    done.add(name);
  };
  for (const name of Object.keys(table)) if (!done.has(name)) visit(name, [name]);
  return faults;
}

/** What is wrong with a CIDR or the name of a network, if anything. */
export function checkPeer(text: string, table: NetworkTable): string | undefined {
  if (membersOf(table, text) !== undefined) return undefined;
  try {
    addressesOf(text, table);
    return undefined;
  } catch (error) {
    if (error instanceof UnknownNetworkError || error instanceof InvalidCidrError) return error.message;
    throw error;
  }
}

function addressesOf(text: string, table: NetworkTable): AddressSet {
  if (NETWORK_NAME.test(text)) throw new UnknownNetworkError(text, Object.keys(table));
  return AddressSet.of(canonicalCidr(text));
}

function membersOf(table: NetworkTable, name: string): readonly string[] | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
