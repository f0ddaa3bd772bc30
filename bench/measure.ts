/** The median of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? Number.NaN) + (sorted[Math.ceil(sorted.length / 2) - (sorted.length % 2)] ?? Number.NaN)) / 2;
}

/** The one in the middle of some, by this figure; of an even number the later. */
export function middle<T>(all: readonly T[], by: (one: T) => number): T {
  const found = [...all].sort((a, b) => by(a) - by(b))[Math.floor(all.length / 2)];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

/**
 * Milliseconds that each of two things takes, in turn A B A B, so that a drift of the machine meets both: those of the round whose
 * ratio is in the middle.
 */
export async function inTurn(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number; b: number; ratio: number }> {
  const all: { a: number; b: number; ratio: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const [first, second] = [await a(), await b()];
    all.push({ a: first, b: second, ratio: first / second });
  }
  return middle(all, ({ ratio }) => ratio);
}

/** The worst step from one figure to the next, as a ratio. */
export function worstGrowth(figures: readonly number[]): number {
  return Math.max(...figures.slice(1).map((figure, n) => figure / (figures[n] ?? Number.NaN)));
}

/** How long something takes, in milliseconds. */
export async function time(act: () => unknown): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}
