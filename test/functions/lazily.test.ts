import { expect, test } from "@jest/globals";
import { lazily } from "../../lib/wiring/lazily.ts";

class Adder {
  private readonly by: number;
  constructor(by: number) {
    this.by = by;
  }
  async add(to: number): Promise<number> {
    return to + this.by;
  }
}

test("loads what is behind a port with the first call, once, and calls it as it is", async () => {
  let loads = 0;
  const adder = lazily(async () => {
    loads++;
    return new Adder(2);
  });
  expect(loads).toBe(0);
  expect(await Promise.all([adder.add(1), adder.add(2)])).toEqual([3, 4]);
  expect(loads).toBe(1);
});

test("is no promise, so that functions which wait can hand it about", async () => {
  const adder = lazily(async () => new Adder(2));
  expect(await Promise.resolve(adder)).toBe(adder);
});

test("throws what loading throws", async () => {
  const adder = lazily<Adder>(() => Promise.reject(new Error("no such module")));
  await expect(adder.add(1)).rejects.toThrow("no such module");
});
