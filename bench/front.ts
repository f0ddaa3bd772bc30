import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { close, listen } from "../test/support/ec2-recorder.ts";

/** One call to AWS, and when its answer was handed to whoever asked (CLOCK_MONOTONIC, nanoseconds). */
export interface Call {
  readonly service: "ec2 and sts" | "dynamodb" | "events" | "other";
  readonly action: string;
  readonly answered: number;
}

export interface Front {
  readonly url: string;
  /** The calls since the last time this was asked. */
  take(): readonly Call[];
  close(): Promise<void>;
}

/**
 * What stands for AWS before those who are measured: EC2 and STS go on to the emulator; a table that forgets everything and a bus
 * that takes everything answer at once. The same for all, and every call is noted.
 */
export async function startFront(emulator: string): Promise<Front> {
  const agent = new Agent({ keepAlive: true });
  let calls: Call[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => {
      const body = Buffer.concat(chunks);
      const target = String(incoming.headers["x-amz-target"] ?? "");
      const note = (service: Call["service"], action: string) =>
        void calls.push({ service, action, answered: Number(process.hrtime.bigint()) });
      if (target !== "") {
        const [api = "", action = ""] = target.split(".");
        answer(response, api, body.toString());
        note(api.startsWith("DynamoDB") ? "dynamodb" : api === "AWSEvents" ? "events" : "other", action);
        return;
      }
      const action = new URLSearchParams(body.toString()).get("Action") ?? "";
      forward(incoming, body, response, () => note("ec2 and sts", action));
    });
  });
  const url = await listen(server);
  return {
    url,
    take: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
    close: async () => {
      agent.destroy();
      await close(server);
    },
  };

  function forward(incoming: IncomingMessage, body: Buffer, response: ServerResponse, note: () => void): void {
    const { host: _, ...headers } = incoming.headers;
    const onward = request(`${emulator}${incoming.url}`, { method: incoming.method, headers, agent }, (answered) => {
      // Of one connection only (RFC 9110, 7.6.1): EC2 keeps those of its callers open, and moto none.
      const { connection: _, "keep-alive": __, "transfer-encoding": ___, ...told } = answered.headers;
      response.writeHead(answered.statusCode ?? 502, told);
      answered.pipe(response);
      answered.once("end", note);
    });
    onward.once("error", (error) => response.writeHead(502).end(String(error)));
    onward.end(body);
  }
}

// Writes that ask for what stands then are told that it was the first.
function answer(response: ServerResponse, api: string, body: string): void {
  const empty = { Items: [], Count: 0, ScannedCount: 0, Attributes: { times: { N: "1" }, since: { S: new Date().toISOString() } } };
  const entries: unknown[] = api === "AWSEvents" ? JSON.parse(body).Entries : [];
  const bus = { FailedEntryCount: 0, Entries: entries.map((_, n) => ({ EventId: String(n) })) };
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(api === "AWSEvents" ? bus : empty));
}
