import type { Kind, NetworkFacts, SecurityGroupFacts } from "./facts.ts";
import type { SecurityGroupRule } from "./security-group-rule.ts";

/** Who made a call, as CloudTrail's userIdentity states it. */
export interface Actor {
  /** The arn of the caller; for an AWS service acting by itself, its host name. */
  readonly arn: string;
  /** For an assumed role: the arn of the role and the name of the session. */
  readonly role?: string;
  readonly session?: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  /** The AWS service that made the call on the caller's behalf. */
  readonly invokedBy?: string;
}

/** The kinds of resource that a change can be about. */
type SubjectKind = Kind;

/** The resource that a change is about, by identity. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

/**
 * What the record says the call did. It is a hint: enough to close a hole at once, never the last word on the group.
 * `rules-modified` carries neither the old value nor the direction; CloudTrail does not tell them.
 */
export type Claim =
  | ({ readonly kind: "rules-granted"; readonly rules: readonly SecurityGroupRule[] } & ByName)
  | ({ readonly kind: "rules-revoked"; readonly rules: readonly SecurityGroupRule[]; readonly ruleIds: readonly string[] } & ByName)
  | { readonly kind: "rules-modified"; readonly rules: readonly ModifiedRule[] }
  | ({
      readonly kind: "rules-described";
      readonly rules: readonly SecurityGroupRule[];
      readonly descriptions: readonly RuleDescription[];
    } & ByName)
  | { readonly kind: "group-created"; readonly group: SecurityGroupFacts }
  | { readonly kind: "group-deleted" }
  | { readonly kind: "effects"; readonly effects: readonly Effect[] };

/** The name of the group, where the call chose it by name: only groups of a default VPC can be. */
interface ByName {
  readonly groupName?: string;
}

/** The lists of a kind's facts that calls add to and remove from. */
type Lists<K extends Kind> = {
  [Key in keyof NetworkFacts[K]]-?: NetworkFacts[K][Key] extends readonly string[] ? Key : never;
}[keyof NetworkFacts[K]];

/** What a call did to the resources other than security groups: whole when made, in parts when changed. */
export type Effect = {
  [K in Exclude<Kind, "security-group">]:
    | { readonly op: "create"; readonly kind: K; readonly facts: NetworkFacts[K] }
    | {
        readonly op: "add" | "remove" | "set";
        readonly kind: K;
        readonly id: string;
        readonly list: Lists<K>;
        readonly items: readonly string[];
      }
    /** The list holds something else now, and no record tells what. */
    | { readonly op: "forget"; readonly kind: K; readonly id: string; readonly list: Lists<K> }
    | { readonly op: "delete"; readonly kind: K; readonly id: string };
}[Exclude<Kind, "security-group">];

/** The new value of a rule; its direction is ingress or egress, which the record does not say. */
export type ModifiedRule = Omit<SecurityGroupRule, "direction"> & { readonly id: string };

export interface RuleDescription {
  readonly ruleId: string;
  readonly description: string;
}

/** One call's effect on one resource. */
export interface Change {
  /** CloudTrail's eventID. */
  readonly id: string;
  /** When the call was made, ISO 8601 in UTC; CloudTrail keeps whole seconds. */
  readonly at: string;
  readonly account: string;
  readonly region: string;
  readonly actor: Actor;
  readonly call: { readonly source: string; readonly name: string };
  readonly subject: Subject;
  /** The resource that was changed, where the change reached its subject through it: a prefix list that a group names. */
  readonly via?: Subject;
  readonly claim?: Claim;
  /** The error code of a call that changed nothing. */
  readonly failed?: string;
}
