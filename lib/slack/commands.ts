import type { Peer } from "../model/peer-set.ts";
import type { GroupRemedy } from "../model/remedy.ts";
import type { SecurityGroupRule } from "../model/security-group-rule.ts";

/** The group and place that a rule is to be added to. */
export interface Target {
  readonly group: string;
  readonly region: string;
  /** What the group is called, if anything: only names in Terraform come of it. */
  readonly name?: string;
}

/** One call of the AWS CLI that adds these rules of one direction to a group. Whatever the parts hold, it is this call and no other. */
export function cliCommand(rules: readonly SecurityGroupRule[], target: Target): string {
  return callOn("authorize", rules, target);
}

/** The calls of the AWS CLI that carry out a remedy, in order: what is authorized in place of what goes comes first. By value, as the guard does. */
export function editCommands({ revoke, authorize }: GroupRemedy, target: Target): string[] {
  const byTags = Map.groupBy(authorize, ({ tags }) => JSON.stringify(tags ?? {}));
  const bare = revoke.map(({ description: _, ...rule }) => rule);
  return [
    ...[...byTags.values()].map((rules) => callOn("authorize", rules, target)),
    ...(bare.length > 0 ? [callOn("revoke", bare, target)] : []),
  ];
}

function callOn(verb: "authorize" | "revoke", rules: readonly SecurityGroupRule[], { group, region }: Target): string {
  const direction = rules[0]?.direction ?? "ingress";
  const permissions = [...Map.groupBy(rules, serviceKey).values()].map(permissionOf);
  const tags = Object.entries(verb === "authorize" ? (rules[0]?.tags ?? {}) : {}).map(([Key, Value]) => ({ Key, Value }));
  const tagged = JSON.stringify([{ ResourceType: "security-group-rule", Tags: tags }]);
  return [
    `aws ec2 ${verb}-security-group-${direction} \\`,
    `  --region ${quoted(region)} --group-id ${quoted(group)} \\`,
    ...(tags.length > 0 ? [`  --tag-specifications ${quoted(tagged)} \\`] : []),
    `  --ip-permissions ${quoted(JSON.stringify(permissions))}`,
  ].join("\n");
}

function permissionOf(rules: readonly SecurityGroupRule[]) {
  const [first] = rules;
  const ports = first?.fromPort === undefined ? {} : { FromPort: first.fromPort, ToPort: first.toPort };
  const ranges = rules.flatMap(({ peer, description }) => rangeOf(peer, description));
  const lists = Map.groupBy(ranges, ({ list }) => list);
  return {
    IpProtocol: first?.protocol,
    ...ports,
    ...Object.fromEntries([...lists].map(([list, entries]) => [list, entries.map(({ entry }) => entry)])),
  };
}

function rangeOf(peer: Peer, description: string | undefined): { list: string; entry: object }[] {
  const text = description === undefined || description === "" ? {} : { Description: describable(description) };
  switch (peer.kind) {
    case "cidr":
      return isV6(peer.cidr)
        ? [{ list: "Ipv6Ranges", entry: { CidrIpv6: peer.cidr, ...text } }]
        : [{ list: "IpRanges", entry: { CidrIp: peer.cidr, ...text } }];
    case "group":
      return [
        { list: "UserIdGroupPairs", entry: { GroupId: peer.id, ...(peer.account !== undefined && { UserId: peer.account }), ...text } },
      ];
    case "prefix-list":
      return [{ list: "PrefixListIds", entry: { PrefixListId: peer.id, ...text } }];
  }
}

/** The same rules as resources of Terraform, one for each service and kind of peer. */
export function terraformOf(rules: readonly SecurityGroupRule[], target: Target): string {
  const resources = [...Map.groupBy(rules, (rule) => `${serviceKey(rule)} ${argumentOf(rule.peer)}`).values()];
  return resources.map((same) => resourceOf(same, target)).join("\n\n");
}

function resourceOf(rules: readonly SecurityGroupRule[], { group, name = group }: Target): string {
  const [first] = rules;
  if (first === undefined) return "";
  const { direction, protocol, fromPort, toPort, description, peer } = first;
  const argument = argumentOf(peer);
  const peers = rules.map((rule) => hcl(peerText(rule.peer)));
  const several = peers.length > 1;
  const lines: (readonly [string, string])[] = [
    ...(several ? [["for_each", `toset([${peers.join(", ")}])`] as const] : []),
    ["security_group_id", hcl(group)],
    [argument, several ? "each.value" : (peers[0] ?? '""')],
    ["ip_protocol", hcl(protocol)],
    ...(fromPort === undefined ? [] : [["from_port", String(fromPort)] as const, ["to_port", String(toPort)] as const]),
    ...(description === undefined || description === "" ? [] : [["description", hcl(describable(description))] as const]),
  ];
  const width = Math.max(...lines.map(([key]) => key.length));
  const family = argument === "cidr_ipv6" ? ["v6"] : [];
  const label = labelOf([name, protocol === "-1" ? "all" : protocol, ...portWords(fromPort, toPort), ...family]);
  return [
    `resource "aws_vpc_security_group_${direction}_rule" "${label}" {`,
    ...lines.map(([key, value]) => `  ${key.padEnd(width)} = ${value}`),
    "}",
  ].join("\n");
}

function portWords(from: number | undefined, to: number | undefined): string[] {
  if (from === undefined || to === undefined) return [];
  return from === to || to === -1 ? [String(from)] : [String(from), String(to)];
}

function argumentOf(peer: Peer): string {
  if (peer.kind === "group") return "referenced_security_group_id";
  if (peer.kind === "prefix-list") return "prefix_list_id";
  return isV6(peer.cidr) ? "cidr_ipv6" : "cidr_ipv4";
}

function peerText(peer: Peer): string {
  return peer.kind === "cidr" ? peer.cidr : peer.id;
}

function serviceKey({ protocol, fromPort, toPort }: SecurityGroupRule): string {
  return [protocol, fromPort, toPort].join(" ");
}

function isV6(cidr: string): boolean {
  return cidr.includes(":");
}

/** A word of a POSIX shell that is this text and nothing else. */
function quoted(text: string): string {
  return /^[A-Za-z0-9][\w.-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A string of HCL (https://developer.hashicorp.com/terraform/language/expressions/strings) that is this text, but for what would be a template. */
function hcl(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, "\\$&")
    .replace(/[\r\n\t]/g, " ")
    .replace(/([$%])[$%]*(?=\{)/g, "$1$1");
  return `"${escaped}"`;
}

/** What EC2 takes as a description (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html), of any text. */
function describable(text: string): string {
  return text
    .replace(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, " ")
    .replace(/ +/g, " ")
    .trim()
    .slice(0, 120);
}

function labelOf(words: readonly string[]): string {
  const label = words
    .join("_")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 60);
  return /^[a-z]/.test(label) ? label : `rule_${label}`;
}
