import type { Act, Decision } from "../../model/decision.ts";
import { isKind } from "../../model/facts.ts";
import { inverse, type RemedyKind } from "../../model/remedy.ts";
import { apply } from "../acting/apply.ts";
import type { Ec2 } from "../ports.ts";

/** What came of undoing a decision. */
export type Undone =
  /** Everything that was taken is back; `acts` are those that put it back. */
  | { readonly kind: "done"; readonly acts: readonly Act[] }
  /** It stands already: undone before, or re-created by hand. */
  | { readonly kind: "stands" }
  | { readonly kind: "gone" }
  /** `acts` are those that were put back before. */
  | { readonly kind: "failed"; readonly error: string; readonly acts: readonly Act[] };

/** Whether the guard did anything that can be undone. */
export function isUndoable({ acts }: Decision): boolean {
  return acts.some(({ result }) => result === "done");
}

/** Remedies that take what can only be made anew, as another resource. */
export const COMES_BACK_AS_ANOTHER: ReadonlySet<RemedyKind> = new Set<RemedyKind>(["delete-peering", "delete-exclusion"]);

/** Whether what was taken can only be made anew, as another resource: a peering, an exclusion from block public access. */
export function comesBackAsAnother({ acts }: Decision): boolean {
  return acts.some(({ result, remedy: { kind } }) => result === "done" && COMES_BACK_AS_ANOTHER.has(kind));
}

/**
 * Puts back exactly what the decision's acts took, the last one first. Undoing twice is once. What is refused in the middle is
 * told; what was put back before it stays, and undoing again goes on from there. Throws Ec2Error `throttled`.
 */
export async function undo({ change: { subject }, acts }: Decision, ec2: Ec2): Promise<Undone> {
  if (isKind(subject.kind) && (await ec2.get(subject.kind, subject.id)) === undefined) return { kind: "gone" };
  const done: Act[] = [];
  for (const { remedy } of acts.filter(({ result }) => result === "done").reverse()) {
    const act = await apply(inverse(remedy), ec2);
    if (act.result === "denied" || act.result === "failed") return { kind: "failed", error: act.error ?? "AWS gave no reason", acts: done };
    if (act.result === "done") done.push(act);
  }
  return done.length === 0 ? { kind: "stands" } : { kind: "done", acts: done };
}
