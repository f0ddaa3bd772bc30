import { type Block, bitsOf, cidrOf, publicSizeOf, someBlock, V4_SPACES, V6_SPACES } from "./addresses.ts";
import { at, FAMILIES, NO_POINTS, type Points, pointsWhere, type Universe, unionOf, without } from "./points.ts";
import type { Random } from "./random.ts";
import { CELLS, type Shape, someShape } from "./services.ts";

export interface EntryOfCase {
  readonly number: number;
  readonly direction: "ingress" | "egress";
  readonly action: "allow" | "deny";
  readonly shape: Shape;
  readonly block: Block;
}

/** A network ACL and what a policy forbids it to admit. */
export interface AclCase {
  readonly universe: Universe;
  readonly entries: readonly EntryOfCase[];
  /** As the policy writes them, and the cells that they are. */
  readonly services: { readonly text: string; readonly cells: readonly number[] };
  readonly allow: readonly Block[];
  readonly widthBits: number;
}

const cellOf = (text: string) => CELLS.findIndex((cell) => cell.text === text);
const [SSH, RDP] = [cellOf("tcp 22-22"), cellOf("tcp 3389-3389")];
const FORBIDDEN: readonly [AclCase["services"], ...AclCase["services"][]] = [
  { text: "tcp 22", cells: [SSH] },
  { text: "tcp 22, 3389", cells: [SSH, RDP] },
  { text: "icmp 8", cells: CELLS.flatMap(({ text }, cell) => (text.startsWith("icmp 8") ? [cell] : [])) },
  { text: "all", cells: CELLS.map((_, cell) => cell) },
];

export function someAcl(random: Random): AclCase {
  const numbers = new Set<string>();
  const entries = random.some(2, 8, (): EntryOfCase => {
    const direction = random.of("ingress", "ingress", "ingress", "egress");
    const number = random.once(2) ? 1 + random.below(12) : 1 + random.below(30_000);
    const action = random.of("allow", "allow", "allow", "allow", "deny");
    return { number, direction, action, shape: someShape(random), block: someBlock(random) };
  });
  return {
    universe: { 4: random.of(...V4_SPACES), 6: random.of(...V6_SPACES) },
    // EC2 keeps one entry for each number of a direction.
    entries: entries.filter(({ direction, number }) => {
      const key = `${direction} ${number}`;
      return !numbers.has(key) && numbers.add(key);
    }),
    services: random.of(...FORBIDDEN),
    allow: random.some(0, 2, () => someBlock(random)),
    widthBits: random.of(2, 3, 4, 5),
  };
}

export function pointsOfEntry({ shape, block }: Pick<EntryOfCase, "shape" | "block">): Points {
  return pointsWhere((cell, family) => (shape.cells.includes(cell) && block.family === family ? bitsOf(block) : 0n));
}

/** What each ingress entry that allows admits, by its number: the first that matches decides about a packet, in the order of the numbers. */
export function admittedByNumber(
  entries: readonly Omit<EntryOfCase, "shape" | "block">[],
  pointsOf: (index: number) => Points,
): Map<number, Points> {
  const admitted = new Map<number, Points>();
  let decided = NO_POINTS;
  const order = [...entries.entries()].filter(([, { direction }]) => direction === "ingress").sort(([, a], [, b]) => a.number - b.number);
  for (const [index, { number, action }] of order) {
    if (action === "allow") admitted.set(number, without(pointsOf(index), decided));
    decided = unionOf([decided, pointsOf(index)]);
  }
  return admitted;
}

/** What is forbidden of what each entry admits, by its number: the rule no-open-network-acl once more, word for word. */
export function aclOffences({ universe, entries, services, allow, widthBits }: AclCase): Map<number, Points> {
  const allowed = pointsWhere((_, family) =>
    allow.filter((block) => block.family === family).reduce((bits, block) => bits | bitsOf(block), 0n),
  );
  const admitted = admittedByNumber(entries, (index) => (entries[index] === undefined ? NO_POINTS : pointsOfEntry(entries[index])));
  const found = new Map<number, Points>();
  const add = (number: number, cell: number, family: 4 | 6, bits: bigint) => {
    const point = pointsWhere((one, other) => (one === cell && other === family ? bits : 0n));
    found.set(number, unionOf([found.get(number) ?? NO_POINTS, point]));
  };
  for (const family of FAMILIES) {
    const width = 1n << BigInt(widthBits + universe[family].shift);
    for (const cell of services.cells) {
      const beyond = [...admitted].map(([number, points]) => {
        const bits = at(points, cell, family) & ~at(allowed, cell, family);
        return { number, bits, size: publicSizeOf(bits, universe[family]) };
      });
      const few = beyond.filter(({ size }) => 0n < size && size <= width);
      for (const { number, bits, size } of beyond) if (size > width) add(number, cell, family, bits);
      if (few.reduce((sum, { size }) => sum + size, 0n) > width) for (const { number, bits } of few) add(number, cell, family, bits);
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/** The case for people. */
export function describeAcl({ universe, entries, services, allow, widthBits }: AclCase): string {
  const cidr = (block: Block) => cidrOf(block, universe[block.family]);
  return [
    ...entries.map(({ number, direction, action, shape: { protocol, ports }, block }) =>
      [number, direction, action, protocol, ports ?? "", "with", cidr(block)].join(" "),
    ),
    `forbidden: ${services.text}, allowed to [${allow.map(cidr).join(", ")}]`,
    `width: /${32 - universe[4].shift - widthBits} and /${128 - universe[6].shift - widthBits}`,
  ].join("\n");
}
