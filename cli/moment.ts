import { InvalidArgumentError } from "commander";

const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** Reads `--since`: a day from its first second on, or a moment; UTC unless it says otherwise. Throws commander's error. */
export function readSince(text: string): string {
  return readMoment(text, "T00:00:00Z");
}

/** Reads `--until`: a day to its last second, or a moment; UTC unless it says otherwise. Throws commander's error. */
export function readUntil(text: string): string {
  return readMoment(text, "T23:59:59Z");
}

// In the form in which CloudTrail has it, so that moments compare as text.
function readMoment(text: string, clock: string): string {
  const day = DAY.test(text);
  const zoned = day ? `${text}${clock}` : /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  const moment = new Date(zoned);
  const calendar = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  const exists = !Number.isNaN(moment.getTime()) && !Number.isNaN(calendar.getTime());
  // Date takes the 31st of June for the 1st of July.
  if (!(day || INSTANT.test(text)) || !exists || calendar.toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new InvalidArgumentError("expected a day such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z");
  }
  return `${moment.toISOString().slice(0, 19)}Z`;
}
