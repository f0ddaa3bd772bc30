/** One address as a number; `bits` is how long its family's addresses are. */
export type Address = { readonly bits: 32; readonly value: number } | { readonly bits: 128; readonly value: bigint };

const GROUPS = 8;
const GROUP_BITS = 16;
const OCTET = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[\da-f]{1,4}$/i;

/**
 * Reads an IPv4 address of four decimal numbers, or an IPv6 address (RFC 4291, section 2.2), its end as IPv4 too. Leading zeros
 * in IPv4 are refused, since they are octal to some; so are zone ids. Undefined for what is no address.
 */
export function readAddress(text: string): Address | undefined {
  const v4 = readV4(text);
  if (v4 !== undefined) return { bits: 32, value: v4 };
  const v6 = readV6(text);
  return v6 === undefined ? undefined : { bits: 128, value: v6 };
}

export function formatV4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** RFC 5952: lower case, no leading zeros, and the first of the longest runs of zeros as `::`. */
export function formatV6(value: bigint): string {
  const groups = Array.from({ length: GROUPS }, (_, i) => Number((value >> BigInt(GROUP_BITS * (GROUPS - 1 - i))) & 0xffffn));
  let [start, length] = [0, 1];
  for (let i = 0, run = 0; i < GROUPS; i++) {
    run = groups[i] === 0 ? run + 1 : 0;
    if (run > length) [start, length] = [i + 1 - run, run];
  }
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  return length === 1 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function readV4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!OCTET.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

function readV6(text: string): bigint | undefined {
  const [head = "", tail, ...more] = text.split("::");
  const left = readGroups(head, tail === undefined);
  const right = readGroups(tail ?? "", true);
  if (left === undefined || right === undefined || more.length > 0) return undefined;
  const missing = GROUPS - left.length - right.length;
  // `::` stands for one group at least.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...left, ...Array<number>(missing).fill(0), ...right].reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

// The groups on one side of `::`; IPv4 can stand for the last two of an address.
function readGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const v4 = isEnd && i === parts.length - 1 ? readV4(part) : undefined;
    if (v4 !== undefined) groups.push(Math.floor(v4 / 2 ** GROUP_BITS), v4 % 2 ** GROUP_BITS);
    else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
