import { describe, expect, test } from "@jest/globals";
import { CASES } from "./cases.ts";
import { explore, type Started } from "./explore.ts";
import { Scheduler } from "./scheduler.ts";
import { Stage } from "./world.ts";

// The longest takes half a minute of a core that has nothing else to do.
const PATIENCE_MS = 300_000;
const SHORT = CASES.filter(({ isLong }) => !isLong);

// The guard, undoing, approving and sweeping are the real ones, on ports in memory: every order in which their calls can come is tried,
// never a sample. `npm run interleavings` explores the rest, three at a time among them.
describe("in every interleaving nothing stays open, nothing admitted is closed, nobody goes on for ever, and each change is decided and told once", () => {
  test.each(SHORT)(
    "$name",
    async ({ setting, actors }) => {
      const { states, ends } = await explore(() => Stage.start(setting, actors));
      expect(ends).toBeGreaterThan(0);
      expect(states).toBeGreaterThanOrEqual(ends);
    },
    PATIENCE_MS,
  );
});

describe("the explorer", () => {
  /** Two who read a number and write it back with one added. */
  function counters(
    add: (value: number, take: () => Promise<number>, put: (value: number) => Promise<void>) => Promise<void>,
    due: readonly number[],
  ) {
    return async (): Promise<Started> => {
      const scheduler = new Scheduler();
      let value = 0;
      for (const name of ["one", "other"]) {
        const around = scheduler.around(name);
        const take = async () => Number(await around("take", async () => value, []));
        const put = async (next: number) => {
          const act = async () => {
            value = next;
          };
          await around("put", act, []);
        };
        void add(value, take, put);
      }
      return {
        scheduler,
        snapshot: () => String(value),
        finish: async () => {
          if (!due.includes(value)) throw new Error(`ends at ${value}`);
        },
      };
    };
  }
  const increment = async (_: number, take: () => Promise<number>, put: (value: number) => Promise<void>) => put((await take()) + 1);

  test("finds the one order in which two lose an update", async () => {
    await expect(explore(counters(increment, [2]))).rejects.toThrow("ends at 1\nafter\none: take\nother: take\none: put\nother: put");
  });

  test("goes on from each state once, whichever way led to it", async () => {
    // Both take, in two orders that come to the same, and put in two that do too; or one does both before the other.
    expect(await explore(counters(increment, [1, 2]))).toEqual({ states: 13, steps: 14, ends: 3, longest: 4 });
  });

  test("leaves out orders that come to the same, and no state", async () => {
    const { setting, actors } = SHORT.find(({ name }) => name === "narrowing: a person who opens it, and a sweep") ?? missing();
    const inEachOrder = await explore(
      () => Stage.start(setting, actors),
      () => false,
    );
    const explored = await explore(() => Stage.start(setting, actors));
    expect({ ...explored, steps: 0 }).toEqual({ ...inEachOrder, steps: 0 });
    expect(explored.steps).toBeLessThan(inEachOrder.steps);
  });

  test("stops at one who goes on for ever", async () => {
    const forever = async (_: number, take: () => Promise<number>, put: (value: number) => Promise<void>) => {
      for (;;) await put((await take()) + 1);
    };
    await expect(explore(counters(forever, [0]))).rejects.toThrow("no end after 400 calls");
  });
});

function missing(): never {
  throw new Error("there is no such case");
}
