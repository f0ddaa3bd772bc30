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
  /**
   * Whether rules judge what the call reaches: the guard hears of it. The others only tell a review what the network looks
   * like; the guard reads that from EC2.
   */
  readonly judged: boolean;
}

const source = "ec2.amazonaws.com";
const judged = (name: string, shape: Shape): WatchedCall => ({ source, name, shape, judged: true });
const noted = (name: string, shape: Shape): WatchedCall => ({ source, name, shape, judged: false });

/** Every call that is watched. `unwatched.ts` says why each other write to the network is not. */
export const WATCHED_CALLS: readonly WatchedCall[] = [
  judged("AuthorizeSecurityGroupIngress", grant("ingress")),
  judged("AuthorizeSecurityGroupEgress", grant("egress")),
  judged("RevokeSecurityGroupIngress", revoke("ingress")),
  judged("RevokeSecurityGroupEgress", revoke("egress")),
  judged("ModifySecurityGroupRules", modify),
  judged("CreateSecurityGroup", create),
  judged("DeleteSecurityGroup", remove),
  judged("UpdateSecurityGroupRuleDescriptionsIngress", describe("ingress")),
  judged("UpdateSecurityGroupRuleDescriptionsEgress", describe("egress")),
  judged("CreateManagedPrefixList", createList),
  judged("ModifyManagedPrefixList", modifyList),
  judged("RestoreManagedPrefixListVersion", restoreList),
  judged("DeleteManagedPrefixList", removeList),
  noted("CreateVpc", createVpc),
  noted("CreateDefaultVpc", createVpc),
  noted("DeleteVpc", removeVpc),
  noted("AssociateVpcCidrBlock", associateCidr),
  noted("DisassociateVpcCidrBlock", disassociateCidr),
  noted("CreateNetworkInterface", createInterface),
  noted("DeleteNetworkInterface", removeInterface),
  noted("ModifyNetworkInterfaceAttribute", modifyInterface),
  noted("RunInstances", launch),
];

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
