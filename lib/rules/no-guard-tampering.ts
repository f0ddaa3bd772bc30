import * as z from "zod/mini";
import type { CallResource } from "../model/resource.ts";
import { defineRule } from "./rule.ts";
import { isCaller, isNamed, nameOfCaller, Pattern } from "./terms/arn-pattern.ts";
import { TAMPERING_CALLS, tamperingBy } from "./terms/guard-parts.ts";

const CLOUDTRAIL = "cloudtrail.amazonaws.com";
// Lambda and EventBridge name some parts by ids of their own: what they belong to stands beside.
const BELONGS_TO = ["functionName", "functionArn", "eventSourceArn", "eventBusName"];
const MAPPING = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
// Lambda's event names end in the version of its API.
const API_VERSION = /\d{8}(v\d+)?$/;

export const noGuardTampering = defineRule({
  meta: {
    id: "no-guard-tampering",
    title: "Nobody but its deployers changes the guard or the trail that feeds it",
    resource: "call",
    severity: "high",
    finds:
      "Calls that stop, delete or change a part of the guard - its EventBridge rules, targets and buses, functions, roles, queues and tables, known by the names in `parts` - or a CloudTrail trail of `trails`, by anybody whom `deployers` does not name. Starting or making them, and reading, is left alone.",
    rationale:
      "Whoever wants to open a port unseen silences the guard first. That it was silenced is the one thing that must be told before it is.",
    source: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html",
    avoid: "aws events disable-rule --name portcullis-...",
    prefer: "no-guard-tampering: { deployers: [arn:aws:iam::111122223333:role/deployer] }",
    remedies: [],
    remedy: "none",
    enabled: true,
    calls: TAMPERING_CALLS,
  },
  options: () =>
    z.strictObject({
      parts: z._default(
        z.array(Pattern()).check(z.describe("The names of the guard's own parts, in which * stands for any text; capitals do not count.")),
        ["portcullis-*"],
      ),
      trails: z._default(z.array(Pattern()).check(z.describe("The names of the trails that must stay as they are.")), ["*"]),
      deployers: z._default(
        z.array(Pattern()).check(z.describe("Who may change the guard: arns of roles and users, in which * stands for any text.")),
        [],
      ),
    }),

  prepare: ({ parts, trails, deployers }) => ({ parts: parts.map(lower), trails: trails.map(lower), deployers }),

  check: async (call, _, { parts, trails, deployers }, unjudged) => {
    const { name, source, actor, subject } = call;
    const tampering = tamperingBy(name);
    if (tampering === undefined || subject.kind !== "guard-part" || isCaller(actor, deployers)) return [];
    const wanted = source === CLOUDTRAIL ? trails : parts;
    if (!isPart(call, wanted)) {
      if (wanted.length > 0 && MAPPING.test(subject.id) && !tellsFunction(call))
        unjudged(`the function of the event source mapping ${subject.id}, which the record does not name`);
      return [];
    }
    return [
      {
        parts: [],
        message: `${nameOfCaller(actor)} called ${name.replace(API_VERSION, "")} on ${subject.id}: ${tampering.means}. If that was no deployment, check ${tampering.look}`,
      },
    ];
  },
});

// Any segment counts: an arn may end in an alias or in the name of a rule on the guard's bus.
function isPart({ subject, details }: CallResource, patterns: readonly string[]): boolean {
  const names = [subject.id, ...BELONGS_TO.flatMap((name) => details[name] ?? [])];
  return names.some((name) => [name, ...name.split(/[/:]/)].some((segment) => isNamed(lower(segment), patterns)));
}

function tellsFunction({ details }: CallResource): boolean {
  return details.functionName !== undefined || details.functionArn !== undefined;
}

function lower(text: string): string {
  return text.toLowerCase();
}
