import { type OpenedView, shownView } from "./slack-desk.ts";
import { listOf } from "./slack-elements.ts";
import { escapeHtml, markupToHtml, type Reader } from "./slack-markup.ts";
import { plainText, renderBlock } from "./slack-page-blocks.ts";
import { STYLE } from "./slack-page-style.ts";
import type { SlackUser } from "./slack-workspace.ts";

/** A message as the page shows it; `blocks` as they were posted. */
export interface ShownMessage {
  readonly blocks: readonly unknown[];
  /** Shown where there are no blocks. */
  readonly text?: string;
  /** What is shown beside the name of the app, such as a time of day. */
  readonly time?: string;
  readonly ts?: string;
  readonly edited?: boolean;
  /** Seen by nobody else. */
  readonly private?: boolean;
  /** What is in its thread. */
  readonly replies?: readonly ShownMessage[];
}

/** Messages as an HTML page that looks like a channel of Slack, without anything that works. Pure; everything is escaped. */
export function renderChannel(messages: readonly ShownMessage[], { title, ...reader }: { readonly title: string } & Reader): string {
  const channel = escapeHtml(title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${channel}</title><style>${STYLE}</style></head>
<body><header class="channel"><h1>${channel}</h1></header><main>
${renderMessages(messages, reader)}
</main></body></html>
`;
}

/** The same, with a list of channels, a choice of who one is and a place to type commands: slack-page-client.js makes it work. */
export function renderShell(users: readonly SlackUser[]): string {
  const options = users.map(({ id, name, title }) => {
    const who = title === undefined ? name : `${name} (${title})`;
    return `<option value="${escapeHtml(id)}">${escapeHtml(who)}</option>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portcullis: local Slack</title><style>${STYLE}</style><script type="module" src="/client.js"></script></head>
<body class="live"><nav aria-label="Channels"><p class="team">Local Slack</p><ul id="channels"></ul></nav>
<div class="column"><header class="channel"><h1 id="title">&nbsp;</h1><label>You are <select id="me">${options.join("")}</select></label></header>
<main id="messages" tabindex="-1"></main>
<p id="notice" role="status"></p>
<form id="composer"><label for="command">Command</label><input id="command" autocomplete="off" placeholder="/portcullis status"><button class="button">Send</button></form></div>
<dialog id="view" aria-labelledby="view-title"></dialog>
<dialog id="confirm" aria-labelledby="confirm-title"><form method="dialog"><h2 id="confirm-title"></h2><p id="confirm-text"></p>
<div class="buttons"><button class="button" value="no" id="confirm-no"></button><button class="button primary" value="yes" id="confirm-yes"></button></div></form></dialog>
</body></html>
`;
}

export function renderMessages(messages: readonly ShownMessage[], reader: Reader = {}): string {
  return messages.map((message) => renderMessage(message, reader)).join("\n");
}

/** The inside of a dialog. */
export function renderDialog(opened: OpenedView, reader: Reader = {}): string {
  const { title, submit, close, blocks } = shownView(opened);
  const send = submit === null ? "" : `<button class="button primary">${escapeHtml(plainText(submit))}</button>`;
  return `<form><h2 id="view-title">${escapeHtml(plainText(title))}</h2>
<div class="blocks">${listOf(blocks)
    .map((block) => renderBlock(block, reader))
    .join("\n")}</div>
<p class="error" id="view-error" role="alert"></p>
<div class="buttons"><button type="button" class="button" data-close>${escapeHtml(plainText(close) || "Cancel")}</button>${send}</div></form>`;
}

function renderMessage(message: ShownMessage, reader: Reader): string {
  const { blocks, text = "", time = "", ts = "", edited, private: alone, replies = [] } = message;
  const body =
    blocks.length > 0
      ? blocks.map((block) => renderBlock(block, reader)).join("\n")
      : `<div class="section">${markupToHtml(text, reader)}</div>`;
  return `<article data-ts="${escapeHtml(ts)}"${alone ? ' class="private"' : ""}><div class="avatar" aria-hidden="true">${AVATAR}</div><div class="body">
${alone ? '<p class="only">Only visible to you</p>' : ""}<div class="who"><b>Portcullis</b><span class="app">APP</span><time>${escapeHtml(time)}</time></div>
${body}${edited ? '<p class="edited">(edited)</p>' : ""}
${replies.length === 0 ? "" : renderThread(replies, reader)}</div></article>`;
}

function renderThread(replies: readonly ShownMessage[], reader: Reader): string {
  const count = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
  return `<section class="thread" aria-label="Thread, ${count}"><p class="count">${count}</p>
${renderMessages(replies, reader)}</section>`;
}

const AVATAR = `<svg viewBox="0 0 36 36" width="36" height="36"><rect width="36" height="36" rx="6" fill="#2f3e55"/>
<path d="M8 29V16a10 10 0 0 1 20 0v13" fill="none" stroke="#e8c468" stroke-width="2.6"/>
<path d="M13 14v13m5-15v15m5-13v13M9 18h18M9 23h18" stroke="#f4efe2" stroke-width="1.8" fill="none"/></svg>`;
