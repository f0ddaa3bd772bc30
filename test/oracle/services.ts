import type { Random } from "./random.ts";

/**
 * The oracle's services: three protocols of 16 cells each, and one cell for all other protocols. A cell is a stretch of services
 * that no rule here tells apart.
 */
export interface Cell {
  readonly text: string;
  /** Where the model keeps it, both ends inclusive: protocol x 65,536 + port, or ICMP type x 256 + code. */
  readonly slots: readonly (readonly [first: number, last: number])[];
  /** How many EC2 rules it takes to name just this cell. */
  readonly cost: number;
}

/** Services that one EC2 rule can name. */
export interface Shape {
  readonly protocol: string;
  /** As the policy writes them; the same numbers as EC2's FromPort and ToPort. */
  readonly ports?: string;
  readonly from?: number;
  readonly to?: number;
  /** Numbers of the cells. */
  readonly cells: readonly number[];
}

const BORDERS = [0, 1, 21, 22, 23, 53, 80, 81, 443, 444, 1024, 3389, 3390, 8443, 8444, 65_535];
const [ICMP, TCP, UDP] = [1, 6, 17];
const CODED = [0, 3, 8, 11];
const WHOLE = [13, 14, 17];
const BLOCK = 65_536;

function portCells(name: string, protocol: number): Cell[] {
  return BORDERS.map((first, i) => {
    const last = (BORDERS[i + 1] ?? BLOCK) - 1;
    return { text: `${name} ${first}-${last}`, slots: [[protocol * BLOCK + first, protocol * BLOCK + last]], cost: 1 };
  });
}

function icmpCells(): Cell[] {
  const slot = (type: number, code: number) => ICMP * BLOCK + type * 256 + code;
  const codes = (type: number, first: number, last: number) => [slot(type, first), slot(type, last)] as const;
  const others = Array.from({ length: 256 }, (_, type) => type).filter((type) => !(CODED.includes(type) || WHOLE.includes(type)));
  return [
    ...CODED.flatMap((type): Cell[] => [
      { text: `icmp ${type}/0`, slots: [codes(type, 0, 0)], cost: 1 },
      { text: `icmp ${type}/4`, slots: [codes(type, 4, 4)], cost: 1 },
      { text: `icmp ${type}, other codes`, slots: [codes(type, 1, 3), codes(type, 5, 255)], cost: 254 },
    ]),
    ...WHOLE.map((type): Cell => ({ text: `icmp ${type}`, slots: [codes(type, 0, 255)], cost: 1 })),
    { text: "icmp, other types", slots: others.map((type) => codes(type, 0, 255)), cost: others.length },
  ];
}

const others: Cell = {
  text: "other protocols",
  slots: [
    [0, ICMP * BLOCK - 1],
    [(ICMP + 1) * BLOCK, TCP * BLOCK - 1],
    [(TCP + 1) * BLOCK, UDP * BLOCK - 1],
    [(UDP + 1) * BLOCK, 256 * BLOCK - 1],
  ],
  cost: 253,
};
export const CELLS: readonly Cell[] = [...portCells("tcp", TCP), ...portCells("udp", UDP), ...icmpCells(), others];

const range = (first: number, length: number) => Array.from({ length }, (_, i) => first + i);

/** Every shape; those of a protocol come widest first. */
export const SHAPES: readonly Shape[] = [
  { protocol: "-1", cells: range(0, CELLS.length) },
  ...(["tcp", "udp"] as const).flatMap((protocol, nth) =>
    range(1, 16)
      .reverse()
      .flatMap((length) =>
        range(0, 17 - length).map((start): Shape => {
          const [from = 0, to] = [BORDERS[start], (BORDERS[start + length] ?? BLOCK) - 1];
          return { protocol, ports: from === to ? String(from) : `${from}-${to}`, from, to, cells: range(nth * 16 + start, length) };
        }),
      ),
  ),
  { protocol: "icmp", from: -1, to: -1, cells: range(32, 16) },
  ...CODED.map((type, i): Shape => ({ protocol: "icmp", ports: String(type), from: type, to: -1, cells: range(32 + 3 * i, 3) })),
  ...WHOLE.map((type, i): Shape => ({ protocol: "icmp", ports: String(type), from: type, to: -1, cells: [44 + i] })),
  ...CODED.flatMap((type, i) =>
    [0, 4].map((code, j): Shape => ({ protocol: "icmp", ports: `${type}/${code}`, from: type, to: code, cells: [32 + 3 * i + j] })),
  ),
];

const ALL = SHAPES[0] ?? { protocol: "-1", cells: [] };
const OF_PROTOCOL = Map.groupBy(SHAPES, ({ protocol }) => protocol);
const SSH = SHAPES.find(({ protocol, ports }) => protocol === "tcp" && ports === "22") ?? ALL;
const NAMES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  tcp: ["tcp", "6", "TCP"],
  udp: ["udp", "17"],
  icmp: ["icmp", "1"],
};

/** A shape under one of its protocol's names; many are the same few, so that rules meet. */
export function someShape(random: Random): Shape {
  if (random.once(4)) return SSH;
  const protocol = random.of("-1", "tcp", "tcp", "tcp", "udp", "icmp");
  const shapes = OF_PROTOCOL.get(protocol) ?? [];
  const shape = random.once(5) ? shapes[0] : shapes[random.below(shapes.length)];
  return { ...(shape ?? ALL), protocol: random.of(...(NAMES[protocol] ?? [protocol])) };
}
