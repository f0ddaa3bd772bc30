import type { Plan } from "../planned/plan.ts";
import { planOf } from "./plan.ts";
import { type Deployment, Stack } from "./stack.ts";
import { readTemplate } from "./template.ts";

/** The network that a template leaves, all of it made anew: what stands already, a template does not tell. Throws TemplateError. */
export function planOfTemplate(text: string, file: string, deployment: Deployment): Plan {
  return planOf([{ stack: new Stack(readTemplate(text, file), deployment) }]);
}
