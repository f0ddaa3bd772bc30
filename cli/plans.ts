import type { Deployment } from "../lib/cloudformation/stack.ts";
import type { Reviewed } from "../lib/guard/reviewing/review.ts";
import type { PlanReviewOptions } from "../lib/guard/reviewing/review-plan.ts";
import type { Plan } from "../lib/planned/plan.ts";
import type { Policy } from "../lib/policy/policy.ts";

/** What plans do not tell themselves. */
export interface PlanOptions {
  readonly account?: string;
  readonly region?: string;
  /** Parameters of CloudFormation templates. */
  readonly parameter?: ReadonlyMap<string, string>;
  /** The folder of the configuration that Terraform's plans were made from. */
  readonly configuration?: string;
}

/** A plan, and the file or folder where it was found. */
export interface SourcedPlan {
  readonly plan: Plan;
  readonly source: string;
}

/** A plan among the input: what it leaves, and what keeps it as a whole from being judged. Or why it cannot be read. */
export type FoundPlan = { readonly plan: Plan; readonly problems: readonly string[] } | { readonly reason: string };

/** The plan that an element of the input is; undefined where it is none. `source` is where it was found. */
export async function planIn(element: unknown, source: string, options: PlanOptions): Promise<FoundPlan | undefined> {
  if (typeof element !== "object" || element === null) return undefined;
  return "format_version" in element || "@message" in element ? terraformIn(element, options) : cloudFormationIn(element, source, options);
}

// What reads plans is loaded by those who have one.
async function terraformIn(element: object, { configuration }: PlanOptions): Promise<FoundPlan | undefined> {
  const { FOUND_LOG, isLog, isTerraform, readTerraformPlan, TerraformPlanError } = await import("../lib/terraform/read-plan.ts");
  if (isLog(element)) return { reason: FOUND_LOG };
  if (!isTerraform(element)) return undefined;
  try {
    const { plan, problems } = readTerraformPlan(element);
    if (configuration === undefined) return { plan, problems };
    const { located } = await import("../lib/terraform/locate.ts");
    return { plan: await located(plan, element, configuration), problems };
  } catch (error) {
    if (!(error instanceof TerraformPlanError)) throw error;
    return { reason: error.message };
  }
}

// As deep as templates may be when they are read.
const DEEPEST = 100;

// Files of CloudFormation's are read before, by their names; this is one in a folder, packed, or on standard input.
async function cloudFormationIn(element: object, source: string, options: PlanOptions): Promise<FoundPlan | undefined> {
  if (!("Resources" in element || "TemplateBody" in element || "Changes" in element)) return undefined;
  const { isDeeperThan } = await import("../lib/planned/depth.ts");
  if (isDeeperThan(DEEPEST, element)) return { reason: `found more than ${DEEPEST} levels, expected a template that is less deep` };
  // Lines as programs write them.
  const text = JSON.stringify(element, null, 2);
  const { isForCloudFormation, plansIn } = await import("../lib/cloudformation/inputs.ts");
  if (!isForCloudFormation(JSON.parse(text))) return undefined;
  const [found] = await plansIn({ files: [{ file: source, text }], assemblies: [] }, deploymentOf(options));
  return found !== undefined && "plan" in found ? { plan: found.plan, problems: [] } : found;
}

/** Where a template goes and with which parameters, as far as these options tell. */
export function deploymentOf({ parameter, ...options }: PlanOptions): Deployment {
  return { ...placeIn(options), parameters: (name) => parameter?.get(name) };
}

/** Decides about what these plans change, each with what it tells itself; `look` sees each resource right before. */
export async function* reviewPlans(
  plans: readonly SourcedPlan[],
  policy: Policy,
  { look, ...options }: PlanOptions & Pick<PlanReviewOptions, "look">,
): AsyncGenerator<Reviewed> {
  if (plans.length === 0) return;
  const { reviewPlan } = await import("../lib/guard/reviewing/review-plan.ts");
  const { PlannedWorld } = await import("../lib/worlds/planned.ts");
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  for (const { plan, source } of plans) {
    yield* reviewPlan(plan, {
      policy,
      at,
      ...(look !== undefined && { look }),
      worldOf: (one, moment) => new PlannedWorld(one, moment),
      ...(plans.length > 1 && { name: source }),
      // A stack that tells its place is not moved; the others were told it when they were read.
      ...(plan.source === "terraform" && placeIn(options)),
    });
  }
}

function placeIn({ account, region }: PlanOptions): { account?: string; region?: string } {
  return { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}
