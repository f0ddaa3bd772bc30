import * as z from "zod/mini";
import { type Decision, OUTCOMES } from "../model/decision.ts";
import { SEVERITIES } from "../model/finding.ts";
import { InvalidTrafficError, TrafficSet } from "../model/traffic.ts";

// The decision as JSON, for the ledger and the bus: as it is, with traffic in its notation.
const text = z.string();
const Peer = z.union([
  z.object({ kind: z.literal("cidr"), cidr: text }),
  z.object({ kind: z.literal("group"), id: text, account: z.exactOptional(text) }),
  z.object({ kind: z.literal("prefix-list"), id: text }),
]);
const ruleValue = {
  protocol: text,
  fromPort: z.exactOptional(z.number()),
  toPort: z.exactOptional(z.number()),
  peer: Peer,
  description: z.exactOptional(text),
  tags: z.exactOptional(z.record(text, text)),
};
const SecurityGroupRule = z.object({ id: z.exactOptional(text), direction: z.enum(["ingress", "egress"]), ...ruleValue });
const Rules = z.array(SecurityGroupRule);
const GroupFacts = z.object({
  id: text,
  name: z.exactOptional(text),
  vpc: z.exactOptional(text),
  description: z.exactOptional(text),
  tags: z.exactOptional(z.record(text, text)),
  rules: Rules,
  partial: z.exactOptional(z.boolean()),
});
const texts = z.array(text);
const tags = z.exactOptional(z.record(text, text));
const partial = z.exactOptional(z.boolean());
const PrefixListFacts = z.object({ id: text, name: z.exactOptional(text), cidrs: texts, partial });
const VpcFacts = z.object({ id: text, cidrs: texts, ipv6Cidrs: texts, isDefault: z.exactOptional(z.boolean()), tags, partial });
const NetworkInterfaceFacts = z.object({
  id: text,
  vpc: z.exactOptional(text),
  subnet: z.exactOptional(text),
  groups: texts,
  addresses: texts,
  description: z.exactOptional(text),
  partial,
});
const Effect = z.union([
  z.object({ op: z.literal("create"), kind: z.literal("prefix-list"), facts: PrefixListFacts }),
  z.object({ op: z.enum(["add", "remove", "set"]), kind: z.literal("prefix-list"), id: text, list: z.literal("cidrs"), items: texts }),
  z.object({ op: z.literal("create"), kind: z.literal("vpc"), facts: VpcFacts }),
  z.object({ op: z.enum(["add", "remove", "set"]), kind: z.literal("vpc"), id: text, list: z.enum(["cidrs", "ipv6Cidrs"]), items: texts }),
  z.object({ op: z.literal("create"), kind: z.literal("network-interface"), facts: NetworkInterfaceFacts }),
  z.object({
    op: z.enum(["add", "remove", "set"]),
    kind: z.literal("network-interface"),
    id: text,
    list: z.enum(["groups", "addresses"]),
    items: texts,
  }),
  z.object({ op: z.literal("forget"), kind: z.literal("prefix-list"), id: text, list: z.literal("cidrs") }),
  z.object({ op: z.literal("forget"), kind: z.literal("vpc"), id: text, list: z.enum(["cidrs", "ipv6Cidrs"]) }),
  z.object({ op: z.literal("forget"), kind: z.literal("network-interface"), id: text, list: z.enum(["groups", "addresses"]) }),
  z.object({ op: z.literal("delete"), kind: z.enum(["prefix-list", "vpc", "network-interface"]), id: text }),
]);
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
  z.object({ kind: z.literal("effects"), effects: z.array(Effect) }),
]);
const Subject = z.object({ kind: z.enum(["security-group", "prefix-list", "vpc", "network-interface"]), id: text });
const Change = z.object({
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
  claim: z.exactOptional(Claim),
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
const Finding = z.object({
  rule: text,
  severity: z.enum(SEVERITIES),
  message: text,
  traffic: Traffic,
  rules: Rules,
  introduced: z.enum(["now", "earlier"]),
  remedy: z.exactOptional(z.literal("none")),
});
const Remedy = z.object({
  kind: z.enum(["revoke-ingress", "narrow-ingress", "restore-ingress", "revoke-egress", "narrow-egress", "restore-egress"]),
  group: text,
  revoke: Rules,
  authorize: Rules,
});
const DecisionRecord = z.object({
  id: text,
  change: Change,
  policyVersion: text,
  mode: z.enum(["dry-run", "enforce"]),
  outcome: z.enum(OUTCOMES),
  findings: z.array(Finding),
  excepted: z.array(z.object({ finding: Finding, exception: text })),
  acts: z.array(
    z.object({ remedy: Remedy, result: z.enum(["done", "already", "would", "denied", "failed"]), error: z.exactOptional(text) }),
  ),
  notJudged: z.array(z.object({ rule: text, needs: text })),
  partial: z.boolean(),
  trimmed: z.exactOptional(z.boolean()),
  names: z.object({ account: z.exactOptional(text), group: z.exactOptional(text), vpc: z.exactOptional(text) }),
  channel: z.exactOptional(text),
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
