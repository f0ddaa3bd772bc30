// Whatever XML 1.0 cannot hold, not even escaped: https://www.w3.org/TR/xml/#charsets
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** An element with its attributes, in their order. `content` is XML; without it the element closes itself. */
export function element(name: string, attributes: Attributes, content?: string): string {
  return content === undefined ? `<${name}${written(attributes)}/>` : `${startTag(name, attributes)}${content}</${name}>`;
}

export function startTag(name: string, attributes: Attributes): string {
  return `<${name}${written(attributes)}>`;
}

type Attributes = Readonly<Record<string, string | number>>;

function written(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeAttribute(String(value))}"`)
    .join("");
}

/** Any text as the content of an element: a parser reads it back, but for characters that XML cannot have. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(FORBIDDEN, "\uFFFD")
      .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
      // Otherwise read as a line feed.
      .replaceAll("\r", "&#13;")
  );
}

// Otherwise read as blanks.
function escapeAttribute(text: string): string {
  return escapeXml(text).replace(/[\t\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
