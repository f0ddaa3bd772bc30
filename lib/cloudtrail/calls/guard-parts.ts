import { member, textOf } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, type Shape } from "../shape.ts";
import { type WatchedCall, watch } from "../watched.ts";

/** A call that changes something by which the guard hears, acts or remembers; the rules know which names are its own. */
const part = (tells: string, subject: (call: Call) => unknown, ...details: readonly string[]): Shape =>
  callShape("guard-part", tells, {
    subject,
    details: ({ request }) => Object.fromEntries(details.map((name) => [name, textOf(member(request, name))])),
  });
const named =
  (...names: readonly string[]) =>
  ({ request }: Call) =>
    names.map((name) => textOf(member(request, name))).find((text) => text !== undefined);

const rule = (tells: string) => part(tells, named("name", "rule"), "eventBusName", "state");
// Without a name it is the account's default bus.
const bus = (tells: string) =>
  part(tells, (call) => named("eventBusName", "name")(call) ?? "default", "statementId", "principal", "action");
const func = (tells: string) => part(tells, named("functionName"), "reservedConcurrentExecutions", "statementId");
// A mapping is named by an id of its own; only the answer tells the function.
const mapping = (tells: string) =>
  part(tells, (call) => member(call.answer, "functionArn") ?? named("functionName", "uUID", "uuid")(call), "enabled", "uUID");
const trail = (tells: string) => part(tells, named("name", "trailName"));
const role = (tells: string) => part(tells, named("roleName"), "policyName", "policyArn", "permissionsBoundary");
const queue = (tells: string) => part(tells, named("queueUrl"));
const table = (tells: string) => part(tells, named("tableName"));

export const guardPartCalls: readonly WatchedCall[] = [
  ...watch("events.amazonaws.com", {
    PutRule: rule("the rule that is made or changed"),
    DisableRule: rule("the rule that fires no more"),
    DeleteRule: rule("the rule that is gone"),
    PutTargets: rule("the rule that has new targets"),
    RemoveTargets: rule("the rule that loses targets"),
    PutPermission: bus("the bus that takes events from somebody else"),
    RemovePermission: bus("the bus that takes events from somebody no more"),
    DeleteEventBus: bus("the bus that is gone"),
  }),
  ...watch("lambda.amazonaws.com", {
    UpdateFunctionConfiguration20150331v2: func("the function that runs otherwise from now on"),
    UpdateFunctionCode20150331v2: func("the function that has other code"),
    DeleteFunction20150331: func("the function that is gone"),
    PutFunctionConcurrency20171031: func("the function that may run so often at a time"),
    RemovePermission20150331v2: func("the function that somebody may call no more"),
    UpdateEventSourceMapping20150331: mapping("the function whose queue changes"),
    DeleteEventSourceMapping20150331: mapping("the function that has no queue any more"),
  }),
  ...watch("cloudtrail.amazonaws.com", {
    StopLogging: trail("the trail that records no more"),
    DeleteTrail: trail("the trail that is gone"),
    UpdateTrail: trail("the trail that changes"),
    PutEventSelectors: trail("the trail that records other events"),
  }),
  ...watch("iam.amazonaws.com", {
    PutRolePolicy: role("the role that has another inline policy"),
    DeleteRolePolicy: role("the role that loses an inline policy"),
    AttachRolePolicy: role("the role that gains a policy"),
    DetachRolePolicy: role("the role that loses a policy"),
    PutRolePermissionsBoundary: role("the role that gets a boundary"),
    DeleteRolePermissionsBoundary: role("the role that has no boundary any more"),
    UpdateAssumeRolePolicy: role("the role that others may assume"),
    UpdateRole: role("the role that changes"),
    DeleteRole: role("the role that is gone"),
  }),
  ...watch("sqs.amazonaws.com", {
    SetQueueAttributes: queue("the queue that changes"),
    PurgeQueue: queue("the queue that loses its messages"),
    DeleteQueue: queue("the queue that is gone"),
  }),
  ...watch("dynamodb.amazonaws.com", {
    UpdateTable: table("the table that changes"),
    DeleteTable: table("the table that is gone"),
  }),
];
