interface Issue {
  readonly path: readonly PropertyKey[];
  readonly expected?: unknown;
  readonly message: string;
}

const LONGEST = 60;

/** What a schema refuses first in a value: `format_version: found 1.2, expected string`. */
export function schemaFault(value: unknown, [issue]: readonly Issue[]): string {
  if (issue === undefined) return "";
  const place = issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return `${place}found ${textOf(at(value, issue.path))}, expected ${typeof issue.expected === "string" ? issue.expected : issue.message}`;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let inner = value;
  for (const key of path) inner = typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined;
  return inner;
}

function textOf(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}
