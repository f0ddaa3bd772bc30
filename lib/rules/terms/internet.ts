import { AddressSet, PUBLIC_ADDRESSES } from "../../model/address-set.ts";

export type Family = 4 | 6;

/** Each family's internet. 2000::/3 is all that IANA has allocated of IPv6: whoever names it means the internet, as whoever names ::/0 does. */
export const INTERNET: Readonly<Record<Family, AddressSet>> = {
  4: PUBLIC_ADDRESSES.family(4),
  6: PUBLIC_ADDRESSES.intersection(AddressSet.of("2000::/3")),
};

// Unique local addresses (RFC 4193) reach no internet.
const UNIQUE_LOCAL = AddressSet.of("fc00::/7");

/** Whether a VPC or subnet has IPv6 addresses with which it can be part of the internet. */
export function hasGlobalIpv6({ ipv6Cidrs }: { readonly ipv6Cidrs: readonly string[] }): boolean {
  return !UNIQUE_LOCAL.covers(AddressSet.of(...ipv6Cidrs));
}
