import type { Change } from "../model/change.ts";
import type { SecurityGroup } from "../model/security-group.ts";
import { ruleKey } from "../model/security-group-rule.ts";
import { isUnknown, type World } from "../model/world.ts";

/**
 * The changes to the resources that rules judge: the change itself, or one for each group that it reaches through what it
 * changed - a prefix list's new version touches every group that names it. Throws when they cannot be found, since a change
 * whose reach nobody knows must be tried again and never be dropped.
 */
export async function touchedBy(change: Change, world: Pick<World, "list">): Promise<readonly Change[]> {
  const { subject } = change;
  if (subject.kind === "security-group") return [change];
  if (subject.kind !== "prefix-list") return [];
  const groups = await world.list("security-group", { prefixList: subject.id });
  if (isUnknown(groups)) throw new Error(`the groups that ${subject.kind} ${subject.id} reaches could not be found: ${groups.unknown}`);
  return groups.map(({ id }) => ({ ...change, subject: { kind: "security-group", id }, via: subject }));
}

/** Why a change that touches nothing makes no decision, for people. */
export function whyUntouched({ subject: { kind } }: Change): string {
  if (kind === "prefix-list") return "no known group names the prefix list";
  return `a change to a ${kind === "vpc" ? "VPC" : "network interface"} tells what the network looks like, and no rule judges it yet`;
}

/**
 * The keys (ruleKey) of the rules that changed with the resource through which the change came: none where it only took
 * something away, or gave the list another name.
 */
export function introducedThrough({ via, claim }: Change, group: SecurityGroup): ReadonlySet<string> {
  if (via?.kind !== "prefix-list") return new Set();
  if (claim?.kind === "effects" && claim.effects.every(({ op }) => op === "remove" || op === "delete")) return new Set();
  return new Set(group.rules.filter(({ peer }) => peer.kind === "prefix-list" && peer.id === via.id).map(ruleKey));
}
