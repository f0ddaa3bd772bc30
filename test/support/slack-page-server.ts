import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { close, listen } from "./ec2-recorder.ts";
import { isJson, type Json } from "./slack-elements.ts";
import { readBody, send } from "./slack-http.ts";
import { escapeHtml, type Reader } from "./slack-markup.ts";
import { renderDialog, renderMessages, renderShell, type ShownMessage } from "./slack-page.ts";
import type { Answered, SlackServer } from "./slack-server.ts";

const CLIENT = join(import.meta.dirname, "slack-page-client.js");
// The page loads nothing from elsewhere, and nothing that a message holds runs.
const POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

/** Serves a local Slack as a page that works, on a free port of the loopback interface. */
export async function startSlackPage(slack: SlackServer) {
  const watchers = new Set<ServerResponse>();
  slack.onChange(() => {
    for (const watcher of watchers) watcher.write("data: changed\n\n");
  });

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => send(response, { status: 500, body: { says: `The local Slack failed: ${error}` } }));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST") return send(response, { status: 200, body: await act(pathname, await fieldsOf(request)) });
    const page = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
    switch (pathname) {
      case "/":
        return send(response, { status: 200, body: renderShell([...slack.users.values()]), headers: page });
      case "/client.js":
        return send(response, {
          status: 200,
          body: await readFile(CLIENT, "utf8"),
          headers: { "content-type": "text/javascript; charset=utf-8" },
        });
      case "/state":
        return send(response, { status: 200, body: stateFor(slack, searchParams.get("user") ?? "", searchParams.get("channel")) });
      case "/events":
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" }).flushHeaders();
        watchers.add(response);
        response.once("close", () => watchers.delete(response));
        return;
      default:
        return send(response, { status: 404, body: { says: "There is no such page." } });
    }
  }

  async function act(path: string, fields: Json): Promise<object> {
    const { user = "", ts = "", action = "", value, view = "", text = "", channel } = strings(fields);
    if (path === "/close") slack.closeDialog(view);
    else if (!slack.isConnected()) return { says: "Nothing answers: this Slack knows no request URL." };
    if (path === "/press") return outcome(await slack.pressButton({ ts, action, user, ...(value !== undefined && { value }) }));
    if (path === "/submit") return outcome(await slack.submitDialog({ view, user, values: valuesOf(fields.values) }));
    if (path !== "/command") return {};
    const command = /^\/portcullis(?:\s+(.*))?$/s.exec(text.trim());
    if (command === null) return { says: "Only the command /portcullis works here." };
    return outcome(await slack.command({ text: command[1] ?? "", user, ...(channel !== undefined && { channel }) }));
  }

  return { url: await listen(server), close: () => close(server) };
}

async function fieldsOf(request: IncomingMessage): Promise<Json> {
  // Another site's page could send neither this type nor this header.
  const own = request.headers["sec-fetch-site"] ?? "same-origin";
  if (own !== "same-origin" || request.headers["content-type"] !== "application/json") throw new Error("the request is not from this page");
  const parsed: unknown = JSON.parse(await readBody(request));
  return isJson(parsed) ? parsed : {};
}

function strings(fields: Json): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function valuesOf(values: unknown): Readonly<Record<string, string | number | null>> {
  if (!isJson(values)) return {};
  const plain = (value: unknown) => (typeof value === "string" || typeof value === "number" ? value : null);
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));
}

/** What the page shows after a request: nothing, the app's objections to a dialog, or that it did not answer well. */
function outcome(answered: Answered): object {
  if (answered.status === undefined) return { says: `Portcullis did not answer: ${answered.problem}` };
  if (answered.status !== 200) return { says: `Portcullis answered with ${answered.status} ${answered.body}`.trim() };
  if (!answered.body.includes("response_action")) return {};
  const { errors = {} }: Json = { ...JSON.parse(answered.body) };
  return { errors };
}

function stateFor(slack: SlackServer, user: string, wanted: string | null): object {
  const name = wanted ?? slack.messages.at(-1)?.channel ?? "#general";
  const reader = { me: user, names: new Map([...slack.users.values()].map((one) => [one.id, one.name])) };
  const known = [...new Set([...slack.channels.map((one) => one.name), name])].sort();
  const open = slack.views.findLast((one) => one.user === user && one.open);
  return {
    channel: name,
    channels: known.map((one) => renderLink(one, one === name)).join(""),
    messages: renderMessages(messagesFor(slack, name, user), reader),
    ...(open !== undefined && { dialog: dialogOf(open, reader) }),
  };
}

function dialogOf(open: SlackServer["views"][number], reader: Reader): object {
  return { id: open.id, html: renderDialog(open, reader) };
}

function renderLink(name: string, current: boolean): string {
  return `<li><a href="?channel=${encodeURIComponent(name)}"${current ? ' aria-current="page"' : ""}>${escapeHtml(name)}</a></li>`;
}

// What this user sees in a channel: threads under their parents, and what was answered to them alone where they asked.
function messagesFor(slack: SlackServer, channel: string, user: string): readonly ShownMessage[] {
  const mine = slack.answers.filter((one) => one.kind === "ephemeral" && one.user === user);
  const all = [...slack.messages, ...mine].filter((one) => one.channel === channel).sort((a, b) => Number(a.ts) - Number(b.ts));
  const shown = (one: (typeof all)[number]): ShownMessage => ({
    ts: one.ts,
    text: one.text,
    blocks: one.blocks,
    time: new Date(Number(one.ts) * 1000).toLocaleTimeString("en-GB"),
    edited: slack.editsOf(one).length > 0,
    private: "kind" in one,
  });
  return all
    .filter(({ thread }) => thread === undefined)
    .map((parent) => ({ ...shown(parent), replies: all.filter(({ thread }) => thread === parent.ts).map(shown) }));
}
