import type { WatchedCall } from "../../cloudtrail/calls.ts";
import type { AnyRule } from "../../rules/rule.ts";
import { kindsOf } from "../../rules/rule.ts";
import { REACHES } from "./touch.ts";

/**
 * The rules that a call can lead to: those about it, and those about any kind of resource that its change can reach. Calls
 * that lead to none only tell a review what the network looks like; the guard reads that from EC2 and does not hear of them.
 */
export function reactingTo({ name, shape }: WatchedCall, rules: readonly AnyRule[]): readonly AnyRule[] {
  return rules.filter(({ meta }) => {
    const kinds = kindsOf(meta);
    if (kinds.includes("call") && meta.calls?.includes(name) === true) return true;
    return REACHES[shape.kind].some((kind) => kinds.includes(kind));
  });
}
