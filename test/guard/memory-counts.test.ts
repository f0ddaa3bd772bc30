import { describe } from "@jest/globals";
import { testBreakerContract } from "../support/breaker-contract.ts";
import { AT } from "../support/changes.ts";
import { testContestsContract } from "../support/contests-contract.ts";
import { MemoryBreakers, MemoryClock, MemoryContests, MemoryRemainders } from "../support/memory-ports.ts";
import { testRemaindersContract } from "../support/remainders-contract.ts";

describe("breakers in memory", () => {
  testBreakerContract(async () => {
    const clock = new MemoryClock(AT);
    const breaker = new MemoryBreakers(clock);
    return { breaker: () => breaker, clock, close: async () => {} };
  });
});

describe("contests in memory", () => {
  testContestsContract(async () => {
    const clock = new MemoryClock(AT);
    return { contests: new MemoryContests(clock), clock, close: async () => {} };
  });
});

describe("what narrowings need, in memory", () => {
  testRemaindersContract(async () => ({ remainders: new MemoryRemainders(), close: async () => {} }));
});
