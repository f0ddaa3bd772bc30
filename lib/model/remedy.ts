import { formatRule, type SecurityGroupRule } from "./security-group-rule.ts";
import type { Direction } from "./traffic.ts";

/**
 * An act on the network as a plain value, by value and never by rule id; only lib/guard/apply.ts carries it out.
 * - `revoke-...` removes `revoke`.
 * - `narrow-...` authorizes `authorize` (the permitted remainder) first and removes `revoke` after.
 * - `restore-...` puts back what either of them took, and takes back what narrowing added.
 * All rules of a remedy have the direction that its kind names.
 */
export interface Remedy {
  readonly kind: `${"revoke" | "narrow" | "restore"}-${Direction}`;
  readonly group: string;
  readonly revoke: readonly SecurityGroupRule[];
  readonly authorize: readonly SecurityGroupRule[];
}

export type RemedyKind = Remedy["kind"];

export function revokeRules(group: string, revoke: readonly SecurityGroupRule[]): Remedy {
  return { kind: `revoke-${directionOf(revoke)}`, group, revoke, authorize: [] };
}

/** Narrowing to nothing is revoking. */
export function narrowRules(group: string, revoke: readonly SecurityGroupRule[], authorize: readonly SecurityGroupRule[]): Remedy {
  if (authorize.length === 0) return revokeRules(group, revoke);
  return { kind: `narrow-${directionOf(revoke)}`, group, revoke, authorize };
}

/** The remedy that puts everything back, exactly: inverting twice gives the same act again. */
export function inverse({ kind, group, revoke, authorize }: Remedy): Remedy {
  const swapped = { group, revoke: authorize, authorize: revoke };
  const direction = kind.endsWith("-egress") ? "egress" : "ingress";
  if (!kind.startsWith("restore-")) return { kind: `restore-${direction}`, ...swapped };
  return { kind: `${swapped.authorize.length === 0 ? "revoke" : "narrow"}-${direction}`, ...swapped };
}

/** What the remedy does, whatever the direction: `revoke`, `narrow` or `restore`. */
export function verbOf(kind: RemedyKind): "revoke" | "narrow" | "restore" {
  return kind.startsWith("revoke-") ? "revoke" : kind.startsWith("narrow-") ? "narrow" : "restore";
}

function directionOf([rule]: readonly SecurityGroupRule[]): Direction {
  return rule?.direction ?? "ingress";
}

/** One line for people: `revoke tcp 22 from 0.0.0.0/0 on sg-0abc`. */
export function formatRemedy({ kind, group, revoke, authorize }: Remedy): string {
  const taken = revoke.map(formatRule).join("; ");
  const given = authorize.map(formatRule).join("; ");
  switch (verbOf(kind)) {
    case "revoke":
      return `revoke ${taken} on ${group}`;
    case "narrow":
      return `narrow ${taken} to ${given} on ${group}`;
    case "restore":
      return `restore ${given}${taken === "" ? "" : ` and revoke ${taken}`} on ${group}`;
  }
}
