import { AddressSet } from "../../model/address-set.ts";
import type { Decision } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { PeerSet } from "../../model/peer-set.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import { TrafficSet } from "../../model/traffic.ts";
import { encodeDecision } from "./decision-record.ts";

// How many items of each list are kept, from the least harm on.
const STEPS = [200, 50, 10, 3];
const LONGEST_MESSAGE = 1_000;

/**
 * The decision as JSON of at most this many bytes. What does not fit is cut, list by list, and the decision then says
 * `trimmed`: the ledger has the whole. Throws when not even that fits.
 */
export function encodeWithin(decision: Decision, bytes: number): string {
  const whole = encodeDecision(decision);
  if (Buffer.byteLength(whole) <= bytes) return whole;
  for (const most of STEPS) {
    const cut = encodeDecision(cutTo(decision, most));
    if (Buffer.byteLength(cut) <= bytes) return cut;
  }
  throw new Error(`decision ${decision.id} does not fit into ${bytes} bytes, however much of it is cut`);
}

function cutTo(decision: Decision, most: number): Decision {
  const { claim: _, details: __, ...change } = decision.change;
  return {
    ...decision,
    change,
    findings: decision.findings.slice(0, most).map((finding) => cutFinding(finding, most)),
    excepted: decision.excepted.slice(0, most).map(({ finding, exception }) => ({ finding: cutFinding(finding, most), exception })),
    acts: decision.acts.slice(0, most).map((act) => ({ ...act, remedy: cutRemedy(act.remedy, most) })),
    notJudged: decision.notJudged.slice(0, most),
    trimmed: true,
  };
}

function cutFinding({ remedies: _, ...finding }: Finding, most: number): Finding {
  const { message, traffic, rules, parts } = finding;
  const lines = traffic.lines().slice(0, most);
  const kept = lines.map(({ services, peers }) => ({
    services,
    peers: new PeerSet(AddressSet.of(...peers.addresses.cidrs().slice(0, most)), peers.references.slice(0, most)),
  }));
  return {
    ...finding,
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message,
    traffic: TrafficSet.of(kept, traffic.direction),
    rules: rules.slice(0, most),
    parts: parts.slice(0, most),
  };
}

function cutRemedy(remedy: Remedy, most: number): Remedy {
  if (!isGroupRemedy(remedy)) return remedy;
  return { ...remedy, revoke: remedy.revoke.slice(0, most), authorize: remedy.authorize.slice(0, most) };
}
