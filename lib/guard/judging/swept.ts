import { createHash } from "node:crypto";
import type { Change, Claim } from "../../model/change.ts";
import type { Effect } from "../../model/effect.ts";
import type { Finding } from "../../model/finding.ts";
import type { Standing as Resource } from "../../model/resource.ts";
import { ruleKey } from "../../model/security-group-rule.ts";

const SOURCE = "portcullis";
const NAME = "Swept";

/** A sweep of one account and region: which, and when it was asked for (ISO 8601). */
export interface SweepOfPlace {
  /** The same for everything that was asked for at once. */
  readonly run: string;
  readonly at: string;
  readonly account: string;
  readonly region: string;
}

/**
 * What a sweep saw of a resource as a change by nobody, to be guarded as any other: its sight is a hint, as a record's is, and
 * the guard looks again. The same sweep gives the same change.
 */
export function sweptChange({ run, account, region }: SweepOfPlace, at: string, resource: Resource, findings: readonly Finding[]): Change {
  const { kind, id } = resource;
  const key = createHash("sha256").update([run, account, region, kind, id].join(" ")).digest("hex").slice(0, 32);
  const claim = claimOf(resource, findings);
  return {
    id: `swept-${key}`,
    at,
    account,
    region,
    actor: { arn: SOURCE },
    call: { source: SOURCE, name: NAME },
    subject: { kind, id },
    ...(claim !== undefined && { claim }),
  };
}

/** Whether a change is what a sweep saw, and nobody's call. */
export function isSwept({ call }: Pick<Change, "call">): boolean {
  return call.source === SOURCE && call.name === NAME;
}

function claimOf(resource: Resource, findings: readonly Finding[]): Claim | undefined {
  if (findings.length === 0) return undefined;
  if (resource.kind === "security-group") {
    const rules = new Map(findings.flatMap((finding) => finding.rules).map((rule) => [ruleKey(rule), rule]));
    return rules.size === 0 ? undefined : { kind: "rules-granted", rules: [...rules.values()] };
  }
  // The facts are of that kind, which TypeScript cannot tell of the union.
  const effect = { op: "create", kind: resource.kind, id: resource.id, facts: resource.facts } as Effect;
  return { kind: "effects", effects: [effect] };
}
