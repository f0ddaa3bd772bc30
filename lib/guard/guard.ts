import type { Change } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import { interestsOf } from "../policy/policy.ts";
import { Guarding, type GuardPorts, type Ignored } from "./guarding.ts";
import { isSwept } from "./judging/swept.ts";
import { touchedBy, whyUntouched } from "./judging/touch.ts";
import type { Attempt } from "./ports.ts";
import { foundBefore, noteReached } from "./retrying/reached.ts";
import { isOwnAct } from "./self.ts";

/** Thrown when some of what a change reached could not be found: all else is guarded, and the change must come again. */
class UnreachedError extends Error {
  override readonly name = "UnreachedError";
}

/**
 * Guards one change, with a decision for each resource that it touches: closes what it claims to have opened if that is forbidden
 * by itself, then settles - reads the whole resource, judges it, acts, until nothing is forbidden - records the decision and
 * announces it. Guarding the same change again does nothing more. Throws when it should be tried again: everything done so
 * far stays done and is found again.
 */
export async function guard(change: Change, ports: GuardPorts, attempt: Attempt): Promise<readonly (Decision | Ignored)[]> {
  if (isOwnAct(change, ports.self)) return [{ ignored: "own act" }];
  if (change.failed !== undefined) return [{ ignored: `the call failed: ${change.failed}` }];
  const world = ports.worldOf(ports.ec2For(change.account, change.region));
  // A sweep sees every resource by itself.
  const alone = { changes: [change], unreached: [] };
  const { changes, unreached } = isSwept(change) ? alone : await touchedBy(change, world, interestsOf(ports.policy));
  await noteReached(change, changes, ports.ledger);
  const answers: (Decision | Ignored)[] = [];
  for (const one of changes) answers.push(await new Guarding(one, ports, attempt).run());
  for (const one of await foundBefore(change, changes, attempt, ports.ledger)) answers.push(await new Guarding(one, ports, attempt).run());
  if (unreached.length > 0) {
    const { kind, id } = change.subject;
    throw new UnreachedError(`what ${kind} ${id} reaches could not be found: ${unreached.join("; ")}`);
  }
  return answers.length > 0 ? answers : [{ ignored: whyUntouched(change) }];
}
