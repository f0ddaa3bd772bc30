import { AddressSet } from "../../model/address-set.ts";
import type { Change, Claim, Subject } from "../../model/change.ts";
import { partsBrought } from "../../model/effect.ts";
import type { FindingDraft, Introduced } from "../../model/finding.ts";
import type { Standing } from "../../model/resource.ts";
import type { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey } from "../../model/security-group-rule.ts";
import { isUnknown, type World } from "../../model/world.ts";
import type { Blame } from "./judge.ts";
import { isSwept } from "./swept.ts";

/** Who is to blame for what is found on a resource; `claimed` are the keys (ruleKey) of the rules that the change brought to a group. */
export async function blameFor(
  change: Change,
  claimed: ReadonlySet<string>,
  resource: Standing,
  world: Pick<World, "get">,
): Promise<Blame> {
  if (isSwept(change)) return BLAME_NOBODY;
  return resource.kind === "security-group" ? blameOnGroup(change, claimed, resource, world) : blameOn(change);
}

/**
 * Who is to blame for what is found on a group. `claimed` holds the keys (ruleKey) of the rules that the change itself brought
 * to it; what came through a prefix list is new as far as the change put those addresses there, and stood before otherwise.
 */
async function blameOnGroup(change: Change, claimed: ReadonlySet<string>, group: SecurityGroup, world: Pick<World, "get">): Promise<Blame> {
  const { via } = change;
  if (via === undefined) return ({ rules }, rule) => (hasAny(rules.map(ruleKey), claimed) ? "now" : brought(change, rule.meta.calls));
  if (via.kind !== "prefix-list") return (_, rule) => brought(change, rule.meta.calls);
  const naming = keysOfNaming(via, group);
  const added = await broughtInto(change, world);
  return ({ rules, traffic }) => (hasAny(rules.map(ruleKey), naming) && traffic.addresses().overlaps(added) ? "now" : "earlier");
}

// Who is to blame for what is found on anything else.
function blameOn(change: Change): Blame {
  return (finding, rule) => {
    if (finding.parts.some((part) => part === change.via?.id)) return change.possible ? "unknown" : "now";
    return isOwnDoing(finding, change) ? "now" : brought(change, rule.meta.calls);
  };
}

/** Who is to blame for a call: whoever made it. */
export const BLAME_CALLER: Blame = () => "now";
// No record tells what a sweep comes upon.
export const BLAME_NOBODY: Blame = () => "unknown";

/** Who is to blame for what a claim alone shows. */
export function blameForClaim(change: Change): Blame {
  return isSwept(change) ? BLAME_NOBODY : BLAME_CALLER;
}

function isOwnDoing({ parts }: FindingDraft, { claim, subject, via }: Change): boolean {
  if (claim?.kind !== "effects" || via !== undefined) return false;
  for (const effect of claim.effects) {
    const changed = partsBrought(effect);
    if (changed === "all" ? effect.id === subject.id : hasAny(parts, changed)) return true;
    // What it brought to another resource than its subject, a finding names by the id of that: a gateway that came to a VPC.
    if (effect.id !== subject.id && (changed === "all" || changed.size > 0) && parts.includes(effect.id)) return true;
  }
  return false;
}

// A call that the rule names can bring its findings about from elsewhere, or by taking something away that stood against them.
function brought({ call, via, possible }: Change, calls: readonly string[] = []): Introduced {
  if (!calls.includes(call.name)) return "earlier";
  return via === undefined || possible ? "unknown" : "now";
}

function hasAny(keys: readonly string[], among: ReadonlySet<string>): boolean {
  return keys.some((key) => among.has(key));
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
function addedTo(claim: Claim | undefined): readonly string[] | undefined {
  if (claim?.kind !== "effects") return undefined;
  const added: string[] = [];
  for (const effect of claim.effects) {
    if (effect.op === "remove" || effect.op === "delete") continue;
    if (effect.kind !== "prefix-list" || effect.op !== "add") return undefined;
    added.push(...effect.items);
  }
  return added;
}
