import { CreateNetworkAclEntryCommand, DeleteNetworkAclEntryCommand, DescribeNetworkAclsCommand } from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { documentedEc2, refusedUnanswered, refusedWith } from "../support/documented-ec2.ts";
import { entry } from "../support/facts.ts";

const { ec2, api, reset, sent } = documentedEc2();
beforeEach(reset);

describe("network ACLs, on documented answers", () => {
  const standing = (...entries: object[]) =>
    ec2.on(DescribeNetworkAclsCommand).resolves({ NetworkAcls: [{ NetworkAclId: "acl-1", Entries: entries }] });
  const deny = [entry("80 deny icmpv6 128 from ::/0"), entry("81 deny tcp 22-23 to 192.0.2.0/24")];

  test("entries are made by protocol number, with ports or ICMP type, in their family", async () => {
    standing();
    await api.carryOut({ kind: "deny-acl-traffic", acl: "acl-1", entries: deny });
    expect(sent().map(([, input]) => input)).toEqual([
      {
        NetworkAclId: "acl-1",
        RuleNumber: 80,
        Egress: false,
        RuleAction: "deny",
        Protocol: "58",
        Ipv6CidrBlock: "::/0",
        IcmpTypeCode: { Type: 128, Code: -1 },
      },
      {
        NetworkAclId: "acl-1",
        RuleNumber: 81,
        Egress: true,
        RuleAction: "deny",
        Protocol: "6",
        CidrBlock: "192.0.2.0/24",
        PortRange: { From: 22, To: 23 },
      },
    ]);
  });

  test("what was made is taken back when a later entry is refused", async () => {
    standing();
    ec2.on(CreateNetworkAclEntryCommand).resolvesOnce({}).rejects(refusedWith("NetworkAclEntryLimitExceeded"));
    await expect(api.carryOut({ kind: "deny-acl-traffic", acl: "acl-1", entries: deny })).rejects.toMatchObject({ refusal: "limit" });
    expect(ec2.commandCalls(DeleteNetworkAclEntryCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { NetworkAclId: "acl-1", RuleNumber: 80, Egress: false },
    ]);
  });

  test("an entry that stands when the SDK asks once more, since no answer came, was made, and so are those after it", async () => {
    const standsNow = { RuleNumber: 80, Egress: false, RuleAction: "deny" as const, Protocol: "58", Ipv6CidrBlock: "::/0" };
    const acl = (...entries: object[]) => ({ NetworkAcls: [{ NetworkAclId: "acl-1", Entries: entries }] });
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolvesOnce(acl())
      .resolves(acl({ ...standsNow, IcmpTypeCode: { Type: 128, Code: -1 } }));
    ec2.on(CreateNetworkAclEntryCommand).rejectsOnce(refusedUnanswered("NetworkAclEntryAlreadyExists")).resolves({});
    const remedy = { kind: "deny-acl-traffic", acl: "acl-1", entries: deny } as const;
    expect(await api.carryOut(remedy)).toEqual(remedy);
    expect(ec2.commandCalls(DeleteNetworkAclEntryCommand)).toEqual([]);
  });

  test("another entry in its place is refused, whatever was asked before", async () => {
    standing();
    ec2.on(CreateNetworkAclEntryCommand).rejects(refusedUnanswered("NetworkAclEntryAlreadyExists"));
    const remedy = { kind: "deny-acl-traffic", acl: "acl-1", entries: deny } as const;
    await expect(api.carryOut(remedy)).rejects.toMatchObject({ code: "NetworkAclEntryAlreadyExists", refusal: "other" });
  });

  test("entries that are taken back go all, also where the answer to one is lost", async () => {
    const standsNow = { RuleNumber: 80, Egress: false, RuleAction: "deny", Protocol: "58", Ipv6CidrBlock: "::/0" };
    standing(
      { ...standsNow, IcmpTypeCode: { Type: 128, Code: -1 } },
      { RuleNumber: 81, Egress: true, RuleAction: "deny", Protocol: "6", CidrBlock: "192.0.2.0/24", PortRange: { From: 22, To: 23 } },
    );
    ec2.on(DeleteNetworkAclEntryCommand).rejectsOnce(refusedUnanswered("InvalidNetworkAclEntry.NotFound")).resolves({});
    const remedy = { kind: "undeny-acl-traffic", acl: "acl-1", entries: deny } as const;
    expect(await api.carryOut(remedy)).toEqual(remedy);
    expect(ec2.commandCalls(DeleteNetworkAclEntryCommand)).toHaveLength(2);
  });

  test("of entries that stand in part, the act tells those that it made", async () => {
    const [first, second] = deny;
    standing({
      RuleNumber: 80,
      Egress: false,
      RuleAction: "deny",
      Protocol: "58",
      Ipv6CidrBlock: "::/0",
      IcmpTypeCode: { Type: 128, Code: -1 },
    });
    const remedy = { kind: "deny-acl-traffic", acl: "acl-1", entries: deny } as const;
    expect(await api.carryOut(remedy)).toEqual({ ...remedy, entries: [second] });
    expect(await api.carryOut({ ...remedy, kind: "undeny-acl-traffic" })).toMatchObject({ entries: [first] });
  });
});
