import { planOf } from "../../lib/cloudformation/plan.ts";
import { type Deployment, Stack } from "../../lib/cloudformation/stack.ts";
import { readTemplate } from "../../lib/cloudformation/template.ts";
import { reviewPlan } from "../../lib/guard/reviewing/review-plan.ts";
import type { Kind, NetworkFacts } from "../../lib/model/facts.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";
import type { Plan, PlannedResource } from "../../lib/planned/plan.ts";
import { loadPolicy } from "../../lib/policy/load.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { PlannedWorld } from "../../lib/worlds/planned.ts";

/** The plan of one template. */
export function planOfTemplate(text: string, file: string, deployment: Deployment = {}): Plan {
  return planOf([{ stack: new Stack(readTemplate(text, file), deployment) }]);
}

/** The plan of a template whose resources are written in YAML, everything else before `Resources:`. */
export function planned(resources: string, deployment: Deployment = {}, before = ""): Plan {
  return planOfTemplate(`${before}\nResources:\n${resources}`, "template.yml", deployment);
}

/** The one resource of a kind, or that at an address. */
export function resourceIn(plan: Plan, kind: Kind, address?: string): PlannedResource {
  const found = plan.resources.filter((one) => one.kind === kind && (address === undefined ? one.act !== "none" : one.address === address));
  const [only, ...others] = found;
  if (only === undefined || others.length > 0)
    throw new Error(`found ${found.length} of ${kind} ${address ?? ""}: ${plan.resources.map((one) => one.address)}`);
  return only;
}

export function factsIn<K extends Kind>(plan: Plan, kind: K, address?: string): NetworkFacts[K] {
  const { facts } = resourceIn(plan, kind, address);
  // Of this kind, as it was asked for.
  return facts as NetworkFacts[K];
}

/** The rules of a group as people write them. */
export function rulesIn(plan: Plan, address: string): string[] {
  return factsIn(plan, "security-group", address).rules.map(formatRule);
}

/** What the default policy finds in a plan, `rule: traffic, at its address`, and what it leaves open. */
export async function judged(plan: Plan, policy: Policy = loadPolicy("portcullis.yml")): Promise<{ findings: string[]; open: string[] }> {
  const [findings, open]: [string[], string[]] = [[], []];
  const options = { policy, at: "2026-11-24T00:00:00Z", worldOf: (one: Plan, moment: "after" | "before") => new PlannedWorld(one, moment) };
  for await (const reviewed of reviewPlan(plan, options)) {
    if (reviewed.kind !== "decided") continue;
    const { decision } = reviewed;
    const where = decision.change.details?.address ?? "";
    findings.push(...decision.findings.map(({ rule, traffic }) => `${rule}: ${traffic} at ${where}`));
    open.push(...decision.notJudged.map(({ rule, needs }) => `${rule}: ${needs} at ${where}`));
  }
  return { findings, open };
}
