import {
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListEntriesCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { receive } from "../../lib/guard/receive.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";
import { FIRST } from "../support/attempts.ts";
import { documentedEc2, refusedWith } from "../support/documented-ec2.ts";
import { GROUP, gate, grantEvent, permission } from "../support/gate.ts";

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const RULE = { SecurityGroupRuleId: "sgr-1", GroupId: GROUP, IsEgress: false, IpProtocol: "tcp", FromPort: 22, ToPort: 22 };
const documented = documentedEc2();
const { ec2, api } = documented;
beforeEach(documented.reset);

/** Guards the event on the EC2 API with the answers that the test has set; resolves to the decision. */
async function guardOnApi(event: unknown) {
  const { ports, clock, bus } = gate();
  await receive(event, { ...ports, ec2For: () => api, worldOf: (of) => new LiveWorld(of, clock) }, SILENT, FIRST);
  const [decision, ...others] = bus.published;
  if (decision === undefined || others.length > 0) throw new Error(`${bus.published.length} decisions, expected one`);
  return decision;
}

function shows(...pages: readonly (readonly object[])[]): void {
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: GROUP, GroupName: "web", VpcId: "vpc-1" }] });
  pages.forEach((SecurityGroupRules, n) => {
    const NextToken = n + 1 < pages.length ? `page-${n + 2}` : undefined;
    ec2
      .on(DescribeSecurityGroupRulesCommand, n === 0 ? {} : { NextToken: `page-${n + 1}` })
      .resolves({ SecurityGroupRules: [...SecurityGroupRules], ...(NextToken !== undefined && { NextToken }) });
  });
}

describe("what is said to EC2, and what it answers", () => {
  test("::/0 sent back among the IPv4 ranges", async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true, RevokedSecurityGroupRules: [{ ...RULE, CidrIpv6: "::/0" }] });
    shows([]);
    expect(await guardOnApi(grantEvent(permission("tcp", [22, 22], "::/0")))).toMatchObject({ outcome: "acted" });
    const revoked = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, Ipv6Ranges: [{ CidrIpv6: "::/0" }] };
    expect(documented.sent()).toEqual([["RevokeSecurityGroupIngress", { GroupId: GROUP, IpPermissions: [revoked] }]]);
  });

  test("a revocation that EC2 refuses reported as done", async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).rejects(refusedWith("InvalidParameterValue"));
    shows([{ ...RULE, CidrIpv6: "::/0" }]);
    const decision = await guardOnApi(grantEvent(permission("tcp", [22, 22], "::/0")));
    expect(decision).toMatchObject({ outcome: "failed" });
    expect(decision.acts.map(({ error }) => error)).toContainEqual(expect.stringContaining("InvalidParameterValue"));
  });

  test.each([
    ["Return=false and no permission named", { Return: false }],
    [
      "the permission among those that it does not know, while the group still has it",
      {
        Return: true,
        UnknownIpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      },
    ],
  ])("an answer not read, and a revocation of nothing called done: %s", async (_, answer) => {
    ec2.on(RevokeSecurityGroupIngressCommand).resolves(answer);
    shows([{ ...RULE, CidrIpv4: "0.0.0.0/0" }]);
    expect(await guardOnApi(grantEvent(permission("tcp", [22, 22], "0.0.0.0/0")))).toMatchObject({ outcome: "failed" });
  });

  test("the pages after the first of a group's rules dropped", async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true, RevokedSecurityGroupRules: [{ ...RULE, CidrIpv4: "0.0.0.0/0" }] });
    const lawful = { ...RULE, FromPort: 443, ToPort: 443, CidrIpv4: "0.0.0.0/0" };
    shows([lawful], [{ ...lawful, CidrIpv4: "10.0.0.0/8" }], [{ ...RULE, CidrIpv4: "0.0.0.0/0" }]);
    const decision = await guardOnApi(grantEvent(permission("tcp", [443, 443], "0.0.0.0/0")));
    expect(decision.findings.map(({ traffic, introduced }) => [String(traffic), introduced])).toEqual([
      ["tcp 22 from 0.0.0.0/0", "earlier"],
    ]);
    expect(documented.sent().map(([name]) => name)).toContain("RevokeSecurityGroupIngress");
  });

  test("the pages after the first of a prefix list dropped", async () => {
    const PrefixListId = "pl-0c4d1e7a92b3f6580";
    ec2.on(RevokeSecurityGroupIngressCommand).resolves({ Return: true, RevokedSecurityGroupRules: [{ ...RULE, PrefixListId }] });
    shows([{ ...RULE, PrefixListId }]);
    ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists: [{ PrefixListId, PrefixListName: "partners" }] });
    ec2
      .on(GetManagedPrefixListEntriesCommand)
      .resolvesOnce({ Entries: [{ Cidr: "10.0.0.0/8" }], NextToken: "more" })
      .resolves({ Entries: [{ Cidr: "0.0.0.0/0" }] });
    const decision = await guardOnApi(grantEvent(permission("tcp", [22, 22], PrefixListId)));
    expect(decision.findings.map(({ message }) => message)).toEqual([expect.stringContaining("tcp 22")]);
    expect(documented.sent()).toContainEqual([
      "RevokeSecurityGroupIngress",
      expect.objectContaining({ IpPermissions: [expect.objectContaining({ PrefixListIds: [{ PrefixListId }] })] }),
    ]);
  });
});
