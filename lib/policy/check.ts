import * as core from "zod/v4/core";
import { isInvalidRule } from "../model/security-group-rule.ts";
import { parseProtocol } from "../model/service-set.ts";
import { RULES } from "../rules/index.ts";
import type { AnyRule, Networks } from "../rules/rule.ts";
import { type AllowEntry, allowedTraffic } from "../rules/terms/allow.ts";
import { checkNetworks, checkPeer, networksOf, UnknownNetworkError } from "./networks.ts";
import type { PolicyParts, Tagged } from "./parts.ts";
import type { Fault, Path } from "./problem.ts";
import type { RuleSettings, Scope, Trust } from "./schema.ts";
import { allowOf, settingsFor } from "./settings.ts";

/** What is wrong between the parts of a policy: names that nothing bears, circles, doubles, untrusted tags, options that no rule takes. */
export function checkParts(parts: PolicyParts): Fault[] {
  const networks = networksOf(parts.networks);
  const inNetworks = checkNetworks(parts.networks);
  const inOptions = checkOptions(parts, inNetworks.length === 0 ? networks : undefined);
  const inScopes = parts.scopes.flatMap((scope, i) => checkTags(scope.when, ["scopes", i, "when"], parts.trust));
  return [...inNetworks, ...inScopes, ...inOptions, ...checkExceptions(parts)];
}

// Without networks that resolve, only the `allow` lists can be looked at.
function checkOptions(parts: PolicyParts, networks: Networks | undefined): Fault[] {
  const places: { path: Path; rules: RuleSettings; scope?: PolicyParts["scopes"][number] }[] = [{ path: ["rules"], rules: parts.rules }];
  for (const [i, scope] of parts.scopes.entries()) {
    if (scope.rules !== undefined) places.push({ path: ["scopes", i, "rules"], rules: scope.rules, scope });
  }
  const sound = new Set(RULES);
  return places.flatMap(({ path, rules, scope }) =>
    RULES.flatMap((rule) => {
      const written = rules[rule.meta.id];
      if (typeof written !== "object") return [];
      const at = [...path, rule.meta.id];
      const allow = "allow" in written ? allowOf(rule, { allow: written.allow }) : undefined;
      const faults = allow === undefined ? [] : checkAllow(allow, [...at, "allow"], parts.networks);
      // A scope builds on what the policy says: what is wrong there is told there.
      if (faults.length === 0 && networks !== undefined && sound.has(rule)) faults.push(...tryOptions(rule, at, parts, scope, networks));
      if (faults.length > 0 && scope === undefined) sound.delete(rule);
      return faults;
    }),
  );
}

function tryOptions(rule: AnyRule, path: Path, parts: PolicyParts, scope: Pick<Scope, "rules"> | undefined, networks: Networks): Fault[] {
  const settings = settingsFor(rule, parts, scope);
  if (settings === undefined) return [];
  return attempt(path, () => rule.withOptions(settings.options, networks));
}

function checkExceptions({ networks, trust, exceptions }: PolicyParts): Fault[] {
  const first = new Map<string, number>();
  return exceptions.flatMap((exception, i) => {
    const path = ["exceptions", i];
    const faults = [...checkTags(exception.when, [...path, "when"], trust), ...checkAllow(exception.allow, [...path, "allow"], networks)];
    if (exception.id !== undefined) {
      const earlier = first.get(exception.id);
      if (earlier === undefined) first.set(exception.id, i);
      else
        faults.push({
          path: [...path, "id"],
          message: `found "${exception.id}", as exceptions[${earlier}] has it: expected an id of its own`,
        });
    }
    const rule = RULES.find(({ meta }) => meta.id === exception.rule);
    if (rule !== undefined && allowOf(rule) === undefined) {
      const message = `rule ${rule.meta.id} has no option allow, so an exception cannot widen it: expected a rule that has, or a scope`;
      faults.push({ path: [...path, "rule"], message });
    } else if (rule !== undefined) {
      faults.push(...exception.allow.flatMap((entry, j) => checkDirection(rule, entry, [...path, "allow", j])));
    }
    return faults;
  });
}

// An exception is written before anybody looks at its rule, so it may name the wrong side of the traffic.
function checkDirection(rule: AnyRule, entry: AllowEntry | undefined, path: Path): Fault[] {
  const takes = (key: "from" | "to") => rule.options.safeParse({ allow: [{ protocol: "all", [key]: [] }] }).success;
  const wrong = (["from", "to"] as const).find((key) => entry?.[key] !== undefined && !takes(key));
  if (wrong === undefined) return [];
  const [found, expected] = wrong === "to" ? ["to", "from: the rule judges ingress"] : ["from", "to: the rule judges egress"];
  return [{ path: [...path, found], key: true, message: `found ${found} in an exception to ${rule.meta.id}, expected ${expected}` }];
}

function checkTags(when: Tagged, path: Path, trust: Trust | undefined): Fault[] {
  if (trust === undefined) return [];
  const untrusted = Object.keys(when.tags ?? {}).filter((tag) => !trust.tags.includes(tag));
  return untrusted.map((tag) => ({
    path: [...path, "tags", tag],
    key: true,
    message: `tag "${tag}" is not trusted, and whoever may edit a group may edit its tags: expected a tag listed under trust.tags${listed(trust.tags)}`,
  }));
}

function listed(tags: readonly string[]): string {
  return tags.length === 0 ? ", which lists none" : ` (${tags.join(", ")})`;
}

function checkAllow(entries: readonly (AllowEntry | undefined)[], path: Path, table: PolicyParts["networks"]): Fault[] {
  return entries.flatMap((entry, i) => {
    if (entry === undefined) return [];
    const { protocol, ports } = entry;
    const at = [...path, i];
    const faults = attempt([...at, "protocol"], () => parseProtocol(protocol));
    if (faults.length === 0 && ports !== undefined) {
      faults.push(...attempt([...at, "ports"], () => allowedTraffic([{ protocol, ports }], NO_NETWORKS)));
    }
    for (const side of ["from", "to"] as const) {
      for (const [j, name] of (entry[side] ?? []).entries()) {
        const message = checkPeer(name, table);
        if (message !== undefined) faults.push({ path: [...at, side, j], message });
      }
    }
    return faults;
  });
}

const NO_NETWORKS = networksOf({});

// Only what rules and the model throw for bad options is the policy's fault; anything else is ours and goes on up.
function attempt(path: Path, read: () => unknown): Fault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof core.$ZodError) return error.issues.map((issue) => ({ path, message: issue.message }));
    if (isInvalidRule(error) || error instanceof UnknownNetworkError) return [{ path, message: error.message }];
    throw error;
  }
}
