import * as z from "zod/mini";
import type { Plan, PlannedAct } from "../planned/plan.ts";
import { planOf } from "./plan.ts";
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

/** A file and what it holds. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

// What CloudFormation writes where only the deployment tells the value.
const AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}";
// What it shows of parameters that nobody is to see.
const HIDDEN = "****";

/**
 * The network that a change set leaves: the answer of DescribeChangeSet, and the template of the same change set, which alone tells
 * the properties unless the answer was asked to include property values. Throws TemplateError.
 */
export function planOfChangeSet(changeSet: TextFile, template: TextFile | undefined, given: Deployment): Plan {
  const { file } = changeSet;
  const { Changes, StackId, StackName, Status, NextToken, Parameters } = readChangeSet(changeSet);
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
  const changes = new Map(
    Changes.flatMap(({ ResourceChange: change }) => (change === undefined ? [] : [[change.LogicalResourceId, change] as const])),
  );
  // `arn:aws:cloudformation:eu-west-1:111122223333:stack/web/0c1b...`
  const [, , , region, account, resource] = StackId?.split(":") ?? [];
  const values = new Map(
    (Parameters ?? []).map(({ ParameterKey, ParameterValue, ResolvedValue }) => [ParameterKey, ResolvedValue ?? ParameterValue]),
  );
  const written = template === undefined ? emptyTemplate(file) : readTemplate(template.text, template.file);
  const stack = new Stack(withChanged(written, changes, file), {
    ...given,
    account: account ?? given.account,
    region: region ?? given.region,
    stack: StackName ?? resource?.split("/")[1] ?? given.stack,
    parameters: (name) => {
      const value = values.get(name) ?? given.parameters?.(name);
      return value === HIDDEN ? new NotKnown(`parameter ${name}, which is hidden`) : value;
    },
    physical: new Map(
      [...changes.values()].flatMap(({ LogicalResourceId, PhysicalResourceId, Replacement }) =>
        PhysicalResourceId === undefined || PhysicalResourceId === "" || Replacement === "True"
          ? []
          : [[LogicalResourceId, PhysicalResourceId] as const],
      ),
    ),
  });
  const propertiesOf = (name: string): Values | undefined => {
    const declared = stack.resources.get(name);
    const told = contextOf(changes.get(name), file);
    const evaluated = declared === undefined ? undefined : stack.propertiesOf(declared);
    if (told === undefined) return isValues(evaluated) ? evaluated : undefined;
    const whole = evaluated === undefined ? told : completed(evaluated, told);
    return isValues(whole) ? whole : told;
  };
  const unread =
    template === undefined ? [...changes.values()].filter((change) => change.Action !== "Remove" && change.AfterContext === undefined) : [];
  const plan = planOf([{ stack, propertiesOf, actOn: (name) => actOf(changes.get(name)) }]);
  const needs = "its properties: describe the change set with --include-property-values, or give its template too";
  return {
    ...plan,
    notJudged: [
      ...plan.notJudged,
      ...unread.map(({ LogicalResourceId }) => ({ address: stack.addressOf(LogicalResourceId), needs, location: { file } })),
    ],
  };
}

/** Whether this is what DescribeChangeSet answers. */
export function isChangeSet(value: Value): boolean {
  return isValues(value) && isList(value.Changes) && ("ChangeSetName" in value || "ChangeSetId" in value || "StackId" in value);
}

function readChangeSet({ file, text }: TextFile): z.infer<typeof ChangeSet> {
  const parsed = ChangeSet.safeParse(new Source(text, file).value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TemplateError(
    file,
    undefined,
    `found no change set (${issue?.path.join(".")}: ${issue?.message}), expected what aws cloudformation describe-change-set answers`,
  );
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

// What macros made is in the change set, and perhaps not in the template.
function withChanged(template: Template, changes: ReadonlyMap<string, Change>, file: string): Template {
  const added = [...changes.values()].flatMap((change) => {
    const told = Object.hasOwn(template.resources, change.LogicalResourceId) ? undefined : contextOf(change, file);
    return told === undefined ? [] : [[change.LogicalResourceId, { Type: change.ResourceType, Properties: told }] as const];
  });
  return { ...template, resources: { ...template.resources, ...Object.fromEntries(added) } };
}

// The context is JSON in a text: what the resource is to be, its properties among it.
function contextOf(change: Change | undefined, file: string): Values | undefined {
  if (change?.AfterContext === undefined || change.AfterContext === "") return undefined;
  const { value } = new Source(change.AfterContext, `${file} (${change.LogicalResourceId})`);
  const properties = isValues(value) ? toldOnly(value.Properties ?? {}) : undefined;
  return isValues(properties) ? properties : undefined;
}

function toldOnly(value: Value): Value {
  if (typeof value === "string") return value.includes(AFTER_APPLY) ? new NotKnown("known after the change set is executed") : value;
  if (isList(value)) return value.map(toldOnly);
  return isValues(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toldOnly(inner)])) : value;
}

// What the template leaves open, the change set may tell; what it does not tell either, a reference in the template may.
function completed(written: Value, told: Value): Value {
  if (written instanceof NotKnown) return told;
  if (notKnownIn(written) === undefined) return written;
  if (isList(written) && isList(told))
    return written.length === told.length ? written.map((item, i) => completed(item, told[i] ?? item)) : told;
  if (!isValues(written) || !isValues(told)) return told;
  return { ...told, ...Object.fromEntries(Object.entries(written).map(([name, inner]) => [name, completed(inner, told[name] ?? inner)])) };
}
