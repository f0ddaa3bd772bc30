const BLOCK = /^\s*(?:(resource|data)\s+"?([\w-]+)"?\s+"?([\w-]+)"?|(module)\s+"?([\w-]+)"?)\s*\{/;
const HEREDOC = /<<-?\s*"?([A-Za-z_][\w-]*)"?\s*$/;

/**
 * Where the resources, data sources and module calls of a file of HCL begin, by their names in references (`aws_vpc.main`,
 * `data.aws_vpc.main`, `module.web`); lines count from 1. What stands in comments and heredocs begins nothing.
 */
export function blocksOf(text: string): Map<string, number> {
  const blocks = new Map<string, number>();
  let heredoc: string | undefined;
  let isComment = false;
  for (const [at, line] of text.split("\n").entries()) {
    if (heredoc !== undefined) {
      if (line.trim() === heredoc) heredoc = undefined;
      continue;
    }
    const code = isComment ? afterComment(line) : line;
    if (code === undefined) continue;
    isComment = opensComment(code);
    const [, mode, type, name, , module] = BLOCK.exec(code) ?? [];
    const reference = module === undefined ? `${mode === "data" ? "data." : ""}${type}.${name}` : `module.${module}`;
    if ((type ?? module) !== undefined && !blocks.has(reference)) blocks.set(reference, at + 1);
    heredoc = HEREDOC.exec(code.replace(/\r$/, ""))?.[1];
  }
  return blocks;
}

function afterComment(line: string): string | undefined {
  const end = line.indexOf("*/");
  return end < 0 ? undefined : line.slice(end + 2);
}

// A comment that begins in a line and does not end in it. One within a string would have to look like one.
function opensComment(code: string): boolean {
  const line = code.replace(/"(?:[^"\\]|\\.)*"/g, "").replace(/(?:#|\/\/).*$/, "");
  return line.lastIndexOf("/*") > line.lastIndexOf("*/");
}
