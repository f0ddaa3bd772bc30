import type { AdmittedRule } from "../../model/security-group.ts";
import type { SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { ServiceSet } from "../../model/service-set.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";

/** A rule without which a group admits the same, and the rules that admit what it does. */
export interface Redundant {
  readonly rule: SecurityGroupRule;
  readonly within: readonly SecurityGroupRule[];
}

interface Entry {
  readonly rule: SecurityGroupRule;
  readonly services: ServiceSet;
  readonly traffic: TrafficSet;
}

/**
 * The rules that others make needless: without all of them together, the group admits the same. Of two that admit the same, the later
 * one is needless. Who is admitted as a member of a group is admitted by no address.
 */
export function redundantIn(byRule: readonly AdmittedRule[], direction: Direction): Redundant[] {
  const entries = byRule.map(({ rule, services, peers }) => ({ rule, services, traffic: TrafficSet.of([{ services, peers }], direction) }));
  const kept = new Set(entries);
  // What admits little goes first, so that the wide rule stays that makes many needless.
  for (const entry of [...entries].reverse().sort((a, b) => breadth(a) - breadth(b))) {
    kept.delete(entry);
    if (around(entry, kept) === undefined) kept.add(entry);
  }
  const standing = byBreadth(kept);
  return entries.flatMap((entry) => {
    if (kept.has(entry)) return [];
    return [{ rule: entry.rule, within: (around(entry, standing) ?? []).map(({ rule }) => rule) }];
  });
}

// One rule that covers it, or else all that do so together.
function around({ services, traffic }: Entry, others: Iterable<Entry>): readonly Entry[] | undefined {
  const near = [...others].filter((other) => !other.services.intersection(services).isEmpty() && other.traffic.overlaps(traffic));
  const alone = near.find((other) => other.traffic.covers(traffic));
  if (alone !== undefined) return [alone];
  const sum = TrafficSet.of(
    near.flatMap((other) => other.traffic.boxes()),
    traffic.direction,
  );
  return sum.covers(traffic) ? near : undefined;
}

function byBreadth(entries: Iterable<Entry>): Entry[] {
  return [...entries].sort((a, b) => breadth(b) - breadth(a));
}

// A rough measure: the logarithm of services times addresses.
function breadth({ services, traffic }: Entry): number {
  const { v4, v6 } = traffic.addresses().size();
  const slots = services.slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return Math.log2(slots) + Math.log2(Number(v4 + v6) + 1);
}
