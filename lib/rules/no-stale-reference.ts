import * as z from "zod/mini";
import type { RuleFinding } from "../model/finding.ts";
import { formatPeer } from "../model/peer-set.ts";
import { formatRule, type SecurityGroupRule, trafficOf } from "../model/security-group-rule.ts";
import type { World } from "../model/world.ts";
import { defineRule } from "./rule.ts";

export const noStaleReference = defineRule({
  meta: {
    id: "no-stale-reference",
    title: "No rule refers to a security group that is gone",
    resource: "security-group",
    severity: "low",
    finds:
      "Rules, ingress and egress, whose peer is a security group that does not exist. A group of another account is not judged, since only its own account can tell; neither is a group that may not be read.",
    rationale:
      "A rule that names a deleted group admits nobody, hides what the group is really for, and counts against its quota. EC2 leaves such rules behind when the group was in a peered VPC.",
    source: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
    remedies: ["revoke-ingress", "revoke-egress"],
    remedy: "none",
    enabled: false,
  },
  options: z.strictObject({}),

  prepare: () => undefined,

  check: async (group, world, _, unjudged) => {
    const found = await Promise.all(group.rules.map((rule) => staleReference(rule, group.id, world, unjudged)));
    return found.flatMap((finding) => finding ?? []);
  },
});

async function staleReference(
  rule: SecurityGroupRule,
  owner: string,
  world: Pick<World, "get">,
  unjudged: (needs: string) => void,
): Promise<RuleFinding | undefined> {
  const { peer } = rule;
  if (peer.kind !== "group" || peer.id === owner) return undefined;
  if (peer.account !== undefined) {
    unjudged(`whether ${formatPeer(peer)} exists, which only its own account can tell`);
    return undefined;
  }
  const named = await world.get("security-group", peer.id);
  if (named !== undefined) return undefined;
  return { traffic: trafficOf(rule), rules: [rule], message: `${formatRule(rule)} names a security group that does not exist` };
}
