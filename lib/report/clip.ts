/** The beginning of a text where it is longer than `limit` UTF-16 units, with a sign that it goes on; never within a character. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let fitting = "";
  for (const char of text.slice(0, limit)) {
    if (fitting.length + char.length >= limit) break;
    fitting += char;
  }
  return `${fitting}…`;
}
