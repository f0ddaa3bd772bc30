import type { Grant, GrantedTraffic } from "../model/grant.ts";
import type { TrafficSet } from "../model/traffic.ts";
import { RULES } from "../rules/index.ts";
import type { AnyRule, Networks, PreparedRule } from "../rules/rule.ts";
import { type AllowEntry, allowedTraffic } from "../rules/terms/allow.ts";
import { networksOf } from "./networks.ts";
import type { Mode, Needs, Place, Policy, RuledRule, Ruling } from "./policy.ts";
import type { ExceptionEntry, Scope, When } from "./schema.ts";
import { allowOf, type Settings, settingsFor } from "./settings.ts";
import { holdsAt } from "./until.ts";

/**
 * What the policy says at a place and moment (`at`, ISO 8601): the first scope that matches, its rules, and the exceptions
 * that hold, those that were granted for this very resource among them. Asks for the resource only where the answer hangs on
 * its VPC or tags.
 */
export function rulingFor(policy: Policy, place: Place, at: string, grants: readonly Grant[] = []): Ruling | Needs {
  const { document } = policy;
  const scope = scopeFor(document.scopes, place);
  if (scope !== undefined && "needs" in scope) return scope;
  const prepared = preparedFor(policy);
  const standing = grants.filter(({ until }) => holdsAt(until, at));
  const rules: RuledRule[] = [];
  for (const base of prepared.rulesIn(scope)) {
    const exceptions: ExceptionEntry[] = [];
    for (const exception of prepared.exceptionsTo(base.rule)) {
      if (!holdsAt(exception.until, at)) continue;
      const match = matches(exception.when, place);
      if (typeof match === "object") return match;
      if (match) exceptions.push(exception);
    }
    rules.push(prepared.ruled(base, exceptions, standing));
  }
  const channel = scope?.channel;
  const accounts = document.accounts ?? {};
  const accountName = Object.hasOwn(accounts, place.account) ? accounts[place.account] : undefined;
  return {
    mode: strongest(scope?.mode ?? document.mode, rules),
    ...(scope?.name !== undefined && { scope: scope.name }),
    ...(channel !== undefined && { channel }),
    ...(accountName !== undefined && { accountName }),
    rules,
  };
}

// A rule's own mode goes before that of its place: a place that is off is not off for a rule that is on.
function strongest(mode: Mode, rules: readonly RuledRule[]): Mode {
  if (mode !== "off" || rules.length === 0) return mode;
  return rules.some((rule) => rule.mode === "enforce") ? "enforce" : "dry-run";
}

/** The first scope that holds at a place; an exception's conditions can be asked the same. */
export function scopeFor<S extends Pick<Scope, "when">>(scopes: readonly S[], place: Place): S | Needs | undefined {
  for (const scope of scopes) {
    const match = matches(scope.when, place);
    if (typeof match === "object") return match;
    if (match) return scope;
  }
  return undefined;
}

function matches({ accounts, ous, regions, groups, vpcs, tags }: When, place: Place): boolean | Needs {
  const met =
    (accounts?.includes(place.account) ?? true) &&
    (regions?.includes(place.region) ?? true) &&
    (groups === undefined || (place.group !== undefined && groups.includes(place.group)));
  if (!met) return false;
  const units = place.ous;
  if (ous !== undefined && units === undefined) return { needs: "organizational units" };
  if (ous?.some((ou) => units?.includes(ou)) === false) return false;
  if (vpcs === undefined && tags === undefined) return true;
  const { resource } = place;
  if (resource === undefined) return { needs: "resource" };
  const inVpc = vpcs === undefined || (resource.vpc !== undefined && vpcs.includes(resource.vpc));
  const tagged = Object.entries(tags ?? {}).every(([key, value]) => Object.hasOwn(resource.tags, key) && resource.tags[key] === value);
  return inVpc && tagged;
}

/** What a grant admits of a rule's findings, as an exception of the policy, and the parts that it admits. */
function grantedTo(
  rule: AnyRule,
  { id, admits, until, reason, approvedBy }: Grant,
): { entry: ExceptionEntry; parts: ReadonlySet<string> }[] {
  return admits
    .filter((admission) => admission.rule === rule.meta.id)
    .map(({ allow, parts }) => ({
      entry: { id, rule: rule.meta.id, when: {}, allow: allow.map(entryOf), until, reason, approved_by: approvedBy },
      parts: new Set(parts),
    }));
}

function entryOf({ from, to, ...service }: GrantedTraffic): AllowEntry {
  return { ...service, ...(from !== undefined && { from: [...from] }), ...(to !== undefined && { to: [...to] }) };
}

/** A rule in one scope, before exceptions. */
interface ScopedRule {
  readonly rule: AnyRule;
  readonly settings: Settings;
  readonly mode: Mode;
  readonly strict: PreparedRule;
}

const PREPARED = new WeakMap<Policy, PreparedPolicy>();

function preparedFor(policy: Policy): PreparedPolicy {
  const earlier = PREPARED.get(policy);
  if (earlier !== undefined) return earlier;
  const prepared = new PreparedPolicy(policy);
  PREPARED.set(policy, prepared);
  return prepared;
}

// Rules are prepared once for each scope and set of exceptions, never for an event.
class PreparedPolicy {
  private readonly policy: Policy;
  private readonly networks: Networks;
  private readonly scoped = new Map<Scope | undefined, readonly ScopedRule[]>();
  private readonly widened = new Map<ScopedRule, Map<string, RuledRule>>();
  private readonly exceptions: ReadonlyMap<string, readonly ExceptionEntry[]>;
  private readonly allowed = new Map<ExceptionEntry, TrafficSet>();

  constructor(policy: Policy) {
    this.policy = policy;
    this.networks = networksOf(policy.document.networks);
    this.exceptions = Map.groupBy(policy.document.exceptions, ({ rule }) => rule);
  }

  exceptionsTo(rule: AnyRule): readonly ExceptionEntry[] {
    return this.exceptions.get(rule.meta.id) ?? [];
  }

  rulesIn(scope: Scope | undefined): readonly ScopedRule[] {
    const earlier = this.scoped.get(scope);
    if (earlier !== undefined) return earlier;
    const { document } = this.policy;
    const rules = RULES.flatMap((rule): ScopedRule[] => {
      const settings = settingsFor(rule, document, scope);
      if (settings === undefined) return [];
      const mode = settings.mode ?? scope?.mode ?? document.mode;
      return mode === "off" ? [] : [{ rule, settings, mode, strict: this.prepare(rule, settings) }];
    });
    this.scoped.set(scope, rules);
    return rules;
  }

  ruled(base: ScopedRule, exceptions: readonly ExceptionEntry[], grants: readonly Grant[]): RuledRule {
    const granted = grants.flatMap((grant) => grantedTo(base.rule, grant));
    // What is granted passes, so it is not kept.
    if (granted.length > 0) {
      const traffic = granted.flatMap(({ entry }) => (entry.allow.length > 0 ? [entry] : []));
      return { ...this.widen(base, [...exceptions, ...traffic]), granted: granted.map(({ entry: { id }, parts }) => ({ id, parts })) };
    }
    const bySet = this.widened.get(base) ?? new Map<string, RuledRule>();
    this.widened.set(base, bySet);
    const key = exceptions.map(({ id }) => id).join(" ");
    const ruled = bySet.get(key) ?? this.widen(base, exceptions);
    bySet.set(key, ruled);
    return ruled;
  }

  private prepare(rule: AnyRule, { options }: Settings): PreparedRule {
    const parsed = this.policy.parsed?.[rule.meta.id]?.[JSON.stringify(options)];
    return parsed === undefined ? rule.withOptions(options, this.networks) : rule.withParsed(parsed, this.networks);
  }

  private widen({ rule, settings, mode, strict }: ScopedRule, exceptions: readonly ExceptionEntry[]): RuledRule {
    const { severity, remedy, ignoresBreaker, options } = settings;
    if (exceptions.length === 0) return { severity, remedy, mode, ignoresBreaker, rule: strict, exceptions: [] };
    const allow = [...(allowOf(rule, options) ?? []), ...exceptions.flatMap((exception) => exception.allow)];
    return {
      severity,
      remedy,
      mode,
      ignoresBreaker,
      rule: rule.withOptions({ ...options, allow }, this.networks),
      strict,
      exceptions: exceptions.map((exception) => ({ id: exception.id, allowed: this.allowedBy(exception) })),
    };
  }

  private allowedBy(exception: ExceptionEntry): TrafficSet {
    const allowed = this.allowed.get(exception) ?? allowedTraffic(exception.allow, this.networks);
    this.allowed.set(exception, allowed);
    return allowed;
  }
}
