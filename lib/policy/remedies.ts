import type { AnyRule, RemedyChoice, RuleMeta } from "../rules/rule.ts";

const CHOICE: Readonly<Record<RuleMeta["remedies"][number], RemedyChoice>> = { "revoke-ingress": "revoke", "narrow-ingress": "narrow" };

/** The remedies that the policy may ask of a rule, its default first; a rule without remedies can only tell. */
export function remedyChoices(rule: AnyRule): RemedyChoice[] {
  return [...rule.meta.remedies.map((kind) => CHOICE[kind]), "none"];
}
