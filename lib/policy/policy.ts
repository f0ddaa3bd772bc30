import type { Severity } from "../model/finding.ts";
import type { ResourceKind } from "../model/resource.ts";
import type { TrafficSet } from "../model/traffic.ts";
import { RULES } from "../rules/index.ts";
import { type AnyRule, kindsOf, type PreparedRule, type RemedyChoice } from "../rules/rule.ts";
import type { Mode } from "./modes.ts";
import type { PolicyDocument } from "./schema.ts";
import { settingsFor } from "./settings.ts";

export { MODES, type Mode } from "./modes.ts";

/** A valid policy with its networks resolved and its rules ready to judge. */
export interface Policy {
  /** The first 12 hex digits of the SHA-256 of the document: equal policies have equal versions. */
  readonly version: string;
  readonly document: PolicyDocument;
  /** The options of its rules as they were parsed when it was packaged; absent where nobody did. */
  readonly parsed?: ParsedOptions;
}

/** By rule and the JSON of what the policy writes, the JSON of what that is with all defaults. */
export type ParsedOptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where a change happened, as far as a scope may ask. `resource` is absent until somebody has read it. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Organizational units from the account upwards; absent when nobody knows them. */
  readonly ous?: readonly string[];
  /** The id of the security group, if it is one. */
  readonly group?: string;
  readonly resource?: { readonly vpc?: string; readonly tags: Readonly<Record<string, string>> };
}

/** What the policy says at one place and moment. */
export interface Ruling {
  readonly mode: Mode;
  /** The name of the scope that matched. */
  readonly scope?: string;
  /** Where the scope sends the messages. */
  readonly channel?: string;
  /** The name that the policy gives the account, for people. */
  readonly accountName?: string;
  readonly rules: readonly RuledRule[];
}

/** One rule under a ruling. */
export interface RuledRule {
  readonly severity: Severity;
  readonly remedy: RemedyChoice;
  readonly mode: Mode;
  /** Whether it is remedied while the breaker is open. */
  readonly ignoresBreaker: boolean;
  /** The rule with every exception that holds here and now. */
  readonly rule: PreparedRule;
  /** The rule without exceptions; absent when none holds. */
  readonly strict?: PreparedRule;
  readonly exceptions: readonly { readonly id: string; readonly allowed: TrafficSet }[];
  /** Parts of this very resource that somebody granted, where it is no question of traffic. */
  readonly granted?: readonly { readonly id: string; readonly parts: ReadonlySet<string> }[];
}

/** The ruling hangs on what nobody has read yet: the VPC or tags of the resource, or the organizational units of the account. */
export interface Needs {
  readonly needs: "resource" | "organizational units";
}

/** What the rules that a policy runs anywhere look at: kinds of resource, and names of calls. */
export interface Interests {
  readonly kinds: ReadonlySet<ResourceKind>;
  readonly calls: ReadonlySet<string>;
}

const INTERESTS = new WeakMap<Policy, Interests>();

/** What the policy's rules look at, in whatever scope they run. */
export function interestsOf(policy: Policy): Interests {
  const known = INTERESTS.get(policy);
  if (known !== undefined) return known;
  const { document } = policy;
  const running = RULES.filter((rule) => [undefined, ...document.scopes].some((scope) => settingsFor(rule, document, scope) !== undefined));
  const interests = interestsOfRules(running);
  INTERESTS.set(policy, interests);
  return interests;
}

function interestsOfRules(rules: readonly Pick<AnyRule, "meta">[]): Interests {
  return {
    kinds: new Set(rules.flatMap(({ meta }) => kindsOf(meta))),
    calls: new Set(rules.flatMap(({ meta }) => (kindsOf(meta).includes("call") ? (meta.calls ?? []) : []))),
  };
}
