import { AddressSet, PUBLIC_ADDRESSES } from "../model/address-set.ts";
import { isInvalidRule } from "../model/security-group-rule.ts";
import { ServiceSet } from "../model/service-set.ts";
import { ADMINISTRATION } from "../rules/terms/administration.ts";

/** What somebody says about their networks before anything was seen. */
export interface Answers {
  /** CIDRs of offices and VPNs, canonical. */
  readonly office: readonly string[];
  /** What everybody may reach. */
  readonly open: ServiceSet;
  /** Where the messages go; empty for nowhere yet. */
  readonly channel: string;
}

/** Thrown for an answer that cannot be used; the message says what was found and what is expected. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

export const DEFAULT_OPEN = "tcp 80, 443, udp 443";
// No office has more public addresses: a /16 of IPv4, a /32 of IPv6.
const WIDEST = { v4: 1n << 16n, v6: 1n << 96n };

/** Reads CIDRs between commas or blanks; nothing is none. Throws AnswerError. */
export function readOffice(text: string): readonly string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const addresses = AddressSet.union(words.map((word) => read(() => AddressSet.of(word))));
  const { v4, v6 } = addresses.intersection(PUBLIC_ADDRESSES).size();
  if (v4 > WIDEST.v4 || v6 > WIDEST.v6) {
    throw new AnswerError(
      `${text.trim()} is a great part of the internet: expected the addresses of an office or VPN, such as 198.51.100.0/24`,
    );
  }
  return addresses.cidrs();
}

/** Reads services such as `tcp 80, 443, udp 443`, or `none`. Throws AnswerError, for administration ports too: those are for networks. */
export function readOpen(text: string): ServiceSet {
  if (text.trim() === "none") return ServiceSet.EMPTY;
  const services = read(() => ServiceSet.parse(text));
  const administration = services.intersection(ServiceSet.parse(ADMINISTRATION));
  if (administration.isEmpty()) return services;
  throw new AnswerError(`${administration} is administration: expected services for everybody, and administration from your offices alone`);
}

/** Reads the name of a Slack channel; nothing is none. Throws AnswerError. */
export function readChannel(text: string): string {
  const name = text.trim();
  if (name === "") return "";
  // https://slack.com/help/articles/201402297-Create-a-channel: lower case, without spaces and dots, 80 characters.
  if (!/^#?[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u.test(name))
    throw new AnswerError(`${name} is no name of a channel: expected one such as #net-guard`);
  return name.startsWith("#") ? name : `#${name}`;
}

function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (isInvalidRule(error)) throw new AnswerError(error.message, { cause: error });
    throw error;
  }
}
