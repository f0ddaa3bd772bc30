/** Who reads: the names behind the ids of people, and their own. */
export interface Reader {
  readonly names?: ReadonlyMap<string, string>;
  readonly me?: string;
}

const TOKENS = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>/g;

/**
 * Slack's markup (https://docs.slack.dev/messaging/formatting-message-text) as HTML: code, links, mentions, dates, bold,
 * italics, strike, quotes, and the three escapes. Only http, https and mailto links become links.
 */
export function markupToHtml(text: string, reader: Reader = {}): string {
  let html = "";
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    html += styled(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, block, code, reference] = match;
    if (block !== undefined) html += `<pre>${literal(block)}</pre>`;
    else if (code !== undefined) html += `<code>${literal(code)}</code>`;
    else html += renderReference(reference ?? "", reader);
  }
  return balanced(html + styled(text.slice(at)));
}

// What stands between < and >: a link, a mention or a date; after | comes what to show.
function renderReference(reference: string, { names, me }: Reader): string {
  const [target = "", ...labels] = reference.split("|");
  const label = labels.join("|");
  const date = /^!date\^(\d+)\^([^^]*)/.exec(target);
  if (date !== null) return `<time>${literal(label)}</time>`;
  if (/^[!@#]/.test(target)) {
    const name = names?.get(target.slice(1));
    const known = name === undefined ? target.replace(/^!(\w)/, "@$1") : `@${name}`;
    return `<span class="mention${target === `@${me}` ? " me" : ""}">${literal(label === "" ? known : label)}</span>`;
  }
  if (/^(https?:\/\/|mailto:)/.test(target)) {
    return `<a href="${literal(target)}" rel="noreferrer">${label === "" ? literal(target) : styled(label)}</a>`;
  }
  return literal(`<${reference}>`);
}

// Bold may span code and links, so its signs wait as private characters until all else is HTML.
const BOLD = "\uE000";

// Bold and its kin need a word border outside and no space inside.
function styled(text: string): string {
  return literal(text)
    .replace(/(^|\n)&#62;([^\n]*)/g, "$1<blockquote>$2</blockquote>")
    .replaceAll("*", BOLD)
    .replace(/(^|[^\w~])~(?=\S)([^~\n]*\S)~(?!\w)/g, "$1<s>$2</s>")
    .replace(/(^|[^\w])_(?=\S)([^_\n]*[^\s_])_(?!\w)/g, "$1<i>$2</i>")
    .replaceAll("\n", "<br>");
}

function balanced(html: string): string {
  return html
    .replace(/(^|[^\p{L}\p{N}])\uE000(?=[^\s\uE000])([^\uE000]*?[^\s\uE000])\uE000(?![\p{L}\p{N}])/gu, "$1<b>$2</b>")
    .replaceAll(BOLD, "*");
}

/** Text as it is, within HTML or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

// The only escapes of Slack's markup are &amp; &lt; and &gt;.
function literal(text: string): string {
  const plain = text.replace(/&(amp|lt|gt);/g, (_, name: string) => (name === "amp" ? "&" : name === "lt" ? "<" : ">"));
  return escapeHtml(plain);
}
