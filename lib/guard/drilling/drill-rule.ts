import { parseRule, ruleKey, type SecurityGroupRule } from "../../model/security-group-rule.ts";

/** What a drill opens: forbidden by the default policy and by every sensible one. */
const OPENED = parseRule("tcp 22 from 0.0.0.0/0");
/** The longest that one run can last: Lambda's limit for a function (milliseconds). */
const LONGEST = 15 * 60_000;

/** One run of the drill: its name and when it began (milliseconds since the epoch). */
export interface Run {
  readonly name: string;
  readonly began: number;
}

/** The rule that this run opens; its description tells people what it is, and other runs whose. */
export function ruleOf({ name, began }: Run): SecurityGroupRule {
  // EC2 allows letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* in it.
  return { ...OPENED, description: `portcullis fire drill ${name} since ${new Date(began).toISOString()}: the guard must close this` };
}

/** Whether a rule is the one that drills open. */
export function isOpened(rule: SecurityGroupRule): boolean {
  return ruleKey(rule) === ruleKey(OPENED);
}

/** Whether a rule came from a drill: what it opens, or what a guard left of that when it narrowed it. */
export function isOfDrill(rule: SecurityGroupRule): boolean {
  return rule.direction === "ingress" && (isOpened(rule) || runOf(rule) !== undefined);
}

/** Whose rule this is: of the run that asks, of another that may still be at work, or of one that was cut off. */
export function ownerOf(rule: SecurityGroupRule, asking: Run): "mine" | "other" | "left" {
  const run = runOf(rule);
  if (run === undefined) return "left";
  if (run.name === asking.name) return "mine";
  return asking.began - run.began < LONGEST ? "other" : "left";
}

function runOf({ description = "" }: SecurityGroupRule): Run | undefined {
  const [, name = "", since = ""] = /^portcullis fire drill (\S+) since (\S+):/.exec(description) ?? [];
  const began = Date.parse(since);
  return Number.isNaN(began) ? undefined : { name, began };
}
