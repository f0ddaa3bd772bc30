import * as z from "zod/mini";
import { SUBJECT_KINDS } from "../../model/change.ts";
import { type Decision, OUTCOMES, PRESUMED } from "../../model/decision.ts";
import { type Effect, OPERATIONS } from "../../model/effect.ts";
import { KIND_NAMES } from "../../model/facts.ts";
import { SEVERITIES } from "../../model/finding.ts";
import { InvalidTrafficError, TrafficSet } from "../../model/traffic.ts";

// The decision as JSON, for the ledger and the bus: as it is, with traffic in its notation.
const text = z.string();
const Peer = z.union([
  z.object({ kind: z.literal("cidr"), cidr: text }),
  z.object({ kind: z.literal("group"), id: text, account: z.exactOptional(text), peeringStatus: z.exactOptional(text) }),
  z.object({ kind: z.literal("prefix-list"), id: text }),
]);
// Not z.record, which drops a tag by the name of "__proto__": Undo puts back all of them.
const Tags = z.custom<Readonly<Record<string, string>>>(
  (value) => z.record(text, text).safeParse(value).success && Object.values(value ?? {}).every((one) => typeof one === "string"),
  "expected tags, each a text",
);
const ruleValue = {
  protocol: text,
  fromPort: z.exactOptional(z.number()),
  toPort: z.exactOptional(z.number()),
  peer: Peer,
  description: z.exactOptional(text),
  tags: z.exactOptional(Tags),
};
const SecurityGroupRule = z.object({ id: z.exactOptional(text), direction: z.enum(["ingress", "egress"]), ...ruleValue });
const Rules = z.array(SecurityGroupRule);
const GroupFacts = z.object({
  id: text,
  name: z.exactOptional(text),
  vpc: z.exactOptional(text),
  description: z.exactOptional(text),
  tags: z.exactOptional(Tags),
  rules: Rules,
  partial: z.exactOptional(z.boolean()),
});
const texts = z.array(text);
// What a call did to the network is kept for people to read; what it holds beyond these is nobody's to act on.
const EffectRecord = z.custom<Effect>((value) => {
  const parsed = z.object({ op: z.enum(OPERATIONS), kind: z.enum(KIND_NAMES), id: text }).safeParse(value);
  return parsed.success && parsed.data.kind !== "security-group";
}, "expected an effect on a resource of the network");
const groupName = z.exactOptional(text);
const Claim = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rules-granted"), rules: Rules, groupName }),
  z.object({ kind: z.literal("rules-revoked"), rules: Rules, ruleIds: z.array(text), groupName }),
  z.object({ kind: z.literal("rules-modified"), rules: z.array(z.object({ id: text, ...ruleValue })) }),
  z.object({
    kind: z.literal("rules-described"),
    rules: Rules,
    descriptions: z.array(z.object({ ruleId: text, description: text })),
    groupName,
  }),
  z.object({ kind: z.literal("group-created"), group: GroupFacts }),
  z.object({ kind: z.literal("group-deleted") }),
  z.object({ kind: z.literal("effects"), effects: z.array(EffectRecord) }),
]);
const Subject = z.object({ kind: z.enum(SUBJECT_KINDS), id: text });
export const ChangeRecord = z.object({
  id: text,
  at: text,
  account: text,
  region: text,
  actor: z.object({
    arn: text,
    role: z.exactOptional(text),
    session: z.exactOptional(text),
    sourceIp: z.exactOptional(text),
    userAgent: z.exactOptional(text),
    invokedBy: z.exactOptional(text),
  }),
  call: z.object({ source: text, name: text }),
  subject: Subject,
  via: z.exactOptional(Subject),
  possible: z.exactOptional(z.literal(true)),
  claim: z.exactOptional(Claim),
  details: z.exactOptional(z.record(text, text)),
  failed: z.exactOptional(text),
});
const Traffic = z.pipe(
  text,
  z.transform((notation, context) => {
    try {
      return notation === "" ? TrafficSet.EMPTY : TrafficSet.parse(notation);
    } catch (error) {
      const message = error instanceof Error ? error.message : new InvalidTrafficError(notation).message;
      context.issues.push({ code: "custom", message, input: notation });
      return z.NEVER;
    }
  }),
);
const GroupRemedy = z.object({
  kind: z.enum(["revoke-ingress", "narrow-ingress", "restore-ingress", "revoke-egress", "narrow-egress", "restore-egress"]),
  group: text,
  revoke: Rules,
  authorize: Rules,
});
const PeeringSide = z.object({
  vpc: z.exactOptional(text),
  account: z.exactOptional(text),
  region: z.exactOptional(text),
  cidrs: texts,
  resolvesDns: z.exactOptional(z.boolean()),
});
const AclEntry = z.object({
  direction: z.enum(["ingress", "egress"]),
  number: z.number(),
  action: z.enum(["allow", "deny"]),
  protocol: text,
  fromPort: z.exactOptional(z.number()),
  toPort: z.exactOptional(z.number()),
  cidr: text,
});
const TrafficType = z.enum(["ACCEPT", "REJECT", "ALL"]);
const PublicAccessMode = z.enum(["off", "block-bidirectional", "block-ingress"]);
const NetworkRemedy = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["delete-route", "create-route"]), table: text, route: z.object({ destination: text, target: text }) }),
  z.object({ kind: z.literal("restore-route"), table: text, destination: text, from: text, to: text }),
  z.object({
    kind: z.enum(["create-flow-logs", "delete-flow-logs"]),
    vpc: text,
    settings: z.object({ destination: text, trafficType: TrafficType, role: z.exactOptional(text) }),
    ids: texts,
  }),
  z.object({ kind: z.enum(["delete-peering", "request-peering"]), peering: text, requester: PeeringSide, accepter: PeeringSide }),
  z.object({ kind: z.enum(["detach-internet-gateway", "attach-internet-gateway"]), gateway: text, vpc: text }),
  z.object({ kind: z.enum(["reset-permissions", "grant-permissions"]), service: text, principals: texts, acceptance: z.boolean() }),
  z.object({ kind: z.enum(["unset-public-ip", "set-public-ip"]), subnet: text }),
  z.object({ kind: z.enum(["deny-acl-traffic", "undeny-acl-traffic"]), acl: text, entries: z.array(AclEntry) }),
  z.object({ kind: z.enum(["delete-acl-entry", "create-acl-entry"]), acl: text, entry: AclEntry }),
  z.object({ kind: z.literal("restore-public-access"), from: PublicAccessMode, to: PublicAccessMode }),
  z.object({
    kind: z.enum(["delete-exclusion", "create-exclusion"]),
    exclusion: z.object({ id: text, resource: z.exactOptional(text), mode: z.exactOptional(text) }),
  }),
]);
export const RemedyRecord = z.union([GroupRemedy, NetworkRemedy]);
export const FindingRecord = z.object({
  rule: text,
  severity: z.enum(SEVERITIES),
  message: text,
  traffic: Traffic,
  rules: Rules,
  parts: texts,
  introduced: z.enum(["now", "earlier", "unknown"]),
  remedy: z.exactOptional(z.literal("none")),
  remedies: z.exactOptional(z.array(NetworkRemedy)),
});
const DecisionRecord = z.object({
  id: text,
  change: ChangeRecord,
  policyVersion: text,
  mode: z.enum(["dry-run", "enforce"]),
  outcome: z.enum(OUTCOMES),
  findings: z.array(FindingRecord),
  excepted: z.array(z.object({ finding: FindingRecord, exception: text })),
  acts: z.array(
    z.object({
      remedy: RemedyRecord,
      result: z.enum(["done", "already", "would", "denied", "failed"]),
      presumed: z.exactOptional(z.enum(PRESUMED)),
      error: z.exactOptional(text),
    }),
  ),
  notJudged: z.array(z.object({ rule: text, needs: text })),
  partial: z.boolean(),
  trimmed: z.exactOptional(z.boolean()),
  names: z.object({ account: z.exactOptional(text), subject: z.exactOptional(text), vpc: z.exactOptional(text) }),
  channel: z.exactOptional(text),
  held: z.exactOptional(text),
  contest: z.exactOptional(z.object({ count: z.number(), since: text, userAgent: z.exactOptional(text) })),
  drill: z.exactOptional(z.literal(true)),
  latency: z.object({ eventAge: z.number(), toClosed: z.exactOptional(z.number()) }),
});

/** Writes a decision as JSON. */
export function encodeDecision(decision: Decision): string {
  return JSON.stringify(decision);
}

/** Reads what encodeDecision wrote, from its parsed JSON. Throws zod's error for anything else. */
export function decodeDecision(record: unknown): Decision {
  return DecisionRecord.parse(record);
}
