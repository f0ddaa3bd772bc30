import type { Target } from "../target.ts";
import { cloudFormationTemplates } from "./cloudformation-templates.ts";
import { containers } from "./containers.ts";
import { ec2Answers } from "./ec2-answers.ts";
import { grants } from "./grants.ts";
import { guardedEvents } from "./guarded-events.ts";
import { histories } from "./histories.ts";
import { policies } from "./policies.ts";
import { queues } from "./queues.ts";
import { slackRequests } from "./slack-requests.ts";
import { terraformPlans } from "./terraform-plans.ts";

/** Everything that is fuzzed; whatever else reads what others write is one more file and one more line here. */
export const TARGETS: readonly Target[] = [
  guardedEvents,
  grants,
  histories,
  containers,
  policies,
  slackRequests,
  queues,
  ec2Answers,
  terraformPlans,
  cloudFormationTemplates,
];
