import type { BlockPublicAccessExclusion, BlockPublicAccessFacts, NetworkAclEntry, PeeringSide, Route } from "./facts.ts";
import { entryText } from "./network-acl.ts";
import { formatRoute } from "./route.ts";
import { formatRule, type SecurityGroupRule } from "./security-group-rule.ts";
import type { Direction } from "./traffic.ts";

/**
 * An act on the network as a plain value; only lib/guard/acting/apply.ts carries it out. Each has an exact inverse: what it takes
 * is in it, whole.
 */
export type Remedy = GroupRemedy | NetworkRemedy;
export type RemedyKind = Remedy["kind"];

/**
 * An act on the rules of a security group, by value and never by rule id.
 * - `revoke-...` removes `revoke`.
 * - `narrow-...` authorizes `authorize` (the permitted remainder) first and removes `revoke` after.
 * - `restore-...` puts back what either of them took, and takes back what narrowing added.
 * All rules of a remedy have the direction that its kind names.
 */
export interface GroupRemedy {
  readonly kind: `${"revoke" | "narrow" | "restore"}-${Direction}`;
  readonly group: string;
  readonly revoke: readonly SecurityGroupRule[];
  readonly authorize: readonly SecurityGroupRule[];
}

/** An act on anything else. Where EC2 knows a thing by its place only, the value tells what must stand there. */
export type NetworkRemedy =
  | { readonly kind: "delete-route" | "create-route"; readonly table: string; readonly route: Pick<Route, "destination" | "target"> }
  /** Leads a destination from one target back to another. */
  | { readonly kind: "restore-route"; readonly table: string; readonly destination: string; readonly from: string; readonly to: string }
  /** `ids` are those that were made, once they are. */
  | {
      readonly kind: "create-flow-logs" | "delete-flow-logs";
      readonly vpc: string;
      readonly settings: FlowLogSettings;
      readonly ids: readonly string[];
    }
  /** A connection that was deleted can only be requested anew, under another id; its other side must accept it. */
  | {
      readonly kind: "delete-peering" | "request-peering";
      readonly peering: string;
      readonly requester: PeeringSide;
      readonly accepter: PeeringSide;
    }
  | { readonly kind: "detach-internet-gateway" | "attach-internet-gateway"; readonly gateway: string; readonly vpc: string }
  /** Takes principals from an endpoint service and, where `acceptance` says so, makes it ask before it lets one in. */
  | {
      readonly kind: "reset-permissions" | "grant-permissions";
      readonly service: string;
      readonly principals: readonly string[];
      readonly acceptance: boolean;
    }
  | { readonly kind: "unset-public-ip" | "set-public-ip"; readonly subnet: string }
  /** Denies traffic by entries that come before the one that admits it. */
  | { readonly kind: "deny-acl-traffic" | "undeny-acl-traffic"; readonly acl: string; readonly entries: readonly NetworkAclEntry[] }
  | { readonly kind: "delete-acl-entry" | "create-acl-entry"; readonly acl: string; readonly entry: NetworkAclEntry }
  | { readonly kind: "restore-public-access"; readonly from: PublicAccessMode; readonly to: PublicAccessMode }
  | { readonly kind: "delete-exclusion" | "create-exclusion"; readonly exclusion: BlockPublicAccessExclusion };

export type PublicAccessMode = NonNullable<BlockPublicAccessFacts["mode"]>;

/** Where flow logs go (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html). */
export interface FlowLogSettings {
  /** The arn of an S3 bucket, a CloudWatch log group or a Firehose stream. */
  readonly destination: string;
  readonly trafficType: "ACCEPT" | "REJECT" | "ALL";
  /** The role by which logs are delivered to CloudWatch. */
  readonly role?: string;
}

export function isGroupRemedy(remedy: Remedy): remedy is GroupRemedy {
  return "revoke" in remedy;
}

export function revokeRules(group: string, revoke: readonly SecurityGroupRule[]): GroupRemedy {
  return { kind: `revoke-${directionOf(revoke)}`, group, revoke, authorize: [] };
}

/** Narrowing to nothing is revoking. */
export function narrowRules(group: string, revoke: readonly SecurityGroupRule[], authorize: readonly SecurityGroupRule[]): GroupRemedy {
  if (authorize.length === 0) return revokeRules(group, revoke);
  return { kind: `narrow-${directionOf(revoke)}`, group, revoke, authorize };
}

/** The remedy that puts everything back, exactly: inverting twice gives the same act again. */
export function inverse(remedy: GroupRemedy): GroupRemedy;
export function inverse(remedy: Remedy): Remedy;
export function inverse(remedy: Remedy): Remedy {
  switch (remedy.kind) {
    case "restore-route":
      return { ...remedy, from: remedy.to, to: remedy.from };
    case "restore-public-access":
      return { ...remedy, from: remedy.to, to: remedy.from };
    case "delete-route":
      return { ...remedy, kind: "create-route" };
    case "create-route":
      return { ...remedy, kind: "delete-route" };
    case "create-flow-logs":
      return { ...remedy, kind: "delete-flow-logs" };
    case "delete-flow-logs":
      return { ...remedy, kind: "create-flow-logs" };
    case "delete-peering":
      return { ...remedy, kind: "request-peering" };
    case "request-peering":
      return { ...remedy, kind: "delete-peering" };
    case "detach-internet-gateway":
      return { ...remedy, kind: "attach-internet-gateway" };
    case "attach-internet-gateway":
      return { ...remedy, kind: "detach-internet-gateway" };
    case "reset-permissions":
      return { ...remedy, kind: "grant-permissions" };
    case "grant-permissions":
      return { ...remedy, kind: "reset-permissions" };
    case "unset-public-ip":
      return { ...remedy, kind: "set-public-ip" };
    case "set-public-ip":
      return { ...remedy, kind: "unset-public-ip" };
    case "deny-acl-traffic":
      return { ...remedy, kind: "undeny-acl-traffic" };
    case "undeny-acl-traffic":
      return { ...remedy, kind: "deny-acl-traffic" };
    case "delete-acl-entry":
      return { ...remedy, kind: "create-acl-entry" };
    case "create-acl-entry":
      return { ...remedy, kind: "delete-acl-entry" };
    case "delete-exclusion":
      return { ...remedy, kind: "create-exclusion" };
    case "create-exclusion":
      return { ...remedy, kind: "delete-exclusion" };
    default:
      return inverseOfGroup(remedy);
  }
}

function inverseOfGroup({ kind, group, revoke, authorize }: GroupRemedy): GroupRemedy {
  const swapped = { group, revoke: authorize, authorize: revoke };
  const direction = kind.endsWith("-egress") ? "egress" : "ingress";
  if (!kind.startsWith("restore-")) return { kind: `restore-${direction}`, ...swapped };
  return { kind: `${swapped.authorize.length === 0 ? "revoke" : "narrow"}-${direction}`, ...swapped };
}

type VerbIn<Kind extends string> = Kind extends `${infer Verb}-${string}` ? Verb : never;
/** What a remedy does, as the policy names it: the first word of its kind. */
export type RemedyVerb = VerbIn<RemedyKind>;

/** What the remedy does, whatever it is done to: `revoke`, `narrow`, `delete`, ... */
export function verbOf<K extends RemedyKind>(kind: K): VerbIn<K>;
export function verbOf(kind: string): string {
  return kind.slice(0, kind.indexOf("-"));
}

function directionOf([rule]: readonly SecurityGroupRule[]): Direction {
  return rule?.direction ?? "ingress";
}

/** One line for people: `revoke tcp 22 from 0.0.0.0/0 on sg-0abc`. */
export function formatRemedy(remedy: Remedy): string {
  switch (remedy.kind) {
    case "delete-route":
    case "create-route":
      return `${verbOf(remedy.kind)} the route ${formatRoute(remedy.route)} of ${remedy.table}`;
    case "restore-route":
      return `lead ${remedy.destination} of ${remedy.table} from ${remedy.from} back to ${remedy.to}`;
    case "create-flow-logs":
    case "delete-flow-logs":
      return `${verbOf(remedy.kind)} flow logs of ${remedy.vpc} to ${remedy.settings.destination}`;
    case "delete-peering":
    case "request-peering":
      return `${verbOf(remedy.kind)} the peering ${remedy.peering} of ${remedy.requester.vpc ?? "a VPC"} with ${remedy.accepter.vpc ?? "a VPC"}`;
    case "detach-internet-gateway":
      return `detach ${remedy.gateway} from ${remedy.vpc}`;
    case "attach-internet-gateway":
      return `attach ${remedy.gateway} to ${remedy.vpc}`;
    case "reset-permissions":
      return `take ${remedy.principals.join(", ") || "nobody"} from ${remedy.service}${remedy.acceptance ? " and require acceptance" : ""}`;
    case "grant-permissions":
      return `let ${remedy.principals.join(", ") || "nobody"} connect to ${remedy.service}${remedy.acceptance ? " without acceptance" : ""}`;
    case "unset-public-ip":
      return `give no public addresses in ${remedy.subnet}`;
    case "set-public-ip":
      return `give public addresses in ${remedy.subnet}`;
    case "deny-acl-traffic":
      return `add ${remedy.entries.map(entryText).join("; ")} to ${remedy.acl}`;
    case "undeny-acl-traffic":
      return `take ${remedy.entries.map(entryText).join("; ")} from ${remedy.acl}`;
    case "delete-acl-entry":
    case "create-acl-entry":
      return `${verbOf(remedy.kind)} entry ${entryText(remedy.entry)} of ${remedy.acl}`;
    case "restore-public-access":
      return `set VPC block public access from ${remedy.from} to ${remedy.to}`;
    case "delete-exclusion":
    case "create-exclusion":
      return `${verbOf(remedy.kind)} the exclusion ${remedy.exclusion.id} of ${remedy.exclusion.resource ?? "a resource"}`;
    default:
      return formatGroupRemedy(remedy);
  }
}

function formatGroupRemedy({ kind, group, revoke, authorize }: GroupRemedy): string {
  const taken = revoke.map(formatRule).join("; ");
  const given = authorize.map(formatRule).join("; ");
  switch (verbOf(kind)) {
    case "revoke":
      return `revoke ${taken} on ${group}`;
    case "narrow":
      return `narrow ${taken} to ${given} on ${group}`;
    case "restore":
      return `restore ${given}${taken === "" ? "" : ` and revoke ${taken}`} on ${group}`;
  }
}
