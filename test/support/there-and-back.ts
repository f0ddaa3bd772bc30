import { expect } from "@jest/globals";
import type { Ec2 } from "../../lib/guard/ports.ts";
import { isShownBy } from "../../lib/model/effect.ts";
import { inverse, isGroupRemedy, type NetworkRemedy } from "../../lib/model/remedy.ts";
import { effectsOf } from "../../lib/worlds/remedied.ts";

/** Carries a remedy out, twice, and its inverse, twice: each acts once, and in the end all looks as before. */
export async function testThereAndBack(ec2: Ec2, remedy: NetworkRemedy, look: () => Promise<unknown>): Promise<void> {
  const before = await look();
  const done = await ec2.carryOut(remedy);
  expect(done?.kind).toBe(remedy.kind);
  if (done === undefined) return;
  expect(await look()).not.toEqual(before);
  // A deleted peering stays readable for a while.
  for (const effect of effectsOf(done).filter(({ kind }) => kind !== "peering"))
    expect([effect, isShownBy(await ec2.get(effect.kind, effect.id), effect)]).toEqual([effect, true]);
  expect(await ec2.carryOut(remedy)).toBeUndefined();
  const back = inverse(done);
  if (isGroupRemedy(back)) throw new Error("the inverse of a network remedy is one, found that of a group");
  expect((await ec2.carryOut(back))?.kind).toBe(back.kind);
  expect(await look()).toEqual(before);
  expect(await ec2.carryOut(back)).toBeUndefined();
}
