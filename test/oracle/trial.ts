import { Random } from "./random.ts";

/** One kind of random case, and how the code and the oracle are compared on it. */
export interface Trial<Case> {
  readonly name: string;
  make(random: Random): Case;
  /** Where they disagree, in one sentence. `see` is told what the case was about. */
  disagreement(given: Case, see: (sight: string) => void): Promise<string | undefined>;
  /** Cases that are a little smaller than this one. */
  smaller(given: Case): readonly Case[];
  /** The case for people. */
  describe(given: Case): string;
}

/** What came of a run: what its cases were about, and the smallest case found on which code and oracle disagree. */
export interface Outcome {
  readonly cases: number;
  readonly seen: Readonly<Record<string, number>>;
  readonly disagreement?: { readonly index: number; readonly text: string };
}

/** Tries `count` cases of a seed; stops at the first disagreement, and makes it as small as it can be made. */
export async function run<Case>(
  trial: Trial<Case>,
  seed: number,
  count: number,
  progress: (done: number) => void = () => {},
): Promise<Outcome> {
  const seen: Record<string, number> = {};
  const see = (sight: string) => {
    seen[sight] = (seen[sight] ?? 0) + 1;
  };
  for (let index = 0; index < count; index++) {
    progress(index);
    const given = trial.make(caseRandom(seed, index));
    if ((await trial.disagreement(given, see)) === undefined) continue;
    const least = await smallest(trial, given);
    const why = await trial.disagreement(least, () => {});
    return { cases: index + 1, seen, disagreement: { index, text: `${trial.describe(least)}\n=> ${why}` } };
  }
  return { cases: count, seen };
}

// Each case has a seed of its own, so that one can be made again without those before it.
function caseRandom(seed: number, index: number): Random {
  return new Random(Math.imul(seed, 0x9e3779b1) + index);
}

async function smallest<Case>(trial: Trial<Case>, given: Case): Promise<Case> {
  for (const smaller of trial.smaller(given)) {
    if ((await trial.disagreement(smaller, () => {})) !== undefined) return smallest(trial, smaller);
  }
  return given;
}

/** The lists that lack one item of this one. */
export function lackingOne<Item>(items: readonly Item[]): Item[][] {
  return items.map((_, i) => items.filter((_item, j) => j !== i));
}

/** The lists in which one item of this one is a smaller one. */
export function withOneSmaller<Item>(items: readonly Item[], smaller: (item: Item) => readonly Item[]): Item[][] {
  return items.flatMap((item, i) => smaller(item).map((less) => items.map((one, j) => (j === i ? less : one))));
}
