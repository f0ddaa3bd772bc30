import type { Change, Subject } from "../../model/change.ts";
import { type Act, type Decision, decisionId, type NotJudged } from "../../model/decision.ts";
import type { Effect } from "../../model/effect.ts";
import type { Kind, NetworkFacts } from "../../model/facts.ts";
import type { Finding, FindingDraft } from "../../model/finding.ts";
import { placeOf as placeOfResource, resourceOf, type Standing } from "../../model/resource.ts";
import { ruleKey } from "../../model/security-group-rule.ts";
import type { World } from "../../model/world.ts";
import { readable, withPlannedIds } from "../../planned/ids.ts";
import { NOWHERE, type NotPlanned, type Plan, type PlannedResource } from "../../planned/plan.ts";
import { interestsOf, type Policy, type Ruling } from "../../policy/policy.ts";
import { plan as planRemedies } from "../acting/plan.ts";
import { decide, isJudged, judgesEgress, openFor, rulingOn } from "../judging/decide.ts";
import { type Blame, judge } from "../judging/judge.ts";
import { touchedBy, whyUntouched } from "../judging/touch.ts";
import type { Reviewed } from "./review.ts";

/** The worlds of a plan; lib/worlds/planned.ts makes them. */
type PlannedWorlds = (plan: Plan, moment: "after" | "before") => World;

export interface PlanReviewOptions {
  readonly policy: Policy;
  readonly worldOf: PlannedWorlds;
  /** The moment as of which the policy holds, ISO 8601. */
  readonly at: string;
  /** The name of the plan among several that are reviewed together, its file: with the address it tells one change from another. */
  readonly name?: string;
  /** Where the plan is to be applied, where it does not tell itself. */
  readonly account?: string;
  readonly region?: string;
  /** Sees each resource right before the decision about it is told. */
  readonly look?: (seen: Foreseen) => void;
}

/** A resource about which there is a decision, in the networks of its plan: ids in them are those of withPlannedIds. */
export interface Foreseen {
  /** Of the decision. */
  readonly decision: string;
  readonly planned: PlannedResource;
  readonly plan: Plan;
  /** The name of the plan among several. */
  readonly name: string | undefined;
  readonly after: World;
  readonly before: World;
}

interface Reviewing extends PlanReviewOptions {
  readonly plan: Plan;
  readonly after: World;
  readonly before: World;
}

/**
 * Decides about what a plan changes as the guard would after it was applied, in dry-run: nothing is carried out. What stays is
 * context, and judged only where the change of another resource reaches it. What stood before is nobody's doing.
 */
export async function* reviewPlan(told: Plan, options: PlanReviewOptions): AsyncGenerator<Reviewed> {
  const plan = withPlannedIds(told);
  const reviewing: Reviewing = { ...options, plan, after: options.worldOf(plan, "after"), before: options.worldOf(plan, "before") };
  const byId = new Map(plan.resources.map((resource) => [keyOf(resource.kind, resource.facts.id), resource]));
  const decided = new Set<string>();
  const reached: Change[] = [];
  for (const planned of plan.resources) {
    if (planned.act === "none") continue;
    const change = changeFor(planned, reviewing);
    // What is deleted still tells, in the world before, where it was.
    const world = planned.act === "delete" ? reviewing.before : reviewing.after;
    const { changes } = await touchedBy(change, world, interestsOf(options.policy));
    reached.push(...changes.filter(({ via }) => via !== undefined));
    if (planned.act === "delete") {
      if (changes.length === 0) yield { kind: "ignored", change: readable(change), reason: "it is deleted" };
      continue;
    }
    decided.add(keyOf(planned.kind, planned.facts.id));
    yield reviewResource(change, planned, reviewing);
  }
  for (const change of reached) {
    const key = keyOf(change.subject.kind, change.subject.id);
    const planned = byId.get(key);
    if (decided.has(key) || planned === undefined || planned.act === "delete") continue;
    decided.add(key);
    yield reviewResource({ ...change, ...placeOf(planned, reviewing), details: detailsOf(planned) }, planned, reviewing);
  }
  for (const open of plan.notJudged) yield leaveOpen(open, reviewing);
}

async function reviewResource(change: Change, planned: PlannedResource, reviewing: Reviewing): Promise<Reviewed> {
  const { policy, after, at } = reviewing;
  const resource = standingOf(planned, planned.facts);
  const { ruling: full, guessed } = await rulingOn(change, policy, at, { resource: async () => resource });
  if (full.mode === "off") return { kind: "ignored", change: readable(change), reason: "the policy's mode is off there" };
  if (!isJudged(change, full)) return { kind: "ignored", change: readable(change), reason: whyUntouched(change) };
  const ruling = inDryRun(full);
  // The first judgement finds, the second knows whom to blame.
  const first = await judge(resource, after, ruling, () => "now");
  const judgement =
    first.findings.length === 0 && first.excepted.length === 0
      ? first
      : await judge(resource, after, ruling, await blameOf(planned, ruling, reviewing));
  const acts: Act[] = (await planRemedies(resource, after, judgement.findings, ruling)).map(({ remedy }) => ({ remedy, result: "would" }));
  const wanting = [guessed, placeWanted(change, policy), vpcWanted(resource, planned, policy)].filter((needs) => needs !== undefined);
  const notJudged = [
    ...judgement.notJudged,
    ...wanting.flatMap((needs) => openFor(change, ruling, needs)),
    ...planned.unknown.flatMap((path) => openForUnknown(change, ruling, path, planned.address)),
  ];
  const decision = decide({
    id: decisionId(change),
    change,
    policy,
    ruling,
    resource,
    acts,
    findings: judgement.findings,
    excepted: judgement.excepted,
    notJudged: distinct(notJudged),
    resumed: false,
    held: undefined,
    contest: undefined,
    latency: { eventAge: 0 },
  });
  const told = forPeople(decision, planned);
  reviewing.look?.({ decision: told.id, planned, plan: reviewing.plan, name: reviewing.name, after, before: reviewing.before });
  return { kind: "decided", decision: told };
}

// An entry without a kind has no rules that could say anything about it.
async function leaveOpen(open: NotPlanned, reviewing: Reviewing): Promise<Reviewed> {
  const { policy, at } = reviewing;
  const subject: Subject = { kind: open.kind ?? "account", id: open.address };
  const change = changeOn(subject, "plan", open, reviewing);
  const { ruling: full } = await rulingOn(change, policy, at, { resource: async () => ({ unknown: open.needs }) });
  if (full.mode === "off") return { kind: "ignored", change, reason: "the policy's mode is off there" };
  const ruling = inDryRun(full);
  const rules = openFor(change, ruling, open.needs);
  if (open.kind !== undefined && rules.length === 0) return { kind: "ignored", change, reason: whyUntouched(change) };
  const decision = decide({
    id: decisionId(change),
    change,
    policy,
    ruling,
    resource: undefined,
    acts: [],
    findings: [],
    excepted: [],
    notJudged: rules.length > 0 ? rules : ruling.rules.map(({ rule }) => ({ rule: rule.meta.id, needs: open.needs })),
    resumed: false,
    held: undefined,
    contest: undefined,
    latency: { eventAge: 0 },
  });
  return { kind: "decided", decision };
}

/**
 * Whether a finding stood before the plan: the same rule says the same of the resource as it was, in the network as it was. What a
 * new rule of a group admits is new even where another admitted it before, as the guard has it.
 */
async function blameOf(planned: PlannedResource, ruling: Ruling, { before }: Reviewing): Promise<Blame> {
  if (planned.before === undefined && planned.act !== "none") return () => "now";
  const { findings, excepted } = await judge(standingOf(planned, planned.before ?? planned.facts), before, ruling, () => "earlier");
  const stood = [...findings, ...excepted.map(({ finding }) => finding)];
  const rules = planned.kind === "security-group" ? (planned.before ?? planned.facts).rules : [];
  const had = new Set(rules.map(ruleKey));
  return (draft, { meta }) => {
    if (draft.rules.some((rule) => !had.has(ruleKey(rule)))) return "now";
    return stood.some((one) => one.rule === meta.id && saysTheSame(one, draft)) ? "earlier" : "now";
  };
}

function saysTheSame(before: Finding, draft: FindingDraft): boolean {
  if (draft.parts.length !== before.parts.length || draft.parts.some((part) => !before.parts.includes(part))) return false;
  if (draft.traffic.isEmpty()) return before.traffic.isEmpty() && (draft.parts.length > 0 || draft.message === before.message);
  return draft.traffic.direction === before.traffic.direction && before.traffic.covers(draft.traffic);
}

// A plan is judged before anything happens, whatever the guard does later.
function inDryRun(ruling: Ruling): Ruling {
  return { ...ruling, rules: ruling.rules.map((ruled) => (ruled.mode === "enforce" ? { ...ruled, mode: "dry-run" } : ruled)) };
}

// What a group sends is of no matter to rules that close what it lets in.
function openForUnknown(change: Change, ruling: Ruling, path: string, address: string): NotJudged[] {
  // What is open of a part says whose it is.
  const needs = `${path.includes(" of ") ? path : `${path} of ${address}`}, known after apply`;
  if (change.subject.kind !== "security-group" || !isOfEgress(path)) return openFor(change, ruling, needs);
  return openFor(change, { ...ruling, rules: ruling.rules.filter(judgesEgress) }, needs).filter(() => ruling.rules.some(judgesEgress));
}

/** Whether what a plan leaves open of a group is what it sends. */
export function isOfEgress(path: string): boolean {
  return /^(?:egress|SecurityGroupEgress)/.test(path);
}

/** What the policy asks of the place of a change, and nobody told. */
export function placeWanted({ account, region }: Pick<Change, "account" | "region">, { document }: Policy): string | undefined {
  const whens = [...document.scopes, ...document.exceptions].map(({ when }) => when);
  const asksAccount = account === NOWHERE && whens.some(({ accounts, ous }) => accounts !== undefined || ous !== undefined);
  const asksRegion = region === NOWHERE && whens.some(({ regions }) => regions !== undefined);
  if (!(asksAccount || asksRegion)) return undefined;
  const what = asksAccount && asksRegion ? "account and region" : asksAccount ? "account" : "region";
  return `the ${what} of the plan, on which the policy depends`;
}

/** What the policy asks of the VPC of a group that names none: it is in the default one, and no plan tells which that is. */
export function vpcWanted(resource: Standing, { address }: Pick<PlannedResource, "address">, { document }: Policy): string | undefined {
  const asks = [...document.scopes, ...document.exceptions].some(({ when: { vpcs } }) => vpcs !== undefined);
  if (!asks || resource.kind !== "security-group" || placeOfResource(resource).vpc !== undefined) return undefined;
  return `the VPC of ${address}, on which the policy depends`;
}

function changeFor(planned: PlannedResource, reviewing: Reviewing): Change {
  const { kind, facts, act } = planned;
  const change = changeOn({ kind, id: facts.id }, act, planned, reviewing);
  if (act !== "delete") return change;
  if (kind === "security-group") return { ...change, claim: { kind: "group-deleted" } };
  const deleted: Effect = { op: "delete", kind, id: facts.id };
  return { ...change, claim: { kind: "effects", effects: [deleted] } };
}

type Placed = Pick<PlannedResource, "address" | "location" | "account" | "region">;

function changeOn(subject: Subject, call: string, placed: Placed, reviewing: Reviewing): Change {
  const { plan, at, name } = reviewing;
  return {
    id: [plan.source, name, placed.address].filter((part) => part !== undefined).join(":"),
    at,
    ...placeOf(placed, reviewing),
    actor: { arn: plan.source },
    call: { source: plan.source, name: call },
    subject,
    details: detailsOf(placed),
  };
}

function placeOf(placed: Placed, { plan, account, region }: Reviewing): Pick<Change, "account" | "region"> {
  return { account: placed.account ?? account ?? plan.account ?? NOWHERE, region: placed.region ?? region ?? plan.region ?? NOWHERE };
}

function detailsOf({ address, location }: Placed): Readonly<Record<string, string>> {
  return {
    address,
    ...(location !== undefined && { file: location.file, ...(location.line !== undefined && { line: String(location.line) }) }),
  };
}

function standingOf({ kind }: PlannedResource, facts: NetworkFacts[Kind]): Standing {
  return resourceOf(kind, facts);
}

// People know a resource by its address; ids that it will get only when it is applied are of no use to them.
function forPeople(decision: Decision, { address }: PlannedResource): Decision {
  const { change, findings, excepted, acts, notJudged, names } = decision;
  return {
    ...decision,
    id: readable(decision.id),
    change: readable(change),
    findings: readable(findings),
    excepted: readable(excepted),
    acts: readable(acts),
    notJudged: readable(notJudged),
    names: { ...readable(names), subject: address },
  };
}

function distinct(open: readonly NotJudged[]): NotJudged[] {
  return [...new Map(open.map((one) => [`${one.rule} ${one.needs}`, one])).values()];
}

function keyOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}
