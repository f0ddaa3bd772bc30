import { formatV4, formatV6, readAddress } from "./address.ts";
import type { Interval } from "./interval-set.ts";

/** A CIDR as the addresses it covers; `first` and `last` inclusive. */
export type CidrRange = { readonly family: 4; readonly range: Interval<number> } | { readonly family: 6; readonly range: Interval<bigint> };

/** Thrown for text that is not a CIDR; the message says what was found and what is expected. */
export class InvalidCidrError extends Error {
  override readonly name = "InvalidCidrError";
  constructor(text: string) {
    super(`"${text}" is not a CIDR: expected an IPv4 or IPv6 address with a prefix length, such as 10.0.0.0/8 or 2001:db8::/32`);
  }
}

const PREFIX_LENGTH = /^\d{1,3}$/;

/**
 * Reads a CIDR, or a bare address as a CIDR of one. Host bits are dropped, as EC2 does
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html: "Amazon canonicalizes IPv4 and IPv6 CIDRs").
 * An IPv4-mapped IPv6 CIDR stays an IPv6 one: EC2 keeps it among the IPv6 ranges, where it admits no IPv4 packet.
 * Octal, hexadecimal and shortened IPv4 forms are refused: parsers disagree about them. A prefix length has one reading
 * only, decimal, so "/08" is 8: refusing it would leave "0.0.0.0/00" unread. Throws InvalidCidrError.
 */
export function parseCidr(text: string): CidrRange {
  const slash = text.indexOf("/");
  const read = readAddress(slash < 0 ? text : text.slice(0, slash));
  if (read === undefined) throw new InvalidCidrError(text);
  const prefix = slash < 0 ? String(read.bits) : text.slice(slash + 1);
  const host = read.bits - Number(prefix);
  if (!PREFIX_LENGTH.test(prefix) || host < 0) throw new InvalidCidrError(text);
  if (read.bits === 32) {
    const size = 2 ** host;
    const first = read.value - (read.value % size);
    return { family: 4, range: [first, first + size - 1] };
  }
  const first = (read.value >> BigInt(host)) << BigInt(host);
  return { family: 6, range: [first, first + (1n << BigInt(host)) - 1n] };
}

/** The canonical text of a CIDR, as EC2 returns it: host bits cleared, IPv6 compressed (RFC 5952). Throws InvalidCidrError. */
export function canonicalCidr(text: string): string {
  const parsed = parseCidr(text);
  if (parsed.family === 4) {
    const [first, last] = parsed.range;
    return `${formatV4(first)}/${32 - Math.log2(last - first + 1)}`;
  }
  const [first, last] = parsed.range;
  return `${formatV6(first)}/${128 - bitLength(last - first)}`;
}

/** The shortest list of CIDRs that covers exactly this range of IPv4 addresses. */
export function cidrsOfV4([first, last]: Interval<number>): string[] {
  return cidrs(BigInt(first), BigInt(last), 32, (value) => formatV4(Number(value)));
}

/** The shortest list of CIDRs that covers exactly this range of IPv6 addresses. */
export function cidrsOfV6([first, last]: Interval<bigint>): string[] {
  return cidrs(first, last, 128, formatV6);
}

// Taking the largest aligned block at each step is minimal: any list must cut at the same boundaries.
function cidrs(first: bigint, last: bigint, bits: number, format: (value: bigint) => string): string[] {
  const list: string[] = [];
  for (let at = first; at <= last; ) {
    const aligned = at === 0n ? bits : trailingZeros(at);
    const room = bitLength(last - at + 1n) - 1;
    const host = Math.min(aligned, room, bits);
    list.push(`${format(at)}/${bits - host}`);
    at += 1n << BigInt(host);
  }
  return list;
}

function trailingZeros(value: bigint): number {
  return bitLength(value & -value) - 1;
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
