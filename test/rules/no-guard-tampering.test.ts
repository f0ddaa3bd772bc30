import type { CallResource } from "../../lib/model/resource.ts";
import { noGuardTampering } from "../../lib/rules/no-guard-tampering.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const DEPLOYER = "arn:aws:iam::111122223333:role/deployer";
const deployer = { arn: "arn:aws:sts::111122223333:assumed-role/deployer/ci", role: DEPLOYER, session: "ci" };
const MAPPING = "0f6f5c9e-5f3c-4b7a-9a55-0123456789ab";
const on = (service: string, name: string, id: string, more: Partial<CallResource> = {}) => ({
  call: { name, source: `${service}.amazonaws.com`, subject: { kind: "guard-part" as const, id }, ...more },
});
const rule = on("events", "DisableRule", "portcullis-prod-changes");

testResourceRule(noGuardTampering, {
  valid: {
    "a rule of somebody else": on("events", "DisableRule", "nightly-report"),
    "a lawful look-alike: a name that holds the guard's": on("events", "DisableRule", "my-portcullis-changes"),
    "a function of somebody else, by its arn": on(
      "lambda",
      "UpdateFunctionCode20150331v2",
      "arn:aws:lambda:eu-central-1:111122223333:function:report",
    ),
    "a role of somebody else": on("iam", "PutRolePolicy", "reporter"),
    "a deployment": {
      ...on("lambda", "UpdateFunctionCode20150331v2", "portcullis-prod-guard", { actor: deployer }),
      options: { deployers: [DEPLOYER] },
    },
    "a deployment by a service, by a pattern": {
      ...on("events", "PutRule", "portcullis-prod-changes", { actor: { ...deployer, invokedBy: "cloudformation.amazonaws.com" } }),
      options: { deployers: ["*:role/deploy*"] },
    },
    "enabling a rule": on("events", "EnableRule", "portcullis-prod-changes"),
    "starting a trail": on("cloudtrail", "StartLogging", "organization"),
    "a trail that does not feed the guard": { ...on("cloudtrail", "StopLogging", "experiment"), options: { trails: ["organization"] } },
    "a bucket's role of a trail's name": { ...on("iam", "DeleteRole", "organization"), options: { trails: ["organization"] } },
    "nothing of the guard's own, by the policy": { ...rule, options: { parts: [] } },
    "an event source mapping of somebody else": on("lambda", "DeleteEventSourceMapping20150331", MAPPING, {
      details: { functionName: "report" },
    }),
    "an event source mapping of nobody knows whom": {
      ...on("lambda", "DeleteEventSourceMapping20150331", MAPPING),
      unjudged: ["the function of the event source mapping"],
    },
    "a change to what is no part of a guard": {
      call: { name: "DisableRule", source: "events.amazonaws.com", subject: { kind: "vpc", id: "portcullis-vpc" } },
    },
    "a name that every object has": on("events", "constructor", "portcullis-prod-changes"),
  },
  invalid: {
    "a rule disabled": [
      rule,
      {
        parts: "",
        remedies: [],
        says: "user/ada called DisableRule on portcullis-prod-changes: changes may no longer reach the guard. If that was no deployment, check that the rule is enabled",
      },
    ],
    "a rule on the guard's bus, by its arn": [
      on("events", "DeleteRule", "arn:aws:events:eu-central-1:111122223333:rule/portcullis-prod/changes"),
      "",
    ],
    "a rule on the guard's bus, by its name": [
      on("events", "RemoveTargets", "changes", { details: { eventBusName: "portcullis-prod" } }),
      "",
    ],
    "targets put": [on("events", "PutTargets", "portcullis-prod-changes"), { parts: "", says: "they may go elsewhere too" }],
    "the bus deleted": [on("events", "DeleteEventBus", "portcullis-prod"), ""],
    "the bus closed to members": [on("events", "RemovePermission", "portcullis-prod"), ""],
    "code changed": [
      on("lambda", "UpdateFunctionCode20150331v2", "portcullis-prod-guard"),
      { parts: "", says: "called UpdateFunctionCode on portcullis-prod-guard: the guard may run other code" },
    ],
    "configuration changed, by the arn of an alias": [
      on("lambda", "UpdateFunctionConfiguration20150331v2", "arn:aws:lambda:eu-central-1:111122223333:function:portcullis-prod-guard:live"),
      "",
    ],
    "an evasion: no concurrency": [
      on("lambda", "PutFunctionConcurrency20171031", "111122223333:function:portcullis-prod-guard"),
      { parts: "", says: "called PutFunctionConcurrency on" },
    ],
    "an evasion: the mapping that feeds it deleted": [
      on("lambda", "DeleteEventSourceMapping20150331", MAPPING, {
        details: { functionArn: "arn:aws:lambda:eu-central-1:111122223333:function:portcullis-prod-guard" },
      }),
      "",
    ],
    "an evasion: capitals, which IAM does not tell apart": [on("iam", "DeleteRolePolicy", "PORTCULLIS-prod-member"), ""],
    "a role that others may assume": [
      on("iam", "UpdateAssumeRolePolicy", "portcullis-prod-member"),
      { parts: "", says: "others may act in its name" },
    ],
    "a queue emptied, by its URL": [
      on("sqs", "PurgeQueue", "https://sqs.eu-central-1.amazonaws.com/111122223333/portcullis-prod-changes"),
      { parts: "", says: "may be lost" },
    ],
    "the ledger deleted": [on("dynamodb", "DeleteTable", "portcullis-prod-ledger"), ""],
    "any trail stopped": [
      on("cloudtrail", "StopLogging", "arn:aws:cloudtrail:eu-central-1:111122223333:trail/organization"),
      { parts: "", says: "CloudTrail no longer tells" },
    ],
    "the policy's own trail, by its arn": [
      {
        ...on("cloudtrail", "PutEventSelectors", "arn:aws:cloudtrail:eu-central-1:111122223333:trail/Organization"),
        options: { trails: ["organization"] },
      },
      "",
    ],
    "a name of the policy's own": [{ ...on("sqs", "DeleteQueue", "netguard-changes"), options: { parts: ["netguard-*"] } }, ""],
    "somebody else than the deployers": [{ ...rule, options: { deployers: [DEPLOYER] } }, ""],
    "an evasion: a session named after the deployer": [
      {
        ...on("events", "DisableRule", "portcullis-prod-changes", {
          actor: { arn: "arn:aws:sts::111122223333:assumed-role/dev/deployer", role: "arn:aws:iam::111122223333:role/dev" },
        }),
        options: { deployers: ["*deployer"] },
      },
      "",
    ],
  },
});
