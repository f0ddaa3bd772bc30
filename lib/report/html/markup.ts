import { createHash } from "node:crypto";
import { visible } from "../../slack/text.ts";

/** Markup of ours, or foreign text that was escaped already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = string | number | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Markup with values in it: every text among them is foreign, so it is made visible and escaped, for content and quoted attributes. */
export function markup(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(strings.reduce((before, string, i) => `${before}${partText(values[i - 1] ?? "")}${string}`));
}

function partText(part: Part): string {
  if (part instanceof Markup) return part.text;
  return typeof part === "object" ? part.map(String).join("") : escapeText(String(part));
}

/** Foreign text as one line of content, or within a quoted attribute. Where it begins or ends with blanks, it does so with one. */
function escapeText(text: string): string {
  const shown = visible(text);
  if (shown === "") return text === "" ? "" : " ";
  const [before, after] = [/^\s/.test(text) ? " " : "", /\s$/.test(text) ? " " : ""];
  return `${before}${shown}${after}`.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

// No sign with which HTML could end a script or begin a comment, nor what older readers of JavaScript take for a line break.
const UNSAFE = /[<>&\u2028\u2029]/g;

/** A value as JSON that can stand in a `script` element: every text in it is one line and visible, and none ends the element. */
export function embedJson(value: unknown): Markup {
  const json = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "string" ? visible(inner) : inner));
  return new Markup(json.replace(UNSAFE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`));
}

/** How a content security policy names an inline script or style that it lets in (https://www.w3.org/TR/CSP3/#grammardef-hash-source). */
export function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
