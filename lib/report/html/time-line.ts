import type { OUTCOMES, Outcome } from "../../model/decision.ts";
import type { Row } from "./data.ts";

/** Changes of one stretch of time, by outcome. */
interface Stretch {
  /** As it stands under the bar. */
  readonly label: string;
  readonly counts: ReadonlyMap<Outcome, number>;
}

export interface TimeLine {
  readonly unit: Unit["name"];
  readonly stretches: readonly Stretch[];
  /** True where stretches without a change are left out. */
  readonly gaps: boolean;
}

interface Unit {
  readonly name: "minute" | "hour" | "day" | "week" | "month" | "year";
  /** The beginning of the stretch in which a moment is, and of the next one; milliseconds in UTC. */
  readonly start: (time: number) => number;
  readonly next: (start: number) => number;
  readonly label: (start: string) => string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// 1970 began on a Thursday, and weeks begin on Mondays.
const MONDAY = 4 * DAY;
const MOST = 72;
const MOST_DAYS_WITH_GAPS = 40;

const every = (size: number, offset = 0): Pick<Unit, "start" | "next"> => ({
  start: (time) => Math.floor((time - offset) / size) * size + offset,
  next: (start) => start + size,
});
const monthOf = (time: number, more = 0) => Date.UTC(new Date(time).getUTCFullYear(), new Date(time).getUTCMonth() + more);
const yearOf = (time: number, more = 0) => Date.UTC(new Date(time).getUTCFullYear() + more, 0);

const UNITS: readonly Unit[] = [
  { name: "minute", ...every(MINUTE), label: (iso) => iso.slice(11, 16) },
  { name: "hour", ...every(HOUR), label: (iso) => `${iso.slice(5, 10)} ${iso.slice(11, 13)}h` },
  { name: "day", ...every(DAY), label: (iso) => iso.slice(0, 10) },
  { name: "week", ...every(7 * DAY, MONDAY), label: (iso) => iso.slice(0, 10) },
  { name: "month", start: (time) => monthOf(time), next: (start) => monthOf(start, 1), label: (iso) => iso.slice(0, 7) },
  { name: "year", start: (time) => yearOf(time), next: (start) => yearOf(start, 1), label: (iso) => iso.slice(0, 4) },
];
const [, , DAYS, , , YEARS] = UNITS;

/** The finest stretches of which not too many cover all changes; a few days far apart are told without what lies between. */
export function timeLineOf(rows: readonly Pick<Row, "at" | "outcome">[]): TimeLine | undefined {
  const timed = rows.map(({ at = "", outcome }) => ({ time: Date.parse(at), outcome })).filter(({ time }) => !Number.isNaN(time));
  const times = timed.map(({ time }) => time);
  if (times.length === 0 || DAYS === undefined || YEARS === undefined) return undefined;
  const first = times.reduce((a, b) => Math.min(a, b));
  const last = times.reduce((a, b) => Math.max(a, b));
  const whole = UNITS.find((unit) => reaches(unit, first, last)) ?? YEARS;
  const days = new Set(times.map(DAYS.start));
  const gaps = UNITS.indexOf(whole) > UNITS.indexOf(DAYS) && days.size <= MOST_DAYS_WITH_GAPS;
  const unit = gaps ? DAYS : whole;
  const starts = gaps ? [...days].sort((a, b) => a - b) : startsOf(unit, first, last);
  const counts = new Map(starts.map((start) => [start, new Map<Outcome, number>()]));
  for (const { time, outcome } of timed) {
    const of = counts.get(unit.start(time));
    of?.set(outcome, (of.get(outcome) ?? 0) + 1);
  }
  const stretches = [...counts].map(([start, of]): Stretch => ({ label: unit.label(new Date(start).toISOString()), counts: of }));
  return { unit: unit.name, stretches, gaps };
}

function reaches(unit: Unit, first: number, last: number): boolean {
  let start = unit.start(first);
  for (let n = 0; n < MOST; n++) {
    start = unit.next(start);
    if (start > last) return true;
  }
  return false;
}

function startsOf(unit: Unit, first: number, last: number): number[] {
  const starts: number[] = [];
  for (let start = unit.start(first); start <= last; start = unit.next(start)) starts.push(start);
  return starts;
}

/** Outcomes from the most harmless to the worst, as bars are stacked from the ground. */
export const STACKED: readonly Outcome[] = [
  "clean",
  "excepted",
  "acted",
  "alert",
  "would-act",
  "contested",
  "failed",
] satisfies (typeof OUTCOMES)[number][];
