const DAY = 86_400_000;
const UNTIL = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/**
 * The first millisecond (since the epoch) at which something allowed `until` no longer holds: a date lasts to its end in
 * UTC, a date-time to that very instant. Undefined for text that is neither, or a day that no calendar has.
 */
export function lapseOf(until: string): number | undefined {
  const match = UNTIL.exec(until);
  if (match === null) return undefined;
  const [, year, month, day] = match.map(Number);
  const midnight = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  // Date.parse takes 2027-02-30 for the 2nd of March.
  if (midnight.toISOString().slice(0, 10) !== until.slice(0, 10)) return undefined;
  if (until.length === 10) return midnight.getTime() + DAY;
  const instant = Date.parse(until);
  return Number.isNaN(instant) ? undefined : instant + 1;
}

/** Whether something allowed `until` still holds `at` (ISO 8601). What cannot be read never holds. */
export function holdsAt(until: string, at: string): boolean {
  return Date.parse(at) < (lapseOf(until) ?? Number.NEGATIVE_INFINITY);
}
