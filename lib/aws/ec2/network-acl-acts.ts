import { CreateNetworkAclEntryCommand, DeleteNetworkAclEntryCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { keyOf } from "../../model/effect.ts";
import type { NetworkAclEntry } from "../../model/facts.ts";
import { parseProtocol } from "../../model/service-set.ts";
import { call, type DryRun, isUnanswered, type Practice, type Readers, type RemedyOf, type Tools } from "./practice.ts";

const GONE = /^InvalidNetworkAcl(ID|Entry)\.NotFound$/;

/** Single entries, by their value. */
export const aclEntries: Practice<RemedyOf<"delete-acl-entry" | "create-acl-entry">> = {
  gone: GONE,
  remaining: async (remedy, { readers }) => {
    const due = await entriesLeft(remedy.acl, [remedy.entry], remedy.kind === "create-acl-entry", readers);
    return due.length > 0 ? remedy : undefined;
  },
  make: async (remedy, dry, tools) => {
    if (remedy.kind === "create-acl-entry") await createEntries(tools, remedy.acl, [remedy.entry], dry);
    else await deleteEntry(tools.client, remedy.acl, remedy.entry, dry);
    return remedy;
  },
};

/** Entries that deny traffic, all or none. */
export const aclDenials: Practice<RemedyOf<"deny-acl-traffic" | "undeny-acl-traffic">> = {
  gone: GONE,
  remaining: async (remedy, { readers }) => {
    const entries = await entriesLeft(remedy.acl, remedy.entries, remedy.kind === "deny-acl-traffic", readers);
    return entries.length > 0 ? { ...remedy, entries } : undefined;
  },
  make: async (remedy, dry, tools) => {
    if (remedy.kind === "deny-acl-traffic") await createEntries(tools, remedy.acl, remedy.entries, dry);
    else await deleteEntries(tools.client, remedy.acl, remedy.entries, dry);
    return remedy;
  },
};

// To be made are entries that do not stand with that very value: another value in their place makes EC2 refuse.
async function entriesLeft(
  acl: string,
  wanted: readonly NetworkAclEntry[],
  toMake: boolean,
  readers: Readers,
): Promise<readonly NetworkAclEntry[]> {
  const facts = await readers["network-acl"].get(acl);
  if (facts === undefined) return [];
  const standing = new Set(facts.entries.map(textOf));
  return wanted.filter((entry) => standing.has(textOf(entry)) !== toMake);
}

function textOf(entry: NetworkAclEntry): string {
  return [keyOf(entry), entry.action, entry.protocol, entry.fromPort, entry.toPort, entry.cidr].join();
}

async function createEntries(tools: Tools, acl: string, entries: readonly NetworkAclEntry[], dry: DryRun): Promise<void> {
  const { client } = tools;
  const made: NetworkAclEntry[] = [];
  try {
    for (const entry of entries) {
      try {
        await call(dry, () => client.send(new CreateNetworkAclEntryCommand({ ...placeOf(acl, entry), ...contentOf(entry), ...dry })));
      } catch (error) {
        // The number is taken: by this entry, which was made when no answer came.
        if (!isUnanswered(error) || (await entriesLeft(acl, [entry], true, tools.readers)).length > 0) throw error;
      }
      made.push(entry);
    }
  } catch (error) {
    // All or nothing: what no act tells of must not stay.
    if (dry.DryRun !== true) for (const entry of made.reverse()) await deleteEntry(client, acl, entry, {});
    throw error;
  }
}

async function deleteEntries(client: EC2Client, acl: string, entries: readonly NetworkAclEntry[], dry: DryRun): Promise<void> {
  for (const entry of entries) {
    try {
      await deleteEntry(client, acl, entry, dry);
    } catch (error) {
      // It went when no answer came; the others are still there.
      if (!isUnanswered(error) || !GONE.test(error.code)) throw error;
    }
  }
}

function deleteEntry(client: EC2Client, acl: string, entry: NetworkAclEntry, dry: DryRun): Promise<object | undefined> {
  return call(dry, () => client.send(new DeleteNetworkAclEntryCommand({ ...placeOf(acl, entry), ...dry })));
}

function placeOf(acl: string, { direction, number }: NetworkAclEntry) {
  return { NetworkAclId: acl, RuleNumber: number, Egress: direction === "egress" };
}

function contentOf({ action, protocol, fromPort, toPort, cidr }: NetworkAclEntry) {
  const number = parseProtocol(protocol);
  const isIcmp = protocol === "icmp" || protocol === "icmpv6";
  return {
    RuleAction: action,
    Protocol: number === "all" ? "-1" : String(number),
    ...(cidr.includes(":") ? { Ipv6CidrBlock: cidr } : { CidrBlock: cidr }),
    ...(isIcmp && { IcmpTypeCode: { Type: fromPort ?? -1, Code: toPort ?? -1 } }),
    ...(!isIcmp && fromPort !== undefined && toPort !== undefined && { PortRange: { From: fromPort, To: toPort } }),
  };
}
