import { describe } from "@jest/globals";
import { testEc2Contract } from "../support/ec2-contract.ts";
import { MemoryEc2 } from "../support/memory-ec2.ts";

describe("the Ec2 port in memory", () => {
  testEc2Contract(async () => {
    const ec2 = new MemoryEc2();
    let made = 0;
    return {
      ec2,
      createGroup: async () => {
        const id = `sg-${++made}`;
        ec2.createGroup(id);
        return id;
      },
      createPrefixList: async (cidrs) => {
        const id = `pl-${++made}`;
        ec2.createPrefixList(id, ...cidrs);
        return id;
      },
      close: async () => {},
    };
  });
});
