import type { Account } from "../../model/account.ts";
import type { Change } from "../../model/change.ts";
import type { Contest, Decision, NotJudged } from "../../model/decision.ts";
import { isKind } from "../../model/facts.ts";
import type { Grant } from "../../model/grant.ts";
import { placeOf, resourceOf, type Standing } from "../../model/resource.ts";
import { isUnknown, type Unknown, type World } from "../../model/world.ts";
import type { Place, Policy, Ruling } from "../../policy/policy.ts";
import { rulingFor } from "../../policy/ruling.ts";
import { channelFor } from "../../policy/slack.ts";
import { RULES } from "../../rules/index.ts";
import { kindsOf, type PreparedRule } from "../../rules/rule.ts";
import type { DirectoryBook } from "../ports.ts";
import { outcomeOf } from "./outcome.ts";

/** The ruling on a change; `guessed` says what it hangs on and nobody could tell: it is then that of a group without it. */
export interface RulingOnChange {
  readonly ruling: Ruling;
  readonly guessed?: string;
}

/** The subject of a change as it stands in the world; undefined where it is gone, or is none that a world knows. */
export async function standing({ subject: { kind, id } }: Change, world: Pick<World, "get">): Promise<Standing | Unknown | undefined> {
  if (!isKind(kind)) return undefined;
  const facts = await world.get(kind, id);
  return facts === undefined || isUnknown(facts) ? facts : resourceOf(kind, facts);
}

/** What a ruling may hang on besides the policy; each is asked only if it must be. */
export interface RulingReads {
  readonly resource: () => Promise<Standing | Unknown | undefined>;
  /** The organizational units of an account upwards; undefined where nobody can tell. Of an account that is not known yet, none. */
  readonly ousOf?: (account: string) => Promise<readonly string[] | undefined>;
}

/** What the policy says at the place of a change and at a moment (ISO 8601). Throws what the reads throw. */
export async function rulingOn(
  { account, region, subject }: Change,
  policy: Policy,
  at: string,
  { resource: read, ousOf }: RulingReads,
  grants: readonly Grant[] = [],
): Promise<RulingOnChange> {
  let place: Place = { account, region, ...(subject.kind === "security-group" && { group: subject.id }) };
  let guessed: string | undefined;
  for (;;) {
    const ruling = rulingFor(policy, place, at, grants);
    if (!("needs" in ruling)) return { ruling, ...(guessed !== undefined && { guessed }) };
    if (ruling.needs === "organizational units") {
      const ous = await ousOf?.(account);
      if (ous === undefined) guessed = `the organizational units of account ${account}, on which the policy depends here`;
      place = { ...place, ous: ous ?? [] };
    } else {
      const resource = await read();
      const known = isUnknown(resource) ? undefined : resource;
      const where = known === undefined ? { tags: {} } : placeOf(known);
      // Whoever tells the VPC or tags of a resource known in part tells both.
      const told = known?.facts.partial !== true || where.vpc !== undefined || Object.keys(where.tags).length > 0;
      if (isUnknown(resource)) guessed ??= resource.unknown;
      else if (!told) guessed ??= `the VPC and tags of ${subject.id}, on which the policy depends here`;
      place = { ...place, resource: where };
    }
  }
}

/**
 * The units of an account as the directory tells them. An account that it does not have yet is in none, so that the policy's default
 * holds there; where the organization was never read, nobody can tell.
 */
export function ousFrom(directory: DirectoryBook): NonNullable<RulingReads["ousOf"]> {
  return async (id) => {
    const account = await directory.account(id);
    if (account !== undefined) return account.ous;
    return (await directory.state()) === undefined ? undefined : [];
  };
}

/** Why a call of which no rule says anything makes no decision, for people. */
export const NOTHING_SAID = "no rule has anything to say about the call";

/** Every rule under the ruling that judges the change, left open for want of this; where not even the ruling is known, those that run by default. */
export function openFor(change: Change, { rules }: Ruling, needs: string): NotJudged[] {
  const open = rules.length > 0 ? rules.map(({ rule }) => rule) : RULES.filter(({ meta }) => meta.enabled);
  return open.filter(({ meta }) => judges(meta, change)).map(({ meta }) => ({ rule: meta.id, needs }));
}

/** Whether any rule under the ruling judges the subject of the change, or the call itself. */
export function isJudged(change: Change, { rules }: Ruling): boolean {
  return rules.some(({ rule: { meta } }) => judges(meta, change));
}

/** Whether a rule looks at what groups send. */
export function judgesEgress({ rule: { meta } }: Ruling["rules"][number]): boolean {
  return meta.remedies.some((kind) => kind.endsWith("-egress"));
}

// A call is judged once, however many resources it reached.
function judges(meta: PreparedRule["meta"], { subject, call, via }: Change): boolean {
  const kinds = kindsOf(meta);
  if (kinds.some((kind) => kind === subject.kind)) return true;
  return via === undefined && kinds.includes("call") && meta.calls?.includes(call.name) === true;
}

/** What a decision is made of, beside what the ruling and the resource tell. */
export interface DecisionParts extends Pick<Decision, "id" | "change" | "acts" | "findings" | "excepted" | "notJudged" | "latency"> {
  readonly policy: Policy;
  readonly ruling: Ruling;
  readonly resource: Standing | undefined;
  /** The account, where the directory knows it. */
  readonly account?: Account | undefined;
  /** True when an earlier attempt at this change got as far as acting. */
  readonly resumed: boolean;
  /** Whether the fire drill made the change. */
  readonly drill?: boolean;
  readonly held: string | undefined;
  readonly contest: Contest | undefined;
}

/** Puts a decision together and finds the word for it. */
export function decide({ policy, ruling, resource, account, resumed, drill, held, contest, ...parts }: DecisionParts): Decision {
  const mode = ruling.rules.some((ruled) => ruled.mode === "enforce") ? "enforce" : "dry-run";
  const name = resource === undefined ? undefined : nameOf(resource);
  const { vpc, tags } = resource === undefined ? { vpc: undefined, tags: {} } : placeOf(resource);
  const told = parts.findings.length > 0 ? parts.findings : parts.excepted.map(({ finding }) => finding);
  const severities = told.map(({ severity }) => severity);
  // Whose resource it is, its own tags say, or else those of the account.
  const channel = ruling.channel ?? channelFor(policy, severities, { ...account?.tags, ...tags });
  const accountName = ruling.accountName ?? account?.name;
  return {
    ...parts,
    policyVersion: policy.version,
    mode,
    outcome: outcomeOf({ ...parts, mode, resumed, isContested: contest !== undefined }),
    partial: resource?.facts.partial ?? false,
    names: {
      ...(accountName !== undefined && { account: accountName }),
      ...(name !== undefined && { subject: name }),
      ...(vpc !== undefined && { vpc }),
    },
    ...(held !== undefined && { held }),
    ...(contest !== undefined && { contest }),
    ...(channel !== undefined && { channel }),
    ...(drill === true && { drill }),
  };
}

// A group and a prefix list have names; people name everything else by a tag.
function nameOf({ facts }: Standing): string | undefined {
  if ("name" in facts && facts.name !== undefined) return facts.name;
  return "tags" in facts ? facts.tags?.Name : undefined;
}
