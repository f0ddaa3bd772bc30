import type { Effect } from "./effect.ts";
import { isKind, KIND_NAMES, KINDS, type Kind, type SecurityGroupFacts } from "./facts.ts";
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

/** What a change can be about besides the kinds of resource that a world knows: rules judge the call alone. */
const CALLED_ONLY = {
  account: "account",
  address: "address",
  instance: "instance",
  "route-table-association": "route table association",
  "instance-connect-endpoint": "EC2 Instance Connect endpoint",
  "transit-gateway-attachment": "transit gateway attachment",
  "transit-gateway-route-table": "transit gateway route table",
  "vpn-connection": "VPN connection",
  "vpn-gateway": "VPN gateway",
  "guard-part": "part of the guard",
} as const;
export type SubjectKind = Kind | keyof typeof CALLED_ONLY;

export const SUBJECT_KINDS = [...KIND_NAMES, ...Object.keys(CALLED_ONLY)].filter(isSubjectKind);

function isSubjectKind(name: string): name is SubjectKind {
  return isKind(name) || Object.hasOwn(CALLED_ONLY, name);
}

/** The resource that a change is about, by identity. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
}

/** What people call a kind of subject: `route table`. */
export function nounOf(kind: SubjectKind): string {
  return isKind(kind) ? KINDS[kind].noun : CALLED_ONLY[kind];
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
  /** True where the change may have reached its subject, and no record tells whether it did. */
  readonly possible?: true;
  readonly claim?: Claim;
  /** What else the record tells of the call, for rules that judge calls: names and values as in the API, lower camel case. */
  readonly details?: Readonly<Record<string, string>>;
  /** The error code of a call that changed nothing. */
  readonly failed?: string;
}
