import type { Change } from "../model/change.ts";
import type { Act } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import type { Standing } from "../model/resource.ts";
import { isUnknown, type World } from "../model/world.ts";
import type { Ruling } from "../policy/policy.ts";
import { blameFor } from "./blame.ts";
import { worldAfter } from "./claimed.ts";
import { standing } from "./decide.ts";
import { judge } from "./judge.ts";
import { plan } from "./plan.ts";

/** What an earlier attempt found and did. */
interface Retraced {
  readonly findings: readonly Finding[];
  readonly acts: readonly Act[];
}
const NOTHING: Retraced = { findings: [], acts: [] };

/**
 * An earlier attempt may have acted and lost the answer. What the record says of the change, and a read shows no more, was
 * remedied then: the act is told, as done already.
 */
export async function retrace(change: Change, now: Standing, ruling: Ruling, world: World): Promise<Retraced> {
  const { claim, via } = change;
  if (claim?.kind !== "effects" || via !== undefined) return NOTHING;
  const then = worldAfter(claim.effects, world);
  const before = await standing(change, then);
  if (before === undefined || isUnknown(before) || isEqual(before, now)) return NOTHING;
  const { findings } = await judge(before, then, ruling, await blameFor(change, new Set(), before, then));
  const undone = (await plan(before, then, findings, ruling)).filter(({ mode }) => mode === "enforce");
  if (undone.length === 0) return NOTHING;
  return { findings, acts: undone.map(({ remedy }): Act => ({ remedy, result: "already" })) };
}

function isEqual(a: Standing, b: Standing): boolean {
  return JSON.stringify(a.facts) === JSON.stringify(b.facts);
}
