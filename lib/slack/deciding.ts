import type { TrafficSet } from "../model/traffic.ts";
import { networksOf } from "../policy/networks.ts";
import type { Place, Policy } from "../policy/policy.ts";
import { scopeFor } from "../policy/ruling.ts";
import type { ExceptionEntry, Scope } from "../policy/schema.ts";
import { type Settings, settingsFor } from "../policy/settings.ts";
import { holdsAt } from "../policy/until.ts";
import type { AnyRule } from "../rules/rule.ts";
import { allowedTraffic } from "../rules/terms/allow.ts";
import { minute } from "./moment.ts";
import { code, prose } from "./text.ts";
import { yamlOf } from "./yaml.ts";

const LINES = 16;
const LINE = 140;
const NEAR = 3;

/** What a scope is called in a sentence. */
export function nameOfScope(scope: Scope | undefined): string {
  if (scope === undefined) return "the policy outside of all scopes";
  return scope.name === undefined ? "a scope without a name" : `the scope “${prose(scope.name, 80)}”`;
}

/** A rule's settings as they hold there, its defaults filled in; undefined where it does not run. */
function effectiveSettings(
  { document }: Policy,
  rule: AnyRule,
  scope: Scope | undefined,
): (Settings & { readonly effectiveMode: string }) | undefined {
  const settings = settingsFor(rule, document, scope);
  if (settings === undefined) return undefined;
  return { ...settings, options: optionsOf(rule, settings.options), effectiveMode: settings.mode ?? scope?.mode ?? document.mode };
}

/** The lines of the policy that decided about a rule, as YAML; of a long list, its beginning. */
export function settingLines(policy: Policy, rule: AnyRule, scope: Scope | undefined): string {
  const settings = effectiveSettings(policy, rule, scope);
  if (settings === undefined) return `${rule.meta.id}: false`;
  const { severity, remedy, options, effectiveMode } = settings;
  const lines = yamlOf(rule.meta.id, { severity, remedy, mode: effectiveMode, ...options }).map((line) =>
    line.length > LINE ? `${line.slice(0, LINE)} ...` : line,
  );
  const more = lines.length - LINES;
  return (more > 0 ? [...lines.slice(0, LINES), `  # and ${more} more lines`] : lines).join("\n");
}

/** The exceptions of the policy that nearly allow this traffic, each with what keeps it from doing so, in markup. */
export function nearExceptions(policy: Policy, rule: AnyRule, traffic: TrafficSet, place: Place, at: string): string[] {
  const networks = networksOf(policy.document.networks);
  return policy.document.exceptions
    .filter((exception) => exception.rule === rule.meta.id)
    .flatMap((exception) => {
      const allowed = allowedTraffic(exception.allow, networks);
      const why = whyNot(exception, allowed, traffic, place, at);
      return why === undefined ? [] : [`${code(exception.id, 80)} ${why}`];
    })
    .slice(0, NEAR);
}

function whyNot({ when, until }: ExceptionEntry, allowed: TrafficSet, traffic: TrafficSet, place: Place, at: string): string | undefined {
  const here = scopeFor([{ when }], place);
  const overlaps = allowed.overlaps(traffic);
  if (!holdsAt(until, at)) return overlaps ? `held until ${until.length === 10 ? code(until, 20) : minute(until)}` : undefined;
  if (here === undefined) return overlaps ? `holds elsewhere: ${code(JSON.stringify(when), 120)}` : undefined;
  if ("needs" in here) return overlaps ? `hangs on the ${here.needs}, which nobody knows here` : undefined;
  const sameServices = !allowed.services().intersection(traffic.services()).isEmpty();
  return sameServices ? `holds here and allows ${code(String(allowed), 120)}` : undefined;
}

// The policy was checked, so its options fit; an empty record for what is none.
function optionsOf(rule: AnyRule, options: unknown): Readonly<Record<string, unknown>> {
  const parsed = rule.options.parse(options);
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
}
