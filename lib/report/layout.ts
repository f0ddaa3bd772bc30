import { visible } from "../slack/text.ts";

/** How a piece of text looks; what that means is decided where the report is written. */
export type Style = "strong" | "faint" | "good" | "warning" | "bad" | "worst" | "notice";

/** Gives text a style, or leaves it alone where there are no colours. */
export type Paint = (style: Style, text: string) => string;

/** One line of a cell before it is wrapped. All text may come from AWS: it is made inert here. */
export interface Line {
  readonly text: string;
  readonly style?: Style;
  /** How many lines it may take; the rest is cut off. */
  readonly most?: number;
  readonly align?: "right";
}

export type Cell = readonly Line[];

const GAP = "  ";
// A word too long for any line begins on the one before it where that leaves more than a stub.
const SHORTEST_BREAK = 8;

/** A row of cells below each other's columns, as lines of text without blanks at their ends. */
export function layRow(cells: readonly Cell[], widths: readonly number[], paint: Paint, indent = 0): string[] {
  const columns = cells.map((cell, i) => cell.flatMap((line) => wrapLine(line, widths[i] ?? 0)));
  const height = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, y) => {
    let row = "";
    let owed = indent;
    for (const [i, column] of columns.entries()) {
      const { text: written = "", style, align } = column[y] ?? {};
      const text = align === "right" ? written.padStart(widths[i] ?? 0) : written;
      if (text !== "") row += " ".repeat(owed) + (style === undefined ? text : paint(style, text));
      owed = (text === "" ? owed : 0) + (widths[i] ?? 0) - widthOf(text) + GAP.length;
    }
    return row;
  });
}

/** The columns that are left beside these. */
export function remaining(total: number, widths: readonly number[]): number {
  return total - widths.reduce((sum, width) => sum + width + GAP.length, 0);
}

function wrapLine({ text, most = 4, ...look }: Line, width: number): Line[] {
  const lines = wrap(visible(text), width);
  const shown = lines.slice(0, most);
  if (lines.length > most) shown.push(`${clip(shown.pop() ?? "", width - 1)}…`);
  return shown.map((line) => ({ text: line, ...look }));
}

/** Text in lines of at most `width` columns, broken at blanks, else within words where people would. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (let word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    const room = width - widthOf(line) - 1;
    if (line !== "" && widthOf(word) > width && room > SHORTEST_BREAK) {
      const head = breakWord(word, room);
      line = `${line} ${head}`;
      word = word.slice(head.length);
    }
    if (line !== "") lines.push(line);
    while (widthOf(word) > width) {
      const head = breakWord(word, width);
      lines.push(head);
      word = word.slice(head.length);
    }
    line = word;
  }
  if (line !== "") lines.push(line);
  return lines;
}

// After a sign that joins, or before a capital: AuthorizeSecurityGroup|Ingress, stratus-|red-team.
function breakWord(word: string, width: number): string {
  const head = clip(word, Math.max(width, 1));
  const breaks = [...`${head}${word[head.length] ?? ""}`.matchAll(/[-/.,:_](?=.)|[a-z](?=[A-Z])/g)];
  const last = breaks.at(-1);
  const at = last === undefined ? 0 : last.index + 1;
  return at > head.length / 2 ? word.slice(0, at) : head;
}

// The longest beginning that fits, and never less than one character, so that wrapping comes to an end.
function clip(text: string, width: number): string {
  let fitting = "";
  for (const { segment } of GRAPHEMES.segment(text)) {
    if (fitting !== "" && widthOf(fitting + segment) > width) break;
    fitting += segment;
  }
  return fitting;
}

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });
const PRINTABLE_ASCII = /^[ -~]*$/;
const WIDE = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** How many columns of a terminal the text takes. */
export function widthOf(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of GRAPHEMES.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
