import { AT } from "../support/changes.ts";
import { MemoryClock, MemoryThreads } from "../support/memory-ports.ts";
import { testThreadsContract } from "../support/threads-contract.ts";

testThreadsContract(async () => {
  const clock = new MemoryClock(AT);
  return { threads: new MemoryThreads(clock), clock, close: async () => {} };
});
