import type { Change } from "../../model/change.ts";
import type { SecurityGroupFacts } from "../../model/facts.ts";
import type { Grant } from "../../model/grant.ts";
import { placeOf } from "../../model/resource.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import { isUnknown, type World } from "../../model/world.ts";
import type { Place, Policy, Ruling } from "../../policy/policy.ts";
import type { Scope } from "../../policy/schema.ts";
import { scopeAt } from "../../policy/scope-at.ts";
import { type Planned, plan } from "../acting/plan.ts";
import type { RespondPorts } from "../answering/respond-ports.ts";
import { ousFrom, type RulingReads, rulingOn, standing } from "../judging/decide.ts";
import { type Judgement, judge } from "../judging/judge.ts";
import { type Admission, admissionOf } from "./admission.ts";
import { atlasOf } from "./atlas.ts";
import { type NearestEdit, nearestEdit } from "./nearest-edit.ts";
import { saidOf } from "./reasons.ts";
import { admittedByRule } from "./resolved-lists.ts";

/** A security group as it stands in a world, and what the policy says of it. */
export interface ExplainedGroup {
  readonly facts: SecurityGroupFacts;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly judgement: Judgement;
  readonly ruling: Ruling;
  readonly scope?: Scope;
  /** What the ruling hangs on and nobody could tell. */
  readonly guessed?: string;
  /** What it lets in, then what it lets out. */
  readonly admissions: readonly Admission[];
  /** What the guard does under the policy's modes and remedies. */
  readonly planned: readonly Planned[];
  readonly edit: NearestEdit;
  /** Traffic that nothing forbids and the edit takes as well: of rules that can only be revoked whole. */
  readonly cost: readonly TrafficSet[];
}

export type Explained =
  | ({ readonly kind: "judged" } & ExplainedGroup)
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly why: string };

/** Where a group is looked for. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

/** What explaining asks of the world, be it live, recorded or planned, and of the policy. */
export interface ExplainReads {
  readonly world: World;
  readonly policy: Policy;
  /** The moment at which exceptions must hold, ISO 8601 in UTC. */
  readonly at: string;
  readonly ousOf?: RulingReads["ousOf"];
  readonly grantsOn?: (asked: Change) => Promise<readonly Grant[]>;
}

/** Judges a security group as it stands, under the policy and what was granted; changes nothing. Throws Ec2Error. */
export async function explainGroup(
  id: string,
  { account, region }: Home,
  ports: Pick<RespondPorts, "policy" | "ec2For" | "worldOf" | "grants" | "directory" | "clock">,
): Promise<Explained> {
  const { policy, grants, directory, clock } = ports;
  return explainIn(
    id,
    { account, region },
    {
      world: ports.worldOf(ports.ec2For(account, region)),
      policy,
      at: new Date(clock.now()).toISOString(),
      ousOf: ousFrom(directory),
      grantsOn: (asked) => grants.on(asked),
    },
  );
}

/** What a group of a world admits, what the policy says of that and why, and the nearest edit that complies; changes nothing. Throws what the world throws. */
export async function explainIn(id: string, { account, region }: Home, reads: ExplainReads): Promise<Explained> {
  const { world, policy, at, ousOf } = reads;
  const asked: Change = {
    id: "explain",
    at,
    account,
    region,
    actor: { arn: "portcullis" },
    call: { source: "portcullis", name: "Explain" },
    subject: { kind: "security-group", id },
  };
  const found = await standing(asked, world);
  if (found === undefined || (!isUnknown(found) && found.kind !== "security-group")) return { kind: "gone" };
  if (isUnknown(found)) return { kind: "unknown", why: found.unknown };
  const grants = (await reads.grantsOn?.(asked)) ?? [];
  const { ruling, guessed } = await rulingOn(
    asked,
    policy,
    at,
    { resource: async () => found, ...(ousOf !== undefined && { ousOf }) },
    grants,
  );
  const judgement = await judge(found, world, ruling, () => "earlier");
  const ous = await ousOf?.(account);
  const place: Place = { account, region, group: id, resource: placeOf(found), ...(ous !== undefined && { ous }) };
  const { scope } = scopeAt(policy, place);
  const atlas = await atlasOf(found, world, policy, scope);
  const { lists } = atlas;
  const edit = await nearestEdit(found, world, judgement.findings, ruling);
  const admission = async (direction: Direction) => {
    const byRule = await admittedByRule(found, world, direction, lists);
    const left = TrafficSet.of(await admittedByRule(edit.edited, world, direction, lists), direction);
    const said = await saidOf({ group: found, world, policy, scope, ruling, grants, judgement, lists, left }, direction);
    const made = admissionOf(byRule, direction, { said, isOff: ruling.mode === "off", atlas });
    const forbidden = TrafficSet.of(
      made.rows.filter(({ verdict }) => verdict === "forbidden"),
      direction,
    );
    return { made, cost: made.traffic.difference(left).difference(forbidden) };
  };
  const directions = [await admission("ingress"), await admission("egress")];
  return {
    kind: "judged",
    facts: found.facts,
    at,
    judgement,
    ruling,
    ...(scope !== undefined && { scope }),
    ...(guessed !== undefined && { guessed }),
    admissions: directions.map(({ made }) => made),
    planned: await plan(found, world, judgement.findings, ruling),
    edit,
    cost: directions.flatMap(({ cost }) => (cost.isEmpty() ? [] : [cost])),
  };
}
