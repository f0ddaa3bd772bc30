/** The median of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return ((sorted[middle] ?? Number.NaN) + (sorted[Math.ceil(sorted.length / 2) - (sorted.length % 2)] ?? Number.NaN)) / 2;
}

/** Milliseconds that each of two things takes, in turn A B A B, so that a drift of the machine meets both. */
export async function inTurn(
  rounds: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number; b: number; ratio: number }> {
  const figures = { a: [] as number[], b: [] as number[], ratio: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const [first, second] = [await a(), await b()];
    figures.a.push(first);
    figures.b.push(second);
    figures.ratio.push(first / second);
  }
  return { a: median(figures.a), b: median(figures.b), ratio: median(figures.ratio) };
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
