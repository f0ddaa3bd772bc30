import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import * as z from "zod/mini";

/** A comment as the API has it. */
export interface IssueComment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
  readonly html_url: string;
}

/** What the server answers in place of itself: a status, or after having carried it out (as one that times out behind a proxy). */
export interface Failure {
  readonly method: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly afterwards?: true;
}

const Body = z.object({ body: z.string() });
const Upload = z.object({ commit_sha: z.string(), ref: z.string(), sarif: z.string(), tool_name: z.string() });
const TOKEN = "ghs_0123456789abcdef";
const BOT = "github-actions[bot]";

/** As much of GitHub's REST API as comments and code scanning take; one repository, one pull request. */
export class GithubServer {
  readonly comments: IssueComment[] = [];
  readonly uploads: { readonly sha: string; readonly ref: string; readonly sarif: unknown }[] = [];
  readonly asked: string[] = [];
  /** Each is used once, in order, by the first request that it fits. */
  readonly failures: Failure[] = [];
  /** A token that may read alone, as that of a fork's pull request. */
  readOnly = false;
  readonly token = TOKEN;
  private next = 1;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return this.url;
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${isAddress(address) ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  write(body: string, login = BOT): IssueComment {
    const id = this.next++;
    const comment = { id, user: { login }, body, html_url: `https://github.example/octo/shop/pull/7#issuecomment-${id}` };
    this.comments.push(comment);
    return comment;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    this.asked.push(`${method} ${url}`);
    const send = (status: number, value: unknown, more: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...more }).end(status === 204 ? undefined : JSON.stringify(value));
    };
    const at = this.failures.findIndex((failure) => failure.method === method);
    const failure = at < 0 ? undefined : this.failures.splice(at, 1)[0];
    const fail = (one: Failure) => send(one.status, { message: one.message ?? "failed" }, one.headers);
    if (failure !== undefined && failure.afterwards === undefined) return fail(failure);
    if (headers.authorization !== `Bearer ${TOKEN}`) return send(401, { message: "Bad credentials" });
    if (this.readOnly && method !== "GET") return send(403, { message: "Resource not accessible by integration" });
    const [status, value] = this.carryOut(method, new URL(url, "http://x"), Buffer.concat(chunks).toString());
    if (failure !== undefined) return fail(failure);
    send(status, value);
  }

  private carryOut(method: string, { pathname, searchParams }: URL, text: string): [number, unknown] {
    const list = "/repos/octo/shop/issues/7/comments";
    if (pathname === list && method === "GET") {
      const size = Math.min(Number(searchParams.get("per_page") ?? 30), 100);
      const from = (Number(searchParams.get("page") ?? 1) - 1) * size;
      return [200, this.comments.slice(from, from + size)];
    }
    if (pathname === list && method === "POST") return [201, this.write(Body.parse(JSON.parse(text)).body)];
    const id = /^\/repos\/octo\/shop\/issues\/comments\/(\d+)$/.exec(pathname)?.[1];
    const comment = this.comments.find((one) => String(one.id) === id);
    if (comment !== undefined && method === "PATCH") {
      comment.body = Body.parse(JSON.parse(text)).body;
      return [200, comment];
    }
    if (comment !== undefined && method === "DELETE") {
      this.comments.splice(this.comments.indexOf(comment), 1);
      return [204, undefined];
    }
    if (pathname === "/repos/octo/shop/code-scanning/sarifs" && method === "POST") {
      const { commit_sha: sha, ref, sarif } = Upload.parse(JSON.parse(text));
      this.uploads.push({ sha, ref, sarif: JSON.parse(gunzipSync(Buffer.from(sarif, "base64")).toString()) });
      return [202, { id: "1" }];
    }
    return [404, { message: "Not Found" }];
  }
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === "object" && address !== null;
}
