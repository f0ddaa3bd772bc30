import type { PeeringFacts } from "../../model/facts.ts";

const DEAD: ReadonlySet<string> = new Set(["deleted", "deleting", "rejected", "expired", "failed"]);

/** Whether nothing can go, or be made to go, through the connection any more; one whose status is not known may live. */
export function isDead({ status }: Pick<PeeringFacts, "status">): boolean {
  return status !== undefined && DEAD.has(status);
}
