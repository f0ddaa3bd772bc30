/** What a call on a part of the guard can mean, and what to look at. */
interface Tampering {
  /** CloudTrail's event names. */
  readonly calls: readonly string[];
  readonly means: string;
  readonly look: string;
}

const TAMPERINGS: readonly Tampering[] = [
  {
    calls: ["DisableRule", "DeleteRule", "RemoveTargets", "DeleteEventBus", "RemovePermission"],
    means: "changes may no longer reach the guard",
    look: "that the rule is enabled with the guard's queue as its target, and that the bus lets the organization in",
  },
  {
    calls: ["PutRule", "PutTargets", "PutPermission"],
    means: "other changes than before may reach the guard, or none, and they may go elsewhere too",
    look: "the rule's state, pattern and targets, and who may put events on the bus",
  },
  {
    calls: ["StopLogging", "DeleteTrail"],
    means: "CloudTrail no longer tells anybody what happens there",
    look: "aws cloudtrail get-trail-status, and what happened since without a record",
  },
  {
    calls: ["UpdateTrail", "PutEventSelectors"],
    means: "the trail may leave out regions or management events, which the guard then does not hear of",
    look: "that the trail covers all regions and all management events, and where it delivers",
  },
  {
    calls: ["UpdateFunctionCode20150331v2", "UpdateFunctionConfiguration20150331v2"],
    means: "the guard may run other code, or with another policy, role or timeout",
    look: "the function's code hash, environment, role, timeout and layers",
  },
  {
    calls: [
      "DeleteFunction20150331",
      "PutFunctionConcurrency20171031",
      "DeleteEventSourceMapping20150331",
      "UpdateEventSourceMapping20150331",
      "RemovePermission20150331v2",
    ],
    means: "the guard may no longer run, or no longer be called",
    look: "that the function exists, that its concurrency is not 0, and that its event source mapping is enabled",
  },
  {
    calls: [
      "PutRolePolicy",
      "DeleteRolePolicy",
      "AttachRolePolicy",
      "DetachRolePolicy",
      "DeleteRole",
      "UpdateAssumeRolePolicy",
      "PutRolePermissionsBoundary",
      "DeleteRolePermissionsBoundary",
      "UpdateRole",
    ],
    means: "the guard may no longer be allowed to read or to close anything, or others may act in its name",
    look: "the role's policies, its boundary and who may assume it",
  },
  {
    calls: ["DeleteQueue", "SetQueueAttributes", "PurgeQueue"],
    means: "changes that wait for the guard may be lost, or be kept from it",
    look: "the queue's policy, redrive and retention, and have the accounts swept for what was lost",
  },
  {
    calls: ["DeleteTable", "UpdateTable"],
    means: "the record of what the guard did, by which every act is undone, may be lost",
    look: "the table's deletion protection and its latest backup",
  },
];

const BY_CALL: ReadonlyMap<string, Tampering> = new Map(TAMPERINGS.flatMap((one) => one.calls.map((call) => [call, one])));

/** Every call that can tamper with a part of the guard. */
export const TAMPERING_CALLS: readonly string[] = [...BY_CALL.keys()];

/** What the call means for the guard; undefined for one that means nothing to it. */
export function tamperingBy(call: string): Pick<Tampering, "means" | "look"> | undefined {
  return BY_CALL.get(call);
}
