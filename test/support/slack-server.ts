import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { refuseBlocks } from "./slack-limits.ts";

/** A message that the server took. */
export interface PostedMessage {
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly unknown[];
  readonly ts: string;
}

/**
 * How the server answers the next request instead of judging it: an HTTP status (429 with `retryAfter` in seconds), an error
 * of Slack's with status 200, not at all, or `ok`: as usual.
 */
type Behaviour =
  | "ok"
  | "hang"
  | { readonly status: number; readonly retryAfter?: number }
  | { readonly error: string; readonly retryAfter?: number };

export interface SlackServer {
  /** What SLACK_API_URL should be. */
  readonly url: string;
  readonly messages: readonly PostedMessage[];
  /** How many requests came, whatever their answer. */
  requests(): number;
  /** Answers the next requests so, in this order; those after as usual. */
  behave(...next: readonly Behaviour[]): void;
  /** Is told about every message as it comes. */
  onMessage(listener: (message: PostedMessage) => void): void;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Fields {
  readonly channel?: unknown;
  readonly text?: unknown;
  readonly blocks?: unknown;
}

/** Starts a local Slack on a free port of the loopback interface: chat.postMessage and auth.test, with Slack's limits. */
export async function start(): Promise<SlackServer> {
  const messages: PostedMessage[] = [];
  const listeners: ((message: PostedMessage) => void)[] = [];
  const next: Behaviour[] = [];
  let requests = 0;

  const server = createServer((request, response) => {
    requests++;
    readBody(request)
      .then((body) => answer(request, body))
      .catch((error: unknown): Reply => ({ status: 500, body: { ok: false, error: "internal_error", reason: String(error) } }))
      .then((reply) => {
        if (reply !== undefined) send(response, reply);
      });
  });

  function answer(request: IncomingMessage, body: string): Reply | undefined {
    const behaviour = next.shift() ?? "ok";
    if (behaviour === "hang") return undefined;
    if (behaviour !== "ok") {
      const headers = behaviour.retryAfter === undefined ? {} : { "retry-after": String(behaviour.retryAfter) };
      if ("status" in behaviour) return { status: behaviour.status, body: { ok: false }, headers };
      return { ...refused(behaviour.error), headers };
    }
    if (!/^Bearer xox/.test(request.headers.authorization ?? "")) return refused("not_authed");
    const method = new URL(request.url ?? "/", "http://localhost").pathname.split("/").at(-1);
    if (method === "auth.test") return { status: 200, body: { ok: true, user: "portcullis", team: "local" } };
    if (method !== "chat.postMessage") return refused("unknown_method");
    return take(fieldsOf(request, body));
  }

  function take({ channel, text, blocks }: Fields): Reply {
    if (typeof channel !== "string" || channel === "") return refused("channel_not_found");
    const refusal = blocks === undefined ? undefined : refuseBlocks(blocks);
    if (refusal !== undefined) {
      const about = { messages: refusal.messages.map((message) => `[ERROR] ${message}`) };
      return refused(refusal.error, { errors: refusal.messages, response_metadata: about });
    }
    if (blocks === undefined && (typeof text !== "string" || text === "")) return refused("no_text");
    const message = {
      channel,
      text: typeof text === "string" ? text : "",
      blocks: Array.isArray(blocks) ? blocks : [],
      ts: `${1_700_000_000 + messages.length}.000100`,
    };
    messages.push(message);
    for (const listener of listeners) listener(message);
    return { status: 200, body: { ok: true, channel, ts: message.ts, message } };
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`The server listens on ${address}: expected a port`);
  return {
    url: `http://127.0.0.1:${address.port}/api/`,
    messages,
    requests: () => requests,
    behave: (...behaviours) => {
      next.push(...behaviours);
    },
    onMessage: (listener) => {
      listeners.push(listener);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

// Slack takes both; in a form, lists are JSON in a field.
function fieldsOf(request: IncomingMessage, body: string): Fields {
  if (request.headers["content-type"]?.startsWith("application/json")) {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  }
  const form = new URLSearchParams(body);
  const blocks = form.get("blocks");
  return { channel: form.get("channel"), text: form.get("text"), ...(blocks !== null && { blocks: parseBlocks(blocks) }) };
}

function parseBlocks(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not a list, so it is refused as Slack refuses it: invalid_blocks_format.
    return text;
  }
}

// Slack's refusals have status 200.
function refused(error: string, more: object = {}): Reply {
  return { status: 200, body: { ok: false, error, ...more } };
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
