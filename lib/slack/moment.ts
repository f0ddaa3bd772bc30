import { code } from "./text.ts";

/** A moment (ISO 8601, or milliseconds since the epoch) as markup: in the reader's own time zone, and in UTC where Slack cannot. */
export function moment(at: string | number): string {
  const time = timeOf(at);
  if (time === undefined) return code(String(at), 40);
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} at {time_secs}|${utc(time)}>`;
}

/** The same without seconds, for what people chose. */
export function minute(at: string | number): string {
  const time = timeOf(at);
  if (time === undefined) return code(String(at), 40);
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} at {time}|${utcMinute(time)}>`;
}

/** A moment in UTC as plain text, `2026-03-02 13:14 UTC`. */
export function utcMinute(time: number): string {
  return timeOf(time) === undefined ? "an unknown moment" : `${isoOf(time).slice(0, 16)} UTC`;
}

function utc(time: number): string {
  return `${isoOf(time).slice(0, 19)} UTC`;
}

function isoOf(time: number): string {
  return new Date(time).toISOString().replace("T", " ");
}

// Beyond the year 9999, dates are written with a sign, and Slack shows none of them.
function timeOf(at: string | number): number | undefined {
  const time = typeof at === "number" ? at : Date.parse(at);
  return time >= 0 && time < 253_402_300_800_000 ? time : undefined;
}
