import * as z from "zod/mini";
import { schemaFault } from "../messages/schema-fault.ts";
import { isDeeperThan } from "../planned/depth.ts";

/** A plan that cannot be read at all; the message says what was found and what was expected. */
export class TerraformPlanError extends Error {
  override readonly name = "TerraformPlanError";
}

const EXPECTED = 'expected the output of "terraform show -json PLANFILE" or "tofu show -json PLANFILE"';

const Values = z.record(z.string(), z.unknown());
const Index = z.union([z.string(), z.number()]);

/** One element of `resource_changes` (https://developer.hashicorp.com/terraform/internals/json-format#plan-representation). */
export const ResourceChange = z.object({
  address: z.string(),
  previous_address: z.optional(z.string()),
  module_address: z.optional(z.string()),
  mode: z.optional(z.string()),
  type: z.string(),
  name: z.string(),
  index: z.optional(z.nullable(Index)),
  deposed: z.optional(z.string()),
  change: z.object({
    actions: z.array(z.string()),
    before: z.optional(z.nullable(Values)),
    after: z.optional(z.nullable(Values)),
    after_unknown: z.optional(z.unknown()),
    before_sensitive: z.optional(z.unknown()),
    after_sensitive: z.optional(z.unknown()),
  }),
});
export type ResourceChange = z.infer<typeof ResourceChange>;

/** A resource of `prior_state`, with its values in full. */
export const StateResource = z.object({
  address: z.string(),
  mode: z.optional(z.string()),
  type: z.string(),
  name: z.string(),
  index: z.optional(z.nullable(Index)),
  values: z.optional(z.nullable(Values)),
});
export type StateResource = z.infer<typeof StateResource>;

const Module = z.object({
  address: z.optional(z.string()),
  resources: z.optional(z.array(z.unknown())),
  get child_modules() {
    return z.optional(z.array(Module));
  },
});
export type StateModule = z.infer<typeof Module>;
const StateValues = z.object({ root_module: z.optional(Module) });

const PlanDocument = z.object({
  format_version: z.string(),
  resource_changes: z.optional(z.nullable(z.array(z.unknown()))),
  planned_values: z.optional(z.nullable(z.unknown())),
  prior_state: z.optional(z.nullable(z.object({ values: z.optional(z.nullable(StateValues)) }))),
  configuration: z.optional(z.nullable(Values)),
  variables: z.optional(z.nullable(z.record(z.string(), z.object({ value: z.optional(z.unknown()) })))),
  errored: z.optional(z.boolean()),
  complete: z.optional(z.boolean()),
  deferred_changes: z.optional(z.nullable(z.array(z.unknown()))),
});
export type PlanDocument = z.infer<typeof PlanDocument>;

/** Whether JSON is what `terraform show -json` and `tofu show -json` write: a plan, or a state, which has no changes. */
export function isTerraform(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("format_version" in value)) return false;
  return ["planned_values", "resource_changes", "terraform_version", "values"].some((name) => name in value);
}

// Each module in a module is two levels. What follows values down must not run out of stack.
const DEEPEST = 500;

/** Whether JSON is a line of what `terraform plan -json` writes while it plans, which is no plan. */
export function isLog(value: object): boolean {
  return "@level" in value && "@message" in value;
}
export const FOUND_LOG = `a line of the log of a run, as "terraform plan -json" writes it, and no plan: ${EXPECTED}`;

/** Reads what a plan has in common whatever it plans. Throws TerraformPlanError. */
export function readDocument(value: unknown): PlanDocument {
  if (isDeeperThan(DEEPEST, value))
    throw new TerraformPlanError(`not a Terraform plan: found more than ${DEEPEST} levels of lists and objects; ${EXPECTED}`);
  const parsed = PlanDocument.safeParse(value);
  if (!parsed.success) {
    throw new TerraformPlanError(`not a Terraform plan: ${schemaFault(value, parsed.error.issues)}; ${EXPECTED}`);
  }
  const { format_version: version, resource_changes: changes, planned_values: planned } = parsed.data;
  if (!/^[01]\.\d+$/.test(version)) {
    throw new TerraformPlanError(`a plan of format version ${version}: expected 0.x or 1.x, which Terraform and OpenTofu write`);
  }
  if (changes === undefined || changes === null) {
    // A plan of nothing leaves the list out.
    if (planned !== undefined && planned !== null && !hasResources(planned)) return parsed.data;
    const found = planned === undefined ? "a Terraform state, no plan" : "a plan without its resource_changes";
    throw new TerraformPlanError(`${found}: ${EXPECTED}`);
  }
  return parsed.data;
}

function hasResources(planned: unknown): boolean {
  const values = StateValues.safeParse(planned);
  if (!values.success) return true;
  const { root_module: root } = values.data;
  return (root?.resources?.length ?? 0) > 0 || (root?.child_modules?.length ?? 0) > 0;
}
