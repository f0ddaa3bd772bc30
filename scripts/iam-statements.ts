// Statements of IAM policies, from the permissions of lib/aws/permissions.ts.
import { Scalar, stringify } from "yaml";
import { ARNS, type Permission, READS, type ResourceType } from "../lib/aws/permissions.ts";

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: "*" | readonly object[];
  readonly Condition?: object;
}

/** All that reading the network takes: rules look at resources of any kind, so no role that judges can do with less. */
export function readStatements(): readonly Statement[] {
  return statementsFor("Read", Object.values(READS).flat());
}

/** One statement for each set of resources: `Change` for what has none, `ChangeRouteTable`, ... */
export function statementsFor(verb: "Read" | "Change", permissions: readonly Permission[]): readonly Statement[] {
  const alike = Map.groupBy(permissions, ({ on, within }) => JSON.stringify([on, within !== undefined]));
  return [...alike.values()]
    .map((group): Statement => {
      const [{ on } = { on: [] }] = group;
      const within = distinct(group.flatMap((permission) => permission.within ?? []));
      return {
        Sid: `${verb}${on.map(wordOf).join("And")}`,
        Effect: "Allow",
        Action: distinct(group.map(({ action }) => action)),
        Resource: on.length === 0 ? "*" : on.map((type) => arnOf(type)),
        ...(within.length > 0 && { Condition: { StringEquals: { "ec2:CreateAction": within } } }),
      };
    })
    .sort((a, b) => (a.Sid < b.Sid ? -1 : 1));
}

/** A policy document of these statements. */
export function policyDocument(Statement: readonly object[]) {
  return { Version: quoted("2012-10-17"), Statement };
}

/** A template in YAML, without anchors and folded lines: neither CloudFormation nor people read them well. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Text that YAML 1.1, which the deployment reads, would take for something else: a day, a number. */
export function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** CloudFormation's Fn::Sub of a text with its parameters in place: `arn:${AWS::Partition}:...`. */
export function sub(text: string) {
  return { "Fn::Sub": text };
}

function arnOf(type: ResourceType) {
  const { service, path, own } = ARNS[type];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's.
  const account = own ? "${AWS::AccountId}" : "*";
  return sub(`arn:$\{AWS::Partition}:${service}:*:${account}:${path}`);
}

function wordOf(type: ResourceType): string {
  return type.replace(/(^|-)[a-z]/g, (start) => start.slice(-1).toUpperCase());
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
