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
import type { Emulator } from "./emulators.ts";
import { packageService, type Template } from "./package-service.ts";

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
  /** Where the functions find EC2. */
  readonly ec2Url: string;
  /** Without one, nothing is told or answered. */
  readonly slack?: { readonly url: string; readonly signingSecret: string };
  /** Where the functions find the organization. */
  readonly organizationsUrl?: string;
  readonly policyFile: string;
  /** Parameters of the deployment, `name=value`. */
  readonly params?: readonly string[];
  /** The VPC of the fire drill, which gives the guard a few seconds. */
  readonly drillVpc?: string;
}

/** The deployed stack. */
export interface Stack {
  readonly name: string;
  /** The values of the template's outputs: LedgerTable, BusName, ... */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Packages serverless.yml as `osls deploy` would and deploys it on MiniStack. Throws with the stack's events when that fails. */
export async function deployStack({
  ministack,
  ec2Url,
  slack,
  organizationsUrl,
  policyFile,
  params,
  drillVpc = "",
}: StackSettings): Promise<Stack> {
  const { template, zips } = await packageService(policyFile, params);
  const ec2 = { AWS_ENDPOINT_URL_EC2: ec2Url, AWS_ENDPOINT_URL_STS: ec2Url };
  const toSlack: Readonly<Record<string, string>> = slack === undefined ? {} : { SLACK_API_URL: slack.url };
  const local = toLocal(template, {
    guard: ec2,
    digest: toSlack,
    drill: { ...ec2, DRILL_VPC: drillVpc, DRILL_MINUTES },
    notify: toSlack,
    respond: { ...ec2, ...toSlack },
    sweep: { ...ec2, ...(organizationsUrl !== undefined && { AWS_ENDPOINT_URL_ORGANIZATIONS: organizationsUrl }) },
  });
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
  Environment: z.looseObject({ Variables: z.record(z.string(), z.unknown()) }),
});

/** The template as osls made it, but for where the code lies and where the functions find EC2 and Slack. */
function toLocal(template: Template, environment: Readonly<Record<string, Readonly<Record<string, string>>>>): Template {
  const resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    // osls' own bucket: `osls deploy` makes it in an earlier step, and it stops at MiniStack, which validates no template by URL.
    if (id.startsWith("ServerlessDeploymentBucket")) return [];
    // MiniStack knows no policies of event buses.
    if (resource.Type === "AWS::Events::EventBusPolicy") return [];
    // MiniStack adds up no metrics: alarms on sums stop it.
    if (resource.Type === "AWS::CloudWatch::Alarm" && resource.Properties?.Metrics !== undefined) return [];
    if (resource.Type !== "AWS::Lambda::Function") return [[id, resource] as const];
    const properties = FunctionProperties.parse(resource.Properties);
    const { Variables } = properties.Environment;
    const name = properties.Handler.split("/")[1] ?? "";
    const Code = { S3Bucket: BUCKET, S3Key: properties.Code.S3Key.split("/").at(-1) };
    const Environment = { Variables: { ...Variables, ...environment[name] } };
    return [[id, { ...resource, Properties: { ...properties, Code, Environment } }] as const];
  });
  const { ServerlessDeploymentBucketName: _bucket, ...Outputs } = template.Outputs;
  return { ...template, Resources: Object.fromEntries(resources), Outputs };
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
