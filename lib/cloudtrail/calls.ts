import { createInterface, launch, modifyInterface, removeInterface } from "./network-interfaces.ts";
import { createList, modifyList, removeList, restoreList } from "./prefix-lists.ts";
import { create, describe, grant, modify, remove, revoke } from "./security-groups.ts";
import type { Shape } from "./shape.ts";
import { associateCidr, createVpc, disassociateCidr, removeVpc } from "./vpcs.ts";

/** A call that Portcullis reads: CloudTrail's eventSource and eventName, and the shape of its records. */
export interface WatchedCall {
  readonly source: string;
  readonly name: string;
  readonly shape: Shape;
}

const of =
  (source: string) =>
  (name: string, shape: Shape): WatchedCall => ({ source, name, shape });
const ec2 = of("ec2.amazonaws.com");

/** Every call that is watched; which of them the guard must hear of, the rules tell (lib/guard/reactions.ts). `unwatched.ts` says why each other write to the network is not. */
export const WATCHED_CALLS: readonly WatchedCall[] = [
  ec2("AuthorizeSecurityGroupIngress", grant("ingress")),
  ec2("AuthorizeSecurityGroupEgress", grant("egress")),
  ec2("RevokeSecurityGroupIngress", revoke("ingress")),
  ec2("RevokeSecurityGroupEgress", revoke("egress")),
  ec2("ModifySecurityGroupRules", modify),
  ec2("CreateSecurityGroup", create),
  ec2("DeleteSecurityGroup", remove),
  ec2("UpdateSecurityGroupRuleDescriptionsIngress", describe("ingress")),
  ec2("UpdateSecurityGroupRuleDescriptionsEgress", describe("egress")),
  ec2("CreateManagedPrefixList", createList),
  ec2("ModifyManagedPrefixList", modifyList),
  ec2("RestoreManagedPrefixListVersion", restoreList),
  ec2("DeleteManagedPrefixList", removeList),
  ec2("CreateVpc", createVpc),
  ec2("CreateDefaultVpc", createVpc),
  ec2("DeleteVpc", removeVpc),
  ec2("AssociateVpcCidrBlock", associateCidr),
  ec2("DisassociateVpcCidrBlock", disassociateCidr),
  ec2("CreateNetworkInterface", createInterface),
  ec2("DeleteNetworkInterface", removeInterface),
  ec2("ModifyNetworkInterfaceAttribute", modifyInterface),
  ec2("RunInstances", launch),
];

/** The services whose calls are watched, as CloudTrail's eventSource names them. */
export const WATCHED_SOURCES: ReadonlySet<string> = new Set(WATCHED_CALLS.map((call) => call.source));

const BY_NAME: ReadonlyMap<string, WatchedCall> = new Map(WATCHED_CALLS.map((call) => [call.name, call]));

/** The watched call of this name and source, if it is one. */
export function watchedCall(source: string, name: string): WatchedCall | undefined {
  const call = BY_NAME.get(name);
  return call?.source === source ? call : undefined;
}

const EVENT_NAME = Buffer.from("eventName");
const ESCAPE = Buffer.from("\\u00");
// What stands between the key and its value: quotes, escaped where the record is a string inside JSON, and blanks.
const LONGEST_GAP = 64;
const LONGEST_NAME = 128;

/**
 * Whether the raw JSON of a record may be a watched call; far cheaper than parsing it. Says true when in doubt: no
 * `eventName` found, one that is not followed by plain text, or letters hidden in `\u` escapes.
 */
export function mayBeWatched(bytes: Buffer): boolean {
  let found = false;
  for (let at = bytes.indexOf(EVENT_NAME); at >= 0; at = bytes.indexOf(EVENT_NAME, at)) {
    at += EVENT_NAME.length;
    const after = bytes.toString("latin1", at, at + LONGEST_GAP);
    if (!/^\\*"/.test(after)) continue;
    const gap = /^\\*"\s*:\s*\\*"/.exec(after)?.[0];
    if (gap === undefined) return true;
    found = true;
    const name = /^\w+/.exec(bytes.toString("latin1", at + gap.length, at + gap.length + LONGEST_NAME))?.[0];
    if (name !== undefined && BY_NAME.has(name)) return true;
  }
  return !found || hidesLetters(bytes);
}

// \u0041 to \u007a are the ASCII letters; the escapes that JSON writers do use for <, > and & lie below.
function hidesLetters(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + 1)) {
    const digit = bytes[at + ESCAPE.length];
    if (digit !== undefined && digit >= 0x34 && digit <= 0x37) return true;
  }
  return false;
}
