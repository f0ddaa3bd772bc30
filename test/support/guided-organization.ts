import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupRulesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import { SQSClient } from "@aws-sdk/client-sqs";
import { setUpAwsCli } from "./aws-cli.ts";
import { startBash } from "./bash-session.ts";
import { startCloudFormationFront } from "./cloudformation-front.ts";
import { ingressRecord } from "./cloudtrail-event.ts";
import { type Emulator, startMinistack, startMoto } from "./emulators.ts";
import { settled } from "./queues.ts";
import { copyRepository } from "./repository-copy.ts";
import { type ClientSettings, instancesOf, StackSetDeployer } from "./stack-sets.ts";

const MANAGEMENT = "999988887777";
const PATIENCE_MS = 120_000;
/** A log of CloudTrail in which tcp 22 is opened to the internet. */
const LOG =
  "events/AWSLogs/218007301253/CloudTrail/us-east-1/2023/07/10/218007301253_CloudTrail_us-east-1_20230710T1215Z_YMDRJwtmC82bUwAo.json.gz";

export type GuidedOrganization = Awaited<ReturnType<typeof startGuidedOrganization>>;

/**
 * An organization that knows nothing of Portcullis yet, a copy of this repository, and a bash in it for somebody who deploys: the
 * profiles `management` and `hub`, the AWS CLI, npm. Organizations, StackSets, EC2 and STS are on moto, the rest on MiniStack.
 */
export async function startGuidedOrganization(home: string) {
  const running: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of running.splice(0).reverse()) await end();
  };
  try {
    const moto = await startMoto();
    running.push(moto.stop);
    const { hub, accounts, units } = await makeOrganization(moto);
    const onMoto = { AWS_ENDPOINT_URL_EC2: moto.url, AWS_ENDPOINT_URL_STS: moto.url, AWS_ENDPOINT_URL_ORGANIZATIONS: moto.url };
    const ministack = await startMinistack(onMoto);
    running.push(ministack.stop);
    const front = await startCloudFormationFront(moto.url, ministack.url);
    running.push(front.close);
    const copy = await copyRepository();
    running.push(copy.remove);
    // What moto does not know, the policy does not ask for.
    await edit(join(copy.folder, "portcullis.yml"), "\nrules:\n", "\nrules:\n  block-public-access: false\n  approved-peering: false\n");

    const endpoints = { AWS_ENDPOINT_URL: ministack.url, AWS_ENDPOINT_URL_CLOUDFORMATION: front.url, ...onMoto };
    const cli = await setUpAwsCli(copy.home, endpoints, { management: MANAGEMENT, hub });
    const bash = startBash(copy.folder, cli.env);
    running.push(bash.end);

    const as = (account: string, region: string, { url: endpoint }: Emulator): ClientSettings => ({
      endpoint,
      region,
      credentials: { accessKeyId: account, secretAccessKey: "testing" },
    });
    const deployer = new StackSetDeployer("portcullis", (account, region) => as(account, region, ministack), ministack.log);
    const instances = () => instancesOf("portcullis", as(hub, home, moto));
    const sqs = new SQSClient(as(hub, home, ministack));
    running.push(async () => sqs.destroy());
    const ec2 = async <Result>(account: string, call: (client: EC2Client) => Promise<Result>): Promise<Result> => {
      const client = new EC2Client(as(account, home, moto));
      return call(client).finally(() => client.destroy());
    };

    return {
      management: MANAGEMENT,
      hub,
      accounts,
      units,
      cli,
      copy,
      front,
      instances,
      stop,

      /** Runs a script of the guide, and then has the StackSet do what it was told; resolves to what the script printed. */
      follow: async (script: string): Promise<string> => {
        const said = await bash.run(script);
        await deployer.carryOut(await instances());
        return said;
      },

      /** Edits the policy. */
      editPolicy: (from: string, to: string) => edit(join(copy.folder, "portcullis.yml"), from, to),

      /** A trail of the organization, with a log of this month in its bucket. */
      makeTrail: async (bucket: string): Promise<void> => {
        const aws = (...args: readonly string[]) => cli.call(MANAGEMENT, home, ...args);
        await aws("s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", `LocationConstraint=${home}`);
        const trail = ["--name", "organization"];
        await aws("cloudtrail", "create-trail", ...trail, "--s3-bucket-name", bucket, "--is-multi-region-trail", "--is-organization-trail");
        await aws("cloudtrail", "start-logging", ...trail);
        const selector = "ReadWriteType=WriteOnly,IncludeManagementEvents=true";
        await aws("cloudtrail", "put-event-selectors", "--trail-name", "organization", "--event-selectors", selector);
        const month = new Date().toISOString().slice(0, 7).replace("-", "/");
        const there = `s3://${bucket}/AWSLogs/o-any/${hub}/CloudTrail/${home}/${month}/01/`;
        await cli.call(MANAGEMENT, home, "s3", "cp", "--quiet", join(copy.folder, LOG), there);
      },

      /** Opens `tcp 22 from 0.0.0.0/0` in a group of an account; resolves to what CloudTrail would record of it. */
      openPort: (account: string) =>
        ec2(account, async (client) => {
          const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
          const named = { GroupName: "open", Description: "of the tests", VpcId: Vpc?.VpcId };
          const { GroupId: group = "" } = await client.send(new CreateSecurityGroupCommand(named));
          const permission = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
          const request = { GroupId: group, IpPermissions: [permission] };
          const { SecurityGroupRules: granted = [] } = await client.send(new AuthorizeSecurityGroupIngressCommand(request));
          return ingressRecord({ account, region: home, group, protocol: "tcp", port: 22, cidrs: ["0.0.0.0/0"], granted });
        }),

      /** How many rules of an account admit the internet. */
      openRules: (account: string): Promise<number> =>
        ec2(account, async (client) => {
          const { SecurityGroupRules: rules = [] } = await client.send(new DescribeSecurityGroupRulesCommand({}));
          return rules.filter(({ IsEgress, CidrIpv4 }) => !IsEgress && CidrIpv4 === "0.0.0.0/0").length;
        }),

      /** Plays CloudTrail: puts the record on the default bus of the account. */
      report: async (account: string, record: object): Promise<void> => {
        const events = new EventBridgeClient(as(account, home, ministack));
        const entry = { Source: "aws.ec2", DetailType: "AWS API Call via CloudTrail", Detail: JSON.stringify(record) };
        await events.send(new PutEventsCommand({ Entries: [entry] }));
        events.destroy();
      },

      /** Waits until the hub has nothing left to do; resolves to the number of dead letters. */
      settled: (): Promise<number> => settled(sqs, ministack.log, PATIENCE_MS),
      log: ministack.log,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeOrganization(moto: Emulator) {
  const credentials = { accessKeyId: MANAGEMENT, secretAccessKey: "testing" };
  const organizations = new OrganizationsClient({ ...moto.client, credentials });
  await organizations.send(new CreateOrganizationCommand({ FeatureSet: "ALL" }));
  const root = (await organizations.send(new ListRootsCommand({}))).Roots?.[0]?.Id ?? "";
  const make = async (name: string) => {
    const made = await organizations.send(new CreateOrganizationalUnitCommand({ Name: name, ParentId: root }));
    const unit = made.OrganizationalUnit?.Id ?? "";
    const { CreateAccountStatus } = await organizations.send(new CreateAccountCommand({ AccountName: name, Email: `${name}@example.com` }));
    const account = CreateAccountStatus?.AccountId ?? "";
    await organizations.send(new MoveAccountCommand({ AccountId: account, SourceParentId: root, DestinationParentId: unit }));
    return { unit, account };
  };
  const [security, sandbox, production] = [await make("security"), await make("sandbox"), await make("production")];
  organizations.destroy();
  return {
    hub: security.account,
    accounts: { sandbox: sandbox.account, production: production.account },
    units: { security: security.unit, sandbox: sandbox.unit, production: production.unit },
  };
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (text.split(from).length !== 2) throw new Error(`${file} should hold this once: ${from}`);
  await writeFile(
    file,
    text.replace(from, () => to),
  );
}
