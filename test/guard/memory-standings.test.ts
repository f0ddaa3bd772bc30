import { describe } from "@jest/globals";
import { MemoryStandings } from "../support/memory-ports.ts";
import { testStandingsContract } from "../support/standings-contract.ts";

describe("what stands, in memory", () => {
  testStandingsContract(async () => ({ standings: new MemoryStandings(), close: async () => {} }));
});
