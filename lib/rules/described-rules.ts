import * as z from "zod/mini";
import { formatRule, trafficOf } from "../model/security-group-rule.ts";
import { defineRule } from "./rule.ts";

const DIRECTIONS = ["ingress", "egress"] as const;
// EC2 takes a description of blanks.
const NOT_BLANK = String.raw`\S`;

export const describedRules = defineRule({
  meta: {
    id: "described-rules",
    title: "Every rule says in its description what it is for",
    resource: "security-group",
    severity: "info",
    finds:
      "Security group rules whose description is missing, blank, or does not match `pattern`. Only ingress is looked at unless `directions` says otherwise, since EC2 itself makes an egress rule without description in every group.",
    rationale:
      "A rule without a reason is never removed, because nobody dares. A ticket and an owner beside the port answer the question before it is asked.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/working-with-security-group-rules.html",
    avoid: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 443 --cidr 203.0.113.0/24",
    prefer:
      'aws ec2 authorize-security-group-ingress --group-id sg-... --ip-permissions IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=203.0.113.0/24,Description="NET-12 partner API"}]',
    remedies: [],
    remedy: "none",
    enabled: false,
  },
  options: () =>
    z.strictObject({
      pattern: z._default(
        z
          .string()
          .check(z.refine(isPattern, String.raw`expected a regular expression such as "^[A-Z]+-\d+ "`))
          .check(
            z.describe(
              String.raw`A regular expression (JavaScript) that matches somewhere in every description, such as "^[A-Z]+-\d+ " for a ticket in front. Case counts.`,
            ),
          ),
        NOT_BLANK,
      ),
      directions: z._default(
        z
          .array(z.enum(DIRECTIONS, `expected ${DIRECTIONS.join(" or ")}`), "expected a list of ingress and egress")
          .check(z.minLength(1, "expected ingress, egress or both"), z.describe("Which rules are looked at.")),
        ["ingress"],
      ),
    }),

  prepare: ({ pattern, directions }) => ({ pattern: new RegExp(pattern), directions: new Set<string>(directions) }),

  check: async (group, _world, { pattern, directions }) =>
    group.rules
      .filter(({ direction, description = "" }) => directions.has(direction) && !pattern.test(description))
      .map((rule) => ({
        traffic: trafficOf(rule),
        rules: [rule],
        message: `${formatRule(rule)} ${complaint(rule.description, pattern)}`,
      })),
});

function complaint(description: string | undefined, pattern: RegExp): string {
  const state = description === undefined ? "has no description" : "has a description that does not say enough";
  return pattern.source === NOT_BLANK ? `${state}: say what it is for` : `${state}: expected one that matches ${pattern}`;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
