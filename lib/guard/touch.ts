import { AddressSet } from "../model/address-set.ts";
import type { Change, Claim, Subject } from "../model/change.ts";
import type { Finding } from "../model/finding.ts";
import type { SecurityGroup } from "../model/security-group.ts";
import { ruleKey } from "../model/security-group-rule.ts";
import { isUnknown, type World } from "../model/world.ts";
import type { Ruling } from "../policy/policy.ts";
import { type Judgement, judge } from "./judge.ts";

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
 * Judges a group that a change reached. `claimed` holds the keys (ruleKey) of the rules that the change itself brought to it;
 * what came through a prefix list is new as far as the change put those addresses there, and stood before otherwise.
 */
export async function judgeReached(
  change: Change,
  claimed: ReadonlySet<string>,
  { group, world, ruling }: { readonly group: SecurityGroup; readonly world: World; readonly ruling: Ruling },
): Promise<Judgement> {
  if (change.via === undefined) return judge(group, world, ruling, claimed);
  const brought = await broughtInto(change, world);
  const judgement = await judge(group, world, ruling, keysOfNaming(change.via, group));
  const blame = (finding: Finding): Finding =>
    finding.traffic.addresses().overlaps(brought) ? finding : { ...finding, introduced: "earlier" };
  return {
    ...judgement,
    findings: judgement.findings.map(blame),
    excepted: judgement.excepted.map((excepted) => ({ ...excepted, finding: blame(excepted.finding) })),
  };
}

function keysOfNaming({ id }: Subject, group: SecurityGroup): ReadonlySet<string> {
  return new Set(group.rules.filter(({ peer }) => peer.kind === "prefix-list" && peer.id === id).map(ruleKey));
}

// The addresses that the list holds since this change; any may be new where the record does not tell.
async function broughtInto({ via, claim }: Change, world: Pick<World, "get">): Promise<AddressSet> {
  const added = addedTo(claim);
  if (via === undefined || added === undefined) return AddressSet.ALL;
  const list = await world.get("prefix-list", via.id);
  const others = list === undefined || isUnknown(list) ? [] : list.cidrs.filter((cidr) => !added.includes(cidr));
  return AddressSet.of(...added).difference(AddressSet.of(...others));
}

/** The CIDRs that a change added to a prefix list; undefined where its record does not tell. */
export function addedTo(claim: Claim | undefined): readonly string[] | undefined {
  if (claim?.kind !== "effects") return undefined;
  const added: string[] = [];
  for (const effect of claim.effects) {
    if (effect.op === "remove" || effect.op === "delete") continue;
    if (effect.kind !== "prefix-list" || effect.op !== "add") return undefined;
    added.push(...effect.items);
  }
  return added;
}
