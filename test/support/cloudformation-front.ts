import { createServer, type IncomingMessage } from "node:http";
import { close, listen } from "./ec2-recorder.ts";

/** CloudFormation as one service: StackSets on moto, which MiniStack does not know, and everything else on MiniStack. */
export interface CloudFormationFront {
  readonly url: string;
  /** The actions that were called, in order. */
  readonly called: readonly string[];
  close(): Promise<void>;
}

const OF_STACK_SETS = /StackSet|StackInstance/;
// No emulator knows these two; they answer with nothing (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ActivateOrganizationsAccess.html).
const OF_ORGANIZATIONS = /^(A|Dea)ctivateOrganizationsAccess$/;

export async function startCloudFormationFront(moto: string, ministack: string): Promise<CloudFormationFront> {
  const called: string[] = [];
  const server = createServer((request, response) => {
    answer(request)
      .then(({ status, text }) => response.writeHead(status, { "content-type": "text/xml" }).end(text))
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  async function answer(request: IncomingMessage) {
    const body = await request.reduce((text: string, chunk: Buffer) => text + chunk.toString("latin1"), "");
    const action = new URLSearchParams(body).get("Action") ?? "";
    called.push(action);
    if (OF_ORGANIZATIONS.test(action)) return { status: 200, text: `<${action}Response><${action}Result/></${action}Response>` };
    const { authorization = "", "content-type": type = "" } = request.headers;
    const answered = await fetch(OF_STACK_SETS.test(action) ? moto : ministack, {
      method: "POST",
      headers: { authorization, "content-type": type },
      body: Buffer.from(body, "latin1"),
    });
    return { status: answered.status, text: await answered.text() };
  }
  return { url: await listen(server), called, close: () => close(server) };
}
