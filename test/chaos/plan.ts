import { type Luck, luckOf } from "../fuzz/random.ts";

/** What a change does to the ingress of a group. */
type Kind = (typeof KINDS)[number];
const KINDS = [
  // Forbidden by themselves.
  "hole",
  "hole-v6",
  // A forbidden rule and a lawful one in one call.
  "mixed",
  // Web ports among others: where the policy narrows, the web ports stay.
  "range",
  // Two /8s: forbidden only together.
  "sum",
  // Lawful.
  "private",
  "web",
  // Forbidden, and made lawful by whoever opened it, if the guard lets him.
  "repent",
  // Lawful, and made forbidden afterwards.
  "worsen",
  // Forbidden, and opened again later.
  "reopen",
] as const;

/** One call by somebody: what it grants, or into what it turns what an earlier call granted. */
export interface Step {
  /** Its number in the run; reports name it. */
  readonly number: number;
  readonly kind: Kind;
  /** By number: of the place, and of the group in it. */
  readonly place: number;
  readonly group: number;
  readonly protocol: "tcp";
  readonly from: number;
  readonly to: number;
  readonly cidrs: readonly string[];
  /** The number of the step whose rule this one modifies; else it grants. */
  readonly modifies?: number;
  /** Where a read of the group shows this only later: after so many milliseconds, to so many reads of a hundred. */
  readonly lag?: { readonly milliseconds: number; readonly percent: number };
  /** When its event is reported: so many steps later; more than one, for duplicates; none, where it is lost. */
  readonly reports: readonly number[];
}

/** The steps of a run, the same for the same seed. */
export interface Plan {
  readonly seed: number;
  readonly places: number;
  readonly groups: number;
  readonly steps: readonly Step[];
}

export const WORLD = "0.0.0.0/0";
export const WORLD_V6 = "::/0";
const PRIVATE = "10.0.0.0/8";
export const HALVES = ["52.0.0.0/8", "53.0.0.0/8"] as const;
export const WEB = 443;
// Of the hub's own account and region and each of two members in two regions, every second narrows.
const PLACES = 6;
const RULES_A_GROUP = 14;
const FIRST_PORT = 10_000;
const LONGEST_LAG_MS = 10_000;
const [LATEST, LATEST_AGAIN] = [15, 40];

/** Whether a place narrows what is forbidden (chaos.yml); the others revoke it. */
export function narrows(place: number): boolean {
  return place % 2 === 1;
}

/** Makes `changes` steps: of all kinds, in all places, some of them lost, some reported twice or three times, most of them out of order. */
export function planOf(seed: number, changes: number): Plan {
  const groups = Math.max(3, Math.ceil(changes / PLACES / RULES_A_GROUP) + 1);
  const steps: Step[] = [];
  let later: (Placed & { readonly due: number })[] = [];
  const take = (luck: Luck, quiet: boolean, { after: _, modifies, ...part }: Placed) => {
    const number = steps.length;
    const lag = { milliseconds: luck.below(LONGEST_LAG_MS), percent: luck.pick([50, 100]) };
    const isLost = quiet || luck.percent(5);
    steps.push({
      number,
      ...part,
      ...(modifies !== undefined && { modifies }),
      ...(luck.percent(20) && { lag }),
      reports: isLost ? [] : reportsOf(luck),
    });
    return number;
  };
  for (let turn = 0; steps.length < changes; turn++) {
    const luck = luckOf(seed, turn);
    const due = later.filter((one) => one.due <= steps.length);
    later = later.filter((one) => !due.includes(one));
    for (const { due: _, ...part } of due) take(luck, part.group === groups - 1, part);
    const kind = luck.pick(KINDS);
    const place = luck.below(PLACES);
    // Of the last group of each place no event comes: what is opened there, nobody settles by the way.
    const quiet = luck.percent(6);
    const where = { kind, place, group: quiet ? groups - 1 : luck.below(groups - 1), protocol: "tcp" } as const;
    const [first, ...others] = partsOf(kind, FIRST_PORT + turn, place, luck);
    const number = take(luck, quiet, { ...where, ...first });
    for (const { turns, ...part } of others) {
      later.push({ ...where, ...part, ...(turns && { modifies: number }), due: number + (part.after ?? 1) });
    }
  }
  return { seed, places: PLACES, groups, steps: steps.slice(0, changes) };
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly cidrs: readonly string[];
  /** So many steps after the first part. */
  readonly after?: number;
  /** Turns what the first part granted into this. */
  readonly turns?: true;
}
type Placed = Omit<Part, "turns"> & Omit<Step, "number" | "reports" | "lag">;

function partsOf(kind: Kind, port: number, place: number, luck: Luck): readonly [Part, ...Part[]] {
  const one = (...cidrs: readonly string[]): Part => ({ from: port, to: port, cidrs });
  const soon = 1 + luck.below(4);
  const late = 15 + luck.below(15);
  switch (kind) {
    case "hole":
      return [one(WORLD)];
    case "hole-v6":
      return [one(WORLD_V6)];
    case "mixed":
      return [one(PRIVATE, WORLD)];
    case "range":
      return [{ from: WEB, to: port, cidrs: [WORLD] }];
    case "sum":
      // Where the policy narrows, what is left of a sum depends on which part is judged first.
      return narrows(place) ? [one(PRIVATE)] : [one(HALVES[0]), { ...one(HALVES[1]), after: soon }];
    case "private":
      return [one(PRIVATE)];
    case "web":
      return [{ from: WEB, to: WEB, cidrs: [WORLD] }];
    case "repent":
      return [one(WORLD), { ...one(PRIVATE), after: soon, turns: true }];
    case "worsen":
      return [one(PRIVATE), { ...one(WORLD), after: soon, turns: true }];
    case "reopen":
      return [one(WORLD), { ...one(WORLD), after: late }, { ...one(WORLD), after: 2 * late }];
  }
}

function reportsOf(luck: Luck): number[] {
  const first = luck.below(LATEST);
  const copies = luck.percent(20) ? 1 + luck.below(2) : 0;
  return [first, ...Array.from({ length: copies }, () => first + luck.below(LATEST_AGAIN))];
}
