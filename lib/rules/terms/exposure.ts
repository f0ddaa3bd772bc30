import * as z from "zod/mini";
import { AddressSet, PUBLIC_ADDRESSES } from "../../model/address-set.ts";
import { PeerSet } from "../../model/peer-set.ts";
import type { AdmittedRule } from "../../model/security-group.ts";
import type { SecurityGroupRule } from "../../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";

/** A size of address block, `/8`, as the length of its prefix. */
export const BlockSize = (bits: number, example: string) =>
  z
    .string()
    .check(
      z.refine(
        (text) => /^\/\d{1,3}$/.test(text) && Number(text.slice(1)) <= bits,
        `expected a block size from "/0" to "/${bits}", such as "${example}"`,
      ),
    );
const blockSize = (bits: number, fallback: string) => z._default(BlockSize(bits, fallback), fallback);

/** How many public addresses are more than a partner's or a provider's network: more than a block of this size. */
export const Width = () =>
  z._default(
    z
      .strictObject({ v4: blockSize(32, "/8"), v6: blockSize(128, "/16") })
      .check(
        z.describe("What counts as the internet: more public addresses than a block of this size, by one rule or by several together."),
      ),
    { v4: "/8", v6: "/16" },
  );
type Width = z.infer<ReturnType<typeof Width>>;

/** A part of the address space and how many of its public addresses are too many. */
export interface Internet {
  readonly space: AddressSet;
  readonly publicAddresses: AddressSet;
  readonly width: bigint;
}

/** The internet of IPv4 and that of IPv6, which are counted apart. */
export function internets({ v4, v6 }: Width): readonly [v4: Internet, v6: Internet] {
  return [
    { space: AddressSet.ALL_V4, publicAddresses: PUBLIC_ADDRESSES.family(4), width: 1n << BigInt(32 - Number(v4.slice(1))) },
    { space: AddressSet.ALL_V6, publicAddresses: PUBLIC_ADDRESSES.family(6), width: 1n << BigInt(128 - Number(v6.slice(1))) },
  ];
}

/** Traffic with an internet that is not allowed, and the security group rules that admit it alone or together. */
export interface Exposure {
  readonly traffic: TrafficSet;
  readonly rules: readonly SecurityGroupRule[];
}

/** One security group rule as far as the policy does not allow it. */
interface Excess {
  readonly rule: SecurityGroupRule;
  readonly traffic: TrafficSet;
}

/**
 * What of one internet is exposed beyond what is allowed. A rule that opens a service to more public addresses than the
 * width offends by itself. Of the others, those with public addresses offend together where their union is wider than that.
 */
export function exposuresOf(
  rules: readonly AdmittedRule[],
  internet: Internet,
  allowed: TrafficSet,
  direction: Direction = "ingress",
): Exposure[] {
  const { publicAddresses, width } = internet;
  const alone: Exposure[] = [];
  const rest: Excess[] = [];
  const small: AdmittedRule[] = [];
  for (const entry of rules) {
    const size = publicSize(entry.peers.addresses, internet);
    if (size > width) {
      const { rule, traffic } = excessOf(entry, internet, allowed, direction);
      const wide = tooWide(traffic, internet);
      if (!wide.isEmpty()) alone.push({ traffic: wide, rules: [rule] });
      rest.push({ rule, traffic: traffic.difference(wide) });
    } else if (size > 0n) {
      small.push(entry);
    }
  }
  // Most groups admit too little in all to offend in any part of it, and telling so is much cheaper than the sum itself.
  const most = AddressSet.union([...rest.map(({ traffic }) => traffic.addresses()), ...small.map(({ peers }) => peers.addresses)]);
  if (publicSize(most, internet) <= width) return alone;
  rest.push(...small.map((entry) => excessOf(entry, internet, allowed, direction)));
  const together = inSum(rest, internet, direction);
  if (together.isEmpty()) return alone;
  const contributing = new Set(rest.filter(({ traffic }) => traffic.from(publicAddresses).overlaps(together)).map(({ rule }) => rule));
  const inOrder = rules.filter(({ rule }) => contributing.has(rule)).map(({ rule }) => rule);
  return [...alone, { traffic: together, rules: inOrder }];
}

/** The services of this traffic that are open to more public addresses than the width. */
export function tooWide(traffic: TrafficSet, internet: Internet): TrafficSet {
  const wide = traffic.boxes().filter(({ peers }) => publicSize(peers.addresses, internet) > internet.width);
  return TrafficSet.of(wide, traffic.direction);
}

// What is left of a rule may be private addresses only; that stays out of the sum.
function inSum(rest: readonly Excess[], internet: Internet, direction: Direction): TrafficSet {
  const contributing = rest.flatMap(({ traffic }) => traffic.boxes().filter(({ peers }) => publicSize(peers.addresses, internet) > 0n));
  return tooWide(TrafficSet.of(contributing, direction), internet);
}

function excessOf({ rule, services, peers }: AdmittedRule, { space }: Internet, allowed: TrafficSet, direction: Direction): Excess {
  const granted = TrafficSet.of([{ services, peers: new PeerSet(peers.addresses.intersection(space)) }], direction);
  return { rule, traffic: granted.difference(allowed) };
}

function publicSize(addresses: AddressSet, { publicAddresses }: Internet): bigint {
  const { v4, v6 } = addresses.intersection(publicAddresses).size();
  return v4 + v6;
}
