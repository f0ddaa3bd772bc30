import {
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { documentedEc2 } from "../support/documented-ec2.ts";

// What fuzzing (test/fuzz/targets/ec2-answers.ts) has found in the reading of EC2's answers.
const { ec2, api, reset } = documentedEc2();
beforeEach(() => {
  reset();
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: "sg-1", GroupName: "web" }] });
});
const RULE = { SecurityGroupRuleId: "sgr-1", GroupId: "sg-1", IsEgress: false, IpProtocol: "tcp", FromPort: 20, ToPort: 25 };

describe("a rule that cannot be read is an error of EC2's answer, and neither left out nor another error", () => {
  test.each([
    ["no peer", { ...RULE }, "without a CIDR, prefix list or group"],
    ["its first port alone", { ...RULE, ToPort: undefined, CidrIpv4: "0.0.0.0/0" }, "with a first port alone"],
    ["its last port alone", { ...RULE, FromPort: undefined, CidrIpv4: "0.0.0.0/0" }, "with a last port alone"],
    ["ports that are none", { ...RULE, FromPort: Number.NaN, CidrIpv4: "0.0.0.0/0" }, "not a list of ports"],
    ["a CIDR that is none", { ...RULE, CidrIpv4: "0.0.0.0/33" }, "not a CIDR"],
    ["a protocol that is none", { ...RULE, IpProtocol: "tpc", CidrIpv4: "0.0.0.0/0" }, "not a protocol"],
  ])("%s", async (_, rule, message) => {
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [rule] });
    const error = { name: "Ec2Error", code: "UnreadableRule", message: expect.stringContaining(message) };
    await expect(api.get("security-group", "sg-1")).rejects.toMatchObject(error);
    await expect(api.list("security-group", {})).rejects.toMatchObject(error);
  });

  test("nor is it one of no group, where all groups are read", async () => {
    ec2.on(DescribeSecurityGroupRulesCommand).resolves({ SecurityGroupRules: [{ ...RULE, GroupId: undefined, CidrIpv4: "0.0.0.0/0" }] });
    await expect(api.list("security-group", {})).rejects.toMatchObject({ code: "UnreadableRule" });
  });
});

test.each([undefined, "", "any", "0.0.0.0/33"])(
  "an entry of a prefix list that is %j is not left out: it may be the internet",
  async (Cidr) => {
    ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists: [{ PrefixListId: "pl-1", PrefixListName: "partners" }] });
    ec2.on(GetManagedPrefixListEntriesCommand).resolves({ Entries: [{ Cidr: "10.0.0.0/8" }, { Cidr }] });
    await expect(api.get("prefix-list", "pl-1")).rejects.toMatchObject({ name: "Ec2Error", code: "UnreadableEntry" });
  },
);
