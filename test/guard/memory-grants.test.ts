import { testGrantsContract } from "../support/grants-contract.ts";
import { MemoryGrants } from "../support/memory-ports.ts";

testGrantsContract(async () => ({ grants: new MemoryGrants(), close: async () => {} }));
