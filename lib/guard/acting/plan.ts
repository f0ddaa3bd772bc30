import { AddressSet } from "../../model/address-set.ts";
import type { Finding } from "../../model/finding.ts";
import { PeerSet } from "../../model/peer-set.ts";
import { narrowRules, type Remedy, revokeRules, verbOf } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import type { SecurityGroup } from "../../model/security-group.ts";
import { ruleKey, rulesFor, type SecurityGroupRule, trafficOf } from "../../model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import type { World } from "../../model/world.ts";
import type { Mode, RuledRule, Ruling } from "../../policy/policy.ts";

/** A remedy and whether the policy lets it be carried out. */
export interface Planned {
  readonly remedy: Remedy;
  readonly mode: Exclude<Mode, "off">;
  /** Rules of the group that stand in for what is revoked, and stand already: perhaps only since another guard narrows just now. */
  readonly relies?: readonly SecurityGroupRule[];
}

// EC2 takes the rules of one direction in one call.
const TURNS: readonly (readonly [Planned["mode"], Direction])[] = [
  ["enforce", "ingress"],
  ["enforce", "egress"],
  ["dry-run", "ingress"],
  ["dry-run", "egress"],
];

/** The acts that these findings on a resource call for under the ruling; what the rules of a group need comes first. */
export async function plan(
  resource: Standing,
  world: Pick<World, "get">,
  findings: readonly Finding[],
  ruling: Ruling,
): Promise<Planned[]> {
  const network = planNetwork(findings, ruling);
  return resource.kind === "security-group" ? [...(await planGroup(resource, world, findings, ruling)), ...network] : network;
}

/** The acts that findings on anything but a security group call for: of each, the remedy that the policy chose. */
function planNetwork(findings: readonly Finding[], ruling: Ruling): Planned[] {
  const planned = new Map<string, Planned>();
  for (const { rule, remedy, remedies = [] } of findings) {
    const ruled = ruling.rules.find((candidate) => candidate.rule.meta.id === rule);
    if (ruled === undefined || ruled.mode === "off" || remedy === "none") continue;
    const chosen =
      remedies.find(({ kind }) => verbOf(kind) === ruled.remedy) ?? remedies.find(({ kind }) => INSTEAD[ruled.remedy] === verbOf(kind));
    if (chosen !== undefined) planned.set(JSON.stringify(chosen), { remedy: chosen, mode: ruled.mode });
  }
  return [...planned.values()];
}

/** What stands in for a remedy that cannot be: where nobody knows what to restore, or nothing lawful is left, what offends is taken away. */
export const INSTEAD: Readonly<Record<string, string>> = { restore: "delete", narrow: "revoke" };

/**
 * The acts that these findings on a group call for under the ruling. A rule that any finding wants revoked goes whole; one that is to be
 * narrowed is replaced by the fewest rules that admit the rest of it, with its description and tags. Revocations come first.
 */
async function planGroup(
  group: SecurityGroup,
  world: Pick<World, "get">,
  findings: readonly Finding[],
  ruling: Ruling,
): Promise<Planned[]> {
  const remedies = new Map<string, RuledRule>(ruling.rules.map((ruled) => [ruled.rule.meta.id, ruled]));
  const planned: Planned[] = [];
  for (const [mode, direction] of TURNS) {
    const remediable = findings.filter(({ traffic, remedy }) => traffic.direction === direction && remedy !== "none");
    const ofMode = remediable.filter(({ rule }) => remedies.get(rule)?.mode === mode);
    const asks = (choice: string) => ofMode.filter(({ rule }) => remedies.get(rule)?.remedy === choice);
    const revoked = distinct(asks("revoke").flatMap(({ rules }) => rules));
    const narrowed = await narrowings(group, world, direction, asks("narrow"), new Set(revoked.map(ruleKey)));
    const whole = [...revoked, ...narrowed.filter(({ keep }) => keep.length === 0).map(({ rule }) => rule)];
    const partly = narrowed.filter(({ keep }) => keep.length > 0);
    if (whole.length > 0) planned.push({ mode, remedy: revokeRules(group.id, whole) });
    if (partly.length > 0) {
      const offending = new Set([...whole, ...partly.map(({ rule }) => rule)].map(ruleKey));
      const standing = group.rules.filter((rule) => !offending.has(ruleKey(rule)));
      const wanted = distinct(partly.flatMap(({ keep }) => keep));
      const keep = await notAdmittedBy(standing, group, world, direction, wanted);
      const there = new Set(standing.map(ruleKey));
      const relies = wanted.filter((rule) => there.has(ruleKey(rule)));
      const remedy = narrowRules(
        group.id,
        partly.map(({ rule }) => rule),
        keep,
      );
      planned.push({ mode, remedy, ...(relies.length > 0 && { relies }) });
    }
  }
  return planned;
}

interface Narrowing {
  readonly rule: SecurityGroupRule;
  /** What is authorized in its place. */
  readonly keep: readonly SecurityGroupRule[];
}

async function narrowings(
  group: SecurityGroup,
  world: Pick<World, "get">,
  direction: Direction,
  findings: readonly Finding[],
  revoked: ReadonlySet<string>,
): Promise<Narrowing[]> {
  const rules = distinct(findings.flatMap((finding) => finding.rules)).filter((rule) => !revoked.has(ruleKey(rule)));
  const admitted = await group.admits(world, direction);
  return rules.map((rule) => {
    const entry = admitted.byRule.find((candidate) => ruleKey(candidate.rule) === ruleKey(rule));
    const granted = TrafficSet.of(entry === undefined ? [] : [entry], direction);
    const left = findings.reduce((rest, { traffic }) => rest.difference(traffic), granted);
    return {
      rule,
      keep: rulesLeft(rule, entry?.peers.addresses ?? AddressSet.EMPTY, left).map((keep) => ({ ...keep, ...annotations(rule) })),
    };
  });
}

// What keeps all addresses of a prefix list keeps its name. Elsewhere, a list admits nothing more than its addresses.
function rulesLeft({ peer }: SecurityGroupRule, addresses: AddressSet, left: TrafficSet): SecurityGroupRule[] {
  if (addresses.isEmpty()) return rulesFor(left);
  const byAddress = left.boxes().map(({ services, peers }) => ({ services, peers: new PeerSet(peers.addresses) }));
  return rulesFor(TrafficSet.of(byAddress, left.direction), { peer, addresses });
}

// What other rules of the group admit anyway needs no rule of its own, and EC2 would refuse a duplicate.
async function notAdmittedBy(
  standing: readonly SecurityGroupRule[],
  group: SecurityGroup,
  world: Pick<World, "get">,
  direction: Direction,
  wanted: readonly SecurityGroupRule[],
): Promise<SecurityGroupRule[]> {
  const keys = new Set(standing.map(ruleKey));
  const admitted = await group.admits(world, direction);
  const traffic = TrafficSet.of(
    admitted.byRule.filter(({ rule }) => keys.has(ruleKey(rule))),
    direction,
  );
  return wanted.filter((rule) => !traffic.covers(trafficOf(rule)));
}

function annotations({ description, tags }: SecurityGroupRule): Pick<SecurityGroupRule, "description" | "tags"> {
  return { ...(description !== undefined && { description }), ...(tags !== undefined && { tags }) };
}

function distinct(rules: readonly SecurityGroupRule[]): SecurityGroupRule[] {
  return [...new Map(rules.map((rule) => [ruleKey(rule), rule])).values()];
}
