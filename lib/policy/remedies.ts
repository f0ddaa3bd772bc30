import { verbOf } from "../model/remedy.ts";
import type { AnyRule, RemedyChoice } from "../rules/rule.ts";

const NO_CHOICE = { request: true, attach: true, grant: true, set: true, undeny: true } as const;

/** The remedies that the policy may ask of a rule, its default first; a rule without remedies can only tell. */
export function remedyChoices({ meta }: AnyRule): RemedyChoice[] {
  const offered = meta.remedies.map(verbOf).filter((verb): verb is Exclude<RemedyChoice, "none"> => !(verb in NO_CHOICE));
  return [...new Set<RemedyChoice>([meta.remedy, ...offered, "none"])];
}
