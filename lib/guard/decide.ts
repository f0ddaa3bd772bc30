import type { Change } from "../model/change.ts";
import type { Decision, NotJudged } from "../model/decision.ts";
import type { SecurityGroupFacts } from "../model/facts.ts";
import { isUnknown, type Unknown } from "../model/world.ts";
import type { Place, Policy, Ruling } from "../policy/policy.ts";
import { rulingFor } from "../policy/ruling.ts";
import { RULES } from "../rules/index.ts";
import { outcomeOf } from "./outcome.ts";

/** The ruling on a change; `guessed` says what it hangs on and nobody could tell: it is then that of a group without it. */
export interface RulingOnChange {
  readonly ruling: Ruling;
  readonly guessed?: string;
}

/** What the policy says at the place of a change and at a moment (ISO 8601); `read` is asked for the group only if it must be. */
export async function rulingOn(
  { account, region, subject }: Change,
  policy: Policy,
  at: string,
  read: () => Promise<SecurityGroupFacts | Unknown | undefined>,
): Promise<RulingOnChange> {
  let place: Place = { account, region, group: subject.id };
  let guessed: string | undefined;
  for (;;) {
    const ruling = rulingFor(policy, place, at);
    if (!("needs" in ruling)) return { ruling, ...(guessed !== undefined && { guessed }) };
    if (ruling.needs === "organizational units") {
      guessed = `the organizational units of account ${account}, on which the policy depends here`;
      place = { ...place, ous: [] };
    } else {
      const group = await read();
      const facts = isUnknown(group) ? undefined : group;
      // Whoever tells the VPC or tags of a group known in part tells both.
      const told = facts?.partial !== true || facts.vpc !== undefined || facts.tags !== undefined;
      if (isUnknown(group)) guessed ??= group.unknown;
      else if (!told) guessed ??= `the VPC and tags of ${subject.id}, on which the policy depends here`;
      place = { ...place, resource: { tags: facts?.tags ?? {}, ...(facts?.vpc !== undefined && { vpc: facts.vpc }) } };
    }
  }
}

/** Every rule under the ruling, left open for want of this; where not even the ruling is known, those that run by default. */
export function openFor({ rules }: Ruling, needs: string): NotJudged[] {
  const open = rules.length > 0 ? rules.map(({ rule }) => rule) : RULES.filter(({ meta }) => meta.enabled);
  return open.map(({ meta }) => ({ rule: meta.id, needs }));
}

/** What a decision is made of, beside what the ruling and the group tell. */
export interface DecisionParts extends Pick<Decision, "id" | "change" | "acts" | "findings" | "excepted" | "notJudged" | "latency"> {
  readonly policy: Policy;
  readonly ruling: Ruling;
  readonly group: SecurityGroupFacts | undefined;
  /** True when an earlier attempt at this change got as far as acting. */
  readonly resumed: boolean;
}

/** Puts a decision together and finds the word for it. */
export function decide({ policy, ruling, group, resumed, ...parts }: DecisionParts): Decision {
  const mode = ruling.rules.some((ruled) => ruled.mode === "enforce") ? "enforce" : "dry-run";
  return {
    ...parts,
    policyVersion: policy.version,
    mode,
    outcome: outcomeOf({ ...parts, mode, resumed }),
    partial: group?.partial ?? false,
    names: {
      ...(ruling.accountName !== undefined && { account: ruling.accountName }),
      ...(group?.name !== undefined && { group: group.name }),
      ...(group?.vpc !== undefined && { vpc: group.vpc }),
    },
    ...(ruling.channel !== undefined && { channel: ruling.channel }),
  };
}
