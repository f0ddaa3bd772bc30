import type { Change } from "../../model/change.ts";
import { isShownBy } from "../../model/effect.ts";
import type { Kind, NetworkFacts } from "../../model/facts.ts";
import { type SecurityGroupRule, valueKey } from "../../model/security-group-rule.ts";
import type { Expectation } from "../ports.ts";
import { isSwept } from "./swept.ts";

/** What the guard itself did since the change. */
interface Since {
  readonly granted: readonly SecurityGroupRule[];
  /** Values (valueKey) of rules that it asked EC2 to revoke. */
  readonly undone: ReadonlySet<string>;
  readonly acted: boolean;
}

/** What a read must show to be believed, a moment after a change: what it brought and this guard has not undone. */
export function expectationsOn(change: Change, { granted, undone, acted }: Since): readonly Expectation[] {
  // What a sweep saw, a read showed already.
  if (isSwept(change)) return [];
  const { subject, via, claim } = change;
  if (claim?.kind === "effects") {
    if (acted) return [];
    return claim.effects.map((effect) => ({ kind: effect.kind, id: effect.id, isShownBy: (facts) => isShownBy(facts, effect) }));
  }
  if (subject.kind !== "security-group" || via !== undefined || claim?.kind === "group-deleted") return [];
  const values = granted.map(valueKey).filter((key) => !undone.has(key));
  return [{ kind: subject.kind, id: subject.id, isShownBy: (facts) => holdsValues(facts, values) }];
}

function holdsValues(facts: NetworkFacts[Kind] | undefined, values: readonly string[]): boolean {
  if (facts === undefined || !("rules" in facts)) return false;
  const present = new Set(facts.rules.map(valueKey));
  return values.every((value) => present.has(value));
}
