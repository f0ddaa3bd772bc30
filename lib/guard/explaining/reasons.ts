import type { Finding } from "../../model/finding.ts";
import type { Grant } from "../../model/grant.ts";
import { verbOf } from "../../model/remedy.ts";
import type { SecurityGroup } from "../../model/security-group.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import type { World } from "../../model/world.ts";
import { type Allowance, allowanceOf } from "../../policy/allowances.ts";
import type { Policy, RuledRule, Ruling } from "../../policy/policy.ts";
import type { Scope } from "../../policy/schema.ts";
import type { AllowEntry } from "../../rules/terms/allow.ts";
import type { Judgement } from "../judging/judge.ts";
import type { PeerNames } from "./peer-names.ts";
import { spelledOut } from "./resolved-lists.ts";

/** From worst to mildest. */
export const VERDICTS = ["forbidden", "not judged", "excepted", "allowed"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What a rule of the policy would do about traffic that it finds: `none` where it can only tell. */
export type Remediable = "narrow" | "revoke" | "none";

/** Why traffic is what it is under the policy. */
export type Reason =
  | { readonly kind: "found"; readonly ruled: RuledRule; readonly findings: readonly Finding[] }
  | { readonly kind: "excepted"; readonly rule: string; readonly exception: Exception }
  | { readonly kind: "allowed"; readonly rule: string; readonly entry: AllowEntry; readonly from: Allowance["from"] }
  | { readonly kind: "no rule objects" }
  | { readonly kind: "unknown"; readonly needs: string }
  | { readonly kind: "off" };

/** An exception of the policy, or one that was granted for this very group. */
interface Exception {
  readonly id: string;
  readonly until: string;
  readonly reason: string;
  readonly approvedBy: string;
  readonly granted: boolean;
}

/** Traffic of which the policy says one thing. */
export interface Said {
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly traffic: TrafficSet;
}

/** What a rule's remedies can do about its findings on a group in a direction. */
export function remediable({ rule: { meta } }: RuledRule, direction: Direction): Remediable {
  const verbs = meta.remedies.filter((kind) => kind.endsWith(direction)).map(verbOf);
  return verbs.includes("narrow") ? "narrow" : verbs.includes("revoke") ? "revoke" : "none";
}

/** What was judged, by what, and what is left of it. */
export interface Grounds {
  readonly group: SecurityGroup;
  readonly world: World;
  readonly policy: Policy;
  readonly scope: Scope | undefined;
  readonly ruling: Ruling;
  readonly grants: readonly Grant[];
  readonly judgement: Judgement;
  readonly lists: PeerNames["lists"];
  /** What the group still admits in the direction once it complies. */
  readonly left: TrafficSet;
}

/**
 * What the rules under the ruling forbid, except and allow of a group's traffic, rule by rule; one piece of traffic may be in several. What
 * another, lawful rule of the group admits as well is not forbidden. A rule that has no remedy for its findings forbids no traffic: it is told
 * besides.
 */
export async function saidOf(grounds: Grounds, direction: Direction): Promise<Said[]> {
  const { judgement, ruling, lists, left } = grounds;
  const said: Said[] = [];
  for (const ruled of ruling.rules) {
    const { id } = ruled.rule.meta;
    const found = judgement.findings.filter(({ rule, traffic }) => rule === id && isOf(traffic, direction));
    const excepted = judgement.excepted.filter(({ finding }) => finding.rule === id && isOf(finding.traffic, direction));
    if (found.length > 0 && remediable(ruled, direction) !== "none") {
      const closable = found.filter(({ remedy }) => remedy !== "none");
      const closed = spelledOut(unite(closable, direction), lists).difference(left);
      const untouched = found.filter((finding) => !closable.includes(finding));
      const reason = { kind: "found", ruled, findings: found } as const;
      said.push({ verdict: "forbidden", reason, traffic: closed.union(spelledOut(unite(untouched, direction), lists)) });
    }
    for (const [exception, entries] of Map.groupBy(excepted, (one) => one.exception)) {
      const findings = entries.map(({ finding }) => finding);
      const reason = { kind: "excepted", rule: id, exception: exceptionOf(exception, grounds) } as const;
      said.push({ verdict: "excepted", reason, traffic: spelledOut(unite(findings, direction), lists) });
    }
    const objected = unite([...found, ...excepted.map(({ finding }) => finding)], direction);
    said.push(...(await allowedBy(id, objected, grounds, direction)));
  }
  return said;
}

// What the rule would find if it allowed nothing, and does not: each entry of its list is the reason for its part.
async function allowedBy(
  id: string,
  objected: TrafficSet,
  { group, world, policy, scope }: Grounds,
  direction: Direction,
): Promise<Said[]> {
  const allowance = allowanceOf(id, policy, scope);
  if (allowance === undefined || group.rules.every((rule) => rule.direction !== direction)) return [];
  const bare = unite(await allowance.bare.check(group, world), direction).difference(objected);
  if (bare.isEmpty()) return [];
  return allowance.entries.flatMap(({ entry, traffic }) => {
    const passing = bare.intersection(traffic);
    const reason = { kind: "allowed", rule: id, entry, from: allowance.from } as const;
    return passing.isEmpty() ? [] : [{ verdict: "allowed" as const, reason, traffic: passing }];
  });
}

function exceptionOf(id: string, { policy, grants }: Grounds): Exception {
  const written = policy.document.exceptions.find((exception) => exception.id === id);
  if (written !== undefined) {
    return { id, until: written.until, reason: written.reason, approvedBy: written.approved_by, granted: false };
  }
  const grant = grants.find((one) => one.id === id);
  return { id, until: grant?.until ?? "", reason: grant?.reason ?? "", approvedBy: grant?.approvedBy ?? "", granted: true };
}

function isOf(traffic: TrafficSet, direction: Direction): boolean {
  return traffic.direction === direction && !traffic.isEmpty();
}

function unite(findings: readonly { readonly traffic: TrafficSet }[], direction: Direction): TrafficSet {
  const ofDirection = findings.filter(({ traffic }) => traffic.direction === direction);
  return TrafficSet.of(
    ofDirection.flatMap(({ traffic }) => traffic.boxes()),
    direction,
  );
}
