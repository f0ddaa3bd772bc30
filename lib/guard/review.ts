import type { Change } from "../model/change.ts";
import { type Act, type Decision, decisionId } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import type { Remedy } from "../model/remedy.ts";
import { SecurityGroup } from "../model/security-group.ts";
import { ruleKey, type SecurityGroupRule } from "../model/security-group-rule.ts";
import { isUnknown, type World } from "../model/world.ts";
import type { Policy } from "../policy/policy.ts";
import { decide, openFor, rulingOn } from "./decide.ts";
import type { Judgement } from "./judge.ts";
import { plan } from "./plan.ts";
import { judgeReached, touchedBy, whyUntouched } from "./touch.ts";

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
}

/**
 * Decides about recorded changes as the guard would have, each under the policy as it holds at the time of the change.
 * `changes` come in the order of their times. Where the policy says enforce, the acts are carried out on the recorded
 * world, so that later changes meet the world that the guard would have left.
 */
export async function* review(changes: AsyncIterable<Change>, options: ReviewOptions): AsyncGenerator<Reviewed> {
  for await (const change of changes) {
    if (change.failed !== undefined) {
      yield { kind: "ignored", change, reason: "the call failed and changed nothing" };
      continue;
    }
    const { introduced } = options.world.apply(change);
    const touched = await touchedBy(change, options.world.at(change.account, change.region));
    if (touched.length === 0) yield { kind: "ignored", change, reason: whyUntouched(change) };
    for (const one of touched) yield reviewOne(one, introduced, options);
  }
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
  const group = await recorded.get("security-group", change.subject.id);
  const known = group === undefined || isUnknown(group) ? undefined : new SecurityGroup(group);
  const { ruling, guessed } = await rulingOn(change, policy, change.at, async () => group);
  if (ruling.mode === "off") return { kind: "ignored", change, reason: "the policy's mode is off there" };

  const assumed = new Map(recorded.directionUnknown(change.subject.id).map((rule) => [ruleKey(rule), rule]));
  const wanting = new Set([...(isUnknown(group) ? [group.unknown] : []), ...(guessed === undefined ? [] : [guessed])]);
  let judgement: Judgement = { findings: [], excepted: [], notJudged: [] };
  const acts: Act[] = [];
  if (known !== undefined) {
    judgement = await judgeReached(change, claimed, { group: known, world: recorded, ruling });
    for (const { remedy, mode } of await plan(known, recorded, judgement.findings, ruling)) {
      if (mode === "enforce") world.carryOut(change.account, change.region, remedy);
      acts.push({ remedy, result: mode === "enforce" ? "done" : "would" });
    }
  }
  const decision = decide({
    id: decisionId(change),
    change,
    policy,
    ruling,
    group: known?.facts,
    acts,
    findings: judgement.findings.map((finding) => sayIfAssumed(finding, known, assumed)),
    excepted: judgement.excepted,
    notJudged: [...judgement.notJudged, ...[...wanting].flatMap((needs) => openFor(ruling, needs))],
    resumed: false,
    latency: { eventAge: 0 },
  });
  return { kind: "decided", decision };
}

function sayIfAssumed(finding: Finding, group: SecurityGroup | undefined, assumed: ReadonlyMap<string, SecurityGroupRule>): Finding {
  const ids = finding.rules.flatMap((rule) => assumed.get(ruleKey(rule))?.id ?? []);
  if (group === undefined || ids.length === 0) return finding;
  return { ...finding, message: `${finding.message} if ${ids.join(", ")} is ingress, which ModifySecurityGroupRules does not record` };
}
