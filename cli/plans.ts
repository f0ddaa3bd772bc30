import type { Plan } from "../lib/planned/plan.ts";

/** A plan among the input: what it leaves, and what keeps it as a whole from being judged. Or why it cannot be read. */
export type FoundPlan = { readonly plan: Plan; readonly problems: readonly string[] } | { readonly reason: string };

const MARK = Buffer.from('"format_version"');

/** Whether the raw JSON of an element may be a plan; cheap, and never wrongly false. */
export function mayBePlan(bytes: Buffer): boolean {
  return bytes.includes(MARK);
}

/** The plan that an element of the input is; undefined where it is none. */
export async function planIn(element: unknown): Promise<FoundPlan | undefined> {
  if (typeof element !== "object" || element === null || !("format_version" in element)) return undefined;
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
