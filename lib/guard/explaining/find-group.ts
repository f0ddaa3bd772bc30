import { nearest } from "../../messages/nearest.ts";
import type { SecurityGroupFacts } from "../../model/facts.ts";

/** A group that some input tells of, and where it is. */
export interface KnownGroup {
  readonly facts: SecurityGroupFacts;
  readonly account: string;
  readonly region: string;
  /** What a plan calls it: `module.web.aws_security_group.this["a"]`. */
  readonly address?: string;
}

/** What was found by an id, a name or an address: `near` is what comes closest to what was asked. */
export type Sought<G extends KnownGroup> =
  | { readonly kind: "one"; readonly group: G }
  | { readonly kind: "several"; readonly groups: readonly G[] }
  | { readonly kind: "none"; readonly near?: string };

/** The group that somebody asks for: an id or an address goes before a name. */
export function findGroup<G extends KnownGroup>(asked: string, groups: readonly G[]): Sought<G> {
  const exact = groups.filter(({ facts, address }) => facts.id === asked || address === asked);
  const found = exact.length > 0 ? exact : groups.filter(({ facts }) => facts.name === asked);
  const [first, ...others] = found;
  if (first !== undefined) return others.length === 0 ? { kind: "one", group: first } : { kind: "several", groups: found };
  const near = nearest(
    asked,
    groups.flatMap((group) => callsOf(group)),
  );
  return { kind: "none", ...(near !== undefined && { near }) };
}

/** What a group can be asked for by. */
function callsOf({ facts, address }: KnownGroup): string[] {
  return [facts.id, ...(facts.name === undefined ? [] : [facts.name]), ...(address === undefined ? [] : [address])];
}
