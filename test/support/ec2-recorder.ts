import { createServer, type IncomingMessage, type Server } from "node:http";
import { calledActions } from "./called-action.ts";
import { noteCall, noteFunction } from "./seen-calls.ts";

/** One call that reached EC2 or a service beside it, in order. */
interface RecordedCall {
  readonly action: string;
  readonly parameters: URLSearchParams;
  readonly userAgent: string;
  readonly status: number;
  /** Whether its answer was lost on the way. */
  readonly lost: boolean;
  /** What `observe` saw after the call was carried out and before its answer went back. */
  readonly observed: unknown;
}

export interface Ec2Recorder {
  readonly url: string;
  /** The same for a function of the packaged stack, whose calls are noted as its own. */
  urlFor(name: string): string;
  readonly calls: readonly RecordedCall[];
  close(): Promise<void>;
}

/**
 * What goes wrong with a call: EC2 refuses it for being asked too often, fails by itself, or carries it out and the answer is lost
 * on the way.
 */
export type Fault = "throttle" | "fail" | "lose-answer";

/**
 * Starts a proxy before EC2, and the services beside it on the same emulator, that records every call and, after each, what
 * `observe` sees; `fault` says of each call, by its number, what goes wrong with it. All that comes this way counts as called by Portcullis (seen-calls.ts): what a test sets up goes around it.
 */
export async function startEc2Recorder(
  ec2: string,
  observe: () => Promise<unknown> = async () => undefined,
  fault: (call: number) => Fault | undefined = () => undefined,
): Promise<Ec2Recorder> {
  const calls: RecordedCall[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    const wrong = fault(count++);
    if (wrong === "throttle" || wrong === "fail") {
      const code = wrong === "throttle" ? "RequestLimitExceeded" : "InternalError";
      const text = `<Response><Errors><Error><Code>${code}</Code><Message>a fault of the test</Message></Error></Errors></Response>`;
      request.resume().once("end", () => response.writeHead(wrong === "throttle" ? 503 : 500, { "content-type": "text/xml" }).end(text));
      return;
    }
    forward(ec2, request)
      .then(async ({ parameters, status, type, text }) => {
        const { "user-agent": userAgent = "" } = request.headers;
        const lost = wrong === "lose-answer";
        calls.push({ action: parameters.get("Action") ?? "", parameters, userAgent, status, lost, observed: await observe() });
        if (lost) response.destroy();
        else response.writeHead(status, { "content-type": type }).end(text);
      })
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  const url = await listen(server);
  return { url, urlFor: (name) => `${url}/${name}`, calls, close: () => close(server) };
}

async function forward(ec2: string, request: IncomingMessage) {
  const body = await request.reduce((text: string, chunk: Buffer) => text + chunk.toString("latin1"), "");
  const { method, headers } = request;
  // Nothing that this stands before is called by path.
  const [, name = ""] = /^\/([^/]*)/.exec(request.url ?? "") ?? [];
  for (const action of calledActions({ method, url: "/", headers, body })) {
    noteCall("emulators", action);
    if (name !== "") noteFunction("functions", name, action);
  }
  // The last asks the emulator for a read as of a moment ago (test/emulator/stale.py).
  const sent = ["authorization", "content-type", "x-amz-target", "x-as-of"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const answer = await fetch(ec2, {
    method: method ?? "POST",
    headers: Object.fromEntries(sent),
    body: Buffer.from(body, "latin1"),
  });
  const type = answer.headers.get("content-type") ?? "text/xml";
  return { parameters: new URLSearchParams(body), status: answer.status, type, text: await answer.text() };
}

/** Listens on a free loopback port and resolves to the server's URL. */
export function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error(`the server listens on ${address}: expected a port`));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });
}

/** Closes a server and the connections that clients keep open. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
