import { beforeEach, describe, expect, test } from "@jest/globals";
import { tellInThread } from "../../lib/telling/in-thread.ts";
import { decision } from "../support/decisions.ts";
import { MemoryMessenger, refusal } from "../support/memory-messenger.ts";
import { MemoryClock, MemoryThreads } from "../support/memory-ports.ts";

const MESSAGE = { text: "put back", blocks: [] };

describe("an answer", () => {
  let messenger: MemoryMessenger;
  let threads: MemoryThreads;
  let warnings: string[];
  beforeEach(() => {
    messenger = new MemoryMessenger();
    warnings = [];
    threads = new MemoryThreads(new MemoryClock("2026-03-02T09:14:07Z"));
  });
  const tell = (channel?: string) =>
    tellInThread({
      messenger,
      threads,
      log: { warn: (message) => void warnings.push(message) },
      ...(channel !== undefined && { channel }),
    })(decision(), MESSAGE, "answer/press-1");

  async function threadStands() {
    const { id, change } = decision();
    const parent = await messenger.post("#net-guard", { text: "closed", blocks: [] });
    await threads.keep({ ...change, channel: "#net-guard", parent, first: id, last: id, count: 1 });
    return parent;
  }

  test("goes into the thread of the resource, once however often it is told", async () => {
    const parent = await threadStands();
    await tell("#net-guard");
    await tell("#net-guard");
    expect(messenger.answers(parent)).toMatchObject([{ message: MESSAGE, about: "answer/press-1" }]);
  });

  test("is found again where the answer to the post was lost", async () => {
    const parent = await threadStands();
    messenger.after = ({ name }) => {
      if (name === "post") throw new Error("the answer was lost");
    };
    await expect(tell("#net-guard")).rejects.toThrow("the answer was lost");
    messenger.after = () => {};
    await tell("#net-guard");
    expect(messenger.answers(parent)).toHaveLength(1);
  });

  test("is posted, and the log says so, where Slack does not let us look for an earlier one", async () => {
    const parent = await threadStands();
    messenger.before = ({ name, channel }) => {
      if (name === "find") throw refusal("missing_scope", channel);
    };
    await tell("#net-guard");
    expect(messenger.answers(parent)).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("could not be looked up")]);
  });

  test("goes into the channel where no thread stands, and nowhere where there is no channel", async () => {
    await tell("#net-guard");
    expect(messenger.parents()).toMatchObject([{ message: MESSAGE }]);
    await tell();
    expect(messenger.messages).toHaveLength(1);
  });
});
