import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { calledActions } from "../support/called-action.ts";
import { close, listen } from "../support/ec2-recorder.ts";
import type { Called } from "../support/organization.ts";
import { type Answer, cut, partOf, refusal } from "./answers.ts";
import type { Fault } from "./faults.ts";
import type { Lag } from "./lag.ts";
import type { Trace } from "./trace.ts";

/** What the wires of a run share. */
export interface Weather {
  /** Which fault meets a call. */
  readonly next: (key: {
    readonly called: Called;
    readonly from: string;
    readonly action: string;
    readonly about: readonly string[];
  }) => Fault | "partial" | undefined;
  readonly lag: Lag;
  readonly trace: Trace;
}

/** A call on its way. */
interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

// Of the connection, or of the encoding that fetch has undone.
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "content-encoding",
  "expect",
  "keep-alive",
]);

/** Starts a proxy that functions call what is at `url` through, with faults. Its own address has the same path. */
export async function startWire(called: Called, url: string, weather: Weather) {
  const target = new URL(url);
  const server = createServer((request, response) => {
    carry(request, response).catch((error: unknown) => {
      weather.trace.note(`the wire to ${called} failed: ${String(error)}`, []);
      response.destroy();
    });
  });

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await received(request);
    const text = call.body.toString("latin1");
    const { from, action } = nameOf(called, call, text);
    const ids = weather.trace.namedIn(decoded(text));
    const fault = weather.next({ called, from, action, about: ids.map((id) => weather.trace.nameOf(id)) });
    const isStale = weather.lag.asOf(action, text);
    const note = (outcome: string) => weather.trace.note(`${from} ${called}:${action}: ${outcome}`, ids);

    if (fault === undefined || fault === "partial" || fault.endsWith("-after")) {
      const release = weather.lag.before(action, text);
      const part = fault === "partial" ? partOf(action, text) : undefined;
      const headers = isStale === undefined ? call.headers : { ...call.headers, "x-as-of": isStale };
      const answer = await forward({ ...call, headers, ...(part && { body: Buffer.from(part.sent, "latin1") }) });
      release(answer.status < 400);
      const told = `${answer.status}${isStale === undefined ? "" : " (stale)"}`;
      if (part !== undefined) {
        note(`${told}, in part`);
        return send(response, part.answer(answer));
      }
      if (fault === undefined || fault === "partial") {
        note(told);
        return send(response, answer);
      }
      note(`${told}, but ${fault}`);
    } else note(fault);
    switch (fault) {
      case "hang":
      case "hang-after":
        return;
      case "reset":
      case "reset-after":
        return void response.destroy();
      default:
        return send(response, refusal(called, fault));
    }
  }

  async function forward({ method, url: path, headers, body }: Call): Promise<Answer> {
    const answer = await fetch(`${target.origin}${path}`, { method, headers, ...(body.length > 0 && { body }) });
    const kept = [...answer.headers].filter(([key]) => !OWN_HEADERS.has(key));
    return { status: answer.status, headers: Object.fromEntries(kept), body: Buffer.from(await answer.arrayBuffer()) };
  }

  const address = await listen(server);
  return { url: `${address}${target.pathname === "/" ? "" : target.pathname}`, close: () => close(server) };
}

async function received(request: IncomingMessage): Promise<Call> {
  const { method = "POST", url = "/", headers } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const sent = Object.entries(headers).flatMap(([key, value]) =>
    typeof value === "string" && !OWN_HEADERS.has(key) ? [[key, value] as const] : [],
  );
  return { method, url, headers: Object.fromEntries(sent), body: Buffer.concat(chunks) };
}

// Functions call AWS under their own name in the path; Slack has one caller that matters.
function nameOf(called: Called, { method, url, headers }: Call, body: string): { readonly from: string; readonly action: string } {
  if (called === "slack") return { from: "notify", action: cut(url, "/") };
  const [, from = "", path = "/"] = /^\/([^/]+)(.*)$/.exec(url) ?? [];
  const [action = ""] = calledActions({ method, url: path, headers, body });
  return { from, action: cut(action, ":") };
}

// Forms and JSON within JSON write some characters of ids otherwise; ids that matter have none of these.
function decoded(text: string): string {
  return text.replaceAll("%2F", "/");
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers }).end(body);
}
