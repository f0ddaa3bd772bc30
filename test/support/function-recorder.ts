import { createServer, type IncomingMessage } from "node:http";
import { calledActions } from "./called-action.ts";
import { close, listen } from "./ec2-recorder.ts";
import { noteFunction } from "./seen-calls.ts";

/** What the functions of the stack call, but for EC2 and the services beside it, which have a recorder of their own. */
export interface FunctionRecorder {
  readonly url: string;
  /** Where a function finds AWS: `AWS_ENDPOINT_URL`. */
  urlFor(name: string): string;
  close(): Promise<void>;
}

/** Starts a proxy before an emulator of everything, which notes (seen-calls.ts) what the function calls in whose path it is. */
export async function recordFunctions(emulator: string): Promise<FunctionRecorder> {
  const server = createServer((request, response) => {
    forward(emulator, request)
      .then(({ status, headers, bytes }) => response.writeHead(status, headers).end(bytes))
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  const url = await listen(server);
  return { url, urlFor: (name) => `${url}/${name}`, close: () => close(server) };
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
  for (const action of calledActions({ method, url: path, headers, body: body.toString("latin1") }))
    noteFunction("functions", name, action);
  const sent = Object.entries(headers).flatMap(([key, value]) =>
    typeof value === "string" && !OWN_HEADERS.has(key) ? [[key, value] as const] : [],
  );
  const answer = await fetch(`${emulator}${path}`, { method, headers: Object.fromEntries(sent), ...(body.length > 0 && { body }) });
  const kept = [...answer.headers].filter(([key]) => !OWN_HEADERS.has(key));
  return { status: answer.status, headers: Object.fromEntries(kept), bytes: Buffer.from(await answer.arrayBuffer()) };
}
