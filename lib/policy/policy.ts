import type { Severity } from "../model/finding.ts";
import type { TrafficSet } from "../model/traffic.ts";
import type { PreparedRule, RemedyChoice } from "../rules/rule.ts";
import type { PolicyDocument } from "./schema.ts";

export const MODES = ["dry-run", "enforce", "off"] as const;
export type Mode = (typeof MODES)[number];

/** A valid policy with its networks resolved and its rules ready to judge. */
export interface Policy {
  /** The first 12 hex digits of the SHA-256 of the document: equal policies have equal versions. */
  readonly version: string;
  readonly document: PolicyDocument;
}

/** Where a change happened, as far as a scope may ask. `resource` is absent until somebody has read it. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Organizational units from the account upwards; empty when nobody knows them. */
  readonly ous: readonly string[];
  readonly group: string;
  readonly resource?: { readonly vpc?: string; readonly tags: Readonly<Record<string, string>> };
}

/** What the policy says at one place and moment. */
export interface Ruling {
  readonly mode: Mode;
  /** The name of the scope that matched. */
  readonly scope?: string;
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
  /** The rule with every exception that holds here and now. */
  readonly rule: PreparedRule;
  /** The rule without exceptions; absent when none holds. */
  readonly strict?: PreparedRule;
  readonly exceptions: readonly { readonly id: string; readonly allowed: TrafficSet }[];
}

/** The ruling hangs on the VPC or tags of a resource that nobody has read yet. */
export interface NeedsResource {
  readonly needs: "resource";
}
