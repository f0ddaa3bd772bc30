import { createServer, type IncomingMessage, type Server } from "node:http";
import { calledActions } from "./called-action.ts";
import { close, listen } from "./ec2-recorder.ts";

/** What the functions of the stack call, but for EC2, which has a recorder of its own. */
export interface FunctionRecorder {
  /** Where a function finds AWS: `AWS_ENDPOINT_URL`. */
  urlFor(name: string): string;
  /** The actions that each function has called. */
  readonly called: ReadonlyMap<string, ReadonlySet<string>>;
  close(): Promise<void>;
}

/** Starts a proxy before an emulator of everything, which knows by the path for which function it stands. */
export async function startFunctionRecorder(emulator: string, note: (name: string, action: string) => void): Promise<FunctionRecorder> {
  const called = new Map<string, Set<string>>();
  const server: Server = createServer((request, response) => {
    forward(emulator, request)
      .then(({ name, actions, status, headers, bytes }) => {
        const known = called.get(name) ?? new Set();
        called.set(name, known);
        for (const action of actions) {
          known.add(action);
          note(name, action);
        }
        response.writeHead(status, headers).end(bytes);
      })
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  const url = await listen(server);
  return { urlFor: (name) => `${url}/${name}`, called, close: () => close(server) };
}

// Of the connection, or of the encoding that fetch has undone.
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "content-encoding",
  "expect",
]);

async function forward(emulator: string, request: IncomingMessage) {
  const { method = "POST", url = "", headers } = request;
  const [, name = "", path = ""] = /^\/([^/]+)(.*)$/.exec(url) ?? [];
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const actions = calledActions({ method, url: path, headers, body: body.toString("latin1") });
  const sent = Object.entries(headers).flatMap(([key, value]) =>
    typeof value === "string" && !OWN_HEADERS.has(key) ? [[key, value] as const] : [],
  );
  const answer = await fetch(`${emulator}${path}`, { method, headers: Object.fromEntries(sent), ...(body.length > 0 && { body }) });
  const kept = [...answer.headers].filter(([key]) => !OWN_HEADERS.has(key));
  return { name, actions, status: answer.status, headers: Object.fromEntries(kept), bytes: Buffer.from(await answer.arrayBuffer()) };
}
