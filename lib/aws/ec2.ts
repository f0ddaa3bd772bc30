import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  EC2ServiceException,
  type SecurityGroupRule as Ec2Rule,
  GetManagedPrefixListEntriesCommand,
  type IpPermission,
  type RevokedSecurityGroupRule,
  RevokeSecurityGroupIngressCommand,
  type Tag,
} from "@aws-sdk/client-ec2";
import { type Ec2, Ec2Error, type Ec2For, type Ec2Refusal, type RevokeAnswer } from "../guard/ports.ts";
import { AddressSet } from "../model/address-set.ts";
import type { Peer } from "../model/peer-set.ts";
import type { PrefixList } from "../model/prefix-list.ts";
import type { SecurityGroupFacts } from "../model/security-group.ts";
import { canonicalRule, type SecurityGroupRule, valueKey } from "../model/security-group-rule.ts";

const NO_SUCH_LIST = "InvalidPrefixListID.NotFound";
// Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const REFUSALS: Readonly<Record<string, Ec2Refusal>> = {
  "InvalidPermission.NotFound": "rule-not-found",
  "InvalidGroup.NotFound": "group-not-found",
  "InvalidGroupId.Malformed": "group-not-found",
  "InvalidPermission.Duplicate": "duplicate",
  RulesPerSecurityGroupLimitExceeded: "limit",
  UnauthorizedOperation: "denied",
  AccessDenied: "denied",
  AuthFailure: "denied",
  OptInRequired: "denied",
  [NO_SUCH_LIST]: "denied",
  RequestLimitExceeded: "throttled",
  Throttling: "throttled",
  ThrottlingException: "throttled",
  InternalError: "throttled",
  InternalFailure: "throttled",
  ServiceUnavailable: "throttled",
  Unavailable: "throttled",
};
const PAGE = 1000;

/**
 * EC2 clients kept by region: sockets and credentials outlive one event. They serve `own`, the account of their credentials,
 * and throw for any other: its groups would look deleted there, and be called clean.
 */
export function ec2ByRegion(own: string, configure: (region: string) => EC2Client = (region) => new EC2Client({ region })): Ec2For {
  const clients = new Map<string, Ec2>();
  return (account, region) => {
    if (account !== own) throw new Error(`an event of account ${account}: this guard can act in account ${own} only; deploy one there`);
    const ec2 = clients.get(region) ?? new Ec2Api(configure(region));
    clients.set(region, ec2);
    return ec2;
  };
}

/** The Ec2 port over the EC2 API. */
export class Ec2Api implements Ec2 {
  private readonly client: EC2Client;

  constructor(client: EC2Client) {
    this.client = client;
  }

  async securityGroup(id: string): Promise<SecurityGroupFacts | undefined> {
    try {
      const [groups, rules] = await Promise.all([
        asking(() => this.client.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))),
        this.rulesOf(id),
      ]);
      const group = groups.SecurityGroups?.[0];
      if (group === undefined) return undefined;
      return {
        id,
        ...(group.GroupName !== undefined && { name: group.GroupName }),
        ...(group.VpcId !== undefined && { vpc: group.VpcId }),
        ...(group.Description !== undefined && { description: group.Description }),
        ...tags(group.Tags),
        rules: rules.map((rule) => fromEc2(rule, group.OwnerId)),
      };
    } catch (error) {
      if (error instanceof Ec2Error && error.refusal === "group-not-found") return undefined;
      throw error;
    }
  }

  async prefixList(id: string): Promise<PrefixList | undefined> {
    const lists = await asking(() => this.client.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] })));
    // A list that its owner shares no more still opens what it holds, to references that were made before; only nobody here can see it.
    if (lists.PrefixLists?.[0] === undefined) throw new Ec2Error("denied", NO_SUCH_LIST, `EC2 shows no prefix list ${id} to this account`);
    const cidrs: string[] = [];
    let token: string | undefined;
    do {
      const page = await asking(() =>
        this.client.send(
          new GetManagedPrefixListEntriesCommand({ PrefixListId: id, MaxResults: 100, ...(token !== undefined && { NextToken: token }) }),
        ),
      );
      for (const { Cidr } of page.Entries ?? []) if (Cidr !== undefined) cidrs.push(Cidr);
      token = page.NextToken;
    } while (token !== undefined && token !== "");
    return { id, addresses: AddressSet.of(...cidrs) };
  }

  async revokeIngress(group: string, rules: readonly SecurityGroupRule[]): Promise<RevokeAnswer> {
    const answer = await asking(() =>
      this.client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: rules.map(toPermission) })),
    );
    if (answer.Return === false && (answer.UnknownIpPermissions ?? []).length === 0) {
      throw new Ec2Error("other", "ReturnFalse", "EC2 answered Return=false to RevokeSecurityGroupIngress and named no permission");
    }
    const unknown = new Set((answer.UnknownIpPermissions ?? []).flatMap(fromPermission).map(answerKey));
    const said = answer.RevokedSecurityGroupRules ?? [];
    const revoked = new Map(said.map(fromRevoked).map((rule) => [answerKey(rule), rule]));
    return {
      ...(revoked.size > 0 && {
        revoked: rules.flatMap((rule) => {
          const gone = revoked.get(answerKey(rule));
          // EC2 knows the description of what it took; the record of a call that modified the rule may not.
          return gone === undefined ? [] : [{ ...rule, ...(gone.description !== undefined && { description: gone.description }) }];
        }),
      }),
      unknown: rules.filter((rule) => unknown.has(answerKey(rule))),
    };
  }

  async authorizeIngress(group: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    // One call tags all rules that it makes alike, so rules with different tags take a call each.
    const made: SecurityGroupRule[] = [];
    for (const alike of Map.groupBy(rules, ({ tags }) => JSON.stringify(tags ?? {})).values()) {
      const ruleTags = Object.entries(alike[0]?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
      try {
        await asking(() =>
          this.client.send(
            new AuthorizeSecurityGroupIngressCommand({
              GroupId: group,
              IpPermissions: alike.map(toPermission),
              ...(ruleTags.length > 0 && { TagSpecifications: [{ ResourceType: "security-group-rule", Tags: ruleTags }] }),
            }),
          ),
        );
      } catch (error) {
        // All or nothing, as one call is: what the caller is told of as refused must not stay open.
        if (made.length > 0) await this.revokeIngress(group, made);
        throw error;
      }
      made.push(...alike);
    }
  }

  async mayRevokeIngress(group: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    try {
      await this.client.send(
        new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: rules.map(toPermission), DryRun: true }),
      );
    } catch (error) {
      // This error is EC2's word for "it would have succeeded".
      if (error instanceof EC2ServiceException && error.name === "DryRunOperation") return;
      throw asEc2Error(error);
    }
  }

  private async rulesOf(group: string): Promise<Ec2Rule[]> {
    const rules: Ec2Rule[] = [];
    let token: string | undefined;
    do {
      const page = await asking(() =>
        this.client.send(
          new DescribeSecurityGroupRulesCommand({
            Filters: [{ Name: "group-id", Values: [group] }],
            MaxResults: PAGE,
            ...(token !== undefined && { NextToken: token }),
          }),
        ),
      );
      rules.push(...(page.SecurityGroupRules ?? []));
      token = page.NextToken;
    } while (token !== undefined && token !== "");
    return rules;
  }
}

async function asking<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw asEc2Error(error);
  }
}

/** EC2's own refusals keep their code; what never reached EC2 (time-out, reset) is worth another try. */
function asEc2Error(error: unknown): Ec2Error {
  if (!(error instanceof Error)) return new Ec2Error("throttled", "Unknown", String(error));
  const answered = error instanceof EC2ServiceException && (error.$metadata.httpStatusCode ?? 500) < 500;
  const refusal = REFUSALS[error.name] ?? (answered ? "other" : "throttled");
  return new Ec2Error(refusal, error.name, error.message, { cause: error });
}

function fromEc2(rule: Ec2Rule, owner: string | undefined): SecurityGroupRule {
  return canonicalRule({
    id: rule.SecurityGroupRuleId,
    direction: rule.IsEgress === true ? "egress" : "ingress",
    protocol: rule.IpProtocol ?? "-1",
    fromPort: rule.FromPort,
    toPort: rule.ToPort,
    peer: peerOf({
      cidr: rule.CidrIpv4 ?? rule.CidrIpv6,
      list: rule.PrefixListId,
      group: rule.ReferencedGroupInfo?.GroupId,
      account: rule.ReferencedGroupInfo?.UserId === owner ? undefined : rule.ReferencedGroupInfo?.UserId,
    }),
    description: rule.Description,
    ...tags(rule.Tags),
  });
}

function fromRevoked(rule: RevokedSecurityGroupRule): SecurityGroupRule {
  return canonicalRule({
    direction: "ingress",
    protocol: rule.IpProtocol ?? "-1",
    fromPort: rule.FromPort,
    toPort: rule.ToPort,
    peer: peerOf({ cidr: rule.CidrIpv4 ?? rule.CidrIpv6, list: rule.PrefixListId, group: rule.ReferencedGroupId }),
    description: rule.Description,
  });
}

/** The value without the account of a group: answers to a revoke name the group alone, or its owner whoever that is. */
function answerKey({ peer, ...rule }: SecurityGroupRule): string {
  return valueKey({ ...rule, peer: peer.kind === "group" ? { kind: "group", id: peer.id } : peer });
}

function fromPermission(permission: IpPermission): SecurityGroupRule[] {
  const peers = [
    ...(permission.IpRanges ?? []).map(({ CidrIp }) => peerOf({ cidr: CidrIp })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => peerOf({ cidr: CidrIpv6 })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) => peerOf({ list: PrefixListId })),
    ...(permission.UserIdGroupPairs ?? []).map(({ GroupId }) => peerOf({ group: GroupId })),
  ];
  const { IpProtocol = "-1", FromPort, ToPort } = permission;
  return peers.map((peer) => canonicalRule({ direction: "ingress", protocol: IpProtocol, fromPort: FromPort, toPort: ToPort, peer }));
}

interface PeerParts {
  cidr?: string | undefined;
  list?: string | undefined;
  group?: string | undefined;
  account?: string | undefined;
}

function peerOf({ cidr, list, group, account }: PeerParts): Peer {
  if (cidr !== undefined) return { kind: "cidr", cidr };
  if (list !== undefined) return { kind: "prefix-list", id: list };
  if (group !== undefined) return { kind: "group", id: group, ...(account !== undefined && { account }) };
  throw new Ec2Error("other", "UnreadableRule", "EC2 returned a security group rule without a CIDR, prefix list or group");
}

/** One rule as EC2 takes it; IPv6 ranges have a list of their own and are refused among the IPv4 ones. */
function toPermission({ protocol, fromPort, toPort, peer, description }: SecurityGroupRule): IpPermission {
  const note = description === undefined ? {} : { Description: description };
  const ports = { ...(fromPort !== undefined && { FromPort: fromPort }), ...(toPort !== undefined && { ToPort: toPort }) };
  switch (peer.kind) {
    case "cidr":
      return peer.cidr.includes(":")
        ? { IpProtocol: protocol, ...ports, Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...note }] }
        : { IpProtocol: protocol, ...ports, IpRanges: [{ CidrIp: peer.cidr, ...note }] };
    case "prefix-list":
      return { IpProtocol: protocol, ...ports, PrefixListIds: [{ PrefixListId: peer.id, ...note }] };
    case "group": {
      const owner = peer.account === undefined ? {} : { UserId: peer.account };
      return { IpProtocol: protocol, ...ports, UserIdGroupPairs: [{ GroupId: peer.id, ...owner, ...note }] };
    }
  }
}

function tags(list: readonly Tag[] | undefined): { tags?: Record<string, string> } {
  const entries = (list ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ""] as const]));
  return entries.length === 0 ? {} : { tags: Object.fromEntries(entries) };
}
