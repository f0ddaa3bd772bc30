import { type Interval, type Intervals, intersect, NUMBERS, normalize, same, subtract, unite } from "./interval-set.ts";

export const LAST_PORT = 65_535;

/** Thrown for text that is not a list of ports; the message says what was found and what is expected. */
export class InvalidPortsError extends Error {
  override readonly name = "InvalidPortsError";
  constructor(text: string, reason: string) {
    super(`"${text}" is not a list of ports: ${reason}; expected ports and ranges from 0 to ${LAST_PORT}, such as "22, 8000-8100"`);
  }
}

/** An immutable set of ports, 0 to 65535, ranges inclusive. */
export class PortSet {
  readonly ranges: Intervals<number>;

  private constructor(ranges: Intervals<number>) {
    this.ranges = ranges;
  }

  static readonly EMPTY = new PortSet([]);
  static readonly ALL = new PortSet([[0, LAST_PORT]]);

  /** Ports of these inclusive ranges together. Throws InvalidPortsError for a range that is reversed or out of bounds. */
  static of(...ranges: readonly Interval<number>[]): PortSet {
    for (const [first, last] of ranges) {
      const text = `${first}-${last}`;
      if (first > last) throw new InvalidPortsError(text, "its first port is above its last");
      if (!(Number.isInteger(first) && Number.isInteger(last))) throw new InvalidPortsError(text, "not whole numbers");
      if (first < 0 || last > LAST_PORT) throw new InvalidPortsError(text, "out of bounds");
    }
    return new PortSet(normalize(NUMBERS, ranges));
  }

  /** Reads `22`, `0-21, 23-65535` or `all`. Throws InvalidPortsError. */
  static parse(text: string): PortSet {
    if (text.trim() === "all") return PortSet.ALL;
    const ranges = text.split(",").map((part): Interval<number> => {
      const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim());
      if (match?.[1] === undefined) throw new InvalidPortsError(text, `"${part.trim()}" is neither a port nor a range`);
      return [Number(match[1]), Number(match[2] ?? match[1])];
    });
    return PortSet.of(...ranges);
  }

  union(other: PortSet): PortSet {
    return new PortSet(unite(NUMBERS, this.ranges, other.ranges));
  }

  intersection(other: PortSet): PortSet {
    return new PortSet(intersect(this.ranges, other.ranges));
  }

  difference(other: PortSet): PortSet {
    return new PortSet(subtract(NUMBERS, this.ranges, other.ranges));
  }

  covers(other: PortSet): boolean {
    return other.difference(this).isEmpty();
  }

  isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  equals(other: PortSet): boolean {
    return same(this.ranges, other.ranges);
  }

  size(): number {
    return this.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  toString(): string {
    return this.ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
  }
}
