/** A box with its middle and size, in units of SVG. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export type Point = Pick<Box, "x" | "y">;

/** Boxes that stand below each other. */
export interface Column {
  readonly x: number;
  readonly left: number;
  readonly right: number;
}

/** The columns from left to right. */
export function columnsOf(boxes: readonly Box[]): readonly Column[] {
  const byMiddle = Map.groupBy(boxes, ({ x }) => Math.round(x));
  const columns = [...byMiddle].map(([x, all]) => ({
    x,
    left: Math.min(...all.map((box) => box.x - box.width / 2)),
    right: Math.max(...all.map((box) => box.x + box.width / 2)),
  }));
  return columns.sort((a, b) => a.x - b.x);
}

/**
 * The path from the right side of a box to the left side of another: it bends between columns alone, so that it runs behind no box, and
 * passes those on its way where `routed` does.
 */
export function pathOf(from: Box, to: Box, columns: readonly Column[], routed: readonly Point[]): string {
  const [first, last] = [columns.findIndex(({ x }) => x === Math.round(from.x)), columns.findIndex(({ x }) => x === Math.round(to.x))];
  const passed = columns.slice(first + 1, last).map(({ x, left, right }) => ({ left, right, y: heightAt(x, routed) }));
  const stops = [
    { left: from.x + from.width / 2, right: columns[first]?.right ?? from.x, y: from.y },
    ...passed,
    { left: columns[last]?.left ?? to.x, right: to.x - to.width / 2, y: to.y },
  ];
  return stops
    .map(({ left, right, y }, i) => {
      const before = stops[i - 1];
      const start = before === undefined ? `M${at(left, y)}` : bend({ x: before.right, y: before.y }, { x: left, y });
      return `${start}H${round(right)}`;
    })
    .join("");
}

function bend(from: Point, to: Point): string {
  const middle = (from.x + to.x) / 2;
  return `C${at(middle, from.y)} ${at(middle, to.y)} ${at(to.x, to.y)}`;
}

function heightAt(x: number, routed: readonly Point[]): number {
  const next = routed.findIndex((point) => point.x >= x);
  const [a, b] = [routed[next - 1], routed[next]];
  if (a === undefined || b === undefined) return (b ?? routed.at(-1))?.y ?? 0;
  return b.x === a.x ? b.y : a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
}

function at(x: number, y: number): string {
  return `${round(x)},${round(y)}`;
}

/** To a tenth of a unit, which nobody sees. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
