import { setTimeout as sleep } from "node:timers/promises";
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod/mini";
import type { Ec2Recorder } from "./ec2-recorder.ts";
import type { Emulator } from "./emulators.ts";
import type { FunctionRecorder } from "./function-recorder.ts";
import { PolicyDocument } from "./iam.ts";
import { packageService, type Template } from "./package-service.ts";
import { noteFunction } from "./seen-calls.ts";

const BUCKET = "artifacts";
const TEMPLATE = "template.json";
const STACK = "portcullis-sandbox";
const PATIENCE_MS = 60_000;
// Long enough for a guard that starts within an emulator.
const DRILL_MINUTES = "0.4";
const SLACK_TOKEN = "xoxb-sandbox";

export interface StackSettings {
  /** Where the stack lives: CloudFormation, Lambda, EventBridge, SQS, DynamoDB, Secrets Manager, S3. */
  readonly ministack: Emulator;
  /** Before MiniStack, for the functions. */
  readonly functions: Pick<FunctionRecorder, "urlFor">;
  /** Where the functions find EC2, STS and Organizations. */
  readonly ec2: Pick<Ec2Recorder, "urlFor">;
  /** Without one, nothing is told or answered. */
  readonly slack?: { readonly url: string; readonly signingSecret: string };
  readonly policyFile: string;
  /** Parameters of the deployment, `name=value`. */
  readonly params?: readonly string[];
  /** The VPC of the fire drill, which gives the guard a few seconds. */
  readonly drillVpc?: string;
  /** More of the environment of every function. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Seconds for which queues hide a message that is being worked on; as in serverless.yml unless told. */
  readonly visibility?: number;
}

/** The deployed stack. */
export interface Stack {
  readonly name: string;
  /** The values of the template's outputs: LedgerTable, BusName, ... */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Packages serverless.yml as `osls deploy` would and deploys it on MiniStack. Throws with the stack's events when that fails. */
export async function deployStack(settings: StackSettings): Promise<Stack> {
  const { ministack, functions, ec2, slack, policyFile, params, drillVpc = "", environment, visibility } = settings;
  const { template, zips } = await packageService(policyFile, params);
  const local = toLocal(visibility === undefined ? template : hiding(template, visibility), (name) => ({
    ...environment,
    AWS_ENDPOINT_URL: functions.urlFor(name),
    AWS_ENDPOINT_URL_EC2: ec2.urlFor(name),
    AWS_ENDPOINT_URL_STS: ec2.urlFor(name),
    AWS_ENDPOINT_URL_ORGANIZATIONS: ec2.urlFor(name),
    ...(slack !== undefined && { SLACK_API_URL: slack.url }),
    ...(name === "drill" && { DRILL_VPC: drillVpc, DRILL_MINUTES }),
  }));
  for (const [name, actions] of permissionsOf(template)) for (const action of actions) noteFunction("may", name, action);
  const secrets = slack === undefined ? {} : { SLACK_BOT_TOKEN_SECRET: SLACK_TOKEN, SLACK_SIGNING_SECRET: slack.signingSecret };
  const objects = new Map<string, Uint8Array | string>([...zips, [TEMPLATE, JSON.stringify(local)]]);
  await Promise.all([upload(ministack, objects), createSecrets(ministack, local, secrets)]);
  return createStack(ministack);
}

async function upload({ client }: Emulator, objects: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await Promise.all(Array.from(objects, ([Key, Body]) => s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }))));
  s3.destroy();
}

const FunctionProperties = z.looseObject({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Role: z.object({ "Fn::GetAtt": z.tuple([z.string(), z.literal("Arn")]) }),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }),
});
const Reference = z.object({ Ref: z.string() });

/** The template as osls made it, but for where the code lies and where the functions find AWS and Slack. */
function toLocal(template: Template, environmentOf: (name: string) => Readonly<Record<"AWS_ENDPOINT_URL", string>>): Template {
  const resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    // osls' own bucket, which `osls deploy` makes in an earlier step.
    if (id.startsWith("ServerlessDeploymentBucket")) return [];
    if (resource.Type !== "AWS::Lambda::Function") return [[id, resource] as const];
    const properties = FunctionProperties.parse(resource.Properties);
    const environment = environmentOf(nameOf(properties));
    const variables = Object.entries(properties.Environment.Variables).map(
      ([key, value]) => [key, queueUrl(value, template, environment.AWS_ENDPOINT_URL) ?? value] as const,
    );
    const Code = { S3Bucket: BUCKET, S3Key: properties.Code.S3Key.split("/").at(-1) };
    const Environment = { Variables: { ...Object.fromEntries(variables), ...environment } };
    return [[id, { ...resource, Properties: { ...properties, Code, Environment } }] as const];
  });
  const { ServerlessDeploymentBucketName: _bucket, ...Outputs } = template.Outputs;
  return { ...template, Resources: Object.fromEntries(resources), Outputs };
}

/** The template with queues that hide messages for so many seconds. */
function hiding(template: Template, VisibilityTimeout: number): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const { Type, Properties = {} } = resource;
    const isRetried = Type === "AWS::SQS::Queue" && "VisibilityTimeout" in Properties;
    return [id, isRetried ? { ...resource, Properties: { ...Properties, VisibilityTimeout } } : resource] as const;
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** `guard` for dist/guard/index.handler. */
function nameOf({ Handler }: z.infer<typeof FunctionProperties>): string {
  return Handler.split("/")[1] ?? "";
}

// The SDK calls a queue where its URL says that it is, whatever the endpoint.
function queueUrl(value: unknown, { Resources }: Template, url: string): object | undefined {
  const { data } = Reference.safeParse(value);
  if (data === undefined || Resources[data.Ref]?.Type !== "AWS::SQS::Queue") return undefined;
  return { "Fn::Join": ["/", [url, { Ref: "AWS::AccountId" }, { "Fn::GetAtt": [data.Ref, "QueueName"] }]] };
}

const Role = z.looseObject({ Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument })) });

function permissionsOf({ Resources }: Template): ReadonlyMap<string, ReadonlySet<string>> {
  const functions = Object.values(Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
  return new Map(
    functions.map(({ Properties }) => {
      const properties = FunctionProperties.parse(Properties);
      const { Policies } = Role.parse(Resources[properties.Role["Fn::GetAtt"][0]]?.Properties);
      const statements = Policies.flatMap((policy) => policy.PolicyDocument.Statement);
      return [nameOf(properties), new Set(statements.flatMap(({ Action }) => Action))] as const;
    }),
  );
}

/** Makes the secrets that the functions' environment names. */
async function createSecrets({ client }: Emulator, { Resources }: Template, values: Readonly<Record<string, string>>): Promise<void> {
  const named = Object.values(Resources).flatMap(({ Type, Properties }) => {
    if (Type !== "AWS::Lambda::Function") return [];
    const { Variables } = FunctionProperties.parse(Properties).Environment;
    return Object.entries(values).flatMap(([variable, value]) => {
      const name = Variables[variable];
      return typeof name === "string" ? [[name, value] as const] : [];
    });
  });
  const secrets = new SecretsManagerClient(client);
  const distinct = Array.from(new Map(named));
  await Promise.all(distinct.map(([Name, SecretString]) => secrets.send(new CreateSecretCommand({ Name, SecretString }))));
  secrets.destroy();
}

async function createStack({ url, client, log }: Emulator): Promise<Stack> {
  const cloudformation = new CloudFormationClient(client);
  try {
    await cloudformation.send(
      // From S3, as it is larger than a template in a request may be.
      new CreateStackCommand({ StackName: STACK, TemplateURL: `${url}/${BUCKET}/${TEMPLATE}`, Capabilities: ["CAPABILITY_NAMED_IAM"] }),
    );
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: STACK }));
      const { StackStatus: status = "", Outputs: outputs = [] } = Stacks?.[0] ?? {};
      if (status === "CREATE_COMPLETE") {
        return {
          name: STACK,
          outputs: Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue])),
        };
      }
      if (status !== "CREATE_IN_PROGRESS" || Date.now() > end) {
        const { StackEvents: events = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: STACK }));
        const reasons = events.flatMap(({ LogicalResourceId, ResourceStatusReason: reason }) =>
          reason ? [`${LogicalResourceId}: ${reason}`] : [],
        );
        throw new Error(`the stack is ${status}, expected CREATE_COMPLETE:\n${reasons.join("\n")}\n${log()}`);
      }
      await sleep(50);
    }
  } finally {
    cloudformation.destroy();
  }
}
