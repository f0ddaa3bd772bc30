import { changesOf } from "../../../lib/cloudtrail/parse.ts";
import { formatRule, type SecurityGroupRule, trafficOf } from "../../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../../lib/model/traffic.ts";
import { GROUP, grantEvent, permission } from "../../support/gate.ts";
import { isList, type Json, withValue } from "../json.ts";
import { type Luck, luckOf } from "../random.ts";
import { spelledAnew, unreadableInstead } from "../spellings.ts";
import { insist, type Target } from "../target.ts";

const PEERS = ["0.0.0.0/0", "8.0.0.0/8", "203.0.113.7/32", "10.0.0.0/8", "::/0", "2001:db8::/32", "sg-0b0b", "pl-1"];
const SERVICES = [
  ["tcp", 22, 22],
  ["tcp", 20, 25],
  ["udp", 53, 53],
  ["tcp", 0, 65_535],
  ["icmp", 8, -1],
  ["icmp", 3, 4],
  ["-1", undefined, undefined],
  ["50", undefined, undefined],
] as const;
const REQUEST = ["detail", "requestParameters", "ipPermissions"];
const ANSWER = ["detail", "responseElements", "securityGroupRuleSet"];

/**
 * AuthorizeSecurityGroupIngress of permissions that are known, in another spelling that means the same, which must be read the
 * same; or with one value that nobody can read, which must be noticed: the claim holds all that was granted, or the event is unreadable.
 * The input is the seed of both, so that it stays a pair.
 */
export const grants: Target = {
  name: "grants",
  shrinks: false,
  make: (luck) => [luck.percent(50) ? "same" : "noticed", luck.below(2 ** 31)],
  check: async (input) => {
    if (!isList(input)) return;
    const [sort, seed] = input;
    const luck = luckOf(Number(seed), 0);
    const event = grantOf(luck);
    const before = claimed(event);
    if ("unreadable" in before) throw new Error(`the plain event is unreadable: ${before.unreadable}`);
    if (sort === "same") {
      const other = spelledAnew(event, luck);
      const after = claimed(other);
      const texts = "unreadable" in after ? after.unreadable : textsOf(after.rules);
      insist(
        String(texts) === String(textsOf(before.rules)),
        () => `${textsOf(before.rules)}, spelled anew, is ${texts}: ${JSON.stringify(other)}`,
      );
      return;
    }
    const [other, what] = unreadableInstead(event, luck, [REQUEST, ANSWER]);
    const after = claimed(other);
    if ("unreadable" in after) return;
    const lost = sum(before.rules).difference(sum(after.rules));
    insist(lost.isEmpty(), () => `${what}, and of what was granted ${lost} is not claimed any more: ${JSON.stringify(other)}`);
  },
};

function grantOf(luck: Luck): Json {
  const asked = Array.from({ length: 1 + luck.below(3) }, () => {
    const [protocol, from, to] = luck.pick(SERVICES);
    const peers = Array.from({ length: 1 + luck.below(3) }, () => luck.pick(PEERS));
    return permission(protocol, from === undefined ? undefined : [from, to], ...new Set(peers));
  });
  // JSON of our own making.
  const event: Json = JSON.parse(JSON.stringify(grantEvent(...asked)));
  const claim = claimed(event);
  if ("unreadable" in claim || luck.percent(50)) return event;
  return withValue(event, ANSWER, { items: claim.rules.map(answered) });
}

function answered(rule: SecurityGroupRule, n: number): Json {
  const { protocol, fromPort = -1, toPort = -1, peer } = rule;
  const base = {
    groupOwnerId: "000000000000",
    groupId: GROUP,
    securityGroupRuleId: `sgr-${n}`,
    isEgress: false,
    ipProtocol: protocol,
    fromPort,
    toPort,
  };
  if (peer.kind === "prefix-list") return { ...base, prefixListId: peer.id };
  if (peer.kind === "group") return { ...base, referencedGroupInfo: { groupId: peer.id, userId: "000000000000" } };
  return { ...base, [peer.cidr.includes(":") ? "cidrIpv6" : "cidrIpv4"]: peer.cidr };
}

function claimed(event: Json): { readonly rules: readonly SecurityGroupRule[] } | { readonly unreadable: string } {
  const parsed = changesOf(event);
  if (parsed.kind === "unreadable") return { unreadable: parsed.reason };
  if (parsed.kind === "ignored") return { rules: [] };
  const rules = parsed.changes.flatMap(({ claim }) => (claim?.kind === "rules-granted" ? claim.rules : []));
  return { rules };
}

function textsOf(rules: readonly SecurityGroupRule[]): string[] {
  return [...new Set(rules.map(formatRule))].sort();
}

function sum(rules: readonly SecurityGroupRule[]): TrafficSet {
  return rules.reduce((all, rule) => all.union(trafficOf(rule)), TrafficSet.EMPTY);
}
