import {
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { callRecord, ingressRecord } from "./cloudtrail-event.ts";
import { type Ec2Recorder, startEc2Recorder } from "./ec2-recorder.ts";
import { ACCOUNT, REGION, startMinistack, startMoto } from "./emulators.ts";
import { recordFunctions } from "./function-recorder.ts";
import { settled } from "./queues.ts";
import { type PostedMessage, start as startSlack } from "./slack-server.ts";
import { deployStack } from "./stack.ts";
import { until } from "./until.ts";

// Slack waits three seconds; a function that starts within an emulator may need more.
const ANSWER_MS = 15_000;

/** The hole of the scenario: SSH for everybody beside SSH for a private network, in one permission. */
export const HOLE = { protocol: "tcp", port: 22, cidrs: ["10.0.0.0/8", "0.0.0.0/0"] } as const;
export const FORBIDDEN = "0.0.0.0/0";

/** The people of the local Slack; mallory's session makes the changes of the scenario. */
const PEOPLE = [
  { id: "U0MALLORY", name: "mallory", email: "mallory@example.com", title: "opened the port" },
  { id: "U0ADA", name: "ada", email: "ada@example.com", title: "approver" },
  { id: "U0LENA", name: "lena", email: "lena@example.com", title: "neither" },
];

/** A whole Portcullis on local AWS. */
export type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/** A security group with the hole in it. */
export interface OpenedGroup {
  readonly id: string;
  /** CloudTrail's record of the call that opened it. */
  readonly record: object;
}

/**
 * Starts the emulators and a local Slack and deploys the packaged stack with this policy; `tell` hears of each step. The guard
 * reaches EC2 through a recorder. `stop` ends and removes all of it.
 */
export async function startSandbox(policyFile: string, tell: (step: string) => void = () => undefined) {
  const running: (() => Promise<void>)[] = [];
  const stop = async () => {
    // The last started first: the functions end before the EC2 that they talk to.
    for (const end of running.splice(0).reverse()) await end();
  };
  try {
    const moto = await startMoto();
    running.push(moto.stop);
    const ec2 = new EC2Client(moto.client);
    running.push(async () => ec2.destroy());
    const slack = await startSlack({ patience: ANSWER_MS });
    running.push(slack.close);
    for (const person of PEOPLE) slack.addUser(person);
    const watched = { group: "" };
    const recorder = await startEc2Recorder(moto.url, async () => (watched.group === "" ? [] : ingressOf(ec2, watched.group)));
    running.push(recorder.close);
    const ministack = await startMinistack();
    running.push(ministack.stop);
    tell("moto (EC2) and MiniStack (all else) are up");
    const vpc = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    const drillVpc = vpc.Vpc?.VpcId ?? "";
    const functions = await recordFunctions(ministack.url);
    running.push(functions.close);
    const stack = await deployStack({ ministack, functions, ec2: recorder, slack, policyFile, drillVpc });
    tell(`stack ${stack.name} is packaged and deployed`);
    slack.connect(localUrl(ministack, stack.outputs.RespondLambdaFunctionUrl));
    const events = new EventBridgeClient(ministack.client);
    const sqs = new SQSClient(ministack.client);
    running.push(
      async () => events.destroy(),
      async () => sqs.destroy(),
    );
    const invoke = (name: string) => invokeOn(ministack, name);
    const report = (record: object) => reportOn(events, record);

    return {
      moto,
      ministack,
      slack,
      stack,
      recorder,
      stop,

      /** Opens the hole in a new security group. */
      openHole: async (name: string): Promise<OpenedGroup> => {
        const group = await ec2.send(
          new CreateSecurityGroupCommand({ GroupName: name, Description: "of the sandbox", VpcId: vpc.Vpc?.VpcId }),
        );
        const id = group.GroupId ?? "";
        const { protocol, port, cidrs } = HOLE;
        const answer = await ec2.send(
          new AuthorizeSecurityGroupIngressCommand({
            GroupId: id,
            IpPermissions: [{ IpProtocol: protocol, FromPort: port, ToPort: port, IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) }],
          }),
        );
        watched.group = id;
        const granted = answer.SecurityGroupRules ?? [];
        return { id, record: ingressRecord({ account: ACCOUNT, region: REGION, group: id, ...HOLE, granted }) };
      },

      /** CloudTrail's record of the call that put the hole back into a group. */
      recordOfHole: async (group: string): Promise<object> => {
        const { SecurityGroupRules: rules = [] } = await ec2.send(
          new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: "group-id", Values: [group] }] }),
        );
        const granted = rules.filter(({ CidrIpv4 }) => CidrIpv4 === FORBIDDEN);
        return ingressRecord({
          account: ACCOUNT,
          region: REGION,
          group,
          protocol: HOLE.protocol,
          port: HOLE.port,
          cidrs: [FORBIDDEN],
          granted,
        });
      },

      /** Opens a VPC's main route table to the internet, as CloudTrail records it. */
      openMainTable: async (): Promise<{ readonly table: string; readonly record: object }> => {
        const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }));
        const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand());
        const gateway = InternetGateway?.InternetGatewayId ?? "";
        await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: gateway, VpcId: Vpc?.VpcId }));
        const filters = [
          { Name: "vpc-id", Values: [Vpc?.VpcId ?? ""] },
          { Name: "association.main", Values: ["true"] },
        ];
        const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters: filters }));
        const table = RouteTables?.[0]?.RouteTableId ?? "";
        const [routeTableId, destinationCidrBlock, gatewayId] = [table, "0.0.0.0/0", gateway];
        await ec2.send(new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: destinationCidrBlock, GatewayId: gateway }));
        const request = { routeTableId, destinationCidrBlock, gatewayId };
        return { table, record: callRecord({ account: ACCOUNT, region: REGION, name: "CreateRoute", request }) };
      },

      /** The destinations of a route table. */
      routesOf: async (table: string): Promise<readonly string[]> => {
        const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [table] }));
        return (RouteTables?.[0]?.Routes ?? []).flatMap(({ DestinationCidrBlock: cidr }) => (cidr === undefined ? [] : [cidr]));
      },

      /** Runs a function of the stack as its schedule would. Throws when it fails. */
      invoke,

      /** Plays CloudTrail: puts the record on the default bus. Throws when the bus does not take it. */
      report,

      /** Runs the fire drill, and reports what it opens as CloudTrail would; resolves to its group. Rejects when it fails. */
      drill: async (): Promise<string> => {
        const reported = reportOpening(ec2, recorder, report);
        const [ran, group] = await Promise.allSettled([invoke("drill"), reported]);
        if (ran.status === "rejected") throw ran.reason;
        if (group.status === "rejected") throw group.reason;
        return group.value;
      },

      /** The sources that may enter the group: CIDRs of its ingress rules. */
      ingressOf: (group: string) => ingressOf(ec2, group),

      /** Waits until the forbidden source is back in the group. */
      reopened: (group: string) =>
        until(`${FORBIDDEN} was not put back`, ministack.log, async () => {
          const cidrs = await ingressOf(ec2, group);
          return cidrs.includes(FORBIDDEN) ? cidrs : undefined;
        }),

      /** Waits until Slack has what this finds; `what` says what that is. */
      seen: <Result>(what: string, find: () => Result | undefined): Promise<Result> =>
        until(`Slack has not seen ${what}`, ministack.log, async () => find()),

      /** Waits until the forbidden source is gone from the group. */
      closed: (group: string) =>
        until(`${FORBIDDEN} was not closed`, ministack.log, async () => {
          const cidrs = await ingressOf(ec2, group);
          return cidrs.includes(FORBIDDEN) ? undefined : cidrs;
        }),

      /** Waits until Slack has a message that names the group. */
      told: (group: string): Promise<PostedMessage> =>
        until(`Slack was not told about ${group}`, ministack.log, async () =>
          slack.messages.find((message) => JSON.stringify(message).includes(group)),
        ),

      /** Waits until the guard and the notifier have nothing left to do; resolves to the number of dead-lettered events. */
      settled: (): Promise<number> => settled(sqs, ministack.log),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ingressOf(ec2: EC2Client, group: string): Promise<readonly string[]> {
  const filter = { Filters: [{ Name: "group-id", Values: [group] }] };
  const { SecurityGroupRules: rules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(filter));
  return rules.flatMap(({ IsEgress, CidrIpv4 }) => (IsEgress === false && CidrIpv4 !== undefined ? [CidrIpv4] : []));
}

async function invokeOn({ url }: { readonly url: string }, name: string): Promise<void> {
  const answer = await fetch(`${url}/2015-03-31/functions/portcullis-dev-${name}/invocations`, { method: "POST", body: "{}" });
  const text = await answer.text();
  if (!answer.ok || answer.headers.has("x-amz-function-error")) throw new Error(`${name} failed: ${answer.status} ${text}`);
}

async function reportOn(events: EventBridgeClient, record: object): Promise<void> {
  const Detail = JSON.stringify(record);
  const entry = { Source: "aws.ec2", DetailType: "AWS API Call via CloudTrail", Detail };
  const { Entries: entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
  const refused = entries.find(({ ErrorCode }) => ErrorCode !== undefined);
  if (refused !== undefined) throw new Error(`the bus refused the event: ${refused.ErrorCode} ${refused.ErrorMessage}`);
}

/** Waits until the drill opens its rule, which the recorder sees, and reports it under the drill's role; resolves to the group. */
async function reportOpening(ec2: EC2Client, { calls }: Ec2Recorder, report: (record: object) => Promise<void>): Promise<string> {
  const before = calls.length;
  const opened = await until(
    "the drill opened nothing",
    () => "",
    async () => calls.slice(before).find(({ action, status }) => action === "AuthorizeSecurityGroupIngress" && status === 200),
  );
  const group = opened.parameters.get("GroupId") ?? "";
  const filter = { Filters: [{ Name: "group-id", Values: [group] }] };
  const { SecurityGroupRules: rules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand(filter));
  const granted = rules.filter(({ IsEgress }) => IsEgress === false);
  const [role, session] = ["portcullis-dev-drill", "portcullis-dev-drill"];
  const { protocol, port } = HOLE;
  const grant = { account: ACCOUNT, region: REGION, group, protocol, port, cidrs: [FORBIDDEN], granted };
  await report(ingressRecord({ ...grant, actor: { role, session } }));
  return group;
}

/** MiniStack knows a function's address by path too: names under on.aws lead out of this machine. */
function localUrl({ url }: { readonly url: string }, functionUrl = ""): string {
  const [id = ""] = new URL(functionUrl).hostname.split(".");
  return `${url}/_aws/lambda-url/${id}/`;
}
