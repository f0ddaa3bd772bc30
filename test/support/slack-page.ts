import { escapeHtml, markupToHtml } from "./slack-markup.ts";
import { STYLE } from "./slack-page-style.ts";

/** A message as the page shows it; `blocks` as they were posted. */
export interface ShownMessage {
  readonly blocks: readonly unknown[];
  /** What is shown beside the name of the app, such as a time of day. */
  readonly time?: string;
}

/** Posted messages as an HTML page that looks like a channel of Slack. Pure; everything in the messages is escaped. */
export function renderChannel(messages: readonly ShownMessage[], { title }: { readonly title: string }): string {
  const channel = escapeHtml(title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${channel}</title><style>${STYLE}</style></head>
<body><header class="channel">${channel}</header><main>
${messages.map(renderMessage).join("\n")}
</main></body></html>
`;
}

function renderMessage({ blocks, time = "" }: ShownMessage): string {
  return `<article><div class="avatar" aria-hidden="true">${AVATAR}</div><div class="body">
<div class="who"><b>Portcullis</b><span class="app">APP</span><time>${escapeHtml(time)}</time></div>
${blocks.map(renderBlock).join("\n")}
</div></article>`;
}

function renderBlock(block: unknown): string {
  if (!isRecord(block)) return unknownBlock(block);
  switch (block.type) {
    case "header":
      return `<h2>${renderText(block.text)}</h2>`;
    case "section": {
      const text = block.text === undefined ? "" : `<div class="text">${renderText(block.text)}</div>`;
      const fields = listOf(block.fields).map((field) => `<div>${renderText(field)}</div>`);
      const table = fields.length === 0 ? "" : `<div class="fields">${fields.join("")}</div>`;
      return `<div class="section">${text}${table}${block.accessory === undefined ? "" : renderButton(block.accessory)}</div>`;
    }
    case "context":
      return `<div class="context">${listOf(block.elements)
        .map((element) => `<div>${renderText(element)}</div>`)
        .join("")}</div>`;
    case "actions":
      return `<div class="actions">${listOf(block.elements).map(renderButton).join("")}</div>`;
    case "divider":
      return "<hr>";
    default:
      return unknownBlock(block);
  }
}

function renderText(value: unknown): string {
  if (!isRecord(value) || typeof value.text !== "string") return unknownBlock(value);
  return value.type === "mrkdwn" ? markupToHtml(value.text) : escapeHtml(value.text);
}

function renderButton(value: unknown): string {
  if (!isRecord(value)) return unknownBlock(value);
  const style = value.style === "primary" || value.style === "danger" ? ` ${value.style}` : "";
  return `<button type="button" class="button${style}">${renderText(value.text)}</button>`;
}

function unknownBlock(value: unknown): string {
  return `<pre class="unknown">${escapeHtml(JSON.stringify(value) ?? "undefined")}</pre>`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const AVATAR = `<svg viewBox="0 0 36 36" width="36" height="36"><rect width="36" height="36" rx="6" fill="#2f3e55"/>
<path d="M8 29V16a10 10 0 0 1 20 0v13" fill="none" stroke="#e8c468" stroke-width="2.6"/>
<path d="M13 14v13m5-15v15m5-13v13M9 18h18M9 23h18" stroke="#f4efe2" stroke-width="1.8" fill="none"/></svg>`;
