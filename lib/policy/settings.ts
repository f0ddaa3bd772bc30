import * as z from "zod/mini";
import type { Severity } from "../model/finding.ts";
import type { AnyRule, RemedyChoice } from "../rules/rule.ts";
import { AllowEntry } from "../rules/terms/allow.ts";
import type { Mode } from "./modes.ts";
import { remedyChoices } from "./remedies.ts";
import type { PolicyDocument, Scope } from "./schema.ts";

/** What the policy says about one rule, its defaults filled in; `options` are the rule's own, still as written. */
export interface Settings {
  readonly severity: Severity;
  readonly remedy: RemedyChoice;
  /** The mode that the policy gives this very rule, if it does. */
  readonly mode?: Mode;
  /** Whether it is remedied while the breaker is open. */
  readonly ignoresBreaker: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * A rule's settings in a scope, or outside of all; undefined when it does not run. A scope's settings replace those of the
 * policy key by key; `true` switches a rule on with what the policy says of it, or else with the rule's defaults.
 */
export function settingsFor(rule: AnyRule, policy: Pick<PolicyDocument, "rules">, scope?: Pick<Scope, "rules">): Settings | undefined {
  const written = policy.rules[rule.meta.id];
  const scoped = scope?.rules?.[rule.meta.id];
  const enabled = scoped ?? written ?? rule.meta.enabled;
  if (enabled === false) return undefined;
  const merged = { ...(typeof written === "object" && written), ...(typeof scoped === "object" && scoped) };
  const {
    severity = rule.meta.severity,
    remedy = remedyChoices(rule)[0] ?? "none",
    mode,
    ignore_breaker: ignoresBreaker = false,
    ...options
  } = merged;
  return { severity, remedy, ...(mode !== undefined && { mode }), ignoresBreaker, options };
}

const WithAllow = () => z.looseObject({ allow: z.array(AllowEntry()) });
// Built when first asked for, and once: it takes longer than judging by what it reads.
let withAllow: ReturnType<typeof WithAllow> | undefined;

/** What these options of a rule allow, by default if need be; undefined for a rule that has no such option. */
export function allowOf(rule: AnyRule, options: unknown = {}): readonly AllowEntry[] | undefined {
  withAllow ??= WithAllow();
  return withAllow.safeParse(rule.options.parse(options)).data?.allow;
}
