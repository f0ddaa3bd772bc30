/** `2026-02-04 09:38:00 UTC`; what is no moment stays as it is. */
export function momentText(at: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(at) ? `${at.slice(0, 19).replace("T", " ")} UTC` : at;
}

/** `4 February 2026`, in UTC. */
function dayText(at: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  return new Date(time).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

/** From the day of the first moment to that of the last. */
export function periodText(from: string, to: string): string {
  const [first, last] = [dayText(from), dayText(to)];
  return first === last ? first : `${first} to ${last}`;
}
