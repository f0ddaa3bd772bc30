/** A block of a guide that is to be followed. */
export interface Commands {
  /** The heading of the second level above it. */
  readonly section: string;
  /** In the file, from 1. */
  readonly line: number;
  readonly script: string;
}

const FENCE = /^( *)```(\w*)$/;

/** The blocks of a Markdown text that are marked as `sh`, in order. Others (`console`, `yaml`) show something, and are left out. */
export function commandsOf(markdown: string): readonly Commands[] {
  const found: Commands[] = [];
  let section = "";
  let block: { readonly indent: string; readonly kind: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const fence = FENCE.exec(text);
    if (block === undefined) {
      section = /^## (.*)$/.exec(text)?.[1] ?? section;
      if (fence !== null) block = { indent: fence[1] ?? "", kind: fence[2] ?? "", line: index + 2, lines: [] };
    } else if (fence === null) {
      block.lines.push(text.startsWith(block.indent) ? text.slice(block.indent.length) : text);
    } else {
      if (block.kind === "sh") found.push({ section, line: block.line, script: block.lines.join("\n") });
      block = undefined;
    }
  }
  if (block !== undefined) throw new Error(`the block that begins in line ${block.line} has no end`);
  return found;
}

/** The script with other values in assignments of their own lines. Throws for a name that is not assigned exactly once. */
export function withValues(script: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((changed, [name, value]) => {
    const assignments = new RegExp(`^${name}=("[^"]*"|\\S*)`, "gm");
    const count = changed.match(assignments)?.length ?? 0;
    if (count !== 1) throw new Error(`found ${count} assignments of ${name}, expected one:\n${script}`);
    return changed.replace(assignments, () => `${name}="${value}"`);
  }, script);
}
