import { visible } from "../slack/text.ts";
import { clip } from "./clip.ts";

// Markup for GitHub (https://github.github.com/gfm/). None of what is foreign may format, link, mention or hide.

/** Shows nothing, and keeps apart what GitHub would join to a mention, a reference or a link. */
const APART = "&#8203;";

/** Foreign text as inert prose within a line, at most `limit` characters of it. Use `code` for what people copy. */
export function prose(text: string, limit: number): string {
  return (
    clip(visible(text), limit)
      .replace(/[&<>]/g, (sign) => (sign === "&" ? "&amp;" : sign === "<" ? "&lt;" : "&gt;"))
      .replace(/[\\`*_[\]~|]/g, "\\$&")
      // What GitHub finds in the text that is left, where no backslash helps: @person, #1, GH-1, links, :emoji:.
      .replace(/[@#](?=[\p{L}\p{N}_])|GH-(?=\d)|:(?=\/\/)|www(?=\.)|(?:mailto|xmpp):|:(?=[\w+\\-]+:)/giu, `$&${APART}`)
      // The one way that GitHub documents for a dollar sign that begins no formula.
      .replaceAll("$", "<span>$</span>")
  );
}

/** Foreign text as inline code, exact but for what shows nothing, at most `limit` characters of it. */
export function code(text: string, limit: number): string {
  const shown = clip(visible(text), limit);
  if (shown === "") return "`(empty)`";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Lines of ours as a block of code. */
export function codeLines(lines: string): string {
  return `\`\`\`\n${lines}\n\`\`\``;
}
