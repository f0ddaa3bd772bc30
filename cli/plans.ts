import type { Deployment } from "../lib/cloudformation/stack.ts";
import type { Plan } from "../lib/planned/plan.ts";

/** A plan among the input: what it leaves, and what keeps it as a whole from being judged. Or why it cannot be read. */
export type FoundPlan = { readonly plan: Plan; readonly problems: readonly string[] } | { readonly reason: string };

const MARKS = ['"format_version"', '"Resources"', '"TemplateBody"', '"Changes"'].map((mark) => Buffer.from(mark));

/** Whether the raw JSON of an element may be a plan; cheap, and never wrongly false. */
export function mayBePlan(bytes: Buffer): boolean {
  return MARKS.some((mark) => bytes.includes(mark));
}

/** The plan that an element of the input is; undefined where it is none. `source` is where it was found. */
export async function planIn(element: unknown, source: string, deployment: Deployment): Promise<FoundPlan | undefined> {
  if (typeof element !== "object" || element === null) return undefined;
  if (!("format_version" in element)) return cloudFormationIn(element, source, deployment);
  // Loaded by those who have a plan.
  const { isTerraform, readTerraformPlan, TerraformPlanError } = await import("../lib/terraform/read-plan.ts");
  if (!isTerraform(element)) return undefined;
  try {
    return readTerraformPlan(element);
  } catch (error) {
    if (!(error instanceof TerraformPlanError)) throw error;
    return { reason: error.message };
  }
}

// Files of CloudFormation's are read before, by their names; this is one in a folder, packed, or on standard input.
async function cloudFormationIn(element: object, source: string, deployment: Deployment): Promise<FoundPlan | undefined> {
  if (!("Resources" in element || "TemplateBody" in element || "Changes" in element)) return undefined;
  // Lines as programs write them.
  const text = JSON.stringify(element, null, 2);
  const { isForCloudFormation, plansIn } = await import("../lib/cloudformation/inputs.ts");
  if (!isForCloudFormation(JSON.parse(text))) return undefined;
  const [found] = await plansIn({ files: [{ file: source, text }], assemblies: [] }, deployment);
  return found !== undefined && "plan" in found ? { plan: found.plan, problems: [] } : found;
}
