import { type ExplainedGroup, explainIn } from "../../lib/guard/explaining/explain.ts";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import { parseRule, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { type Direction, TrafficSet } from "../../lib/model/traffic.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { type NetworkDraft, networkOf } from "./network.ts";

/** What is given of a group that is explained; its rules are named sgr-1 on, in order. */
export interface Explaining {
  readonly rules: readonly (string | SecurityGroupRule)[];
  /** Lines of the policy; the default one unless told. */
  readonly policy?: string | Policy;
  readonly group?: Partial<SecurityGroupFacts>;
  readonly network?: NetworkDraft;
}

export const HOME = { account: "111122223333", region: "eu-west-1" };
const AT = "2027-01-15T12:00:00Z";

/** A group in memory, explained. Throws where it is not judged. */
export async function explaining({ rules, policy = "", group = {}, network = {} }: Explaining): Promise<ExplainedGroup> {
  const parsed = rules.map((rule, i) => ({ id: `sgr-${i + 1}`, ...(typeof rule === "string" ? parseRule(rule) : rule) }));
  const facts: SecurityGroupFacts = { id: "sg-0abc", name: "web", vpc: "vpc-1", tags: {}, ...group, rules: parsed };
  const explained = await explainIn(facts.id, HOME, {
    world: networkOf({ ...network, "security-group": [facts, ...(network["security-group"] ?? [])] }),
    policy: typeof policy === "string" ? parsePolicy(`version: 1\n${policy}`, "portcullis.yml") : policy,
    at: AT,
  });
  if (explained.kind !== "judged") throw new Error(`the group is ${explained.kind}, expected it to be judged`);
  return explained;
}

/** The rows of a direction, `forbidden: tcp 22 from 0.0.0.0/0 by sgr-1`. */
export function rowsIn({ admissions }: ExplainedGroup, direction: Direction = "ingress"): string[] {
  const rows = admissions.find((admission) => admission.direction === direction)?.rows ?? [];
  return rows.map((row) => {
    const ids = new Set(row.sources.flatMap(({ rules }) => rules.map(({ id }) => id)));
    return `${row.verdict}: ${TrafficSet.of([row], direction)} by ${[...ids].sort().join(", ")}`;
  });
}
