import { describe } from "@jest/globals";
import { testLedgerContract } from "../support/ledger-contract.ts";
import { MemoryLedger } from "../support/memory-ports.ts";

describe("the ledger in memory", () => {
  testLedgerContract(async () => ({ ledger: new MemoryLedger(), close: async () => {} }));
});
