import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type ReadRequest, readRequest } from "../../lib/slack/requests.ts";

const read = (file: string) => readFileSync(new URL(`../fixtures/slack/${file}`, import.meta.url), "utf8");
const PRESS = read("block-actions.json");
const SUBMISSION = read("view-submission.json");
const COMMAND = read("command.txt");
const DECISION = "9d1d9a1c-3f4b-4b58-a1c1-6a7d2a1c7d11/sg-0a1b2c3d4e5f60718";
const BY = {
  user: "U012AB3CD",
  id: "12466734323.1395872398.0c4a3d2b1e5f60718293a4b5c6d7e8f9",
  answerTo: "https://hooks.slack.com/actions/T0ACME001/1232321423432/D09sSasdasdAS9091209",
};
const NOW = Date.parse("2026-03-02T09:20:00Z");

/** An interaction as Slack posts it, with one part changed. */
const posted = (payload: string, from = "", to = "") => `payload=${encodeURIComponent(payload.replace(from, to))}`;
const pressed = (action: string) => readRequest(posted(PRESS, '"portcullis_undo"', `"${action}"`));
const command = (text: string) => readRequest(COMMAND.replace("explain+sg-0a1b2c3d4e5f60718", encodeURIComponent(text)));
const refused = (result: ReadRequest) => (result.kind === "refused" ? result.says : `not refused: ${JSON.stringify(result)}`);

describe("a button", () => {
  for (const ask of ["undo", "explain", "snooze"] as const) {
    test(ask, () => expect(pressed(`portcullis_${ask}`)).toEqual({ kind: "request", request: { ...BY, ask, decision: DECISION } }));
  }

  test("Allow for 4 h counts from the press, whenever it is read", () => {
    const request = {
      ...BY,
      ask: "allow",
      decision: DECISION,
      until: "2026-03-02T13:16:40.524Z",
      reason: "allowed for 4 hours by a button",
    };
    expect(pressed("portcullis_allow_4h")).toEqual({ kind: "request", request });
  });
  test("Allow for 1 day", () =>
    expect(pressed("portcullis_allow_1d")).toMatchObject({
      request: { until: "2026-03-03T09:16:40.524Z", reason: "allowed for 1 day by a button" },
    }));
  test("Allow until asks for a dialog", () =>
    expect(pressed("portcullis_allow_until")).toEqual({
      kind: "dialog",
      trigger: BY.id,
      decision: DECISION,
      user: BY.user,
      answerTo: BY.answerTo,
    }));

  for (const action of ["portcullis_delete", "toString", "__proto__", ""]) {
    test(`that Portcullis does not have is refused: ${action}`, () =>
      expect(refused(pressed(action))).toBe("This button is of another version of Portcullis: use those of a newer message."));
  }

  const WRONG: Record<string, [from: string, to: string]> = {
    "a user that is none": ['"id": "U012AB3CD"', '"id": "<!channel>"'],
    "a user in small letters": ['"id": "U012AB3CD"', '"id": "u012ab3cd"'],
    "no user": ['"user": { "id"', '"nobody": { "id"'],
    "no decision": [`"value": "${DECISION}"`, '"value": ""'],
    "a decision that is no text": [`"value": "${DECISION}"`, '"value": 7'],
    "a decision of 10 KB": [`"value": "${DECISION}"`, `"value": "${"x".repeat(10_000)}"`],
    "no trigger": ['"trigger_id"', '"trigger"'],
    "nowhere to answer": ['"response_url"', '"url"'],
    "an address of another kind": ["https://hooks.slack.com", "file:///etc/passwd"],
    "a press without a time": ['"action_ts": "1772443000.524971"', '"action_ts": "soon"'],
    "no action": ['"actions": [', '"actions": [], "others": ['],
  };
  for (const [name, [from, to]] of Object.entries(WRONG)) {
    test(`with ${name} is refused`, () => {
      expect(PRESS).toContain(from);
      expect(refused(readRequest(posted(PRESS, from, to)))).toMatch(/^Portcullis could not read this request\./);
    });
  }
});

describe("the dialog", () => {
  test("is a request, known by its view", () =>
    expect(readRequest(posted(SUBMISSION), NOW)).toEqual({
      kind: "request",
      request: {
        user: BY.user,
        id: "V0ALLOW001",
        answerTo: BY.answerTo,
        ask: "allow",
        decision: DECISION,
        until: "2026-03-02T14:00:00.000Z",
        reason: "The vendor works on it tonight, NET-12",
      },
    }));

  test("says what is wrong under the block where it is", () =>
    expect(readRequest(posted(SUBMISSION, "1772460000", "1772440000"), NOW)).toEqual({
      kind: "errors",
      errors: { until: expect.stringMatching(/^This is in the past/) },
    }));

  const WRONG: Record<string, [from: string, to: string]> = {
    "another callback": ['"portcullis_allow"', '"portcullis_deny"'],
    "no memory": ['"private_metadata": "{', '"private_metadata": "'],
    "the memory of another app": ['\\"decision\\"', '\\"order\\"'],
    "no decision": [`\\"${DECISION}\\"`, '\\"\\"'],
    "no id": ['"id": "V0ALLOW001"', '"id": ""'],
    "a user that is none": ['"id": "U012AB3CD"', '"id": "B012AB3CD"'],
  };
  for (const [name, [from, to]] of Object.entries(WRONG)) {
    test(`with ${name} is refused`, () => {
      expect(SUBMISSION).toContain(from);
      expect(refused(readRequest(posted(SUBMISSION, from, to), NOW))).toMatch(/could not read/);
    });
  }
});

describe("the command", () => {
  const by = {
    user: "U012AB3CD",
    id: "13345224609.738474920.8088930838d88f008e0",
    answerTo: "https://hooks.slack.com/commands/T0ACME001/8823/bLkXq",
  };
  const UNDERSTOOD: Record<string, object> = {
    "explain sg-0a1b2c3d4e5f60718": { ask: "explain-resource", resource: "sg-0a1b2c3d4e5f60718" },
    "  Explain   `SG-0A1B`.": { ask: "explain-resource", resource: "sg-0a1b" },
    "explain sg-1 444455556666 us-east-1": { ask: "explain-resource", resource: "sg-1", account: "444455556666", region: "us-east-1" },
    "explain sg-1 eu-west-1": { ask: "explain-resource", resource: "sg-1", region: "eu-west-1" },
    "explain <rtb-1>": { ask: "explain-resource", resource: "rtb-1" },
    exceptions: { ask: "exceptions" },
    STATUS: { ask: "status" },
  };
  for (const [text, asked] of Object.entries(UNDERSTOOD)) {
    test(text, () => expect(command(text)).toEqual({ kind: "request", request: { ...by, ...asked } }));
  }

  for (const text of ["", "help", "frobnicate <!channel>", "undo everything", "constructor"]) {
    test(`${JSON.stringify(text)} is answered by how to use it, and nothing of it is repeated`, () =>
      expect(refused(command(text))).toMatch(
        /^Try \/portcullis explain sg-\.\.\., to see .*; or \/portcullis reset-breaker 111122223333, to have .*\.$/,
      ));
  }
  for (const text of ["explain", "explain bastion", "explain sg-1 sg-2", "explain sg-<!here>", `explain sg-${"1".repeat(500)}`]) {
    test(`${text.slice(0, 30)} is asked for an id`, () => expect(refused(command(text))).toMatch(/^Name one resource by its id, such as/));
  }
  test("of another name is refused", () =>
    expect(refused(readRequest(COMMAND.replace("%2Fportcullis", "%2Fdrawbridge")))).toMatch(/could not read/));
  test("of nobody is refused", () =>
    expect(refused(readRequest(COMMAND.replace("user_id=U012AB3CD", "user_id=")))).toMatch(/could not read/));
});

describe("anything else is refused, and nothing throws", () => {
  const BODIES = [
    "",
    "payload=",
    "payload=%7B",
    "payload=null",
    "payload=[]",
    "payload=7",
    "payload=%FF",
    "{}",
    "\u0000",
    "&&&=",
    "ssl_check=1",
  ];
  for (const body of BODIES) test(JSON.stringify(body), () => expect(readRequest(body).kind).toBe("refused"));

  for (const type of ["shortcut", "message_action", "view_closed", "block_suggestion"]) {
    test(type, () => expect(refused(readRequest(posted(PRESS, "block_actions", type)))).toMatch(/use its buttons/));
  }
});
