import {
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type SecurityGroup as Ec2Group,
  type NetworkInterface as Ec2Interface,
  type SecurityGroupRule as Ec2Rule,
  type Vpc as Ec2Vpc,
  type Filter,
  GetManagedPrefixListEntriesCommand,
} from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import { canonicalCidr, InvalidCidrError } from "../../model/cidr.ts";
import type { NetworkInterfaceFacts, PrefixListFacts, SecurityGroupFacts, VpcFacts } from "../../model/facts.ts";
import type { Where } from "../../model/world.ts";
import { asking, NO_SUCH_LIST } from "./ec2-errors.ts";
import { fromEc2, tags } from "./ec2-permissions.ts";
import { everyPage, filters, type Reader, unlessGone } from "./reader.ts";

const PAGE = 1000;
const PREFIX_LIST_PAGE = 100;
// EC2 takes no more values in one filter.
const FILTER_VALUES = 200;

/** The kinds that rules about security groups ask for: their readers are there from the start. */
type GroupKind = "security-group" | "prefix-list" | "vpc" | "network-interface";
export type GroupReaders = { readonly [K in GroupKind]: Reader<K> };

/** A reader for each kind that judging a security group takes: all pages, and undefined for what EC2 does not know. */
export function groupReaders(client: EC2Client): GroupReaders {
  const groups = (where: { GroupIds: string[] } | { Filters: Filter[] }) =>
    everyPage(async (token) => {
      const answer = await client.send(
        new DescribeSecurityGroupsCommand({ ...where, ...token, ...("Filters" in where && { MaxResults: PAGE }) }),
      );
      return [answer.SecurityGroups, answer.NextToken];
    });
  const readRules = (where: { Filters?: Filter[] }) =>
    everyPage(async (token) => {
      const answer = await client.send(new DescribeSecurityGroupRulesCommand({ ...where, MaxResults: PAGE, ...token }));
      return [answer.SecurityGroupRules, answer.NextToken];
    });
  const rulesOf = async (ids: readonly string[]) => {
    const rules: Ec2Rule[] = [];
    for (let at = 0; at < ids.length; at += FILTER_VALUES) {
      rules.push(...(await readRules({ Filters: [{ Name: "group-id", Values: ids.slice(at, at + FILTER_VALUES) }] })));
    }
    return rules;
  };
  const listed = async ({ vpc, prefixList, references }: Where) => {
    // All conditions of one call must hold, and a list or group may be named by ingress rules or by egress rules.
    const naming = namingOf(prefixList, "prefix-list-id").flatMap((a) => namingOf(references, "group-id").map((b) => ({ ...a, ...b })));
    const found = await Promise.all(naming.map((condition) => groups({ Filters: filters({ "vpc-id": vpc, ...condition }) })));
    const distinct = new Map(found.flat().map((group) => [group.GroupId ?? "", group]));
    // Of all groups, all rules: pages of a thousand rather than one filter for every 200 groups.
    const everything = vpc === undefined && prefixList === undefined && references === undefined;
    const rules = await (everything ? readRules({}) : rulesOf([...distinct.keys()]));
    const byGroup = Map.groupBy(rules, ({ GroupId, SecurityGroupRuleId }) => {
      if (GroupId !== undefined) return GroupId;
      throw new Ec2Error("other", "UnreadableRule", `EC2 returned the security group rule ${SecurityGroupRuleId} of no group`);
    });
    return [...distinct.values()].map((group) => groupFacts(group, byGroup.get(group.GroupId ?? "") ?? []));
  };
  const vpcs = (where: { VpcIds: string[] } | { Filters: Filter[] }) =>
    everyPage(async (token) => {
      const answer = await client.send(new DescribeVpcsCommand({ ...where, ...token, ...("Filters" in where && { MaxResults: PAGE }) }));
      return [answer.Vpcs, answer.NextToken];
    });
  const interfaces = (where: { NetworkInterfaceIds: string[] } | { Filters: Filter[] }) =>
    everyPage(async (token) => {
      const answer = await client.send(
        new DescribeNetworkInterfacesCommand({ ...where, ...token, ...("Filters" in where && { MaxResults: PAGE }) }),
      );
      return [answer.NetworkInterfaces, answer.NextToken];
    });
  return {
    "security-group": {
      get: (id) =>
        unlessGone(async () => {
          const [[group], rules] = await Promise.all([groups({ GroupIds: [id] }), rulesOf([id])]);
          return group && groupFacts(group, rules);
        }),
      list: listed,
    },
    "prefix-list": {
      get: (id) => prefixList(client, id),
      list: async () => [],
    },
    vpc: {
      get: (id) => unlessGone(async () => (await vpcs({ VpcIds: [id] })).map(vpcFacts)[0]),
      list: async ({ vpc }) => (await vpcs({ Filters: filters({ "vpc-id": vpc }) })).map(vpcFacts),
    },
    "network-interface": {
      get: (id) => unlessGone(async () => (await interfaces({ NetworkInterfaceIds: [id] })).map(interfaceFacts)[0]),
      list: async ({ vpc, group, subnet, instance }) => {
        const Filters = filters({ "vpc-id": vpc, "group-id": group, "subnet-id": subnet, "attachment.instance-id": instance });
        return (await interfaces({ Filters })).map(interfaceFacts);
      },
    },
  };
}

async function prefixList(client: EC2Client, id: string): Promise<PrefixListFacts> {
  const lists = await asking(() => client.send(new DescribeManagedPrefixListsCommand({ PrefixListIds: [id] })));
  const [list] = lists.PrefixLists ?? [];
  // A list that its owner shares no more still opens what it holds, to references that were made before; only nobody here can see it.
  if (list === undefined) throw new Ec2Error("denied", NO_SUCH_LIST, `EC2 shows no prefix list ${id} to this account`);
  const entries = await everyPage(async (token) => {
    const answer = await client.send(new GetManagedPrefixListEntriesCommand({ PrefixListId: id, MaxResults: PREFIX_LIST_PAGE, ...token }));
    return [answer.Entries, answer.NextToken];
  });
  return {
    id,
    ...(list.PrefixListName !== undefined && { name: list.PrefixListName }),
    cidrs: entries.map(({ Cidr }) => cidrOfEntry(id, Cidr)),
  };
}

// An entry that nobody can read may be the internet.
function cidrOfEntry(list: string, cidr: string | undefined): string {
  try {
    return canonicalCidr(cidr ?? "");
  } catch (error) {
    if (!(error instanceof InvalidCidrError)) throw error;
    throw new Ec2Error("other", "UnreadableEntry", `EC2 returned an entry of ${list} that is none: ${error.message}`, { cause: error });
  }
}

function groupFacts(group: Ec2Group, rules: readonly Ec2Rule[]): SecurityGroupFacts {
  return {
    id: group.GroupId ?? "",
    ...(group.GroupName !== undefined && { name: group.GroupName }),
    ...(group.VpcId !== undefined && { vpc: group.VpcId }),
    ...(group.Description !== undefined && { description: group.Description }),
    ...tags(group.Tags),
    rules: rules.map((rule) => fromEc2(rule, group.OwnerId)),
  };
}

function vpcFacts(vpc: Ec2Vpc): VpcFacts {
  const associated = (state: string | undefined) => state === undefined || state === "associated";
  const cidrs = (vpc.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
    CidrBlock !== undefined && associated(CidrBlockState?.State) ? [CidrBlock] : [],
  );
  return {
    id: vpc.VpcId ?? "",
    cidrs: cidrs.length === 0 && vpc.CidrBlock !== undefined ? [vpc.CidrBlock] : cidrs,
    ipv6Cidrs: (vpc.Ipv6CidrBlockAssociationSet ?? []).flatMap(({ Ipv6CidrBlock, Ipv6CidrBlockState }) =>
      Ipv6CidrBlock !== undefined && associated(Ipv6CidrBlockState?.State) ? [Ipv6CidrBlock] : [],
    ),
    ...(vpc.IsDefault !== undefined && { isDefault: vpc.IsDefault }),
    ...tags(vpc.Tags),
  };
}

function interfaceFacts(found: Ec2Interface): NetworkInterfaceFacts {
  return {
    id: found.NetworkInterfaceId ?? "",
    ...(found.VpcId !== undefined && { vpc: found.VpcId }),
    ...(found.SubnetId !== undefined && { subnet: found.SubnetId }),
    groups: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    addresses: [
      ...(found.PrivateIpAddresses ?? []).flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
      ...(found.Ipv6Addresses ?? []).flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    ],
    ...(found.Attachment?.InstanceId !== undefined && { instance: found.Attachment.InstanceId }),
    ...(found.Description !== undefined && found.Description !== "" && { description: found.Description }),
  };
}

function namingOf(id: string | undefined, field: string): Readonly<Record<string, string>>[] {
  return id === undefined ? [{}] : [{ [`ip-permission.${field}`]: id }, { [`egress.ip-permission.${field}`]: id }];
}
