import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { CreateAccountCommand, CreateOrganizationCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { encodeSweep } from "../../lib/guard/records/sweep-record.ts";
import { type Fault, startEc2Recorder } from "./ec2-recorder.ts";
import { REGION as HOME, ACCOUNT as HUB, startMinistack, startMoto } from "./emulators.ts";
import { recordFunctions } from "./function-recorder.ts";
import { backlog, settled } from "./queues.ts";
import { deployStack, type StackSettings } from "./stack.ts";
import { until } from "./until.ts";

const MEMBER_STACK = join(import.meta.dirname, "../../stacks/member.yml");
const EXTERNAL_ID = "an-external-id-of-the-tests";
const PATIENCE_MS = 240_000;
const NO_FAULT = (_call: number): Fault | undefined => undefined;

/** What functions call: EC2 and what is beside it, all else of AWS, and Slack. */
export type Called = "ec2" | "aws" | "slack";

export interface OrganizationSettings {
  /** Accounts beside the hub. */
  readonly members?: number;
  readonly regions?: readonly string[];
  /** What goes wrong with a call to EC2 or STS, by its number. */
  readonly fault?: (call: number) => Fault | undefined;
  /** Puts something between the functions and what they call; resolves to its address. */
  readonly between?: (called: Called, url: string) => Promise<string>;
  /** Without one, nothing is told. */
  readonly slack?: StackSettings["slack"];
  readonly environment?: StackSettings["environment"];
  readonly visibility?: number;
}

/** An account and region of the organization. */
export interface Place {
  readonly account: string;
  readonly region: string;
}
export type LocalOrganization = Awaited<ReturnType<typeof startOrganization>>;

/**
 * An organization on the emulators: the hub stack and, in every account and region, the member stack on MiniStack; EC2, STS and
 * Organizations on moto, whose AssumeRole leads into other accounts. The events of members go from bus to bus by
 * test/emulator/serve.py, which MiniStack by itself does not do. `stop` ends and removes all of it.
 */
export async function startOrganization(policyFile: string, settings: OrganizationSettings = {}) {
  const { members = 2, regions = [HOME, "us-east-1"], fault = NO_FAULT, between = async (_, url) => url, slack } = settings;
  const running: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of running.splice(0).reverse()) await end();
  };
  try {
    const moto = await startMoto();
    running.push(moto.stop);
    const recorder = await startEc2Recorder(moto.url, undefined, fault);
    running.push(recorder.close);
    const ministack = await startMinistack();
    running.push(ministack.stop);

    const organizations = new OrganizationsClient(moto.client);
    await organizations.send(new CreateOrganizationCommand({ FeatureSet: "ALL" }));
    const accounts = [HUB];
    for (let n = 1; n <= members; n++) {
      const account = { AccountName: `member-${n}`, Email: `member-${n}@example.com` };
      const { CreateAccountStatus: made } = await organizations.send(new CreateAccountCommand(account));
      accounts.push(made?.AccountId ?? "");
    }
    organizations.destroy();
    const places = accounts.flatMap((account) => regions.map((region): Place => ({ account, region })));

    const functions = await recordFunctions(ministack.url);
    running.push(functions.close);
    const [toEc2, toAws] = await Promise.all([between("ec2", recorder.url), between("aws", functions.url)]);
    const telling = [
      "slackBotTokenSecret=portcullis/slack-bot-token",
      "slackSigningSecret=portcullis/slack-signing-secret",
      "slackChannel=#net-guard",
    ];
    const stack = await deployStack({
      ministack,
      functions: { urlFor: (name) => `${toAws}/${name}` },
      ec2: { urlFor: (name) => `${toEc2}/${name}` },
      policyFile,
      params: [`externalId=${EXTERNAL_ID}`, `regions=${regions.join(",")}`, ...(slack === undefined ? [] : telling)],
      ...(slack !== undefined && { slack: { ...slack, url: await between("slack", slack.url) } }),
      ...(settings.environment !== undefined && { environment: settings.environment }),
      ...(settings.visibility !== undefined && { visibility: settings.visibility }),
    });
    const as = (account: string, region: string) => ({
      ...ministack.client,
      region,
      // MiniStack takes twelve digits for the account that they name.
      credentials: account === HUB ? ministack.client.credentials : { accessKeyId: account, secretAccessKey: "testing" },
    });
    for (const place of places) await deployMember(as(place.account, place.region), stack.outputs.ChangesBusArn ?? "", ministack.log);

    const sqs = new SQSClient(ministack.client);
    running.push(async () => sqs.destroy());
    const ec2 = new Map<string, EC2Client>();
    for (const { account, region } of places) {
      const client = new EC2Client({
        ...moto.client,
        region,
        ...(account !== HUB && { credentials: await credentialsOf(moto.client, account) }),
      });
      ec2.set(`${account}/${region}`, client);
      running.push(async () => client.destroy());
    }
    const ec2Of = ({ account, region }: Place): EC2Client => {
      const client = ec2.get(`${account}/${region}`);
      if (client === undefined) throw new Error(`${account}, ${region} is not part of this organization`);
      return client;
    };

    return {
      accounts,
      places,
      moto,
      ministack,
      recorder,
      stack,
      stop,

      /** EC2 of an account and region, as its people call it. */
      ec2Of,

      createGroups: async (place: Place, count: number): Promise<readonly string[]> => {
        const { Vpc } = await ec2Of(place).send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
        const ids: string[] = [];
        for (let n = 0; n < count; n++) {
          const group = { GroupName: `group-${n}`, Description: "of the tests", VpcId: Vpc?.VpcId };
          ids.push((await ec2Of(place).send(new CreateSecurityGroupCommand(group))).GroupId ?? "");
        }
        return ids;
      },

      /** Authorizes ingress; resolves to EC2's rules. */
      authorize: async (place: Place, group: string, permission: IpPermission) => {
        const request = { GroupId: group, IpPermissions: [permission] };
        return (await ec2Of(place).send(new AuthorizeSecurityGroupIngressCommand(request))).SecurityGroupRules ?? [];
      },

      /** The ingress of a group as `port cidr`, sorted. */
      ingressOf: async (place: Place, group: string): Promise<readonly string[]> => {
        const filter = { Filters: [{ Name: "group-id", Values: [group] }] };
        const { SecurityGroupRules: rules = [] } = await ec2Of(place).send(new DescribeSecurityGroupRulesCommand(filter));
        return rules.flatMap(({ IsEgress, FromPort, CidrIpv4 }) => (IsEgress ? [] : [`${FromPort} ${CidrIpv4}`])).sort();
      },

      /** Plays CloudTrail: puts the record on the default bus of an account and region. */
      report: async ({ account, region }: Place, record: object): Promise<void> => {
        const events = new EventBridgeClient(as(account, region));
        const entry = { Source: "aws.ec2", DetailType: "AWS API Call via CloudTrail", Detail: JSON.stringify(record) };
        const { FailedEntryCount: failed } = await events.send(new PutEventsCommand({ Entries: [entry] }));
        events.destroy();
        if (failed !== 0) throw new Error(`the bus of ${account}, ${region} refused the event`);
      },

      /** Asks for a sweep of everything, as the schedule does. */
      askForSweep: async (run: string): Promise<void> => {
        const MessageBody = encodeSweep({ run, at: new Date().toISOString() });
        await sqs.send(new SendMessageCommand({ QueueUrl: stack.outputs.SweepsQueueUrl, MessageBody }));
      },

      /** Waits until the functions have nothing left to do; resolves to the number of dead letters. */
      settled: (): Promise<number> => settled(sqs, ministack.log, PATIENCE_MS),

      /** What the queues hold now. */
      backlog: () => backlog(sqs),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function credentialsOf(client: ConstructorParameters<typeof STSClient>[0], account: string) {
  const sts = new STSClient(client ?? {});
  const role = { RoleArn: `arn:aws:iam::${account}:role/tests`, RoleSessionName: "tests" };
  const { Credentials } = await sts.send(new AssumeRoleCommand(role));
  sts.destroy();
  const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken: sessionToken = "" } = Credentials ?? {};
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** Deploys stacks/member.yml as a StackSet would. */
async function deployMember(client: { readonly region: string }, busArn: string, log: () => string): Promise<void> {
  const cloudformation = new CloudFormationClient(client);
  const parameters = {
    HubAccountId: HUB,
    HubRegion: HOME,
    HubBusArn: busArn,
    Stage: "dev",
    ExternalId: EXTERNAL_ID,
    HomeRegion: HOME,
    Mode: "enforce",
  };
  const StackName = "portcullis-member";
  await cloudformation.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: await readFile(MEMBER_STACK, "utf8"),
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    }),
  );
  const status = await until("the member stack was not made", log, async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    const [{ StackStatus, StackStatusReason } = {}] = Stacks ?? [];
    return StackStatus === "CREATE_IN_PROGRESS" ? undefined : `${StackStatus} ${StackStatusReason ?? ""}`;
  });
  cloudformation.destroy();
  if (!status.startsWith("CREATE_COMPLETE")) throw new Error(`the member stack is ${status}, expected CREATE_COMPLETE:\n${log()}`);
}
