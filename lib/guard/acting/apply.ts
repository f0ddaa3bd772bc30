import type { Act } from "../../model/decision.ts";
import { type GroupRemedy, isGroupRemedy, type NetworkRemedy, type Remedy, revokeRules, verbOf } from "../../model/remedy.ts";
import type { SecurityGroupRule } from "../../model/security-group-rule.ts";
import { type Ec2, Ec2Error } from "../ports.ts";
import type { Remainder } from "./remainder.ts";

/**
 * Carries out a remedy; the only place that changes a network. The act that it returns holds the remedy as far as it really
 * took effect, so its inverse puts back exactly that. `remainder` is for narrowing, which others may do at the same time. Throws Ec2Error
 * `throttled` for what is worth another try, and what the remainder's store throws.
 */
export async function apply(remedy: Remedy, ec2: Ec2, remainder?: Remainder): Promise<Act> {
  return isGroupRemedy(remedy) ? applyToGroup(remedy, ec2, remainder) : applyToNetwork(remedy, ec2);
}

async function applyToNetwork(remedy: NetworkRemedy, ec2: Ec2): Promise<Act> {
  try {
    const done = await ec2.carryOut(remedy);
    return done === undefined ? { remedy, result: "already" } : { remedy: done, result: "done" };
  } catch (error) {
    const refused = asRefusal(error);
    if (refused.refusal === "rule-not-found" && refused.mayHaveTakenEffect) return { remedy, result: "done", presumed: "answer-lost" };
    return refusal(remedy, refused);
  }
}

async function applyToGroup(remedy: GroupRemedy, ec2: Ec2, remainder: Remainder | undefined): Promise<Act> {
  const { group } = remedy;
  let authorized: SecurityGroupRule[] = [];
  let tooFull: string | undefined;
  await remainder?.need();
  try {
    // What stays lawful is authorized before anything is revoked, so that it never drops.
    authorized = await authorizeAll(ec2, group, remedy.authorize);
  } catch (error) {
    const refused = asRefusal(error);
    if (refused.refusal === "group-not-found") return { remedy, result: "already" };
    // Only what is forbidden goes without its remainder; an undo that does not fit leaves things as they are.
    if (refused.refusal !== "limit" || verbOf(remedy.kind) !== "narrow") return refusal(remedy, refused);
    tooFull = `the permitted remainder did not fit into the group, so the rule was revoked whole: ${refused.code}: ${refused.message}`;
  }
  try {
    const { revoked, refused, presumed } = await revokeAll(ec2, group, remedy.revoke);
    if (remainder !== undefined) authorized = await remainder.settle(tooFull === undefined ? revoked : [], authorized, handsOn(ec2, group));
    if (refused !== undefined && revoked.length === 0) return refusal(remedy, refused);
    const done: GroupRemedy = tooFull === undefined ? { ...remedy, revoke: revoked, authorize: authorized } : revokeRules(group, revoked);
    if (refused !== undefined) return { ...refusal(done, refused), remedy: done };
    if (revoked.length === 0 && authorized.length === 0) return { remedy, result: "already" };
    return { remedy: done, result: "done", ...(presumed && { presumed: "answer-lost" }), ...(tooFull !== undefined && { error: tooFull }) };
  } catch (error) {
    return refusal(remedy, asRefusal(error));
  }
}

/** Asks EC2 with DryRun whether a remedy would be permitted, and changes nothing. Throws Ec2Error `throttled` likewise. */
export async function probe(remedy: Remedy, ec2: Ec2): Promise<Act> {
  try {
    if (isGroupRemedy(remedy)) await ec2.mayRevoke(remedy.group, remedy.revoke);
    else await ec2.mayCarryOut(remedy);
    return { remedy, result: "would" };
  } catch (error) {
    const refused = asRefusal(error);
    // EC2 checks permissions before existence, so what is gone has passed that check.
    if (isGone(refused)) return { remedy, result: "already" };
    return { remedy, result: "would", error: `EC2 would refuse it: ${refused.code}: ${refused.message}` };
  }
}

interface Revoked {
  readonly revoked: SecurityGroupRule[];
  /** Why a rule is still there. */
  readonly refused?: Ec2Error;
  /** True where an answer was lost, and the rules are gone. */
  readonly presumed?: true;
}

// One permission that matches nothing can fail the whole call; then each gets a call of its own.
async function revokeAll(ec2: Ec2, group: string, rules: readonly SecurityGroupRule[]): Promise<Revoked> {
  if (rules.length === 0) return { revoked: [] };
  try {
    const { revoked, unknown } = await ec2.revoke(group, rules);
    return { revoked: [...(revoked ?? rules.filter((rule) => !unknown.includes(rule)))] };
  } catch (error) {
    const refused = asRefusal(error);
    if (refused.refusal === "group-not-found") return { revoked: [] };
    if (refused.refusal !== "rule-not-found") return { revoked: [], refused };
    // The call was made before and its answer never came: what is gone now, it took, as far as anybody can tell.
    if (refused.mayHaveTakenEffect) return { revoked: [...rules], presumed: true };
  }
  if (rules.length === 1) return { revoked: [] };
  const revoked: SecurityGroupRule[] = [];
  let refused: Ec2Error | undefined;
  let presumed = false;
  for (const rule of rules) {
    const one = await revokeAll(ec2, group, [rule]);
    revoked.push(...one.revoked);
    refused ??= one.refused;
    presumed ||= one.presumed === true;
  }
  return { revoked, ...(refused !== undefined && { refused }), ...(presumed && { presumed }) };
}

function handsOn(ec2: Ec2, group: string) {
  return {
    add: async (rule: SecurityGroupRule) => (await authorizeAll(ec2, group, [rule])).length > 0,
    take: async (rule: SecurityGroupRule) => {
      const { refused } = await revokeAll(ec2, group, [rule]);
      if (refused !== undefined) throw refused;
    },
  };
}

async function authorizeAll(ec2: Ec2, group: string, rules: readonly SecurityGroupRule[]): Promise<SecurityGroupRule[]> {
  if (rules.length === 0) return [];
  try {
    await ec2.authorize(group, rules);
    return [...rules];
  } catch (error) {
    if (asRefusal(error).refusal !== "duplicate") throw error;
    if (rules.length === 1) return [];
  }
  const authorized: SecurityGroupRule[] = [];
  try {
    for (const rule of rules) authorized.push(...(await authorizeAll(ec2, group, [rule])));
  } catch (error) {
    // All or nothing here too: what no act tells of must not stay.
    await revokeAll(ec2, group, authorized);
    throw error;
  }
  return authorized;
}

function refusal(remedy: Remedy, { refusal, code, message }: Ec2Error): Act {
  return { remedy, result: refusal === "denied" ? "denied" : "failed", error: `${code}: ${message}` };
}

// Throttling and everything that is no answer of EC2 go up: the queue tries again.
function asRefusal(error: unknown): Ec2Error {
  if (error instanceof Ec2Error && error.refusal !== "throttled") return error;
  throw error;
}

function isGone({ refusal }: Ec2Error): boolean {
  return refusal === "rule-not-found" || refusal === "group-not-found";
}
