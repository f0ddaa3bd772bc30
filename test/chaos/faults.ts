import { type Luck, luckOf } from "../fuzz/random.ts";
import type { Called } from "../support/organization.ts";

/**
 * What goes wrong with a call. throttle: refused for being asked too often. unavailable, fail: 503, 500, nothing was done.
 * fail-after: 500, and it took effect. reset, reset-after: the connection breaks before and after it took effect. hang, hang-after:
 * no answer ever comes, likewise. die, die-after: the function is killed before and after it took effect. partial: a part of what one
 * call asks is refused.
 */
export type Fault = (typeof FAULTS)[number]["name"];

// How often of ten thousand calls.
const FAULTS = [
  { name: "throttle", often: 200 },
  { name: "unavailable", often: 50 },
  { name: "fail", often: 100 },
  { name: "fail-after", often: 100 },
  { name: "reset", often: 100 },
  { name: "reset-after", often: 150 },
  { name: "hang", often: 20 },
  { name: "hang-after", often: 40 },
  { name: "die", often: 25 },
  { name: "die-after", often: 25 },
] as const satisfies readonly { readonly name: string; readonly often: number }[];
const OUT_OF = 10_000;
const PARTIAL_PERCENT = 5;
// One batch at a time is told, by a hundred calls: of what holds all others up for seconds, a part is enough.
const SLOW = /^(hang|die)/;
const SLOW_PERCENT = 30;

/** A call, as far as the choice of a fault depends on it: the same in every run of the same seed, whatever its ids. */
export interface Key {
  readonly called: Called;
  readonly from: string;
  readonly action: string;
  /** Names of what it is about. */
  readonly about: readonly string[];
}

/** Which faults meet which calls: by the seed, what is called about what, and for the how manieth time. */
export class Faults {
  private readonly seed: number;
  private readonly times = new Map<string, number>();

  constructor(seed: number) {
    this.seed = seed;
  }

  next({ called, from, action, about }: Key): Fault | "partial" | undefined {
    const key = [called, from, action, ...about].join(" ");
    const time = (this.times.get(key) ?? 0) + 1;
    this.times.set(key, time);
    const luck = luckOf(this.seed, hash(`${key} ${time}`));
    if (PARTIALLY.has(action) && luck.percent(PARTIAL_PERCENT)) return "partial";
    const fault = faultBy(luck);
    return from === "notify" && fault !== undefined && SLOW.test(fault) && !luck.percent(SLOW_PERCENT) ? undefined : fault;
  }
}

/** Calls that may be refused in part. */
const PARTIALLY: ReadonlySet<string> = new Set(["PutEvents", "SendMessageBatch", "BatchWriteItem"]);

function faultBy(luck: Luck): Fault | undefined {
  let left = luck.below(OUT_OF);
  for (const { name, often } of FAULTS) {
    if (left < often) return name;
    left -= often;
  }
  return undefined;
}

// FNV-1a, of 32 bits.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) value = Math.imul(value ^ text.charCodeAt(n), 0x01000193);
  return value >>> 0;
}
