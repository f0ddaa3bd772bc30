import { expect, test } from "@jest/globals";
import type { Desk } from "../../lib/guard/answering/respond-ports.ts";
import { countFailures } from "../../lib/slack/count-failures.ts";
import { refusal } from "../support/memory-messenger.ts";
import { MemoryMeter } from "../support/memory-ports.ts";

const POSTED = { channel: "C1", ts: "1.2" };
const MESSAGE = { text: "hello", blocks: [] };

/** Every call of a desk. */
const CALLS: Record<keyof Desk, (desk: Desk) => Promise<unknown>> = {
  post: (desk) => desk.post("#net", MESSAGE, { about: "d1" }),
  update: (desk) => desk.update(POSTED, MESSAGE, () => 1),
  find: (desk) => desk.find("#net", "d1", "1.2"),
  userByEmail: (desk) => desk.userByEmail("ada@example.com"),
  membersOf: (desk) => desk.membersOf("S1"),
  openView: (desk) => desk.openView("1.2.3", { type: "modal" }),
  answer: (desk) => desk.answer("https://hooks.slack.com/actions/T0/1/x", MESSAGE),
};

function deskThat(does: (call: string, args: readonly unknown[]) => Promise<never>): Desk {
  const call =
    (name: string) =>
    (...args: unknown[]) =>
      does(name, args);
  return {
    post: call("post"),
    update: call("update"),
    find: call("find"),
    userByEmail: call("userByEmail"),
    membersOf: call("membersOf"),
    openView: call("openView"),
    answer: call("answer"),
  };
}

test.each(Object.entries(CALLS))("%s: what Slack does not take is counted, and thrown as it was", async (_, call) => {
  const meter = new MemoryMeter();
  const error = refusal("channel_not_found", "#net");
  const asked: unknown[] = [];
  const desk = deskThat((...what) => {
    asked.push(what);
    return Promise.reject(error);
  });
  await expect(call(countFailures(desk, meter))).rejects.toBe(error);
  expect(meter.values).toEqual({ SlackFailures: [1] });
  await call(desk).catch(() => {});
  // The same call with the same arguments as without the count.
  expect(asked).toHaveLength(2);
  expect(JSON.stringify(asked[0])).toBe(JSON.stringify(asked[1]));
});

test("what Slack takes is not", async () => {
  const meter = new MemoryMeter();
  const desk = { ...deskThat(() => Promise.reject(new Error("not asked"))), post: async () => POSTED };
  expect(await countFailures(desk, meter).post("#net", MESSAGE)).toEqual(POSTED);
  expect(meter.values).toEqual({});
});
