import { beforeEach, describe, expect, test } from "@jest/globals";
import { endOf, judgeAgainEvent } from "../../lib/guard/answering/judge-again.ts";
import { receive } from "../../lib/guard/receive.ts";
import { FIRST } from "../support/attempts.ts";
import { grant } from "../support/grants.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };

describe("the end of an exception", () => {
  const ended = grant();
  let rig: ReturnType<typeof guardRig>;
  const end = () => receive(judgeAgainEvent(ended), rig.ports, QUIET, FIRST);

  beforeEach(async () => {
    rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.grants.add(ended);
    rig.clock.time = Date.parse(ended.until) + 1000;
  });

  test("closes what it allowed, and blames nobody", async () => {
    await end();
    expect(rig.open()).toEqual([]);
    expect(rig.ledger.decisions()).toMatchObject([
      { id: `${endOf(ended)}-ended/sg-1`, outcome: "acted", findings: [{ introduced: "earlier" }] },
    ]);
  });

  test("that comes a second time changes nothing more, and makes no second decision", async () => {
    await end();
    await end();
    expect(rig.ledger.decisions()).toHaveLength(1);
  });

  test("that comes early is asked for again, and nothing is closed", async () => {
    rig.clock.time = Date.parse(ended.until) - 1;
    await expect(end()).rejects.toThrow(`stands until ${ended.until}`);
    expect(rig.open()).toEqual([SSH]);
    expect(rig.ledger.decisions()).toEqual([]);
  });

  test("of one exception leaves what another still allows", async () => {
    await rig.grants.add(grant({ id: "another", until: new Date(rig.clock.time + 3_600_000).toISOString() }));
    await end();
    expect(rig.open()).toEqual([SSH]);
  });

  test("of a group that is gone, or closed by hand, does nothing", async () => {
    rig.ec2.deleteGroup("sg-1");
    await end();
    expect(rig.ledger.decisions().filter(({ outcome }) => outcome !== "clean")).toEqual([]);
  });
});
