import type { Act, Decision } from "../model/decision.ts";
import { PeerSet } from "../model/peer-set.ts";
import { formatRemedy, type GroupRemedy, isGroupRemedy, type NetworkRemedy, type Remedy } from "../model/remedy.ts";
import { formatRule, type SecurityGroupRule, servicesOf } from "../model/security-group-rule.ts";
import { type Direction, type Traffic, TrafficSet } from "../model/traffic.ts";
import { code, listed, prose } from "./text.ts";

const SHOWN = 5;
const NOTATION = 120;
const DESCRIPTION = 60;
const ERROR = 200;

/** What was done, or in dry-run would be done, as lists in markup; empty when nothing was attempted. */
export function describeActs(decision: Decision): string[] {
  const dry = decision.mode === "dry-run";
  const taken = decision.acts.filter(({ result }) => result === "done" || result === "would");
  const already = decision.acts.filter(({ result }) => result === "already");
  const refused = decision.acts.filter(({ result }) => result === "denied" || result === "failed");
  const groups = taken.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? [remedy] : []));
  return [
    list(
      dry ? "Would close" : "Closed",
      groups.flatMap(({ revoke }) => revoke),
      ruleLine,
    ),
    list(
      dry ? "Would stay open" : "Stays open",
      groups.flatMap(({ authorize }) => authorize),
      ruleLine,
    ),
    list(
      dry ? "Allowed, but would go with it: EC2 removes whole rules" : "Allowed, but went with it: EC2 removes whole rules",
      lawfulAmong(groups, decision),
      (traffic) => code(traffic, NOTATION),
    ),
    list(dry ? "Would do" : "Done", othersAmong(taken), remedyLine),
    list(
      "Closed already when Portcullis looked",
      already.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? remedy.revoke : [])),
      ruleLine,
    ),
    list("Done already when Portcullis looked", othersAmong(already), remedyLine),
    list(
      dry ? "Could not be closed" : "Not closed",
      refused.filter(({ remedy }) => isGroupRemedy(remedy)),
      refusalLine,
    ),
    list(
      dry ? "Could not be done" : "Not done",
      refused.filter(({ remedy }) => !isGroupRemedy(remedy)),
      refusalLine,
    ),
  ].filter((text) => text !== "");
}

/** The rules that were or would be closed, in the notation. */
export function closedRules({ acts }: Decision): string[] {
  return acts.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? remedy.revoke.map(formatRule) : []));
}

/** Traffic as the fewest lines of the notation. */
export function trafficLines(traffic: TrafficSet): string[] {
  return traffic.lines().map((line) => String(TrafficSet.of([line], traffic.direction)));
}

function othersAmong(acts: readonly Act[]): NetworkRemedy[] {
  return acts.flatMap(({ remedy }) => (isGroupRemedy(remedy) ? [] : [remedy]));
}

// What no finding forbids, went with a rule and is not put back. What a prefix list or a group admits is not known here.
function lawfulAmong(taken: readonly GroupRemedy[], { findings }: Decision): string[] {
  const revoked = taken.flatMap(({ revoke }) => revoke);
  const authorized = taken.flatMap(({ authorize }) => authorize);
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const forbidden = findings.filter(({ traffic }) => traffic.direction === direction).flatMap(({ traffic }) => traffic.boxes());
    const gone = TrafficSet.of(byAddress(revoked, direction), direction);
    return trafficLines(gone.difference(TrafficSet.of([...byAddress(authorized, direction), ...forbidden], direction)));
  });
}

function byAddress(rules: readonly SecurityGroupRule[], direction: Direction): Traffic[] {
  return rules
    .filter((rule) => rule.direction === direction && rule.peer.kind === "cidr")
    .map((rule) => ({ services: servicesOf(rule), peers: PeerSet.of(rule.peer) }));
}

function list<T>(title: string, items: readonly T[], line: (item: T) => string): string {
  return items.length === 0 ? "" : `*${title}*\n${listed(items, SHOWN, line)}`;
}

function ruleLine(rule: SecurityGroupRule): string {
  const description = prose(rule.description ?? "", DESCRIPTION);
  return code(formatRule(rule), NOTATION) + (description === "" ? "" : `  “${description}”`);
}

function remedyLine(remedy: Remedy): string {
  return code(formatRemedy(remedy), NOTATION);
}

function refusalLine({ remedy, error }: Act): string {
  const reason = error === undefined ? "EC2 gave no reason" : code(error, ERROR);
  if (!isGroupRemedy(remedy)) return `${remedyLine(remedy)}: ${reason}`;
  const [first, ...others] = remedy.revoke.length > 0 ? remedy.revoke : remedy.authorize;
  const rules = first === undefined ? remedy.kind : formatRule(first);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `${code(rules, NOTATION)}${more}: ${reason}`;
}
