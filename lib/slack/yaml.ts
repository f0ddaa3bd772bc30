const MARGIN = "  ";

/** Plain values as YAML: mappings and lists of their own lines at the top, and in one line below. */
export function yamlOf(name: string, values: Readonly<Record<string, unknown>>): string[] {
  const lines = Object.entries(values).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length === 0) return [`${MARGIN}${key}: ${flow(value)}`];
    return [`${MARGIN}${key}:`, ...value.map((item) => `${MARGIN}${MARGIN}- ${flow(item)}`)];
  });
  return [`${name}:`, ...lines];
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return entries.length === 0 ? "{}" : `{ ${entries.map(([key, item]) => `${scalar(key)}: ${flow(item)}`).join(", ")} }`;
  }
  return typeof value === "string" ? scalar(value) : String(value);
}

// Words stay bare; what YAML could take for a number, a date or syntax is quoted.
function scalar(text: string): string {
  return /^[A-Za-z][\w-]*( [\w-]+)*$/.test(text) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(text) ? text : JSON.stringify(text);
}
