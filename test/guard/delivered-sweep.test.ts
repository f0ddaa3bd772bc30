import { expect, test } from "@jest/globals";
import type { SweepRequest } from "../../lib/guard/records/sweep-record.ts";
import type { PolicySource } from "../../lib/policy/delivered.ts";
import { PolicyDelivery } from "../../lib/policy/delivery.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { MemoryPolicyShelf } from "../support/memory-policy-shelf.ts";
import { sweepRig } from "../support/sweep-rig.ts";

const MINUTE = 60_000;
const SSH = "tcp 22 from 0.0.0.0/0";
const DRY = "version: 1\nmode: dry-run\n";
const ENFORCE = "version: 1\nmode: enforce\n";

/** Two instances of the sweep that share a queue and a source, and have its first policy. */
async function twoInstances(first: string) {
  const rig = sweepRig();
  rig.ec2().createGroup("sg-1", [SSH]);
  let text = first;
  const source: PolicySource = { name: "ssm:/portcullis/policy", read: async () => ({ bytes: Buffer.from(text) }) };
  const [shelf, log] = [new MemoryPolicyShelf(), { info: () => {}, warn: () => {}, error: () => {} }];
  const bundled = async () => parsePolicy("version: 1", "bundled");
  const { clock } = rig;
  const start = () => new PolicyDelivery({ source, shelf, bundled, rejected: async () => {}, clock, log });
  const instances = [start(), start()] as const;
  for (const instance of instances) await instance.current();
  const invoke = async (instance: 0 | 1, request: SweepRequest): Promise<readonly SweepRequest[]> => {
    await rig.sweepUnder(await instances[instance].latest(), request);
    await instances[instance].keepUp();
    return rig.queue.splice(0);
  };
  return {
    ...rig,
    invoke,
    deliver: (changed: string) => {
      text = changed;
    },
    /** The check of every five minutes, in one of the instances: what it asks for. */
    check: (instance: 0 | 1) => {
      clock.time += 5 * MINUTE;
      return invoke(instance, rig.ask({ unless: "policy-is-the-same" }));
    },
  };
}

test("a delivered change has everything swept with the next check, and once, whichever instance looks", async () => {
  const { deliver, check } = await twoInstances(ENFORCE);
  const asked = async (...instances: readonly (0 | 1)[]) => {
    const counts: number[] = [];
    for (const instance of instances) counts.push((await check(instance)).length);
    return counts;
  };
  expect(await asked(0, 1, 0)).toEqual([1, 0, 0]);
  deliver(DRY);
  expect(await asked(0, 1, 0, 1)).toEqual([1, 0, 0, 0]);
  deliver("version: 1\nmode: on\n");
  expect(await asked(0, 1)).toEqual([0, 0]);
});

test.each([
  [DRY, ENFORCE, []],
  [ENFORCE, DRY, [SSH]],
])(
  "what is asked for under a new policy is swept under it, by an instance that has the old one, too: %j, then %j",
  async (before, after, left) => {
    const { deliver, check, invoke, open } = await twoInstances(before);
    deliver(after);
    const requests = await check(0);
    expect(requests).toHaveLength(1);
    for (const request of requests) await invoke(1, request);
    expect(open("sg-1")).toEqual(left);
  },
);
