import { parse } from "yaml";
import * as z from "zod/mini";
import { PolicyDocument } from "./iam.ts";

const Resource = z.looseObject({ Type: z.string(), Condition: z.string(), Properties: z.looseObject({}) });
const Template = z.looseObject({
  Parameters: z.record(z.string(), z.looseObject({})),
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })),
});

/** The parameters of a member stack in an account and region of its own, and what AWS knows of it. */
export const MEMBER = {
  "AWS::Partition": "aws",
  "AWS::AccountId": "444455556666",
  "AWS::Region": "eu-west-1",
  HubAccountId: "111122223333",
  HubRegion: "eu-central-1",
  HubBusArn: "arn:aws:events:eu-central-1:111122223333:event-bus/portcullis-prod-changes",
  Stage: "prod",
  ExternalId: "an-external-id-of-26-chars",
  HomeRegion: "eu-west-1",
  Mode: "enforce",
  DrillVpc: "vpc-0a1b2c3d",
};
export type Parameters = typeof MEMBER;

/** What CloudFormation makes of the text of a member stack: the resources whose conditions hold, with all but GetAtt worked out. */
export function deployed(text: string, parameters: Partial<Parameters> = {}): Readonly<Record<string, z.infer<typeof Resource>>> {
  const { Conditions, ...template } = z.looseObject({ Conditions: z.record(z.string(), z.unknown()) }).parse(parse(text));
  const place: Readonly<Record<string, string>> = { ...MEMBER, ...parameters };
  const holds = new Map<string, unknown>();
  for (const [name, condition] of Object.entries(Conditions)) holds.set(name, workOut(condition, place, holds));
  const { Resources } = Template.parse(workOut(template, place, holds));
  return Object.fromEntries(Object.entries(Resources).filter(([, { Condition }]) => holds.get(Condition) === true));
}

const NO_VALUE = Symbol("AWS::NoValue");
const List = z.array(z.unknown());

function workOut(value: unknown, place: Readonly<Record<string, string>>, holds: ReadonlyMap<string, unknown>): unknown {
  const inner = (one: unknown) => workOut(one, place, holds);
  if (Array.isArray(value)) return value.map(inner).filter((one) => one !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ["", undefined]] = entries;
  if (entries.length !== 1) return Object.fromEntries(entries.map(([key, one]) => [key, inner(one)]));
  switch (name) {
    case "Ref":
      return argument === "AWS::NoValue" ? NO_VALUE : (place[String(argument)] ?? value);
    case "Fn::Sub":
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, key: string) => {
        const known = place[key];
        if (known === undefined) throw new Error(`Fn::Sub names $\{${key}}, which is no parameter: ${argument}`);
        return known;
      });
    case "Fn::If": {
      const [condition, then, otherwise] = List.parse(argument);
      return inner(holds.get(String(condition)) === true ? then : otherwise);
    }
    case "Fn::Equals": {
      const [one, other] = List.parse(inner(argument));
      return one === other;
    }
    case "Fn::And":
      return List.parse(inner(argument)).every((one) => one === true);
    case "Fn::Not":
      return List.parse(inner(argument))[0] !== true;
    default:
      return { [name]: inner(argument) };
  }
}

const Role = z.looseObject({
  RoleName: z.string(),
  AssumeRolePolicyDocument: z.looseObject({ Statement: z.array(z.looseObject({ Effect: z.literal("Allow") })) }),
  Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument })),
});

/** A role of a deployed stack. Throws when it is not there or has policies that do more than allow. */
export function roleOf(resources: ReturnType<typeof deployed>, id: string) {
  const role = Role.parse(resources[id]?.Properties);
  const statements = role.Policies.flatMap(({ PolicyDocument: { Statement } }) => Statement);
  const actions = [...new Set(statements.flatMap(({ Action }) => Action))].sort();
  return { ...role, statements, actions, trust: role.AssumeRolePolicyDocument.Statement };
}
