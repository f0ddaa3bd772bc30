import { isObject } from "./json.ts";
import { insist, type Target } from "./target.ts";

/** Targets with a defect each, by which the fuzzer itself is tested. */
export const TARGETS: readonly Target[] = [
  {
    name: "crashes",
    make: (luck) => ({ a: luck.below(50), b: ["x", { c: "deep" }] }),
    check: async (input) => {
      if (isObject(input) && input.a === 7) throw new TypeError("seven");
    },
  },
  {
    name: "breaks",
    make: (luck) => luck.below(50),
    check: async (input) => insist(input !== 7, () => "seven again"),
  },
  {
    name: "never-ends",
    make: (luck) => luck.below(20),
    check: async (input) => {
      while (input === 7);
    },
  },
];
