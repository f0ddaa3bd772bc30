import { verbOf } from "../model/remedy.ts";
import type { AnyRule, RemedyChoice } from "../rules/rule.ts";

const CHOICES = ["revoke", "narrow"] as const;

/** The remedies that the policy may ask of a rule, its default first; a rule without remedies can only tell. */
export function remedyChoices({ meta }: AnyRule): RemedyChoice[] {
  const offered = CHOICES.filter((choice) => meta.remedies.some((kind) => verbOf(kind) === choice));
  return [...new Set<RemedyChoice>([meta.remedy, ...offered, "none"])];
}
