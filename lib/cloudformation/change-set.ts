import * as z from "zod/mini";
import { schemaFault } from "../messages/schema-fault.ts";
import type { Kind } from "../model/facts.ts";
import type { Plan, PlannedAct, PlannedResource } from "../planned/plan.ts";
import { heldBy, kindOfType, type PlannedStack, planOf, protectsVpc } from "./plan.ts";
import { withLinesOf } from "./position.ts";
import { Source } from "./source.ts";
import { type Deployment, Stack } from "./stack.ts";
import { readTemplate, type Template } from "./template.ts";
import { TemplateError } from "./template-error.ts";
import { isList, isValues, NotKnown, notKnownIn, type Value, type Values } from "./value.ts";

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
const ResourceChange = z.object({
  Action: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.optional(z.string()),
  ResourceType: z.string(),
  Replacement: z.optional(z.string()),
  BeforeContext: z.optional(z.string()),
  AfterContext: z.optional(z.string()),
});
const ChangeSet = z.object({
  StackId: z.optional(z.string()),
  StackName: z.optional(z.string()),
  Status: z.optional(z.string()),
  NextToken: z.optional(z.nullable(z.string())),
  Parameters: z.optional(
    z.nullable(
      z.array(z.object({ ParameterKey: z.string(), ParameterValue: z.optional(z.string()), ResolvedValue: z.optional(z.string()) })),
    ),
  ),
  Changes: z.array(z.object({ ResourceChange: z.optional(ResourceChange) })),
});
type Change = z.infer<typeof ResourceChange>;

type Moment = "AfterContext" | "BeforeContext";

interface Side {
  readonly written: Template;
  readonly changes: readonly Change[];
  readonly file: string;
  readonly deployment: Deployment;
}

/** A file and what it holds. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

// What CloudFormation writes where only the deployment tells the value.
const AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}";
// What it shows of parameters that nobody is to see.
const HIDDEN = "****";
const UNTOLD = "its properties: describe the change set with --include-property-values, or give its template too";

/**
 * The network that a change set leaves: the answer of DescribeChangeSet, and the template of the same change set, which alone tells
 * the properties unless the answer was asked to include property values. Throws TemplateError.
 */
export function planOfChangeSet(changeSet: TextFile, template: TextFile | undefined, given: Deployment): Plan {
  const { file } = changeSet;
  const answer = readChangeSet(changeSet);
  const changes = answer.Changes.flatMap(({ ResourceChange: change }) => change ?? []);
  const written = template === undefined ? emptyTemplate(file) : readTemplate(template.text, template.file);
  const deployment = deploymentOf(answer, given);
  const side = (moment: Moment) => planOf([stackAt(moment, { written, changes, file, deployment })]);
  const after = side("AfterContext");
  const untold = changes.flatMap((change) => {
    const left = untoldOf(change, template !== undefined);
    return left === undefined ? [] : [{ address: `${deployment.stack}/${change.LogicalResourceId}`, ...left, location: { file } }];
  });
  const plan = { ...after, notJudged: [...after.notJudged, ...untold] };
  // How things stood is told whole or not at all: half of it would blame people for what they did not do.
  const isTold = changes.every((one) => one.Action === "Add" || kindOfType(one.ResourceType) === undefined || tells(one, "BeforeContext"));
  return isTold ? withBefore(plan, side("BeforeContext")) : plan;
}

/** What a change leaves open, where neither it nor a template tells the properties. */
function untoldOf(change: Change, hasTemplate: boolean): { readonly kind?: Kind; readonly needs: string } | undefined {
  const { ResourceType: type, Action } = change;
  const kind = kindOfType(type);
  if (Action === "Remove") {
    // A group that goes, and a rule that does, open nothing.
    if (kind === undefined || kind === "security-group" || tells(change, "BeforeContext")) return undefined;
    return { kind: protectsVpc(type) ? "vpc" : kind, needs: "what goes with it: describe the change set with --include-property-values" };
  }
  if (hasTemplate || tells(change, "AfterContext")) return undefined;
  if (kind !== undefined) return { kind, needs: UNTOLD };
  const held = heldBy(type);
  return held === undefined ? undefined : { needs: held };
}

/** Whether this is what DescribeChangeSet answers. */
export function isChangeSet(value: Value): boolean {
  return isValues(value) && isList(value.Changes) && ("ChangeSetName" in value || "ChangeSetId" in value || "StackId" in value);
}

/** The logical ids of what a change set adds or modifies. Throws TemplateError. */
export function namesChangedBy(changeSet: TextFile): string[] {
  const changes = readChangeSet(changeSet).Changes.flatMap(({ ResourceChange: change }) => change ?? []);
  return changes.filter(({ Action }) => Action !== "Remove").map(({ LogicalResourceId }) => LogicalResourceId);
}

function readChangeSet({ file, text }: TextFile): z.infer<typeof ChangeSet> {
  const { value } = new Source(text, file);
  const { data, error } = ChangeSet.safeParse(value);
  if (data === undefined) {
    const fault = schemaFault(value, error.issues);
    throw new TemplateError(
      file,
      undefined,
      `found no change set (${fault}), expected what aws cloudformation describe-change-set answers`,
    );
  }
  const { Status, NextToken } = data;
  if (Status !== undefined && /PENDING|IN_PROGRESS/.test(Status)) {
    throw new TemplateError(
      file,
      undefined,
      `found a change set that is ${Status}, expected CREATE_COMPLETE: describe it again when it is`,
    );
  }
  if (typeof NextToken === "string" && NextToken !== "") {
    throw new TemplateError(
      file,
      undefined,
      "found one page of a change set, expected all of its changes: describe it without --no-paginate",
    );
  }
  return data;
}

function deploymentOf({ StackId, StackName, Parameters }: z.infer<typeof ChangeSet>, given: Deployment): Deployment {
  // `arn:aws:cloudformation:eu-west-1:111122223333:stack/web/0c1b...`
  const [, , , region, account, resource] = StackId?.split(":") ?? [];
  const values = new Map((Parameters ?? []).map((one) => [one.ParameterKey, one.ResolvedValue ?? one.ParameterValue]));
  return {
    ...given,
    account: account ?? given.account,
    region: region ?? given.region,
    stack: StackName ?? resource?.split("/")[1] ?? given.stack,
    parameters: (name) => {
      const value = values.get(name) ?? given.parameters?.(name);
      return value === HIDDEN ? new NotKnown(`parameter ${name}, which is hidden`) : value;
    },
  };
}

function stackAt(moment: Moment, { written, changes, file, deployment }: Side): PlannedStack {
  const byName = new Map(changes.map((change) => [change.LogicalResourceId, change]));
  const physical = new Map(
    changes.flatMap(({ LogicalResourceId, PhysicalResourceId = "", Replacement }) =>
      PhysicalResourceId === "" || (Replacement === "True" && moment === "AfterContext")
        ? []
        : [[LogicalResourceId, PhysicalResourceId] as const],
    ),
  );
  for (const [name, id] of changes.flatMap((change) => idsToldBy(change, written, file)))
    if (!physical.has(name) && !byName.has(name)) physical.set(name, id);
  const stack = new Stack(withChanged(written, changes, moment, file), { ...deployment, physical });
  const propertiesOf = (name: string): Values | undefined => {
    const told = contextOf(byName.get(name), moment, file);
    const declared = stack.resources.get(name);
    // What the template leaves open, the change set may tell. Of how things stood the template tells nothing.
    if (told === undefined || declared === undefined || moment === "BeforeContext") return told;
    const whole = completed(stack.propertiesOf(declared), told);
    return isValues(whole) ? whole : told;
  };
  const actOn = (name: string) => {
    const change = byName.get(name);
    if (moment === "AfterContext") return actOf(change);
    return change?.Action === "Add" ? "remove" : "none";
  };
  return { stack, propertiesOf, actOn };
}

/** The plan with how its resources stood, and with those that go. */
function withBefore(plan: Plan, { resources: stood }: Plan): Plan {
  const key = ({ kind, address }: PlannedResource) => `${kind} ${address}`;
  const before = new Map(stood.map((resource) => [key(resource), resource]));
  const resources = plan.resources.map((resource) => {
    const earlier = before.get(key(resource));
    before.delete(key(resource));
    return earlier === undefined ? resource : beside(resource, earlier);
  });
  return { ...plan, resources: [...resources, ...[...before.values()].map((gone) => ({ ...gone, act: "delete" as const }))] };
}

function beside(resource: PlannedResource, { facts }: PlannedResource): PlannedResource {
  const changes = JSON.stringify(facts) !== JSON.stringify(resource.facts);
  const act = resource.act === "none" && changes ? "update" : resource.act;
  // Two of one key are of one kind, which their types cannot tell.
  return { ...resource, act, before: facts } as PlannedResource;
}

function tells(change: Change, moment: Moment): boolean {
  return (change[moment] ?? "") !== "";
}

function actOf(change: Change | undefined): PlannedAct | "remove" | "not judged" {
  switch (change?.Action) {
    case undefined:
    case "SyncWithActual":
      return "none";
    case "Add":
      return "create";
    case "Remove":
      return "remove";
    case "Import":
      return "update";
    case "Modify":
      return change.Replacement === "True" ? "replace" : "update";
    default:
      return "not judged";
  }
}

function emptyTemplate(file: string): Template {
  return { file, parameters: {}, mappings: {}, conditions: {}, resources: {}, outputs: {}, macros: [] };
}

// What macros made, or what is gone, is in the change set and not in the template.
function withChanged(template: Template, changes: readonly Change[], moment: Moment, file: string): Template {
  const added = changes.flatMap((change) => {
    const told = Object.hasOwn(template.resources, change.LogicalResourceId) ? undefined : contextOf(change, moment, file);
    return told === undefined ? [] : [[change.LogicalResourceId, { Type: change.ResourceType, Properties: told }] as const];
  });
  return { ...template, resources: withLinesOf(template.resources, { ...template.resources, ...Object.fromEntries(added) }) };
}

// The context is JSON in a text: what the resource is to be, or was, its properties among it.
function contextOf(change: Change | undefined, moment: Moment, file: string): Values | undefined {
  const text = change?.[moment] ?? "";
  if (text === "") return undefined;
  const { value } = new Source(text, `${file} (${moment} of ${change?.LogicalResourceId})`);
  const properties = isValues(value) ? toldOnly(value.Properties ?? {}) : undefined;
  return isValues(properties) ? properties : undefined;
}

// Of what does not change, the change set tells the id wherever the template has nothing but a reference to it.
function idsToldBy(change: Change, { resources }: Template, file: string): (readonly [string, string])[] {
  const declaration = Object.hasOwn(resources, change.LogicalResourceId) ? resources[change.LogicalResourceId] : undefined;
  const told = contextOf(change, "AfterContext", file);
  if (told === undefined || !isValues(declaration) || !isValues(declaration.Properties)) return [];
  const ids = (written: Value | undefined, value: Value | undefined): (readonly [string, string])[] => {
    if (isList(written)) return isList(value) && value.length === written.length ? written.flatMap((item, i) => ids(item, value[i])) : [];
    if (!isValues(written)) return [];
    const { Ref: name } = written;
    if (typeof name === "string" && Object.hasOwn(resources, name)) return typeof value === "string" ? [[name, value]] : [];
    return isValues(value) ? Object.entries(written).flatMap(([key, inner]) => ids(inner, value[key])) : [];
  };
  return ids(declaration.Properties, told);
}

function toldOnly(value: Value): Value {
  if (typeof value === "string") return value.includes(AFTER_APPLY) ? new NotKnown("known after the change set is executed") : value;
  if (isList(value)) return value.map(toldOnly);
  return isValues(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toldOnly(inner)])) : value;
}

// What neither tells, a reference in the template may stand for.
function completed(written: Value, told: Value): Value {
  if (written instanceof NotKnown) return told;
  if (notKnownIn(written) === undefined) return written;
  if (isList(written) && isList(told))
    return written.length === told.length ? written.map((item, i) => completed(item, told[i] ?? item)) : told;
  if (!isValues(written) || !isValues(told)) return told;
  return { ...told, ...Object.fromEntries(Object.entries(written).map(([name, inner]) => [name, completed(inner, told[name] ?? inner)])) };
}
