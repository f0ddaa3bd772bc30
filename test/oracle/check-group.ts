import { apply } from "../../lib/guard/acting/apply.ts";
import { plan } from "../../lib/guard/acting/plan.ts";
import type { Act } from "../../lib/model/decision.ts";
import type { Finding } from "../../lib/model/finding.ts";
import { isGroupRemedy, verbOf } from "../../lib/model/remedy.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { canonicalRule, ruleKey, rulesFor, type SecurityGroupRule, trafficOf } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import type { World } from "../../lib/model/world.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import type { Ruling } from "../../lib/policy/policy.ts";
import { noPublicIngress } from "../../lib/rules/no-public-ingress.ts";
import { MemoryEc2 } from "../support/memory-ec2.ts";
import { networkOf } from "../support/network.ts";
import { cidrOf } from "./addresses.ts";
import { fewestRules } from "./fewest.ts";
import { type From, type GroupCase, grantedBy, listId, type Offence, offencesIn, ruleId } from "./group-case.ts";
import { at, isNone, isSame, NO_POINTS, type Points, pointsOf, shared, unionOf, without } from "./points.ts";

/** What a case was about, so that a run can tell that it saw everything. */
export type Sight = "clean" | "alone" | "together" | "narrowed" | "revoked whole" | "did not fit" | "took fewest rules";

/** Where the code and the oracle say different things about a case, in one sentence; undefined where they agree. */
export async function disagreementOn(given: GroupCase, see: (sight: Sight) => void = () => {}): Promise<string | undefined> {
  const group = new SecurityGroup({ id: "sg-0", rules: rulesOf(given) });
  const world = worldOf(given);
  const rule = ruleFor(given);
  const expected = offencesIn(given);
  const found = await rule.check(group, world);
  const told = found.map(({ rules }) => rules.map(({ id }) => id).join(" "));
  const due = expected.map(({ rules }) => rules.map(ruleId).join(" "));
  if (told.join("; ") !== due.join("; ")) return `found on "${told.join("; ")}", and it should be on "${due.join("; ")}"`;
  for (const [i, { points }] of expected.entries()) {
    const traffic = found[i]?.traffic ?? TrafficSet.EMPTY;
    const seen = pointsOf(traffic, given.universe);
    if (seen === undefined || !isSame(seen, points)) return `finding ${i} forbids ${traffic}, which is not what is forbidden`;
  }
  see(expected.length === 0 ? "clean" : expected.some(({ rules }) => rules.length > 1) ? "together" : "alone");
  if (expected.length === 0) return undefined;
  const findings = found.map((draft): Finding => ({ ...draft, rule: rule.meta.id, severity: "critical", introduced: "now" }));
  return narrowing(given, group, world, findings, expected, see);
}

async function narrowing(
  given: GroupCase,
  group: SecurityGroup,
  world: World,
  findings: readonly Finding[],
  offences: readonly Offence[],
  see: (sight: Sight) => void,
): Promise<string | undefined> {
  const forbidden = unionOf(offences.map(({ points }) => points));
  const guilty = new Set(offences.flatMap(({ rules }) => rules));
  const granted = given.rules.map(grantedBy);
  const keeps = granted.map((points, i) => (guilty.has(i) ? without(points, forbidden) : points));
  const innocent = unionOf(granted.filter((_, i) => !guilty.has(i)));
  const values = new Set(group.rules.map(ruleKey));

  const ec2 = new MemoryEc2().createGroup(group.id);
  ec2.grant(group.id, ...group.rules);
  ec2.quota = Math.max(given.quota, values.size);
  const acts: Act[] = [];
  for (const { remedy } of await plan(group, world, findings, rulingOf(given))) acts.push(await apply(remedy, ec2));
  const after = ec2.rules(group.id);
  const admitted = pointsOf((await new SecurityGroup({ id: "sg-0", rules: after }).admits(world)).traffic(), given.universe);
  if (admitted === undefined) return "what is left cuts a cell";

  const authorized = acts.flatMap(({ remedy }) => (isGroupRemedy(remedy) && verbOf(remedy.kind) === "narrow" ? remedy.authorize : []));
  const overfull = acts.find(({ error }) => error !== undefined);
  if (overfull !== undefined) {
    see("did not fit");
    return revokedWhole(given, overfull, keeps, guilty, innocent, admitted, values);
  }
  see(authorized.length > 0 ? "narrowed" : "revoked whole");
  const due = unionOf(keeps);
  if (!isSame(admitted, due))
    return `what is left is ${after.map(ruleKey).join("; ")}, which is not what was granted less what is forbidden`;
  if (after.length > ec2.quota) return `${after.length} rules are left in a group of ${ec2.quota}`;

  // Each rule that is narrowed is replaced by the fewest rules; what the others admit anyway takes none.
  let sum = 0;
  for (const index of guilty) {
    const keep = keeps[index] ?? NO_POINTS;
    const least = fewestRules(keep, wholeOf(given.rules[index]?.from));
    sum += least;
    if (least > 0) see("took fewest rules");
    if (guilty.size > 1 || !isNone(shared(keep, innocent))) continue;
    if (authorized.length !== least) return `it takes ${least} rules to admit what is left, and the remedy adds ${authorized.length}`;
  }
  if (authorized.length > sum) return `it takes ${sum} rules at most to admit what is left, and the remedy adds ${authorized.length}`;
  const again = await ruleFor(given).check(new SecurityGroup({ id: "sg-0", rules: after }), world);
  return again.length === 0
    ? undefined
    : `what is left is judged again and found wanting: ${again.map(({ message }) => message).join("; ")}`;
}

// Where the remainder does not fit, what is forbidden goes without it, and the act says so.
function revokedWhole(
  { rules, quota }: GroupCase,
  { error = "", remedy }: Act,
  keeps: readonly Points[],
  guilty: ReadonlySet<number>,
  innocent: Points,
  admitted: Points,
  values: ReadonlySet<string>,
): string | undefined {
  if (!error.includes("did not fit")) return `the remedy failed: ${error}`;
  if (verbOf(remedy.kind) !== "revoke") return `the remainder did not fit, and yet the act is ${remedy.kind}`;
  if (!isSame(admitted, innocent)) return "the remainder did not fit, and what is left is not what the other rules admit";
  const least = [...guilty].map((index) => fewestRules(keeps[index] ?? NO_POINTS, wholeOf(rules[index]?.from)));
  const sum = least.reduce((a, b) => a + b, 0);
  return values.size + sum <= quota ? `the remainder of ${sum} rules fits beside ${values.size}, and was not added` : undefined;
}

function wholeOf(from: From | undefined): { readonly 4: bigint; readonly 6: bigint } {
  if (from?.kind !== "list") return { 4: 0n, 6: 0n };
  const points = grantedBy({ shape: { protocol: "-1", cells: [0] }, from });
  return { 4: at(points, 0, 4), 6: at(points, 0, 6) };
}

function rulesOf({ universe, rules }: GroupCase): SecurityGroupRule[] {
  return rules.map(({ shape: { protocol, from: fromPort, to: toPort }, from }, index) => {
    const ports = { ...(fromPort !== undefined && { fromPort }), ...(toPort !== undefined && { toPort }) };
    return canonicalRule({ id: ruleId(index), direction: "ingress", protocol, ...ports, peer: peerOf(from, index, universe) });
  });
}

function peerOf(from: From, index: number, universe: GroupCase["universe"]): SecurityGroupRule["peer"] {
  if (from.kind === "cidr") return { kind: "cidr", cidr: cidrOf(from.block, universe[from.block.family]) };
  if (from.kind === "list") return { kind: "prefix-list", id: listId(index) };
  if (from.peer.startsWith("pl-")) return { kind: "prefix-list", id: from.peer };
  const [id = "", account] = from.peer.split("/").reverse();
  return { kind: "group", id, ...(account !== undefined && { account }) };
}

function worldOf({ universe, rules }: GroupCase): World {
  const lists = rules.flatMap(({ from }, index) =>
    from.kind === "list" ? [{ id: listId(index), cidrs: from.blocks.map((block) => cidrOf(block, universe[block.family])) }] : [],
  );
  return networkOf({ "prefix-list": lists, unknown: { "pl-unknown": "denied" } });
}

function ruleFor({ universe, allow, widthBits }: GroupCase) {
  const options = {
    allow: allow.map(({ shape: { protocol, ports }, from }) => ({
      protocol,
      ...(ports !== undefined && { ports }),
      ...(from !== undefined && { from: from.map((block) => cidrOf(block, universe[block.family])) }),
    })),
    width: { v4: `/${32 - universe[4].shift - widthBits}`, v6: `/${128 - universe[6].shift - widthBits}` },
  };
  return noPublicIngress.withOptions(options, networksOf({}));
}

function rulingOf(given: GroupCase): Ruling {
  const ruled = {
    rule: ruleFor(given),
    severity: "critical",
    remedy: "narrow",
    mode: "enforce",
    ignoresBreaker: false,
    exceptions: [],
  } as const;
  return { mode: "enforce", rules: [ruled] };
}

/** The same of traffic alone: what the model says in rules is that traffic, in as few as there can be. */
export function disagreementOnRules(given: GroupCase): string | undefined {
  const byAddress = { ...given, rules: given.rules.filter(({ from }) => from.kind === "cidr") };
  const due = unionOf(byAddress.rules.map(grantedBy));
  const traffic = TrafficSet.of(rulesOf(byAddress).flatMap((rule) => trafficOf(rule).boxes()));
  const rules = rulesFor(traffic);
  const said = pointsOf(TrafficSet.of(rules.flatMap((rule) => trafficOf(rule).boxes())), given.universe);
  if (said === undefined || !isSame(said, due)) return `${traffic} is said as ${rules.map(ruleKey).join("; ")}`;
  const least = fewestRules(due);
  return rules.length === least ? undefined : `it takes ${least} rules to say ${traffic}, and here are ${rules.length}`;
}
