import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Request } from "../../lib/guard/answering/respond-ports.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { ACTIONS } from "../../lib/slack/buttons.ts";
import { type FrontDeskPorts, receiveFromSlack } from "../../lib/slack/front-desk.ts";
import { policy } from "../policy/policies.ts";
import { decision } from "../support/decisions.ts";
import { MemoryMeter } from "../support/memory-ports.ts";
import { signRequest } from "../support/slack-interactivity.ts";
import { type SlackServer, start } from "../support/slack-server.ts";

const NOW = Date.parse("2026-03-02T09:20:00Z");

describe("the front desk", () => {
  let slack: SlackServer;
  let made: Decision | undefined;
  let handedOn: Request[];
  let opened: { trigger: string; view: object }[];
  let said: string[];
  let warnings: string[];
  let meter: MemoryMeter;

  beforeEach(async () => {
    [made, handedOn, opened, said, warnings] = [decision(), [], [], [], []];
    meter = new MemoryMeter();
    slack = await start({ now: () => NOW });
    await slack.close();
    slack.addUser({ id: "U0ADA", name: "ada" });
  });

  function ports(overrides: Partial<FrontDeskPorts> = {}): FrontDeskPorts {
    return {
      policy: policy("mode: enforce"),
      decisions: { read: async () => made },
      desk: {
        openView: async (trigger, view) => void opened.push({ trigger, view }),
        answer: async (_, { text }) => void said.push(text),
      },
      signingSecret: async () => slack.signingSecret,
      handOn: async (request) => void handedOn.push(request),
      clock: { now: () => NOW },
      meter,
      log: { info: () => {}, warn: (message) => void warnings.push(message), error: () => {} },
      ...overrides,
    };
  }
  const command = (text: string) => slack.commandRequest({ text, user: "U0ADA" });

  test("hands a command on and says at once that it is at it", async () => {
    const answer = await receiveFromSlack(command("explain sg-0123456789abcdef0"), ports());
    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining("Looking at it") });
    expect(handedOn).toEqual([expect.objectContaining({ ask: "explain-resource", resource: "sg-0123456789abcdef0", user: "U0ADA" })]);
  });

  test("answers what it does not understand itself", async () => {
    const answer = await receiveFromSlack(command("open everything"), ports());
    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining("explain") });
    expect(handedOn).toEqual([]);
  });

  test.each<[string, (request: ReturnType<typeof command>) => ReturnType<typeof command>, number]>([
    ["forged", ({ headers, body }) => ({ headers, body: `${body}&user_id=U0EVE` }), NOW],
    ["unsigned", ({ body }) => ({ headers: {}, body }), NOW],
    ["replayed after five minutes", (request) => request, NOW + 301_000],
  ])("refuses what is %s, reads none of it and says so in the log", async (_, change, now) => {
    const answer = await receiveFromSlack(change(command("status")), ports({ clock: { now: () => now } }));
    expect(answer).toMatchObject({ statusCode: 401, body: "" });
    expect(handedOn).toEqual([]);
    expect(warnings).toEqual(["Refused a request without a valid signature of Slack's"]);
    expect(meter.values).toEqual({ RequestsRefused: [1] });
  });

  test("fails where the queue does not take a request, so that Slack tells the person", async () => {
    const broken = ports({ handOn: () => Promise.reject(new Error("sqs is down")) });
    await expect(receiveFromSlack(command("status"), broken)).rejects.toThrow("sqs is down");
  });

  describe("asked for a dialog", () => {
    const pressed = () => {
      const payload = {
        type: "block_actions",
        user: { id: "U0ADA" },
        trigger_id: "1.2.3",
        response_url: "https://hooks.slack.com/actions/T0/1/x",
        actions: [{ action_id: ACTIONS.allowUntil, value: decision().id, action_ts: String(NOW / 1000) }],
      };
      return signRequest(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), slack.signingSecret, NOW / 1000);
    };

    test("opens it at once, within the span that the policy allows for what was found", async () => {
      expect(await receiveFromSlack(pressed(), ports())).toMatchObject({ statusCode: 200, body: "" });
      expect(opened).toEqual([expect.objectContaining({ trigger: "1.2.3" })]);
      expect(JSON.stringify(opened)).toContain("modal");
      expect(handedOn).toEqual([]);
    });

    test("of a decision that has left the ledger, says so and opens none", async () => {
      made = undefined;
      expect(await receiveFromSlack(pressed(), ports())).toMatchObject({ statusCode: 200 });
      expect(opened).toEqual([]);
      expect(said).toEqual([expect.stringContaining("has left the ledger")]);
    });
  });
});
