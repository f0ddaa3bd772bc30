import * as z from "zod/mini";
import type { SecurityGroupFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { formatPeer } from "../model/peer-set.ts";
import { hasEnded } from "../model/peering.ts";
import { formatRule, type SecurityGroupRule, trafficOf } from "../model/security-group-rule.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule } from "./rule.ts";

export const noStaleReference = defineRule({
  meta: {
    id: "no-stale-reference",
    title: "No rule refers to a security group that is gone or out of reach",
    resource: "security-group",
    severity: "low",
    finds:
      "Rules, ingress and egress, whose peer is a security group that does not exist, or stands in a VPC that is peered with this one no more. Of a group of another account only the peering is judged, since only that account can tell whether it exists; a group that may not be read is not judged.",
    rationale:
      "A rule that names a deleted group admits nobody, hides what the group is really for, and counts against its quota. EC2 leaves such rules behind when the group was in a peered VPC.",
    source: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
    avoid: "aws ec2 delete-security-group --group-id <named by the rules of a group in a peered VPC>",
    prefer: "aws ec2 describe-stale-security-groups --vpc-id vpc-...    # then revoke what it lists",
    remedies: ["revoke-ingress", "revoke-egress"],
    remedy: "none",
    enabled: false,
    calls: ["DeleteSecurityGroup", "DeleteVpcPeeringConnection"],
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async (group, world, _, unjudged) => {
    const found = await Promise.all(group.rules.map((rule) => staleReference(rule, group.facts, world, unjudged)));
    return found.flatMap((finding) => finding ?? []);
  },
});

async function staleReference(
  rule: SecurityGroupRule,
  owner: SecurityGroupFacts,
  world: World,
  unjudged: (needs: string) => void,
): Promise<RuleFinding | undefined> {
  const { peer } = rule;
  if (peer.kind !== "group" || peer.id === owner.id) return undefined;
  const finding = (what: string) => ({
    traffic: trafficOf(rule),
    rules: [rule],
    message: `${formatRule(rule)} names a security group ${what}`,
  });
  if (hasEnded(peer.peeringStatus)) return finding(UNPEERED);
  if (peer.account !== undefined) {
    unjudged(`whether ${formatPeer(peer)} exists, which only its own account can tell`);
    return undefined;
  }
  const named = await world.get("security-group", peer.id);
  if (named === undefined) return finding("that does not exist");
  return !isUnknown(named) && (await areUnpeered(owner, named, world)) ? finding(UNPEERED) : undefined;
}

// Peering is one way among others for groups to know each other: only one that ended, with none beside it, says that it is over.
async function areUnpeered({ vpc }: SecurityGroupFacts, { vpc: other }: SecurityGroupFacts, world: World): Promise<boolean> {
  if (vpc === undefined || other === undefined || vpc === other) return false;
  const peerings = await world.list("peering", { vpc });
  if (isUnknown(peerings)) return false;
  const between = peerings.filter(({ requester, accepter }) => requester.vpc === other || accepter.vpc === other);
  return between.length > 0 && between.every(({ status }) => hasEnded(status));
}

const UNPEERED = "of a VPC that is peered no more";
