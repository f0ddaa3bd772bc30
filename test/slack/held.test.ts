import { describe, expect, test } from "@jest/globals";
import { messageFor } from "../../lib/slack/message.ts";
import { replyFor, stateAfter } from "../../lib/slack/reply.ts";
import { readRequest } from "../../lib/slack/requests.ts";
import { respond } from "../../lib/slack/respond.ts";
import { granting } from "../support/changes.ts";
import { decision } from "../support/decisions.ts";
import { guardRig } from "../support/guard-rig.ts";
import { respondRig } from "../support/respond-rig.ts";
import { readAll, readMessage } from "./read-message.ts";

const HELD = "the breaker of account 111122223333 is open until 2026-03-02T09:24Z: 50 acts within 10 minutes under policy 3f9c01d2ab47";
const held = decision({ outcome: "alert", acts: [], held: HELD });

describe("a decision that the breaker held back", () => {
  test("says so in its first line, why, and what ends it", () => {
    const message = messageFor(held, { buttons: true });
    expect(readMessage(message)[0]).toMatch(/^⛔ Held back, still open: tcp 22 from 0\.0\.0\.0\/0 on /);
    const all = readAll(message);
    expect(all).toMatch(
      /\*What the policy has closed was held back:\* the breaker of account 111122223333 is open until .*: 50 acts within 10 minutes under policy 3f9c01d2ab47\./,
    );
    expect(all).toContain("`/portcullis reset-breaker 111122223333`");
    expect(all).not.toContain("the policy asks only to be told");
  });

  test("leaves its thread with what stands", () => {
    expect(readAll(replyFor(held))).toContain("Held back, still open");
    expect(stateAfter(held, 2)).toContain("Now: still there: the breaker of the account is open");
  });

  test("that acted in part tells both", () => {
    const all = readAll(messageFor(decision({ held: HELD })));
    expect(all).toMatch(/Portcullis closed it/);
    expect(all).toContain("was held back");
  });
});

describe("/portcullis reset-breaker", () => {
  const asked = (text: string) =>
    readRequest(
      new URLSearchParams({
        command: "/portcullis",
        text,
        user_id: "U0APPROVER",
        trigger_id: "press-1",
        response_url: "http://127.0.0.1/response",
      }).toString(),
    );
  const request = (text = "reset-breaker 111122223333") => {
    const read = asked(text);
    if (read.kind !== "request") throw new Error(JSON.stringify(read));
    return read.request;
  };
  async function opened() {
    const rig = guardRig("mode: enforce\nbreaker: { acts: 1, minutes: 10 }\nslack: { approvers: [U0APPROVER] }");
    for (const id of ["sg-1", "sg-2"]) {
      rig.ec2.createGroup(id, ["tcp 22 from 0.0.0.0/0"]);
      await rig.guard({ ...granting("tcp 22 from 0.0.0.0/0"), subject: { kind: "security-group", id } });
    }
    expect(await rig.breaker.open()).toHaveLength(1);
    return { rig, desk: respondRig(rig) };
  }

  test.each(["reset-breaker", "reset-breaker 1234", "reset-breaker 111122223333 now"])("needs one account: %s", (text) => {
    expect(asked(text)).toMatchObject({ kind: "refused", says: expect.stringContaining("12 digits") });
  });

  test("by an approver closes it, once, and is on record", async () => {
    const { rig, desk } = await opened();
    await respond(request(), desk.ports);
    await respond(request(), desk.ports);
    expect(await rig.breaker.open()).toEqual([]);
    expect(desk.told).toEqual([expect.stringContaining("is closed"), expect.stringContaining("is closed")]);
    expect([...desk.answers.values()]).toMatchObject([{ ask: "reset-breaker", result: "done", user: "U0APPROVER" }]);
  });

  test("by anybody else is refused", async () => {
    const { rig, desk } = await opened();
    await respond({ ...request(), user: "U0LENA" }, desk.ports);
    expect(await rig.breaker.open()).toHaveLength(1);
    expect(desk.told).toEqual([expect.stringContaining("not among the approvers")]);
  });

  test("where none is open says that", async () => {
    const desk = respondRig(guardRig("slack: { approvers: [U0APPROVER] }"));
    await respond(request(), desk.ports);
    expect(desk.told).toEqual([expect.stringContaining("is not open")]);
  });
});
