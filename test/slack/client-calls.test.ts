import { createServer, type IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { slackMessenger } from "../../lib/slack/client.ts";
import { SlackError } from "../../lib/slack/slack-error.ts";

/** A request as it came to Slack. */
interface Asked {
  readonly method: string;
  readonly token: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
type Answer = object | "hang" | { readonly status: number };

// Answers as they are written here, one for each request, whatever is asked: the calls are looked at, not Slack.
const asked: Asked[] = [];
let answers: Answer[] = [];
let url = "";
const server = createServer(async (request, response) => {
  asked.push(await read(request));
  const answer = answers.shift() ?? { ok: true };
  if (answer === "hang") return;
  const { status = 200, headers = {}, ...body }: { status?: number; headers?: Record<string, string> } = answer;
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
});

async function read(request: IncomingMessage): Promise<Asked> {
  let body = "";
  for await (const chunk of request) body += chunk;
  const json = request.headers["content-type"]?.startsWith("application/json") === true;
  const fields: unknown = json ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  return {
    method: new URL(request.url ?? "/", "http://localhost").pathname,
    token: request.headers.authorization ?? "",
    fields: typeof fields === "object" && fields !== null ? { ...fields } : {},
  };
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}/api/`;
});
afterEach(() => {
  asked.length = 0;
  answers = [];
});
afterAll(
  () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
);

const MESSAGE = { text: "x", blocks: [{ type: "divider" }] };
const refused = (error: string) => ({ ok: false, error });
const methods = () => asked.map(({ method }) => method.replace("/api/", ""));

function desk(...answering: Answer[]) {
  answers = answering;
  return slackMessenger({ token: async () => "xoxb-1", url, timeout: 200, sleep: async () => {} });
}

async function failureOf(call: Promise<unknown>): Promise<SlackError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SlackError)) throw new Error(`Expected a SlackError, got ${String(error)}`);
  return error;
}

const about = (id: string, ts = "2.0") => ({ ts, metadata: { event_type: "portcullis", event_payload: { about: id } } });

describe("a message", () => {
  test("goes to its thread, and says invisibly what it is about", async () => {
    const posted = await desk({ ok: true, channel: "C0NETGUARD", ts: "1.5" }).post("#net-guard", MESSAGE, {
      thread: "1.0",
      about: "event/sg-1",
    });
    expect(posted).toEqual({ channel: "C0NETGUARD", ts: "1.5" });
    expect(asked[0]?.fields).toMatchObject({ channel: "#net-guard", thread_ts: "1.0", parse: "none", unfurl_links: "false" });
    expect(JSON.parse(String(asked[0]?.fields.metadata))).toEqual({ event_type: "portcullis", event_payload: { about: "event/sg-1" } });
  });

  test("that stands is changed", async () => {
    await desk().update({ channel: "C0NETGUARD", ts: "1.5" }, MESSAGE);
    expect(methods()).toEqual(["chat.update"]);
    expect(asked[0]?.fields).toMatchObject({ channel: "C0NETGUARD", ts: "1.5", text: "x" });
    expect(asked[0]?.fields).not.toHaveProperty("metadata");
  });

  test("that somebody deleted cannot be changed, and says so", async () => {
    const failure = await failureOf(desk(refused("message_not_found")).update({ channel: "C0NETGUARD", ts: "1.5" }, MESSAGE));
    expect(failure.message).toBe("Slack did not change the message 1.5 in C0NETGUARD: message_not_found; somebody deleted the message");
    expect(failure.permanent).toBe(true);
  });
});

describe("a message whose answer was lost", () => {
  const LOST: Record<string, Answer> = {
    "to a time-out": "hang",
    "to HTTP 500": { status: 500 },
    "to an error within Slack": refused("internal_error"),
  };
  for (const [name, lost] of Object.entries(LOST)) {
    test(`${name} is found, and not posted twice`, async () => {
      const posted = await desk(lost, { ok: true, messages: [about("other"), about("event/sg-1", "3.0")] }).post("C0NETGUARD", MESSAGE, {
        about: "event/sg-1",
      });
      expect(posted).toEqual({ channel: "C0NETGUARD", ts: "3.0" });
      expect(methods()).toEqual(["chat.postMessage", "conversations.history"]);
    });
  }

  test("is posted again where it is not found", async () => {
    const posted = await desk({ status: 500 }, { ok: true, messages: [] }, { ok: true, channel: "C0NETGUARD", ts: "4.0" }).post(
      "C0NETGUARD",
      MESSAGE,
      {
        about: "event/sg-1",
      },
    );
    expect(posted.ts).toBe("4.0");
    expect(methods()).toEqual(["chat.postMessage", "conversations.history", "chat.postMessage"]);
  });

  test("is posted again where nobody lets us look", async () => {
    await desk({ status: 500 }, refused("missing_scope"), { ok: true, ts: "4.0" }).post("C0NETGUARD", MESSAGE, { about: "event/sg-1" });
    expect(methods()).toEqual(["chat.postMessage", "conversations.history", "chat.postMessage"]);
  });

  test("is not looked for where Slack refused it: then it is nowhere", async () => {
    await desk({ ok: false, error: "ratelimited" }, { ok: true, ts: "4.0" }).post("C0NETGUARD", MESSAGE, { about: "event/sg-1" });
    expect(methods()).toEqual(["chat.postMessage", "chat.postMessage"]);
  });
});

describe("looking for a message", () => {
  test("asks for the metadata, and believes no other event", async () => {
    const stranger = { ts: "1.0", metadata: { event_type: "other", event_payload: { about: "event/sg-1" } } };
    const found = await desk({ ok: true, messages: [{ ts: "0.5" }, stranger, about("event/sg-1")] }).find("C0NETGUARD", "event/sg-1");
    expect(found).toEqual({ channel: "C0NETGUARD", ts: "2.0" });
    expect(asked[0]?.fields).toMatchObject({ channel: "C0NETGUARD", include_all_metadata: "true" });
  });

  test("in a thread reads to its end, and does not take its parent", async () => {
    const page = { ok: true, messages: [about("event/sg-1", "1.0")], response_metadata: { next_cursor: "next" } };
    const found = await desk(page, { ok: true, messages: [about("event/sg-1", "9.0")] }).find("C0NETGUARD", "event/sg-1", "1.0");
    expect(found?.ts).toBe("9.0");
    expect(methods()).toEqual(["conversations.replies", "conversations.replies"]);
    expect(asked[1]?.fields).toMatchObject({ ts: "1.0", cursor: "next" });
  });

  test("finds nothing, after a few pages", async () => {
    const page = { ok: true, messages: [], response_metadata: { next_cursor: "next" } };
    expect(await desk(...Array.from({ length: 9 }, () => page)).find("C0NETGUARD", "event/sg-1")).toBeUndefined();
    expect(asked).toHaveLength(5);
  });

  test("learns the id of a channel by name, once", async () => {
    const slack = desk(
      { ok: true, channels: [{ id: "C1", name: "general" }], response_metadata: { next_cursor: "next" } },
      { ok: true, channels: [{ id: "C2", name: "net-guard" }] },
      { ok: true, messages: [about("event/sg-1")] },
      { ok: true, messages: [] },
    );
    expect(await slack.find("#net-guard", "event/sg-1")).toEqual({ channel: "C2", ts: "2.0" });
    await slack.find("#net-guard", "event/sg-2");
    expect(methods()).toEqual(["conversations.list", "conversations.list", "conversations.history", "conversations.history"]);
  });

  test("knows the id of a channel that it has posted to", async () => {
    const slack = desk({ ok: true, channel: "C2", ts: "1.0" }, { ok: true, messages: [] });
    await slack.post("#net-guard", MESSAGE);
    await slack.find("#net-guard", "event/sg-1");
    expect(methods()).toEqual(["chat.postMessage", "conversations.history"]);
  });

  test("in a channel that is not there says so", async () => {
    const failure = await failureOf(desk({ ok: true, channels: [] }).find("#gone", "event/sg-1"));
    expect(failure.message).toMatch(/^Slack did not show the messages of #gone: channel_not_found; correct the channel/);
  });
});

describe("people", () => {
  test("are known by their e-mail address", async () => {
    expect(await desk({ ok: true, user: { id: "U012AB3CD" } }).userByEmail("lena@example.com")).toBe("U012AB3CD");
    expect(asked[0]?.fields).toMatchObject({ email: "lena@example.com" });
  });
  test("are unknown where Slack knows none, or has seen them leave", async () => {
    expect(await desk(refused("users_not_found")).userByEmail("lena@example.com")).toBeUndefined();
    expect(await desk({ ok: true, user: { id: "U012AB3CD", deleted: true } }).userByEmail("lena@example.com")).toBeUndefined();
  });
  test("are not asked for by what is no address", async () => {
    for (const email of ["", "lena", "@", "a b@c", "a@b@c"]) expect(await desk().userByEmail(email)).toBeUndefined();
    expect(asked).toEqual([]);
  });
  test("of a user group are listed", async () => {
    expect(await desk({ ok: true, users: ["U1", "U2"] }).membersOf("S0GROUP")).toEqual(["U1", "U2"]);
    expect(asked[0]).toMatchObject({ method: "/api/usergroups.users.list", fields: { usergroup: "S0GROUP" } });
  });
  test("of a group that is gone are an error that says what to correct", async () =>
    expect((await failureOf(desk(refused("no_such_subteam")).membersOf("S0GONE"))).message).toBe(
      "Slack did not list the members of S0GONE: no_such_subteam; correct the id of the user group among the approvers of the policy",
    ));
});

describe("a scope that the app lacks is named", () => {
  const CALLS: Record<string, (slack: ReturnType<typeof desk>) => Promise<unknown>> = {
    "chat:write": (slack) => slack.post("C0NETGUARD", MESSAGE),
    "channels:history, groups:history": (slack) => slack.find("C0NETGUARD", "x"),
    "users:read.email": (slack) => slack.userByEmail("lena@example.com"),
    "usergroups:read": (slack) => slack.membersOf("S0GROUP"),
    commands: (slack) => slack.openView("1.2.a", {}),
  };
  for (const [scope, call] of Object.entries(CALLS)) {
    test(scope, async () => {
      const failure = await failureOf(call(desk(refused("missing_scope"))));
      expect(failure.message).toContain(`missing_scope; give the Slack app the scope ${scope}`);
      expect(failure.permanent).toBe(true);
      expect(asked).toHaveLength(1);
    });
  }
});

describe("a token", () => {
  const rotating = (...tokens: string[]) => {
    const reads: boolean[] = [];
    const slack = slackMessenger({
      token: async ({ fresh = false } = {}) => {
        reads.push(fresh);
        return (fresh ? tokens[1] : tokens[0]) ?? "xoxb-none";
      },
      url,
      sleep: async () => {},
    });
    return { slack, reads };
  };

  for (const code of ["invalid_auth", "token_expired", "token_revoked"]) {
    test(`that Slack refuses with ${code} is read again, and the new one is used at once`, async () => {
      answers = [refused(code), { ok: true, channel: "C2", ts: "1.0" }];
      const { slack, reads } = rotating("xoxb-old", "xoxb-new");
      await slack.post("C0NETGUARD", MESSAGE);
      expect(asked.map(({ token }) => token)).toEqual(["Bearer xoxb-old", "Bearer xoxb-new"]);
      expect(reads).toEqual([false, true]);
    });
  }
  test("that is still the same is not tried again", async () => {
    answers = [refused("invalid_auth")];
    const { slack, reads } = rotating("xoxb-old", "xoxb-old");
    expect((await failureOf(slack.post("C0NETGUARD", MESSAGE))).code).toBe("invalid_auth");
    expect(asked).toHaveLength(1);
    expect(reads).toEqual([false, true]);
  });
  test("is read again once only", async () => {
    answers = [refused("invalid_auth"), refused("invalid_auth"), { ok: true }];
    const { slack, reads } = rotating("xoxb-old", "xoxb-new");
    const failure = await failureOf(slack.post("C0NETGUARD", MESSAGE));
    expect(asked).toHaveLength(2);
    expect(reads).toEqual([false, true]);
    expect(`${failure.stack} ${JSON.stringify(failure.cause)}`).not.toMatch(/xoxb-(old|new)/);
  });
});

describe("a dialog", () => {
  test("is opened with its trigger", async () => {
    await desk().openView("1.2.a", { type: "modal", title: { type: "plain_text", text: "x" } });
    expect(asked[0]).toMatchObject({ method: "/api/views.open", fields: { trigger_id: "1.2.a" } });
    expect(JSON.parse(String(asked[0]?.fields.view))).toMatchObject({ type: "modal" });
  });
  test("that comes too late says so", async () =>
    expect((await failureOf(desk(refused("expired_trigger_id")).openView("1.2.a", {}))).message).toContain(
      "three seconds only: press it again",
    ));
});

describe("an answer to who asked", () => {
  const place = () => url.replace("/api/", "/response/T0/1/2");

  test("is for them alone, and leaves what they pressed", async () => {
    await desk({}).answer(place(), MESSAGE);
    expect(asked[0]).toMatchObject({
      method: "/response/T0/1/2",
      token: "",
      fields: { response_type: "ephemeral", replace_original: false, text: "x" },
    });
  });
  test("waits as long as Slack asks", async () => {
    await desk({ status: 429, headers: { "retry-after": "1" } }, {}).answer(place(), MESSAGE);
    expect(asked).toHaveLength(2);
  });
  test("is tried again after a time-out", async () => {
    await desk("hang", {}).answer(place(), MESSAGE);
    expect(asked).toHaveLength(2);
  });
  test("that Slack takes no more is not tried again", async () => {
    const failure = await failureOf(desk({ status: 404 }).answer(place(), MESSAGE));
    expect(failure.message).toBe(
      "Slack did not take the answer: HTTP 404; a request can be answered five times within half an hour: ask again",
    );
    expect(asked).toHaveLength(1);
  });
  for (const elsewhere of [
    "https://evil.example/x",
    "http://hooks.slack.com/x",
    "https://hooks.slack.com.evil.example/x",
    "file:///etc/passwd",
    "",
    "x",
  ]) {
    test(`goes to nobody but Slack: ${elsewhere}`, async () => {
      expect((await failureOf(desk().answer(elsewhere, MESSAGE))).message).toContain("nobody is answered");
      expect(asked).toEqual([]);
    });
  }
});
