import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { messageOf } from "../messages/message-of.ts";
import type { Plan } from "../planned/plan.ts";
import { evaluate } from "./intrinsics.ts";
import { planOf } from "./plan.ts";
import { type Deployment, Stack } from "./stack.ts";
import { readTemplate, type Template } from "./template.ts";
import { TemplateError } from "./template-error.ts";
import { isValues, textOf } from "./value.ts";

// https://docs.aws.amazon.com/cdk/api/v2/docs/cloud-assembly-schema-readme.html
const Manifest = z.object({
  artifacts: z.optional(
    z.record(
      z.string(),
      z.object({
        type: z.string(),
        environment: z.optional(z.string()),
        properties: z.optional(
          z.object({
            templateFile: z.optional(z.string()),
            stackName: z.optional(z.string()),
            directoryName: z.optional(z.string()),
            parameters: z.optional(z.record(z.string(), z.string())),
          }),
        ),
      }),
    ),
  ),
});

const MANIFEST = "manifest.json";
// No cloud assembly that CDK writes holds itself.
const DEEPEST = 10;

interface Written {
  readonly template: Template;
  readonly deployment: Deployment;
  readonly folder: string;
}

/**
 * What CDK wrote into a folder, one plan for each account and region, the stacks in it seen together. `given` is where stacks go
 * that do not tell it, and values of parameters. Throws TemplateError.
 */
export async function plansOfAssembly(folder: string, given: Deployment): Promise<Plan[]> {
  const written = await stacksIn(folder, given, 0);
  if (written.length === 0) throw new TemplateError(join(folder, MANIFEST), undefined, "found no stack, expected what cdk synth writes");
  const places = Map.groupBy(written, ({ deployment: { account, region } }) => `${account}/${region}`);
  return Promise.all(
    [...places.values()].map(async (here) => {
      const stacks: Stack[] = [];
      const exported = (name: string) => stacks.map((stack) => stack.exports(name)).find((value) => value !== undefined);
      for (const one of here) stacks.push(...(await withNested({ ...one, deployment: { ...one.deployment, exported } }, 0)));
      return planOf(stacks.map((stack) => ({ stack })));
    }),
  );
}

async function stacksIn(folder: string, given: Deployment, depth: number): Promise<Written[]> {
  const file = join(folder, MANIFEST);
  if (depth > DEEPEST) throw new TemplateError(file, undefined, `found more than ${DEEPEST} assemblies in each other, expected fewer`);
  const { artifacts = {} } = await readManifest(file);
  const written: Written[] = [];
  for (const [name, { type, environment, properties = {} }] of Object.entries(artifacts)) {
    const { templateFile, directoryName, stackName = name, parameters = {} } = properties;
    if (type === "cdk:cloud-assembly" && directoryName !== undefined) {
      written.push(...(await stacksIn(join(folder, directoryName), given, depth + 1)));
    }
    if (type !== "aws:cloudformation:stack" || templateFile === undefined) continue;
    const path = join(folder, templateFile);
    const template = readTemplate(await read(path), path, { mayBeEmpty: true });
    const values = (parameter: string) =>
      given.parameters?.(parameter) ?? (Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined);
    written.push({ template, folder, deployment: { ...given, ...placeOf(environment, given), stack: stackName, parameters: values } });
  }
  return written;
}

// `aws://111122223333/eu-west-1`, or `aws://unknown-account/unknown-region`
function placeOf(environment = "", { account, region }: Deployment): Pick<Deployment, "account" | "region"> {
  const [, inAccount, inRegion] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment) ?? [];
  return {
    account: inAccount === undefined || inAccount === "unknown-account" ? account : inAccount,
    region: inRegion === undefined || inRegion === "unknown-region" ? region : inRegion,
  };
}

// The template of a nested stack is a file of the assembly, which the metadata of its resource names.
async function withNested({ template, deployment, folder }: Written, depth: number): Promise<Stack[]> {
  const nested = new Map<string, Stack>();
  const parent = new Stack(template, { ...deployment, nested });
  const all = [parent];
  for (const resource of parent.resources.values()) {
    const path = textOf(resource.metadata["aws:asset:path"]);
    if (resource.type !== "AWS::CloudFormation::Stack" || path === undefined || depth > DEEPEST) continue;
    const { Parameters: given = {} } = resource.properties;
    const parameters = (name: string) => {
      const value = isValues(given) && Object.hasOwn(given, name) ? given[name] : undefined;
      return value === undefined ? undefined : evaluate(value, parent);
    };
    const file = join(folder, path);
    const child = { ...deployment, stack: `${deployment.stack}/${resource.name}`, parameters };
    const [stack, ...deeper] = await withNested(
      { template: readTemplate(await read(file), file, { mayBeEmpty: true }), deployment: child, folder },
      depth + 1,
    );
    if (stack !== undefined) nested.set(resource.name, stack);
    all.push(...(stack === undefined ? [] : [stack]), ...deeper);
  }
  return all;
}

async function readManifest(file: string): Promise<z.infer<typeof Manifest>> {
  const text = await read(file);
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (error) {
    throw new TemplateError(
      file,
      undefined,
      `found no manifest of a cloud assembly (${messageOf(error)}), expected what cdk synth writes`,
      { cause: error },
    );
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new TemplateError(file, undefined, `found no readable file (${messageOf(error)}), expected what cdk synth writes`, {
      cause: error,
    });
  }
}
