import * as z from "zod/mini";
import type { PeeringFacts, PeeringSide } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { hasEnded } from "../model/peering.ts";
import type { NetworkRemedy } from "../model/remedy.ts";
import type { CallResource } from "../model/resource.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";

const GATEWAY_CALLS = ["CreateTransitGatewayPeeringAttachment", "AcceptTransitGatewayPeeringAttachment"];

export const approvedPeering = defineRule({
  meta: {
    id: "approved-peering",
    title: "Networks are peered only with accounts and VPCs that the policy approves",
    resource: ["peering", "call"],
    severity: "medium",
    finds:
      "Living VPC peerings between two accounts, requested or accepted, where one side is neither in `accounts` nor in `vpcs` nor of the account that is judged; and transit gateway peerings requested from or accepted of another account outside of `accounts`. What stays in one account is approved. With `cross_region: false` also every peering between regions, with `dns: false` every side that resolves the other's names. Deleted, rejected, expired and failed peerings are left alone.",
    rationale:
      "A peering joins two networks behind every firewall that faces the internet. Whoever is on the other side, or breaks in there, is next door.",
    source: "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
    avoid: "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id <one that nobody announced>",
    prefer: "approved-peering: { accounts: [<the partner>] }   # or an endpoint service, which opens one port and no network",
    remedies: ["delete-peering"],
    remedy: "none",
    enabled: true,
    calls: GATEWAY_CALLS,
  },
  options: () =>
    z.strictObject({
      accounts: z._default(
        z
          .array(
            z.string("expected account ids in quotes").check(z.regex(/^\d{12}$/, 'expected an account id, such as "111122223333"')),
            "expected a list of account ids",
          )
          .check(z.describe("Accounts with which networks may be peered; an account's own VPCs always may be.")),
        [],
      ),
      vpcs: z._default(
        z
          .array(
            z.string("expected ids of VPCs").check(z.startsWith("vpc-", "expected the id of a VPC, such as vpc-0abc")),
            "expected a list of ids of VPCs",
          )
          .check(z.describe("VPCs of other accounts with which VPCs may be peered.")),
        [],
      ),
      cross_region: z._default(
        z.boolean("expected true or false").check(z.describe("Whether peerings may lead to another region, which costs by the gigabyte.")),
        true,
      ),
      dns: z._default(
        z.boolean("expected true or false").check(z.describe("Whether a side may resolve the other's public names to private addresses.")),
        true,
      ),
    }),

  prepare: ({ accounts, vpcs, cross_region, dns }): Approved => ({
    accounts: new Set(accounts),
    vpcs: new Set(vpcs),
    crossRegion: cross_region,
    dns,
  }),

  check: async (resource, world, approved, unjudged) => {
    if (resource.kind === "call") return checkCall(resource, approved, unjudged);
    const { facts } = resource;
    if (hasEnded(facts.status)) return [];
    const findings = [
      ...(await strangersOf(facts, world, approved, unjudged)),
      ...(approved.crossRegion ? [] : regionsOf(facts, unjudged)),
      ...(approved.dns ? [] : resolvingOf(facts, unjudged)),
    ];
    if (findings.length === 0 || facts.status !== undefined || facts.partial !== true) return findings;
    unjudged(`the status of ${facts.id}, which no record tells`);
    return [];
  },
});

interface Approved {
  readonly accounts: ReadonlySet<string>;
  readonly vpcs: ReadonlySet<string>;
  readonly crossRegion: boolean;
  readonly dns: boolean;
}

async function strangersOf(facts: PeeringFacts, world: World, approved: Approved, unjudged: NoteUnjudged): Promise<RuleFinding[]> {
  const { requester, accepter } = facts;
  const sides = [requester, accepter];
  const unlisted = sides.filter(({ account, vpc }) => !approved.accounts.has(account ?? "") && !approved.vpcs.has(vpc ?? ""));
  if (unlisted.length === 0) return [];
  if (requester.account === undefined || accepter.account === undefined) {
    unjudged(`the accounts of both sides of ${facts.id}`);
    return [];
  }
  if (requester.account === accepter.account) return [];
  // One of two accounts is the own, which no list has to name; which one, only the world can tell.
  const [only, ...more] = unlisted;
  if (only !== undefined && more.length === 0) {
    const own = await isOwn(only, only === requester ? accepter : requester, world);
    if (own === undefined) unjudged(`which side of ${facts.id} is in the account that is judged`);
    if (own !== false) return [];
  }
  const parts = unlisted.flatMap(({ vpc, account }) => [vpc, account]).filter((part) => part !== undefined);
  const message = `${facts.id} joins ${wordsFor(requester)} with ${wordsFor(accepter)}, which the policy does not approve${costOf(facts)}: delete it, or approve the other side`;
  return [{ parts: [...parts, "status"], message, remedies: [deletionOf(facts)] }];
}

/** Whether a side is in the account that is judged, and not the other one; undefined where the world cannot tell. */
async function isOwn(side: PeeringSide, other: PeeringSide, world: World): Promise<boolean | undefined> {
  const isHere = async ({ vpc }: PeeringSide) => {
    const found = vpc === undefined ? [] : await world.list("vpc", { vpc });
    return isUnknown(found) ? undefined : found.length > 0;
  };
  if (await isHere(side)) return true;
  return (await isHere(other)) ? false : undefined;
}

function regionsOf(facts: PeeringFacts, unjudged: NoteUnjudged): RuleFinding[] {
  const [from, to] = [facts.requester.region, facts.accepter.region];
  if (from === undefined || to === undefined) {
    unjudged(`the regions of both sides of ${facts.id}`);
    return [];
  }
  if (from === to) return [];
  const message = `${facts.id} leads from ${from} to ${to}${costOf(facts)}: keep both sides in one region`;
  return [{ parts: [from, to, "status"], message, remedies: [deletionOf(facts)] }];
}

// Deleting the whole connection for one of its settings would do more harm than the setting.
function resolvingOf(facts: PeeringFacts, unjudged: NoteUnjudged): RuleFinding[] {
  return (["requester", "accepter"] as const).flatMap((name): RuleFinding[] => {
    const { resolvesDns } = facts[name];
    if (resolvesDns === undefined && facts.partial === true)
      unjudged(`whether the ${name} of ${facts.id} resolves names of the other side`);
    if (resolvesDns !== true) return [];
    const message = `the ${name} of ${facts.id}, ${wordsFor(facts[name])}, resolves names of the other side to private addresses: switch it off`;
    return [{ parts: [name], message, remedy: "none" }];
  });
}

function checkCall({ name, account, region, subject, details }: CallResource, approved: Approved, unjudged: NoteUnjudged): RuleFinding[] {
  if (!GATEWAY_CALLS.includes(name)) return [];
  const { peerAccountId, peerRegion } = details;
  const what = name.startsWith("Accept") ? "was accepted" : "was requested";
  const findings: RuleFinding[] = [];
  if (peerAccountId === undefined) unjudged(`the account of the other side of ${subject.id}`);
  else if (peerAccountId !== account && !approved.accounts.has(peerAccountId)) {
    const message = `${subject.id}, a transit gateway peering with account ${peerAccountId}, ${what}: the policy does not approve that account`;
    findings.push({ parts: [], message, remedy: "none" });
  }
  if (approved.crossRegion) return findings;
  if (peerRegion === undefined) unjudged(`the region of the other side of ${subject.id}`);
  else if (peerRegion !== region) {
    const message = `${subject.id}, a transit gateway peering with ${peerRegion}, ${what}: keep both sides in one region, ${COST}`;
    findings.push({ parts: [], message, remedy: "none" });
  }
  return findings;
}

const COST = "since every gigabyte between regions is paid for";

function costOf({ requester, accepter }: PeeringFacts): string {
  const both = requester.region !== undefined && accepter.region !== undefined;
  return both && requester.region !== accepter.region ? `, across regions (${COST.slice("since ".length)})` : "";
}

function deletionOf({ id, requester, accepter }: PeeringFacts): NetworkRemedy {
  return { kind: "delete-peering", peering: id, requester, accepter };
}

function wordsFor({ vpc = "a VPC", account, region }: PeeringSide): string {
  return [vpc, ...(account === undefined ? [] : [`of account ${account}`]), ...(region === undefined ? [] : [`in ${region}`])].join(" ");
}
