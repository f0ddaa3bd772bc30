import { formatRule, type SecurityGroupRule } from "./security-group-rule.ts";

/**
 * An act on the network as a plain value, by value and never by rule id; only lib/guard/apply.ts carries it out.
 * - `revoke-ingress` removes `revoke`.
 * - `narrow-ingress` authorizes `authorize` (the permitted remainder) first and removes `revoke` after.
 * - `restore-ingress` puts back what either of them took, and takes back what narrowing added.
 */
export interface Remedy {
  readonly kind: "revoke-ingress" | "narrow-ingress" | "restore-ingress";
  readonly group: string;
  readonly revoke: readonly SecurityGroupRule[];
  readonly authorize: readonly SecurityGroupRule[];
}

export type RemedyKind = Remedy["kind"];

export function revokeIngress(group: string, revoke: readonly SecurityGroupRule[]): Remedy {
  return { kind: "revoke-ingress", group, revoke, authorize: [] };
}

/** Narrowing to nothing is revoking. */
export function narrowIngress(group: string, revoke: readonly SecurityGroupRule[], authorize: readonly SecurityGroupRule[]): Remedy {
  if (authorize.length === 0) return revokeIngress(group, revoke);
  return { kind: "narrow-ingress", group, revoke, authorize };
}

/** The remedy that puts everything back, exactly: inverting twice gives the same act again. */
export function inverse({ kind, group, revoke, authorize }: Remedy): Remedy {
  const swapped = { group, revoke: authorize, authorize: revoke };
  if (kind !== "restore-ingress") return { kind: "restore-ingress", ...swapped };
  return { kind: swapped.authorize.length === 0 ? "revoke-ingress" : "narrow-ingress", ...swapped };
}

/** One line for people: `revoke tcp 22 from 0.0.0.0/0 on sg-0abc`. */
export function formatRemedy({ kind, group, revoke, authorize }: Remedy): string {
  const taken = revoke.map(formatRule).join("; ");
  const given = authorize.map(formatRule).join("; ");
  switch (kind) {
    case "revoke-ingress":
      return `revoke ${taken} on ${group}`;
    case "narrow-ingress":
      return `narrow ${taken} to ${given} on ${group}`;
    case "restore-ingress":
      return `restore ${given}${taken === "" ? "" : ` and revoke ${taken}`} on ${group}`;
  }
}
