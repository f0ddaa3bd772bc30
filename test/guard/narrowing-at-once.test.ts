import { describe, expect, test } from "@jest/globals";
import { apply } from "../../lib/guard/acting/apply.ts";
import { inverse } from "../../lib/model/remedy.ts";
import { AGAIN, COPY, FIRST } from "../support/attempts.ts";
import { granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

const NARROW = "mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }";
const WIDE = "tcp 443-8443 from 0.0.0.0/0";
const WEB = "tcp 443 from 0.0.0.0/0";

type Rig = ReturnType<typeof guardRig>;

/** Once, before the next call to revoke is made. */
function beforeRevoking(rig: Rig, act: () => Promise<unknown>): void {
  const { revoke } = rig.ec2;
  rig.ec2.revoke = async (...asked) => {
    rig.ec2.revoke = revoke;
    await act();
    return revoke.apply(rig.ec2, asked);
  };
}

function rigWith(...rules: readonly string[]): Rig {
  const rig = guardRig(NARROW);
  rig.ec2.createGroup("sg-1", rules);
  return rig;
}

describe("of two guards that narrow one rule at once, the lawful part stays for the one that took it", () => {
  test.each([
    ["the other read the group before the lawful part was added", true],
    ["the other found it there", false],
  ])("%s", async (_, isEarly) => {
    const rig = rigWith(WIDE);
    if (isEarly) rig.ec2.serveStale(2);
    const event = granting(WIDE);
    beforeRevoking(rig, () => rig.guard(event, COPY));
    await rig.guard(event, FIRST);
    expect(rig.open()).toEqual([WEB]);
    expect(rig.ledger.decisions()).toMatchObject([{ outcome: "acted" }]);
  });

  test("and it goes with the undoing of who added it, where that took the rule itself", async () => {
    const rig = rigWith(WIDE);
    const decision = await rig.decide(granting(WIDE));
    for (const { remedy } of decision.acts) await apply(inverse(remedy), rig.ec2);
    expect(rig.open()).toEqual([WIDE]);
  });

  test("who comes while another takes it back, since the rule was brought back, waits for that and adds it anew", async () => {
    const rig = rigWith(WIDE);
    beforeRevoking(rig, async () => rig.ec2.take("sg-1", WIDE));
    const { forgo, tookBack } = rig.remainders;
    const taken = Promise.withResolvers<void>();
    let other: Promise<unknown> | undefined;
    rig.remainders.forgo = async (...asked) => {
      rig.remainders.forgo = forgo;
      const mustGo = await forgo.apply(rig.remainders, asked);
      rig.ec2.grant("sg-1", WIDE);
      other = rig.guard({ ...granting(WIDE), id: "another" }, COPY);
      await new Promise(setImmediate);
      return mustGo;
    };
    rig.remainders.untaken = () => taken.promise;
    rig.remainders.tookBack = async (...asked) => {
      await tookBack.apply(rig.remainders, asked);
      taken.resolve();
    };
    await rig.guard(granting(WIDE), FIRST);
    await other;
    expect(rig.open()).toEqual([WEB]);
  });
});

test("where its owner closes the rule while two narrow it, nothing of it stays", async () => {
  const rig = rigWith(WIDE);
  beforeRevoking(rig, async () => {
    rig.ec2.serveStale(2);
    rig.ec2.take("sg-1", WIDE);
    await rig.guard(granting(WIDE), COPY);
  });
  await rig.guard(granting(WIDE), FIRST);
  expect(rig.open()).toEqual([]);
});

test("where nobody can note what a narrowing needs, it is narrowed all the same", async () => {
  const rig = rigWith(WIDE);
  rig.remainders.before = () => {
    throw new Error("the table is out of reach");
  };
  expect(await rig.decide(granting(WIDE))).toMatchObject({ outcome: "acted" });
  expect(rig.open()).toEqual([WEB]);
});

test("where nobody can tell whether the lawful part must go, the message comes again, and it is told", async () => {
  const rig = rigWith(WIDE);
  beforeRevoking(rig, async () => {
    rig.ec2.take("sg-1", WIDE);
    rig.remainders.before = () => {
      throw new Error("the table is out of reach");
    };
  });
  await expect(rig.guard(granting(WIDE), FIRST)).rejects.toThrow("the table is out of reach");
  rig.remainders.before = () => {};
  const [decision] = await rig.guard(granting(WIDE), AGAIN);
  expect(decision).toMatchObject({ outcome: "acted", acts: [{ result: "done", presumed: "other-attempt" }] });
});
