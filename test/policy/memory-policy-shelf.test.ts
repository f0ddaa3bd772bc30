import { describe } from "@jest/globals";
import { MemoryPolicyShelf } from "../support/memory-policy-shelf.ts";
import { testPolicyShelfContract } from "../support/policy-shelf-contract.ts";

describe("the last good policy in memory", () => {
  testPolicyShelfContract(async () => new MemoryPolicyShelf());
});
