import { type Block, bitsOf, cidrOf, publicSizeOf, someBlock, V4_SPACES, V6_SPACES } from "./addresses.ts";
import { at, FAMILIES, type Points, pointsWhere, type Universe, unionOf, without } from "./points.ts";
import type { Random } from "./random.ts";
import { CELLS, type Shape, someShape } from "./services.ts";

/** Where a rule of a case lets traffic in from: a CIDR, a prefix list, or what has no addresses that anybody knows. */
export type From =
  | { readonly kind: "cidr"; readonly block: Block }
  | { readonly kind: "list"; readonly blocks: readonly Block[] }
  | { readonly kind: "reference"; readonly peer: string };

/** A security group and a policy. */
export interface GroupCase {
  readonly universe: Universe;
  readonly rules: readonly { readonly shape: Shape; readonly from: From }[];
  readonly allow: readonly { readonly shape: Shape; readonly from: readonly Block[] | undefined }[];
  /** The width that is judged, as the number of blocks that it takes: 2 to that power. */
  readonly widthBits: number;
  /** How many rules the group may have. */
  readonly quota: number;
}

export function someGroup(random: Random): GroupCase {
  const family = random.of(4, 4, 6);
  return {
    universe: { 4: random.of(...V4_SPACES), 6: random.of(...V6_SPACES) },
    rules: distinct(
      random.some(0, 8, () => ({ shape: someShape(random), from: someFrom(random, random.once(4) ? (family === 4 ? 6 : 4) : family) })),
    ),
    allow: random.some(0, 4, () => ({
      shape: someShape(random),
      from: random.once(4) ? undefined : random.some(0, 3, () => someBlock(random, random.once(4) ? undefined : family)),
    })),
    widthBits: random.of(2, 3, 4, 4, 4, 5),
    quota: random.of(60, 60, 60, 8, 12),
  };
}

// EC2 keeps one rule of each value.
function distinct(rules: GroupCase["rules"]): GroupCase["rules"] {
  return [...new Map(rules.map((rule, index) => [valueText(rule, index), rule])).values()];
}

function valueText({ shape, from }: GroupCase["rules"][number], index: number): string {
  const { family, first, size } = from.kind === "cidr" ? from.block : { family: 0, first: 0, size: 0 };
  const peer = from.kind === "list" ? index : from.kind === "cidr" ? [family, first, size] : from.peer;
  return `${shape.cells} from ${peer}`;
}

function someFrom(random: Random, family: 4 | 6): From {
  const kind = random.of("cidr", "cidr", "cidr", "cidr", "cidr", "cidr", "list", "list", "reference");
  if (kind === "cidr") return { kind, block: someBlock(random, family) };
  // A list is of one family (AddressFamily).
  if (kind === "list") return { kind, blocks: random.some(0, 4, () => someBlock(random, family)) };
  return { kind, peer: random.of("sg-1", "111122223333/sg-2", "pl-unknown", "pl-gone") };
}

/** What a rule grants, addresses alone. */
export function grantedBy({ shape, from }: GroupCase["rules"][number]): Points {
  const blocks = from.kind === "cidr" ? [from.block] : from.kind === "list" ? from.blocks : [];
  return pointsWhere((cell, family) => (shape.cells.includes(cell) ? bitsOfBlocks(blocks, family) : 0n));
}

function bitsOfBlocks(blocks: readonly Block[], family: 4 | 6): bigint {
  return blocks.filter((block) => block.family === family).reduce((bits, block) => bits | bitsOf(block), 0n);
}

/** What a case's rule, a list among them, is called in the model: `sgr-0`, `pl-0`. */
export const ruleId = (index: number) => `sgr-${index}`;
export const listId = (index: number) => `pl-${index}`;

/** What offends, and by which rules (their numbers). */
export interface Offence {
  readonly rules: readonly number[];
  readonly points: Points;
}

/** The rule no-public-ingress once more, word for word from its definition. */
export function offencesIn({ universe, rules, allow, widthBits }: GroupCase): Offence[] {
  const allowed = unionOf(
    allow.map(({ shape, from }) =>
      pointsWhere((cell, family) => {
        if (!shape.cells.includes(cell)) return 0n;
        return from === undefined ? (1n << 256n) - 1n : bitsOfBlocks(from, family);
      }),
    ),
  );
  const forbidden = rules.map((rule) => without(grantedBy(rule), allowed));
  return FAMILIES.flatMap((family) => {
    const width = 1n << BigInt(widthBits + universe[family].shift);
    const sizes = new Map<bigint, bigint>();
    const publicly = (bits: bigint) => {
      const size = sizes.get(bits) ?? publicSizeOf(bits, universe[family]);
      sizes.set(bits, size);
      return size;
    };
    const only = (choose: (cell: number) => bigint) => pointsWhere((cell, one) => (one === family ? choose(cell) : 0n));
    const found: Offence[] = [];

    // A rule that alone opens a service to more public addresses than the width offends.
    for (const [index, points] of forbidden.entries()) {
      const wide = CELLS.map((_, cell) => (publicly(at(points, cell, family)) > width ? at(points, cell, family) : 0n));
      if (wide.some((bits) => bits !== 0n)) found.push({ rules: [index], points: only((cell) => wide[cell] ?? 0n) });
    }

    // Of the other rules, those with public addresses offend together where their union is wider than that.
    const contributing = new Set<number>();
    const sums = CELLS.map((_, cell) => {
      const others = [...forbidden.entries()].filter(([, points]) => {
        const size = publicly(at(points, cell, family));
        return 0n < size && size <= width;
      });
      const sum = others.reduce((bits, [, points]) => bits | at(points, cell, family), 0n);
      if (publicly(sum) <= width) return 0n;
      for (const [index] of others) contributing.add(index);
      return sum;
    });
    if (contributing.size > 0) found.push({ rules: [...contributing].sort((a, b) => a - b), points: only((cell) => sums[cell] ?? 0n) });
    return found;
  });
}

/** The case for people, in the words of the policy. */
export function describeGroup({ universe, rules, allow, widthBits, quota }: GroupCase): string {
  const cidrs = (blocks: readonly Block[]) => `[${blocks.map((block) => cidrOf(block, universe[block.family])).join(", ")}]`;
  const width = (family: 4 | 6) => (family === 4 ? 32 : 128) - universe[family].shift - widthBits;
  const service = ({ protocol, ports }: Shape) => [protocol, ports].filter(Boolean).join(" ");
  return [
    ...rules.map(({ shape, from }, index) => {
      const peer = from.kind === "cidr" ? cidrs([from.block]) : from.kind === "list" ? `list ${cidrs(from.blocks)}` : from.peer;
      return `rule ${ruleId(index)}: ${service(shape)} from ${peer}`;
    }),
    ...allow.map(({ shape, from }) => `allow: ${service(shape)} from ${from === undefined ? "anywhere" : cidrs(from)}`),
    `width: /${width(4)} and /${width(6)}, quota: ${quota}`,
  ].join("\n");
}
