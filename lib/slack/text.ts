// Names, descriptions, arns and user agents are written by whoever calls AWS. None of it may format, link, mention or hide.

// Characters that show nothing: joiners, direction marks and tags (Cf), and the letters and marks that are drawn as blanks.
const INVISIBLE = /\p{Cf}|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u2800|\u3164|\uFFA0/gu;
const LINE_BREAKS_AND_CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\s]+/gu;
const LONE_SURROGATES = /\p{Cs}/gu;

// Slack's markup has no escape for its own signs, so outside of code they give way to their look-alikes.
const LOOK_ALIKES: Readonly<Record<string, string>> = { "*": "∗", "~": "∼", "`": "ˋ", "|": "¦" };
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** One line of visible text: controls and line breaks become spaces; what shows nothing or turns the direction is removed. */
export function visible(text: string): string {
  return text.replace(LONE_SURROGATES, "\uFFFD").replace(INVISIBLE, "").replace(LINE_BREAKS_AND_CONTROLS, " ").trim();
}

/**
 * Foreign text as inert prose within markup, at most `limit` UTF-16 units with its escapes. Use `code` for what people copy:
 * here, formatting signs are replaced by their look-alikes.
 */
export function prose(text: string, limit: number): string {
  const inert = visible(text)
    .replace(/[*~`|]/g, (sign) => LOOK_ALIKES[sign] ?? sign)
    // An underscore between letters formats nothing, and people copy such names.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "ˍ")
    .replace(/:(?=[\w+'-]+:)/g, "∶")
    // Slack turns these into people and channels when they are words of their own.
    .replace(/@(?=(here|channel|everyone)\b)/giu, "＠")
    .replace(/^>+/, (signs) => "›".repeat(signs.length));
  return cut(inert, limit, entity);
}

/** Foreign text as inline code, at most `limit` units with its escapes and backticks; exact but for backticks. */
export function code(text: string, limit: number): string {
  const inert = visible(text).replaceAll("`", "ˋ");
  return inert === "" ? "`(empty)`" : `\`${cut(inert, limit - 2, entity)}\``;
}

/**
 * Several lines as a block of code, each with its indentation; undefined where they do not fit in `limit` units: what people
 * are to copy is whole or not there.
 */
export function codeBlock(text: string, limit: number): string | undefined {
  const lines = text.split("\n").map((line) =>
    line
      .replace(LONE_SURROGATES, "\uFFFD")
      .replace(INVISIBLE, "")
      .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
      .replaceAll("`", "ˋ")
      .replace(/[&<>]/g, entity),
  );
  const block = `\`\`\`${lines.join("\n")}\`\`\``;
  return block.length <= limit ? block : undefined;
}

/** A user of Slack by a mention; anything that is no user's id as code. */
export function person(id: string): string {
  return isUserId(id) ? `<@${id}>` : code(id, 40);
}

export function isUserId(id: string): boolean {
  return /^[UW][A-Z0-9]{1,30}$/.test(id);
}

/** A number and what it counts: `1 rule`, `3 rules`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Text of ours, such as that of a rule: its code stays code, and the three signs that Slack reserves are escaped. */
export function own(text: string): string {
  return text.replace(/[&<>]/g, entity);
}

/** A link with foreign text as its label. The address must be one that we composed ourselves. */
export function link(url: URL, label: string, limit: number): string {
  const target = url.href.replace(/[<>|]/g, encodeURIComponent).replaceAll("&", "&amp;");
  return `<${target}|${prose(label, limit)}>`;
}

/** Foreign text for a plain text object, where Slack's entities are not dependable: no sign of markup stays. */
export function plain(text: string, limit: number): string {
  const inert = visible(text)
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .replaceAll("&", "＆")
    .replace(/:(?=[\w+'-]+:)/g, "∶");
  return cut(inert, limit, (char) => char);
}

/** The first `shown` lines of a list, and how many more there are. */
export function listed<T>(items: readonly T[], shown: number, line: (item: T) => string): string {
  const lines = items.slice(0, shown).map((item) => `• ${line(item)}`);
  const more = items.length - lines.length;
  return [...lines, ...(more > 0 ? [`• and ${more} more`] : [])].join("\n");
}

function entity(char: string): string {
  return ENTITIES[char] ?? char;
}

// Cuts between code points, and never within an escape. Slack does not say which unit it counts; UTF-16 units are the most.
function cut(text: string, limit: number, write: (char: string) => string): string {
  let fitting = "";
  let room = "";
  for (const char of text) {
    const written = write(char);
    if (fitting.length + written.length > limit) return `${room}…`;
    fitting += written;
    if (fitting.length < limit) room = fitting;
  }
  return fitting;
}
