import type { TrafficSet } from "../model/traffic.ts";
import { RULES } from "../rules/index.ts";
import type { PreparedRule } from "../rules/rule.ts";
import { type AllowEntry, allowedTraffic } from "../rules/terms/allow.ts";
import { networksOf } from "./networks.ts";
import type { Policy } from "./policy.ts";
import type { Scope } from "./schema.ts";
import { allowOf, settingsFor } from "./settings.ts";

/** One entry of a rule's `allow`, and the traffic that it lets through. */
interface Allowed {
  readonly entry: AllowEntry;
  readonly traffic: TrafficSet;
}

/** What a rule lets through because its `allow` says so. */
export interface Allowance {
  readonly entries: readonly Allowed[];
  /** Where the list stands: in the scope, in the policy's rules, or nowhere, so that it is the rule's own. */
  readonly from: "scope" | "policy" | "default";
  /** The rule as if it allowed nothing. */
  readonly bare: PreparedRule;
}

/** What a rule allows in a scope, or outside of all; undefined for one that does not run there, or has no such list. */
export function allowanceOf(id: string, { document }: Policy, scope: Scope | undefined): Allowance | undefined {
  const rule = RULES.find(({ meta }) => meta.id === id);
  const settings = rule && settingsFor(rule, document, scope);
  const entries = rule && settings && allowOf(rule, settings.options);
  if (rule === undefined || settings === undefined || entries === undefined) return undefined;
  const networks = networksOf(document.networks);
  return {
    entries: entries.map((entry) => ({ entry, traffic: allowedTraffic([entry], networks) })),
    from: namesAllow(scope?.rules?.[id]) ? "scope" : namesAllow(document.rules[id]) ? "policy" : "default",
    bare: rule.withOptions({ ...settings.options, allow: [] }, networks),
  };
}

function namesAllow(setting: object | boolean | undefined): boolean {
  return typeof setting === "object" && "allow" in setting;
}
