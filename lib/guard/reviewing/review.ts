import { type Change, nounOf } from "../../model/change.ts";
import { type Act, type Decision, decisionId } from "../../model/decision.ts";
import { isKind } from "../../model/facts.ts";
import type { Finding } from "../../model/finding.ts";
import type { Remedy } from "../../model/remedy.ts";
import { callOf } from "../../model/resource.ts";
import { ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import { isUnknown, type World } from "../../model/world.ts";
import { interestsOf, type Policy, type Ruling } from "../../policy/policy.ts";
import { plan } from "../acting/plan.ts";
import { BLAME_CALLER, blameFor } from "../judging/blame.ts";
import { decide, isJudged, NOTHING_SAID, openFor, rulingOn, standing } from "../judging/decide.ts";
import { type Judgement, judge, together } from "../judging/judge.ts";
import { touchedBy, whyUntouched } from "../judging/touch.ts";

/** What one change did to the recorded world: the keys (ruleKey) of the rules that it brought or gave another value. */
export interface Applied {
  readonly introduced: ReadonlySet<string>;
}

/** One account and region as records tell it. */
export interface RecordedPlace extends World {
  /** The rules of a group that are ingress by assumption only: no record tells their direction. */
  directionUnknown(group: string): readonly SecurityGroupRule[];
}

/** The world that a review plays the changes into; lib/worlds/recorded.ts is it. */
export interface RecordedHistory {
  apply(change: Change): Applied;
  at(account: string, region: string): RecordedPlace;
  carryOut(account: string, region: string, remedy: Remedy): void;
}

/** What became of one change: a decision, or why none was called for. */
export type Reviewed =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "ignored"; readonly change: Change; readonly reason: string };

export interface ReviewOptions {
  readonly policy: Policy;
  readonly world: RecordedHistory;
  /** Sees what a change reaches, and the world before it. */
  readonly look?: (changes: readonly Change[], world: RecordedPlace) => Promise<void>;
}

/**
 * Decides about recorded changes as the guard would have, each under the policy as it holds at the time of the change.
 * `changes` come in the order of their times. Where the policy says enforce, the acts are carried out on the recorded
 * world, so that later changes meet the world that the guard would have left.
 */
export async function* review(changes: AsyncIterable<Change>, options: ReviewOptions): AsyncGenerator<Reviewed> {
  for await (const change of changes) {
    for (const reviewed of await reviewUnder(change, [options])) yield* reviewed;
  }
}

/**
 * What becomes of one change under each of these policies; those that share a world see the change happen to it once. Policies that
 * enforce must not share one.
 */
export async function reviewUnder(change: Change, sides: readonly ReviewOptions[]): Promise<Reviewed[][]> {
  if (change.failed !== undefined) return sides.map(() => [{ kind: "ignored", change, reason: "the call failed and changed nothing" }]);
  const { account, region } = change;
  const touched: Change[][] = [];
  // What a change deletes still tells, before it does, where it was.
  for (const { policy, world, look } of sides) {
    const place = world.at(account, region);
    const { changes } = await touchedBy(change, place, interestsOf(policy));
    await look?.(changes, place);
    touched.push([...changes]);
  }
  const applied = new Map<RecordedHistory, Applied>();
  const reviewed: Reviewed[][] = [];
  for (const [n, side] of sides.entries()) {
    const { introduced } = applied.get(side.world) ?? side.world.apply(change);
    applied.set(side.world, { introduced });
    const changes = touched[n] ?? [];
    const own: Reviewed[] = changes.length === 0 ? [{ kind: "ignored", change, reason: whyUntouched(change) }] : [];
    for (const one of changes) own.push(await reviewOne(one, introduced, side));
    reviewed.push(own);
  }
  return reviewed;
}

/** The policy with this mode everywhere: its scopes' and rules' own modes no longer count. Its version stays. */
export function withMode({ version, document }: Policy, mode: "dry-run" | "enforce"): Policy {
  const scopes = document.scopes.map(({ mode: _, ...scope }) => ({ ...scope, ...(scope.rules && { rules: modeless(scope.rules) }) }));
  return { version, document: { ...document, mode, scopes, rules: modeless(document.rules) } };
}

function modeless(rules: Policy["document"]["rules"]): Policy["document"]["rules"] {
  const settings = Object.entries(rules).map(([id, setting]) => {
    if (typeof setting !== "object") return [id, setting] as const;
    const { mode: _, ...rest } = setting;
    return [id, rest] as const;
  });
  return Object.fromEntries(settings);
}

async function reviewOne(change: Change, claimed: ReadonlySet<string>, { policy, world }: ReviewOptions): Promise<Reviewed> {
  const recorded = world.at(change.account, change.region);
  const found = await standing(change, recorded);
  const resource = isUnknown(found) ? undefined : found;
  const { ruling, guessed } = await rulingOn(change, policy, change.at, { resource: async () => found });
  if (ruling.mode === "off") return { kind: "ignored", change, reason: "the policy's mode is off there" };
  if (!isJudged(change, ruling)) return { kind: "ignored", change, reason: whyUntouched(change) };

  // Of what a change reaches from elsewhere, only what records tell of can be known to be there.
  if (isUnknown(found) && change.via !== undefined) {
    return { kind: "ignored", change, reason: `it reaches a ${nounOf(change.subject.kind)} of which no record tells` };
  }

  const wanting = new Set([...(isUnknown(found) ? [found.unknown] : []), ...(guessed === undefined ? [] : [guessed])]);
  let judgement = await judgeCall(change, recorded, ruling);
  if (!isKind(change.subject.kind) && judgement.findings.length === 0 && judgement.notJudged.length === 0 && guessed === undefined) {
    return { kind: "ignored", change, reason: NOTHING_SAID };
  }
  const acts: Act[] = [];
  if (resource !== undefined) {
    judgement = together(judgement, await judge(resource, recorded, ruling, await blameFor(change, claimed, resource, recorded)));
    for (const { remedy, mode } of await plan(resource, recorded, judgement.findings, ruling)) {
      if (mode === "enforce") world.carryOut(change.account, change.region, remedy);
      acts.push({ remedy, result: mode === "enforce" ? "done" : "would" });
    }
  }
  const decision = decide({
    id: decisionId(change),
    change,
    policy,
    ruling,
    resource,
    acts,
    findings: judgement.findings.map((finding) => sayIfAssumed(finding, recorded.directionUnknown(change.subject.id))),
    excepted: judgement.excepted,
    notJudged: [...judgement.notJudged, ...[...wanting].flatMap((needs) => openFor(change, ruling, needs))],
    resumed: false,
    held: undefined,
    contest: undefined,
    latency: { eventAge: 0 },
  });
  return { kind: "decided", decision };
}

async function judgeCall(change: Change, world: World, ruling: Ruling): Promise<Judgement> {
  if (change.via !== undefined) return { findings: [], excepted: [], notJudged: [] };
  return judge(callOf(change), world, ruling, BLAME_CALLER);
}

function sayIfAssumed(finding: Finding, assumed: readonly SecurityGroupRule[]): Finding {
  if (assumed.length === 0) return finding;
  const byKey = new Map(assumed.map((rule) => [ruleKey(rule), rule]));
  const ids = finding.rules.flatMap((rule) => byKey.get(ruleKey(rule))?.id ?? []);
  if (ids.length === 0) return finding;
  return { ...finding, message: `${finding.message} if ${ids.join(", ")} is ingress, which ModifySecurityGroupRules does not record` };
}
