import type { ExplainedGroup } from "../guard/explaining/explain.ts";
import type { Reason } from "../guard/explaining/reasons.ts";
import { compareSeverity, type Severity } from "../model/finding.ts";
import { allowanceOf } from "../policy/allowances.ts";
import type { Policy } from "../policy/policy.ts";
import { kindsOf } from "../rules/rule.ts";
import type { AllowEntry } from "../rules/terms/allow.ts";

/** A reason in words: a sentence, and what goes with it. */
export interface ReasonText {
  readonly text: string;
  readonly more: readonly string[];
  /** The worst severity of what was found. */
  readonly severity?: Severity;
}

/** The reasons of a group's rows, each once, in the order of the rows: what they are numbered by. */
export function reasonsIn({ admissions }: Pick<ExplainedGroup, "admissions">): ReadonlyMap<string, Reason> {
  const reasons = admissions.flatMap(({ rows }) => rows.flatMap((row) => row.reasons));
  return new Map(reasons.map((reason) => [reasonKey(reason), reason]));
}

/** Equal for reasons that say the same. */
export function reasonKey(reason: Reason): string {
  switch (reason.kind) {
    case "found":
      return `found ${reason.ruled.rule.meta.id}`;
    case "excepted":
      return `excepted ${reason.rule} ${reason.exception.id}`;
    case "allowed":
      return `allowed ${reason.rule} ${entryText(reason.entry)}`;
    case "unknown":
      return `unknown ${reason.needs}`;
    default:
      return reason.kind;
  }
}

/** What decided, in words: our rule, its entry or exception, the scope and the mode. */
export function reasonText(reason: Reason, explained: Pick<ExplainedGroup, "ruling" | "scope">, policy: Policy): ReasonText {
  switch (reason.kind) {
    case "found": {
      const { rule, mode, severity, remedy } = reason.ruled;
      const allowance = allowanceOf(rule.meta.id, policy, explained.scope);
      const allowed = allowance?.entries.map(({ entry }) => entryText(entry)) ?? [];
      return {
        text: `${rule.meta.id}, ${severity}: ${rule.meta.title}`,
        more: [
          ...(allowance === undefined ? [] : [allowed.length === 0 ? "it allows nothing" : `it allows ${allowed.join("; ")}`]),
          `${scopeText(explained)} decides: mode ${mode}, remedy ${remedy}`,
        ],
        severity: [...reason.findings].map((finding) => finding.severity).sort(compareSeverity)[0] ?? severity,
      };
    }
    case "excepted": {
      const { id, until, reason: why, approvedBy, granted } = reason.exception;
      const kind = granted ? `${id}, granted in Slack,` : `exception ${id}`;
      return { text: `${kind} to ${reason.rule}, until ${until}`, more: [`${why} (approved by ${approvedBy})`] };
    }
    case "allowed":
      return { text: `${reason.rule} allows ${entryText(reason.entry)}: ${fromText(reason.from, explained)}`, more: [] };
    case "unknown":
      return { text: `nobody knows ${reason.needs}`, more: [] };
    case "off":
      return { text: `the policy is off here: ${scopeText(explained)} decides`, more: [] };
    case "no rule objects": {
      const ids = explained.ruling.rules.map(({ rule }) => rule.meta).filter((meta) => kindsOf(meta).includes("security-group"));
      return { text: `no rule that runs here objects: ${ids.map(({ id }) => id).join(", ") || "none runs"}`, more: [] };
    }
  }
}

/** An entry of a rule's `allow` as people say it: `tcp 80, 443 from anywhere`. */
function entryText({ protocol, ports, from, to }: AllowEntry): string {
  const service = ports === undefined ? protocol : `${protocol} ${ports}`;
  if (from !== undefined) return `${service} from ${from.join(", ")}`;
  return to === undefined ? `${service} from anywhere` : `${service} to ${to.join(", ")}`;
}

/** What a scope is called in a sentence. */
export function scopeText({ scope }: Pick<ExplainedGroup, "scope">): string {
  if (scope === undefined) return "the policy outside of all scopes";
  return scope.name === undefined ? "a scope without a name" : `the scope ${scope.name}`;
}

function fromText(from: Extract<Reason, { kind: "allowed" }>["from"], explained: Pick<ExplainedGroup, "scope">): string {
  if (from === "scope") return `so says ${scopeText(explained)}`;
  return from === "policy" ? "so say the policy's rules" : "so does the rule by default";
}
