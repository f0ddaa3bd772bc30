import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackInstanceCommand,
  DescribeStackSetCommand,
  DescribeStacksCommand,
  ListStackInstancesCommand,
  type Parameter,
  StackSetNotFoundException,
  UpdateStackCommand,
} from "@aws-sdk/client-cloudformation";
import { until } from "./until.ts";

/** What SDK clients are made of. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

type ClientFor = (account: string, region: string) => ClientSettings;

/** What a StackSet says of one instance. */
export interface Instance {
  readonly account: string;
  readonly region: string;
  /** Those of the StackSet, and over them those of the instance. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly template: string;
}

/** The instances of a StackSet on moto; none when it does not exist. */
export async function instancesOf(StackSetName: string, client: ClientSettings): Promise<readonly Instance[]> {
  const cloudformation = new CloudFormationClient(client);
  try {
    const { StackSet } = await cloudformation.send(new DescribeStackSetCommand({ StackSetName }));
    const { Summaries = [] } = await cloudformation.send(new ListStackInstancesCommand({ StackSetName }));
    return await Promise.all(
      Summaries.map(async ({ Account: account = "", Region: region = "" }) => {
        const one = { StackSetName, StackInstanceAccount: account, StackInstanceRegion: region };
        const { StackInstance } = await cloudformation.send(new DescribeStackInstanceCommand(one));
        const parameters = asRecord([...(StackSet?.Parameters ?? []), ...(StackInstance?.ParameterOverrides ?? [])]);
        return { account, region, parameters, template: StackSet?.TemplateBody ?? "" };
      }),
    );
  } catch (error) {
    if (error instanceof StackSetNotFoundException) return [];
    throw error;
  } finally {
    cloudformation.destroy();
  }
}

/** Plays StackSets' part on MiniStack: makes, updates and deletes the stacks of accounts so that they are as the instances say. */
export class StackSetDeployer {
  private readonly deployed = new Map<string, Instance>();
  private readonly name: string;
  private readonly clientFor: ClientFor;
  private readonly log: () => string;

  constructor(name: string, clientFor: ClientFor, log: () => string) {
    this.name = `StackSet-${name}`;
    this.clientFor = clientFor;
    this.log = log;
  }

  /** Throws when a stack does not come out as CREATE_COMPLETE or UPDATE_COMPLETE. */
  async carryOut(instances: readonly Instance[]): Promise<void> {
    const wanted = new Map(instances.map((one) => [`${one.account}/${one.region}`, one]));
    for (const [key, instance] of this.deployed) if (!wanted.has(key)) await this.delete(key, instance);
    await Promise.all(Array.from(wanted, ([key, instance]) => this.put(key, instance)));
  }

  private async put(key: string, instance: Instance): Promise<void> {
    const before = this.deployed.get(key);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(instance)) return;
    const cloudformation = new CloudFormationClient(this.clientFor(instance.account, instance.region));
    const stack = {
      StackName: this.name,
      TemplateBody: instance.template,
      Parameters: Object.entries(instance.parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      Capabilities: ["CAPABILITY_NAMED_IAM" as const],
    };
    await cloudformation.send(before === undefined ? new CreateStackCommand(stack) : new UpdateStackCommand(stack));
    const status = await this.settled(cloudformation);
    cloudformation.destroy();
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(status)) throw new Error(`the member stack of ${key} is ${status}:\n${this.log()}`);
    this.deployed.set(key, instance);
  }

  private async delete(key: string, { account, region }: Instance): Promise<void> {
    const cloudformation = new CloudFormationClient(this.clientFor(account, region));
    await cloudformation.send(new DeleteStackCommand({ StackName: this.name }));
    await this.settled(cloudformation);
    cloudformation.destroy();
    this.deployed.delete(key);
  }

  private settled(cloudformation: CloudFormationClient): Promise<string> {
    return until("the member stack was not made", this.log, async () => {
      const { Stacks } = await cloudformation
        .send(new DescribeStacksCommand({ StackName: this.name }))
        // A stack that was deleted is known by its id only.
        .catch(() => ({ Stacks: undefined }));
      const [{ StackStatus = "DELETE_COMPLETE" } = {}] = Stacks ?? [];
      return StackStatus.endsWith("_IN_PROGRESS") ? undefined : StackStatus;
    });
  }
}

function asRecord(parameters: readonly Parameter[]): Readonly<Record<string, string>> {
  return Object.fromEntries(parameters.map(({ ParameterKey = "", ParameterValue = "" }) => [ParameterKey, ParameterValue]));
}
