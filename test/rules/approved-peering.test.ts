import type { PeeringFacts, PeeringSide } from "../../lib/model/facts.ts";
import { approvedPeering } from "../../lib/rules/approved-peering.ts";
import { peering, vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const OWN = "111122223333";
const PARTNER = "444455556666";
const own: PeeringSide = { vpc: "vpc-1", account: OWN, region: "eu-central-1", cidrs: ["10.0.0.0/16"], resolvesDns: false };
const foreign: PeeringSide = { vpc: "vpc-9", account: PARTNER, region: "eu-central-1", cidrs: [], resolvesDns: false };
const asked = (facts: Partial<PeeringFacts> = {}) => peering("pcx-1", { requester: own, accepter: foreign, ...facts });
const accepted = peering("pcx-1", { requester: foreign, accepter: own });
const here = { vpc: [vpc("vpc-1")] };
const attachment = { kind: "transit-gateway-attachment", id: "tgw-attach-1" } as const;
const call = (details: Readonly<Record<string, string>>, name = "CreateTransitGatewayPeeringAttachment") => ({
  name,
  account: OWN,
  region: "eu-central-1",
  subject: attachment,
  details,
});
const deletion = "delete the peering pcx-1 of vpc-1 with vpc-9";

testResourceRule(approvedPeering, {
  valid: {
    "two VPCs of one account": { peering: peering("pcx-1") },
    "two regions of one account": { peering: asked({ accepter: { ...foreign, account: OWN, region: "us-east-1" } }) },
    "an approved account": { peering: asked(), network: here, options: { accounts: [PARTNER] } },
    "an approved account that asked": { peering: accepted, network: here, options: { accounts: [PARTNER] } },
    "an approved VPC": { peering: asked(), network: here, options: { vpcs: ["vpc-9"] } },
    "a policy that names both accounts, whichever is the own": { peering: asked(), options: { accounts: [OWN, PARTNER] } },
    "IPv6 on both sides": {
      peering: peering("pcx-1", { accepter: { ...foreign, account: OWN, cidrs: ["2001:db8::/56"] } }),
    },
    "a peering that was rejected": { peering: asked({ status: "rejected" }) },
    "a peering that expired": { peering: asked({ status: "expired" }) },
    "a peering that failed": { peering: asked({ status: "failed" }) },
    "a peering that was deleted": { peering: asked({ status: "deleted" }), options: { dns: false, cross_region: false } },
    "boundary: one region, where no other is allowed": { peering: peering("pcx-1"), options: { cross_region: false, dns: false } },
    "names that are resolved, where that is allowed": {
      peering: peering("pcx-1", { requester: { ...own, resolvesDns: true } }),
    },
    "an approved account, where nobody can tell which one is the own": {
      peering: asked(),
      network: { unknown: { vpc: "AccessDenied" } },
      options: { accounts: [PARTNER] },
      unjudged: ["AccessDenied", "which side of pcx-1"],
    },
    "an approved account, where neither VPC is here": {
      peering: asked(),
      options: { accounts: [PARTNER] },
      unjudged: ["which side of pcx-1"],
    },
    "a peering of whose other side nothing is known": {
      peering: peering("pcx-1", { requester: own, accepter: { cidrs: [] } }),
      unjudged: ["the accounts of both sides"],
    },
    "a peering known in part, which may be dead": {
      peering: { id: "pcx-1", requester: own, accepter: foreign, partial: true },
      unjudged: ["the status of pcx-1"],
    },
    "sides whose regions and options no record tells": {
      peering: peering("pcx-1", { requester: { account: OWN, cidrs: [] }, accepter: { account: OWN, cidrs: [] }, partial: true }),
      options: { cross_region: false, dns: false },
      unjudged: ["the regions of both sides", "whether the requester", "whether the accepter"],
    },
    "a transit gateway of the own account": { call: call({ peerAccountId: OWN, peerRegion: "us-east-1" }) },
    "a transit gateway of an approved account": { call: call({ peerAccountId: PARTNER }), options: { accounts: [PARTNER] } },
    "a transit gateway of nobody knows whom": { call: call({}), unjudged: ["the account of the other side of tgw-attach-1"] },
    "a transit gateway in nobody knows which region": {
      call: call({ peerAccountId: OWN }),
      options: { cross_region: false },
      unjudged: ["the region of the other side"],
    },
    "a look-alike: the attachment of a VPC": { call: call({ peerAccountId: PARTNER }, "CreateTransitGatewayVpcAttachment") },
  },
  invalid: {
    "a peering that was asked of another account": [
      { peering: asked({ status: "pending-acceptance" }) },
      {
        parts: `vpc-1, ${OWN}, vpc-9, ${PARTNER}, status`,
        says: `joins vpc-1 of account ${OWN} in eu-central-1 with vpc-9 of account ${PARTNER} in eu-central-1, which`,
        remedies: [deletion],
      },
    ],
    "a peering that was accepted of another account": [{ peering: accepted }, `vpc-9, ${PARTNER}, vpc-1, ${OWN}, status`],
    "a planned peering, which has no status yet": [
      { peering: { id: "pcx-1", requester: own, accepter: foreign } },
      `vpc-1, ${OWN}, vpc-9, ${PARTNER}, status`,
    ],
    "boundary: the policy names the own account and not the other": [
      { peering: asked(), network: here, options: { accounts: [OWN] } },
      { parts: `vpc-9, ${PARTNER}, status`, remedies: [deletion] },
    ],
    "boundary: another VPC of a partner of whom one is approved": [
      { peering: asked(), options: { vpcs: ["vpc-90"] } },
      `vpc-1, ${OWN}, vpc-9, ${PARTNER}, status`,
    ],
    "an evasion: the other side of IPv6 only": [
      { peering: asked({ accepter: { ...foreign, cidrs: ["2001:db8::/56"] } }) },
      `vpc-1, ${OWN}, vpc-9, ${PARTNER}, status`,
    ],
    "another region costs, and the message says so": [
      { peering: asked({ accepter: { ...foreign, region: "us-east-1" } }) },
      { parts: `vpc-1, ${OWN}, vpc-9, ${PARTNER}, status`, says: "across regions (every gigabyte between regions is paid for)" },
    ],
    "another region, where none is allowed": [
      { peering: asked({ accepter: { ...foreign, account: OWN, region: "us-east-1" } }), options: { cross_region: false } },
      { parts: "eu-central-1, us-east-1, status", remedies: [deletion] },
    ],
    "names that are resolved, where that is not allowed": [
      { peering: peering("pcx-1", { accepter: { ...own, vpc: "vpc-2", resolvesDns: true } }), options: { dns: false } },
      { parts: "accepter", says: "the accepter of pcx-1, vpc-2", remedies: [] },
    ],
    "names that both sides resolve": [
      {
        peering: peering("pcx-1", { requester: { ...own, resolvesDns: true }, accepter: { ...own, vpc: "vpc-2", resolvesDns: true } }),
        options: { dns: false },
      },
      ["requester", "accepter"],
    ],
    "a transit gateway of another account": [
      { call: call({ peerAccountId: PARTNER }) },
      { parts: "", says: `tgw-attach-1, a transit gateway peering with account ${PARTNER}, was requested`, remedies: [] },
    ],
    "a transit gateway of another account that asked": [
      { call: call({ peerAccountId: PARTNER }, "AcceptTransitGatewayPeeringAttachment") },
      { parts: "", says: "was accepted" },
    ],
    "a transit gateway in another region, where none is allowed": [
      { call: call({ peerAccountId: OWN, peerRegion: "us-east-1" }), options: { cross_region: false } },
      { parts: "", says: "with us-east-1" },
    ],
  },
});
