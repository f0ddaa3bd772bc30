import type { IncomingMessage, ServerResponse } from "node:http";
import { isJson, type Json } from "./slack-elements.ts";

/** What a request is answered with; text as it is, objects as JSON. */
export interface Reply {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

export function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  const type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

const STRUCTURED = ["blocks", "metadata", "view"];

/** The arguments of a call. Slack takes JSON and forms; in a form, what is structured is JSON in a field. */
export function readFields(request: IncomingMessage, body: string): Json {
  if (request.headers["content-type"]?.startsWith("application/json")) {
    const parsed: unknown = JSON.parse(body);
    return isJson(parsed) ? parsed : {};
  }
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const given = [...searchParams, ...new URLSearchParams(body)];
  return Object.fromEntries(given.map(([key, value]) => [key, STRUCTURED.includes(key) ? parseOrKeep(value) : value]));
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A text where an object belongs, which is refused as Slack refuses it: invalid_blocks_format and the like.
    return text;
  }
}

/** A refusal of the Web API: those have status 200. */
export function refused(error: string, messages: readonly string[] = []): Reply {
  const about = { errors: messages, response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) } };
  return { status: 200, body: { ok: false, error, ...(messages.length > 0 && about) } };
}

export function accepted(body: object = {}): Reply {
  return { status: 200, body: { ok: true, ...body } };
}
