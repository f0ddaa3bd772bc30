import type { Change } from "../model/change.ts";
import type { SecurityGroupFacts } from "../model/facts.ts";
import { isUnknown } from "../model/world.ts";
import { ousFrom, rulingOn, standing } from "./decide.ts";
import { type Judgement, judge } from "./judge.ts";
import type { RespondPorts } from "./respond-ports.ts";

/** A security group as it stands now, and what the policy says of it. */
export type Explained =
  | { readonly kind: "judged"; readonly facts: SecurityGroupFacts; readonly judgement: Judgement; readonly at: string }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly why: string };

type ExplainPorts = Pick<RespondPorts, "policy" | "ec2For" | "worldOf" | "grants" | "directory" | "clock">;

/** Where a group is looked for. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

/** Judges a security group as it stands, under the policy and what was granted; changes nothing. Throws Ec2Error. */
export async function explainGroup(id: string, { account, region }: Home, ports: ExplainPorts): Promise<Explained> {
  const at = new Date(ports.clock.now()).toISOString();
  const asked: Change = {
    id: "explain",
    at,
    account,
    region,
    actor: { arn: "portcullis" },
    call: { source: "portcullis", name: "Explain" },
    subject: { kind: "security-group", id },
  };
  const world = ports.worldOf(ports.ec2For(account, region));
  const found = await standing(asked, world);
  if (found === undefined || (!isUnknown(found) && found.kind !== "security-group")) return { kind: "gone" };
  if (isUnknown(found)) return { kind: "unknown", why: found.unknown };
  const reads = { resource: async () => found, ousOf: ousFrom(ports.directory) };
  const { ruling } = await rulingOn(asked, ports.policy, at, reads, await ports.grants.on(asked));
  return { kind: "judged", facts: found.facts, judgement: await judge(found, world, ruling, () => "earlier"), at };
}
