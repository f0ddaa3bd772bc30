import { formatRemedy } from "../model/remedy.ts";
import { formatRule } from "../model/security-group-rule.ts";
import type { Policy } from "../policy/policy.ts";
import { scopeAt } from "../policy/scope-at.ts";
import { type Alternative, alternativeTo } from "../slack/alternative.ts";
import { isMomentary } from "./exposures.ts";
import { metaOf } from "./rule-links.ts";
import { duration } from "./table.ts";
import { actsFor, type Told } from "./told.ts";

/** What to do about a finding, and what of it people copy. `text` is ours; `values` may be foreign. */
export interface Advice {
  readonly text: string;
  readonly values: readonly string[];
}

/** What would pass instead; else what would be, or was, done about it; else what its rule prefers. */
export function adviceFor(told: Told, policy: Policy): readonly Advice[] {
  const { finding, exception } = told;
  if (exception !== undefined) return [{ text: "Admitted by the exception", values: [exception] }];
  const alternative = alternativeFor(told, policy);
  const acts = actsFor(told).map(
    ({ remedy, result }): Advice => ({
      text: result === "would" ? "Portcullis would" : result === "done" || result === "already" ? "Portcullis did" : "Portcullis could not",
      values: [formatRemedy(remedy)],
    }),
  );
  const instead = alternative === undefined ? [] : [adviceOf(alternative)];
  if (instead.length + acts.length > 0) return [...instead, ...acts];
  const prefer = metaOf(finding.rule)?.prefer.split("\n")[0];
  return prefer === undefined ? [] : [{ text: "Prefer", values: [prefer] }];
}

function adviceOf({ rules, network }: Alternative): Advice {
  return { text: network === undefined ? "Instead" : `Instead, from the policy's network ${network}`, values: rules.map(formatRule) };
}

function alternativeFor({ finding, spot }: Told, policy: Policy): Alternative | undefined {
  const { account, region, subject } = spot;
  if (subject.kind !== "security-group" || finding.traffic.isEmpty()) return undefined;
  const { scope } = scopeAt(policy, { account, region, group: subject.id });
  const alternative = alternativeTo({ group: subject.id, findings: [finding], policy, scope }, finding.traffic.direction);
  // What takes dozens of rules helps nobody.
  return alternative === undefined || alternative.more > 0 ? undefined : alternative;
}

/** How long it stood as the records tell, or that it still does. Undefined for plans, deeds, and what was closed at once. */
export function standingOf({ finding, exposure, spot, first }: Told): string | undefined {
  if (exposure === undefined || spot.address !== undefined || isMomentary(finding) || first.outcome === "acted") return undefined;
  const word = finding.parts.length === 0 ? "open" : "there";
  if (exposure.until === undefined) return `still ${word} when the records end`;
  return `stood ${word} for ${duration((Date.parse(exposure.until) - Date.parse(exposure.since)) / 1000)}`;
}
