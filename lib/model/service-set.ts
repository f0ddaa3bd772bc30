import { type Interval, type Intervals, intersect, NUMBERS, normalize, same, subtract, unite } from "./interval-set.ts";
import { InvalidPortsError, PortSet } from "./port-set.ts";

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMPV6 = 58;

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [ICMP, "icmp"],
  [2, "igmp"],
  [TCP, "tcp"],
  [UDP, "udp"],
  [47, "gre"],
  [50, "esp"],
  [51, "ah"],
  [ICMPV6, "icmpv6"],
  [132, "sctp"],
]);
const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map([...PROTOCOL_NAMES].map(([number, name]) => [name, number]));

// Every protocol owns a block of 65,536 slots on one line: ports for tcp and udp, type * 256 + code for ICMP,
// and for all others the whole block, since EC2 ignores their ports. Set algebra then is interval algebra.
const BLOCK = 65_536;
const LAST_PROTOCOL = 255;
const ICMP_CODES = 256;

/** Thrown for text that is no protocol or service; the message says what was found and what is expected. */
export class InvalidServiceError extends Error {
  override readonly name = "InvalidServiceError";
}

/**
 * Reads a protocol as EC2 does: a name in any case, an IANA number from 0 to 255, or "all" for -1
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html). Throws InvalidServiceError.
 */
export function parseProtocol(text: string): number | "all" {
  const name = text.trim().toLowerCase();
  if (name === "-1" || name === "all") return "all";
  const number = PROTOCOL_NUMBERS.get(name) ?? (/^\d{1,3}$/.test(name) ? Number(name) : Number.NaN);
  if (!(number <= LAST_PROTOCOL)) {
    const names = [...PROTOCOL_NUMBERS.keys()].join(", ");
    throw new InvalidServiceError(`"${text}" is not a protocol: expected all, ${names} or a number from 0 to ${LAST_PROTOCOL}`);
  }
  return number;
}

/** True for the protocols whose `from` and `to` mean ICMP type and code rather than ports. */
export function isIcmp(protocol: number | "all"): boolean {
  return protocol === ICMP || protocol === ICMPV6;
}

/** True for the protocols on which EC2 tells ports apart; for every other one a rule covers the whole protocol. */
export function hasPorts(protocol: number | "all"): boolean {
  return protocol === TCP || protocol === UDP;
}

/** An immutable set of services: protocol x ports, ICMP type and code for ICMP and ICMPv6. */
export class ServiceSet {
  readonly slots: Intervals<number>;

  private constructor(slots: Intervals<number>) {
    this.slots = slots;
  }

  static readonly EMPTY = new ServiceSet([]);
  static readonly ALL = new ServiceSet([[0, (LAST_PROTOCOL + 1) * BLOCK - 1]]);

  static ofSlots(slots: Iterable<Interval<number>>): ServiceSet {
    return new ServiceSet(normalize(NUMBERS, slots));
  }

  /** Every service of a protocol. */
  static protocol(protocol: number | "all"): ServiceSet {
    return protocol === "all" ? ServiceSet.ALL : new ServiceSet([[protocol * BLOCK, protocol * BLOCK + BLOCK - 1]]);
  }

  /** Ports of one protocol; for a protocol without ports, the protocol. */
  static ports(protocol: number, ports: PortSet): ServiceSet {
    if (!hasPorts(protocol)) return ServiceSet.protocol(protocol);
    return new ServiceSet(ports.ranges.map(([first, last]) => [protocol * BLOCK + first, protocol * BLOCK + last]));
  }

  /** ICMP messages of these inclusive type and code ranges, each 0 to 255. Throws InvalidServiceError. */
  static icmp(protocol: number, [firstType, lastType]: Interval<number>, codes: Interval<number> = [0, 255]): ServiceSet {
    const [firstCode, lastCode] = codes;
    if (!(0 <= firstType && firstType <= lastType && lastType <= 255 && 0 <= firstCode && firstCode <= lastCode && lastCode <= 255)) {
      throw new InvalidServiceError(`ICMP type ${firstType}-${lastType} code ${firstCode}-${lastCode}: expected numbers from 0 to 255`);
    }
    const slots: Interval<number>[] = [];
    for (let type = firstType; type <= lastType; type++) {
      const start = protocol * BLOCK + type * ICMP_CODES;
      slots.push([start + firstCode, start + lastCode]);
    }
    return ServiceSet.ofSlots(slots);
  }

  /** Services of one protocol: ports of tcp and udp (`80, 8000-8100`), ICMP types or type/code (`8, 3/4`). Throws InvalidServiceError. */
  static of(protocol: string, ports: string): ServiceSet {
    const number = parseProtocol(protocol);
    return ServiceSet.union(ports.split(",").map((spec) => ofSpec(number, spec.trim())));
  }

  /** Reads `tcp 22, 80-443, udp 53`, `icmp 3/4`, `esp`, `protocol 99`, `all` or `all except tcp 25`. Throws InvalidServiceError. */
  static parse(text: string): ServiceSet {
    const [wanted = "", unwanted, ...more] = text.split(/\bexcept\b/);
    if (more.length > 0) throw new InvalidServiceError(`"${text}" says "except" twice: expected it once`);
    let protocol: number | "all" | undefined;
    const sets = wanted.split(",").map((part) => {
      const [, byNumber, first, spec] = PART.exec(part) ?? [];
      if (first === undefined) {
        throw new InvalidServiceError(`"${part}" is not a service: expected a protocol and its ports, such as "tcp 22" or "icmp 3/4"`);
      }
      if (byNumber !== undefined && spec === undefined && first.includes("-")) return ofProtocols(first);
      // "tcp 22, 443": the second port is of the protocol that was named last.
      if (byNumber === undefined && spec === undefined && protocol !== undefined && /^\d/.test(first)) return ofSpec(protocol, first);
      protocol = parseProtocol(first);
      return spec === undefined ? ServiceSet.protocol(protocol) : ofSpec(protocol, spec);
    });
    const union = ServiceSet.union(sets);
    return unwanted === undefined ? union : union.difference(ServiceSet.parse(unwanted));
  }

  static union(sets: Iterable<ServiceSet>): ServiceSet {
    return ServiceSet.ofSlots([...sets].flatMap((set) => set.slots));
  }

  union(other: ServiceSet): ServiceSet {
    return new ServiceSet(unite(NUMBERS, this.slots, other.slots));
  }

  intersection(other: ServiceSet): ServiceSet {
    return new ServiceSet(intersect(this.slots, other.slots));
  }

  difference(other: ServiceSet): ServiceSet {
    return new ServiceSet(subtract(NUMBERS, this.slots, other.slots));
  }

  covers(other: ServiceSet): boolean {
    return other.difference(this).isEmpty();
  }

  isEmpty(): boolean {
    return this.slots.length === 0;
  }

  equals(other: ServiceSet): boolean {
    return same(this.slots, other.slots);
  }

  /** The set cut at protocol borders: runs of whole protocols, and for each protocol held in part its slots from 0. */
  pieces(): ServicePiece[] {
    const pieces: ServicePiece[] = [];
    for (const [first, last] of this.slots) {
      for (let at = first; at <= last; ) {
        const protocol = Math.floor(at / BLOCK);
        const whole = Math.floor((last + 1 - at) / BLOCK);
        if (at % BLOCK === 0 && whole > 0) {
          pieces.push({ kind: "protocols", first: protocol, last: protocol + whole - 1 });
          at += whole * BLOCK;
        } else {
          const end = Math.min(last, (protocol + 1) * BLOCK - 1);
          pieces.push({ kind: "part", protocol, first: at % BLOCK, last: end % BLOCK });
          at = end + 1;
        }
      }
    }
    return pieces;
  }

  toString(): string {
    if (this.equals(ServiceSet.ALL)) return "all";
    const pieces = this.pieces();
    const whole = pieces.reduce((sum, piece) => sum + (piece.kind === "protocols" ? piece.last - piece.first + 1 : 0), 0);
    if (whole > (LAST_PROTOCOL + 1) / 2) return `all except ${ServiceSet.ALL.difference(this)}`;
    const words: string[] = [];
    let running: number | undefined;
    for (const { protocol, text } of pieces.flatMap(describePiece)) {
      if (protocol === undefined) words.push(text);
      else if (text === "") words.push(nameOf(protocol));
      else words.push(protocol === running ? text : `${nameOf(protocol)} ${text}`);
      running = text === "" ? undefined : protocol;
    }
    return words.join(", ");
  }
}

/** A run of whole protocols, or the part of one protocol between two slots (ports, or ICMP type * 256 + code). */
export type ServicePiece =
  | { readonly kind: "protocols"; readonly first: number; readonly last: number }
  | { readonly kind: "part"; readonly protocol: number; readonly first: number; readonly last: number };

/** A stretch of ICMP slots as blocks of whole types, or of codes within one type; all ends inclusive. */
export function icmpBlocks(first: number, last: number): { types: Interval<number>; codes: Interval<number> }[] {
  const blocks: { types: Interval<number>; codes: Interval<number> }[] = [];
  for (let at = first; at <= last; ) {
    const type = Math.floor(at / ICMP_CODES);
    const wholeTypes = at % ICMP_CODES === 0 ? Math.floor((last + 1 - at) / ICMP_CODES) : 0;
    if (wholeTypes > 0) {
      blocks.push({ types: [type, type + wholeTypes - 1], codes: [0, 255] });
      at += wholeTypes * ICMP_CODES;
    } else {
      const end = Math.min(last, (type + 1) * ICMP_CODES - 1);
      blocks.push({ types: [type, type], codes: [at % ICMP_CODES, end % ICMP_CODES] });
      at = end + 1;
    }
  }
  return blocks;
}

function describePiece(piece: ServicePiece): { protocol: number | undefined; text: string }[] {
  if (piece.kind === "part") {
    const { protocol, first, last } = piece;
    if (!isIcmp(protocol)) return [{ protocol, text: range([first, last]) }];
    return icmpBlocks(first, last).map(({ types, codes }) => ({
      protocol,
      text: codes[0] === 0 && codes[1] === 255 ? range(types) : `${types[0]}/${range(codes)}`,
    }));
  }
  const described: { protocol: number | undefined; text: string }[] = [];
  for (let protocol = piece.first, unnamed = protocol; protocol <= piece.last; protocol++) {
    if (PROTOCOL_NAMES.has(protocol)) {
      if (unnamed < protocol) described.push({ protocol: undefined, text: `protocol ${range([unnamed, protocol - 1])}` });
      described.push({ protocol, text: hasPorts(protocol) ? range([0, BLOCK - 1]) : "" });
      unnamed = protocol + 1;
    } else if (protocol === piece.last) {
      described.push({ protocol: undefined, text: `protocol ${range([unnamed, protocol])}` });
    }
  }
  return described;
}

// One item of a list of services: "tcp 22", "esp", "protocol 99", "protocol 3-5", or a port of the protocol before it.
const PART = /^\s*(?:(protocol)\s+)?(\S+)(?:\s+(\S+))?\s*$/;

function ofProtocols(text: string): ServiceSet {
  const [first, last, ...more] = text.split("-").map(parseProtocol);
  if (typeof first !== "number" || typeof last !== "number" || first > last || more.length > 0) {
    throw new InvalidServiceError(`"protocol ${text}" is not a range of protocols: expected such as "protocol 3-5"`);
  }
  return ServiceSet.ofSlots([[first * BLOCK, last * BLOCK + BLOCK - 1]]);
}

function ofSpec(protocol: number | "all", spec: string): ServiceSet {
  if (protocol === "all" || !(hasPorts(protocol) || isIcmp(protocol))) {
    const name = protocol === "all" ? protocol : nameOf(protocol);
    throw new InvalidServiceError(`"${name} ${spec}": ${name} takes no ports in EC2; expected the protocol alone`);
  }
  if (!isIcmp(protocol)) {
    try {
      return ServiceSet.ports(protocol, PortSet.parse(spec));
    } catch (error) {
      if (error instanceof InvalidPortsError) throw new InvalidServiceError(error.message, { cause: error });
      throw error;
    }
  }
  const match = /^(\d{1,3})(?:-(\d{1,3}))?(?:\/(\d{1,3})(?:-(\d{1,3}))?)?$/.exec(spec);
  if (match?.[1] === undefined) {
    throw new InvalidServiceError(`"${spec}" is not an ICMP type or type/code: expected such as "8", "3/4" or "0-255"`);
  }
  const [, type, lastType = type, code, lastCode = code] = match;
  return ServiceSet.icmp(protocol, [Number(type), Number(lastType)], code === undefined ? undefined : [Number(code), Number(lastCode)]);
}

function nameOf(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? `protocol ${protocol}`;
}

function range([first, last]: Interval<number>): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
