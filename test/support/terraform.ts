import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PlanReviewOptions, reviewPlan } from "../../lib/guard/reviewing/review-plan.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Plan } from "../../lib/planned/plan.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { readTerraformPlan } from "../../lib/terraform/read-plan.ts";
import { PlannedWorld } from "../../lib/worlds/planned.ts";

export const PLANS = join(import.meta.dirname, "..", "fixtures", "terraform");

/** A plan among the fixtures, as JSON. */
export function planFile(name: string): unknown {
  return JSON.parse(readFileSync(join(PLANS, name), "utf8"));
}

interface ChangeDraft {
  readonly actions?: readonly string[];
  readonly before?: object | null;
  readonly unknown?: object;
  readonly sensitive?: object;
  /** The expressions of its configuration, each the references that it makes. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

/** What a plan does to a resource: of what is made, its values; the id and what is named by references are known after apply only. */
export interface Planned {
  readonly change: unknown;
  readonly block: unknown;
}

/** A change of a resource of the root module, `aws_security_group.web`. */
export function planned(address: string, after: object | null, draft: ChangeDraft = {}): Planned {
  const { actions = ["create"], before = null, names = {}, unknown = {}, sensitive = {} } = draft;
  const [, type = "", name = "", key] = /^([\w-]+)\.([\w-]+)(?:\[(.*)\])?$/.exec(address) ?? [];
  const named = Object.fromEntries(Object.keys(names).map((attribute) => [attribute, true]));
  const open = actions.includes("create") ? { id: true, ...named, ...unknown } : { ...named, ...unknown };
  const index = key === undefined ? {} : { index: JSON.parse(key) };
  const change = { actions, before, after, after_unknown: open, after_sensitive: sensitive };
  const expressions = Object.fromEntries(Object.entries(names).map(([attribute, references]) => [attribute, { references }]));
  return {
    change: { address, mode: "managed", type, name, ...index, change },
    block: { address: `${type}.${name}`, mode: "managed", type, name, provider_config_key: "aws", expressions },
  };
}

/** A plan of these changes, in the form of `terraform show -json`. */
export function planOf(changes: readonly Planned[], more: object = {}): unknown {
  return {
    format_version: "1.2",
    resource_changes: changes.map(({ change }) => change),
    configuration: { root_module: { resources: changes.map(({ block }) => block) } },
    ...more,
  };
}

/** What a plan leaves, by address; where several resources share one, the last. */
export function resourcesOf(value: unknown): Map<string, Plan["resources"][number]> {
  return new Map(readTerraformPlan(value).plan.resources.map((resource) => [resource.address, resource]));
}

export type Options = Partial<Omit<PlanReviewOptions, "policy">>;

/** The decisions about a plan under a policy, by address. */
export async function decisionsOn(value: unknown, policy = "version: 1", options: Options = {}): Promise<Map<string, Decision>> {
  const decisions = new Map<string, Decision>();
  const review = reviewPlan(readTerraformPlan(value).plan, {
    policy: parsePolicy(policy, "policy"),
    at: "2026-01-01T00:00:00Z",
    worldOf: (plan, moment) => new PlannedWorld(plan, moment),
    ...options,
  });
  for await (const reviewed of review) {
    if (reviewed.kind === "decided") decisions.set(reviewed.decision.change.details?.address ?? "", reviewed.decision);
  }
  return decisions;
}

/** A block of a group's ingress or egress. */
export function block(port: number, cidrs: readonly string[], more: object = {}): object {
  const nothing = { ipv6_cidr_blocks: [], prefix_list_ids: [], security_groups: [], self: false, description: "" };
  return { from_port: port, to_port: port, protocol: "tcp", cidr_blocks: cidrs, ...nothing, ...more };
}

/** A group with an id, and nothing but its ingress. */
export function group(id: string, ingress: readonly object[], more: object = {}): object {
  return { id, name: id, ingress, egress: [], vpc_id: "vpc-1", ...more };
}
