// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
const ENDED: ReadonlySet<string> = new Set(["deleted", "deleting", "rejected", "expired", "failed"]);

/** Whether nothing can go, or be made to go, through a peering connection any more; one whose status is not known may live. */
export function hasEnded(status: string | undefined): boolean {
  return status !== undefined && ENDED.has(status);
}
