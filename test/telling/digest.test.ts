import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Decision } from "../../lib/model/decision.ts";
import type { Grant } from "../../lib/model/grant.ts";
import { type DigestPorts, tellDigest } from "../../lib/telling/digest.ts";
import { decision } from "../support/decisions.ts";
import { grant } from "../support/grants.ts";
import { MemoryMessenger } from "../support/memory-messenger.ts";

const NOW = Date.parse("2026-03-03T06:00:00Z");

describe("the digest of a day", () => {
  let messenger: MemoryMessenger;
  let made: Decision[];
  let grants: Grant[];
  let asked: string[];
  let logged: string[];

  beforeEach(() => {
    [messenger, made, grants, asked, logged] = [new MemoryMessenger(), [], [], [], []];
  });

  function ports(overrides: Partial<DigestPorts> = {}): DigestPorts {
    const log = (message: string) => void logged.push(message);
    return {
      decisions: {
        on: async (day) => {
          asked.push(day);
          return made;
        },
      },
      grants: { all: async () => grants },
      messenger,
      channel: "#net-guard",
      clock: { now: () => NOW },
      log: { info: log, warn: log, error: log },
      ...overrides,
    };
  }
  const told = () => messenger.messages.map(({ message }) => JSON.stringify(message));

  test("is of the day before, counts what was done and what would have been, and what ends within a day", async () => {
    made = [
      decision(),
      decision({ outcome: "failed" }),
      decision({ outcome: "contested" }),
      decision({ mode: "dry-run", outcome: "would-act" }),
      decision({ mode: "dry-run", outcome: "acted" }),
      decision({ outcome: "clean" }),
      decision({ outcome: "alert", acts: [], held: "the breaker is open" }),
    ];
    grants = [
      grant({ id: "allow-ended", until: "2026-03-03T05:59:59.000Z" }),
      grant({ id: "allow-today", until: "2026-03-03T18:00:00.000Z" }),
      grant({ id: "allow-later", until: "2026-03-04T06:00:01.000Z" }),
    ];
    await tellDigest(ports());
    expect(asked).toEqual(["2026-03-02"]);
    const [message = ""] = told();
    for (const said of ["1 act failed", "1 change held back", "1 change closed", "2 changes would be closed", "1 exception about to end"]) {
      expect(message).toContain(said);
    }
  });

  test("counts no fire drill that passed, says how long the slowest took, and tells of one that failed as of anything", async () => {
    const passed = (toClosed: number) => decision({ drill: true, latency: { eventAge: 4_000, toClosed } });
    made = [passed(200), passed(1_200), decision({ drill: true, outcome: "would-act", mode: "dry-run", latency: { eventAge: 1_000 } })];
    await tellDigest(ports());
    expect(told()[0]).toContain("A quiet day");
    expect(told()[0]).toContain("Fire drill: closed 5.2 s after it was opened");
    made = [decision({ drill: true, outcome: "failed" })];
    await tellDigest(ports({ clock: { now: () => NOW + 86_400_000 } }));
    expect(told()[1]).toContain("1 act failed");
    expect(told()[1]).not.toContain("Fire drill");
  });

  test("is told once a day, however often it runs, also when the answer to the first post was lost", async () => {
    await tellDigest(ports());
    await tellDigest(ports());
    expect(told()).toHaveLength(1);
    await tellDigest(ports({ clock: { now: () => NOW + 86_400_000 } }));
    expect(told()).toHaveLength(2);
  });

  test("goes to the log where there is no token, or no channel", async () => {
    const { messenger: _messenger, ...withoutToken } = ports();
    await tellDigest(withoutToken);
    const { channel: _channel, ...withoutChannel } = ports();
    await tellDigest(withoutChannel);
    expect(logged).toEqual([
      expect.stringContaining("for want of a Slack token: 📋 Portcullis on 2026-03-02"),
      expect.stringContaining("for want of a channel: 📋 Portcullis on 2026-03-02"),
    ]);
    expect(told()).toEqual([]);
  });
});
