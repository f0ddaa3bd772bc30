import { describe, expect, test } from "@jest/globals";
import { AT, granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const MINUTE = 60_000;

describe("a clock that is ten minutes off", () => {
  test.each([
    ["behind CloudTrail's", -10],
    ["ahead of CloudTrail's", 10],
  ])("%s: the hole is closed, and the decision can be told", async (_, minutes) => {
    const rig = guardRig();
    rig.clock.time = Date.parse(AT) + minutes * MINUTE;
    rig.ec2.createGroup("sg-1", [SSH]);
    const decision = await rig.decide(granting(SSH));
    expect(rig.open()).toEqual([]);
    expect(decision).toMatchObject({ outcome: "acted", latency: { eventAge: minutes * MINUTE, toClosed: expect.any(Number) } });
    expect(rig.bus.published).toEqual([decision]);
  });

  test("behind: a stale read is waited for no longer than for a fresh change", async () => {
    const rig = guardRig();
    rig.clock.time = Date.parse(AT) - 10 * MINUTE;
    rig.ec2.createGroup("sg-1", []);
    await rig.decide(granting("tcp 443 from 0.0.0.0/0"));
    expect(rig.clock.time - (Date.parse(AT) - 10 * MINUTE)).toBeLessThanOrEqual(3_000);
  });
});
