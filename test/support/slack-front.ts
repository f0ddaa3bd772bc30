import type { IncomingMessage, ServerResponse } from "node:http";
import { type Reply, readBody, readFields, refused, send } from "./slack-http.ts";
import type { Method } from "./slack-methods.ts";
import { createPace } from "./slack-pace.ts";

/**
 * How a call is answered instead of judged: an HTTP status (429 with `retryAfter` in seconds), an error of Slack's with status
 * 200, not at all (`hang`), with a broken connection (`refuse`), with a broken connection after it was carried out (`lose`),
 * or `ok`: as usual.
 */
export type Behaviour =
  | "ok"
  | "hang"
  | "refuse"
  | "lose"
  | { readonly status: number; readonly retryAfter?: number }
  | { readonly error: string; readonly retryAfter?: number };

export interface FrontSettings {
  readonly now: () => number;
  /** The methods of the Web API. */
  readonly methods: Readonly<Record<string, Method>>;
  /** Takes what is posted to a response_url. */
  readonly respond: (id: string, ...fields: Parameters<Method>) => Reply;
}

/** What meets the requests: it checks tokens, keeps the pace, and misbehaves when told to. */
export function createFront({ now, methods, respond }: FrontSettings) {
  const next: { behaviour: Behaviour; method?: string }[] = [];
  const calls: string[] = [];
  const pace = createPace(now);
  let always: Behaviour = "ok";
  let token: string | undefined;

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const method = path.startsWith("/response/") ? "response_url" : path.slice(path.lastIndexOf("/") + 1);
    calls.push(method);
    const behaviour = behaviourFor(method);
    if (behaviour === "hang") return;
    const reply = behaviour === "ok" || behaviour === "lose" ? handle(request, method, path, body) : replyOf(behaviour);
    if (behaviour === "lose" || reply === undefined) request.socket.destroy();
    else send(response, reply);
  }

  function behaviourFor(method: string): Behaviour {
    const index = next.findIndex((one) => one.method === undefined || one.method === method);
    return index === -1 ? always : (next.splice(index, 1)[0]?.behaviour ?? "ok");
  }

  function handle(request: IncomingMessage, method: string, path: string, body: string): Reply {
    const fields = readFields(request, body);
    if (method === "response_url") return respond(path.slice("/response/".length), fields);
    const given = /^Bearer (xox\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (given === undefined) return refused("not_authed");
    if (token !== undefined && token !== given) return refused("invalid_auth");
    const call = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (call === undefined) return refused("unknown_method");
    return (method === "chat.postMessage" ? pace.refuse(String(fields.channel)) : undefined) ?? call(fields);
  }

  return {
    listener: (request: IncomingMessage, response: ServerResponse): void => {
      readBody(request)
        .then((body) => answer(request, response, body))
        .catch((error: unknown) => send(response, { status: 500, body: { ok: false, error: "internal_error", reason: String(error) } }));
    },
    controls: {
      /** How many requests came, whatever their answer. */
      requests: () => calls.length,
      /** The methods that were called, in order; `response_url` for posts to one. */
      calls: calls satisfies readonly string[],
      /** Answers the next requests so, in this order; those after as usual. */
      behave: (...behaviours: readonly Behaviour[]) => void next.push(...behaviours.map((behaviour) => ({ behaviour }))),
      /** Answers the next calls of one method so. */
      behaveOn: (method: string, ...behaviours: readonly Behaviour[]) =>
        void next.push(...behaviours.map((behaviour) => ({ behaviour, method }))),
      /** Answers every request so, until told otherwise. */
      stay: (behaviour: Behaviour) => {
        always = behaviour;
      },
      /** Takes one message in so many milliseconds and channel, and answers 429 to what comes earlier; 0 takes all. */
      pace: pace.set,
      /** Takes no other token from now on: others get invalid_auth. */
      setToken: (only: string) => {
        token = only;
      },
    },
  };
}

function replyOf(behaviour: "refuse" | Exclude<Behaviour, string>): Reply | undefined {
  if (behaviour === "refuse") return undefined;
  const headers = behaviour.retryAfter === undefined ? {} : { "retry-after": String(behaviour.retryAfter) };
  if ("status" in behaviour) return { status: behaviour.status, body: { ok: false }, headers };
  return { ...refused(behaviour.error), headers };
}
