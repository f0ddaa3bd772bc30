import { spawn } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as z from "zod/mini";

const ROOT = join(import.meta.dirname, "../..");
const COPIED = ["serverless.yml", "package.json"];
// Without node_modules, which osls would walk through; the bundler finds it from where the links lead.
const LINKED = ["functions", "lib", "scripts", "stacks"];
export const SLACK_PARAMS = [
  "slackBotTokenSecret=portcullis/slack-bot-token",
  "slackSigningSecret=portcullis/slack-signing-secret",
  "drillVpc=vpc-0d1a2b3c4d5e6f708",
];

const Template = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.optional(z.looseObject({})) })),
  Outputs: z.record(z.string(), z.looseObject({})),
});
/** A CloudFormation template, as far as anybody here looks into it. */
export type Template = z.infer<typeof Template>;

/** The service with another policy, in a folder of its own, so that tests neither touch dist/ nor meet each other. */
export interface ServiceFolder {
  readonly folder: string;
  remove(): Promise<void>;
}

/** What `osls package` made of serverless.yml. */
export interface PackagedService {
  readonly template: Template;
  /** The zip of each function, by its file name: `guard.zip`. */
  readonly zips: ReadonlyMap<string, Uint8Array>;
}

/** Makes a folder with the service and this policy, out of the project or a copy of it. */
export async function copyService(policyFile: string, root = ROOT): Promise<ServiceFolder> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-service-"));
  await Promise.all([
    ...COPIED.map((file) => copyFile(join(root, file), join(folder, file))),
    ...LINKED.map((name) => symlink(join(root, name), join(folder, name))),
    copyFile(policyFile, join(folder, "portcullis.yml")),
  ]);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Where a service is packaged, if not from the project, and in which time zone. */
export interface Packaging {
  readonly root?: string;
  readonly timeZone?: string;
}

/** Packages the service with this policy and these parameters, `name=value`; unless told otherwise, with those of Slack. Throws with osls' output when it fails. */
export async function packageService(
  policyFile: string,
  params: readonly string[] = SLACK_PARAMS,
  { root, timeZone = "UTC" }: Packaging = {},
): Promise<PackagedService> {
  const { folder, remove } = await copyService(policyFile, root);
  try {
    await osls(folder, ["package", ...params.flatMap((param) => ["--param", param])], timeZone);
    const made = join(folder, ".serverless");
    const files = (await readdir(made)).filter((file) => file.endsWith(".zip"));
    const zips = new Map(await Promise.all(files.map(async (file) => [file, await readFile(join(made, file))] as const)));
    const template = Template.parse(JSON.parse(await readFile(join(made, "cloudformation-template-update-stack.json"), "utf8")));
    return { template, zips };
  } finally {
    await remove();
  }
}

async function osls(folder: string, args: readonly string[], timeZone: string): Promise<void> {
  const bin = join(ROOT, "node_modules/.bin");
  const child = spawn(join(bin, "osls"), args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    // No credentials and none of jest's settings: packaging needs neither.
    env: { PATH: [bin, process.env.PATH].join(delimiter), HOME: folder, NO_COLOR: "1", TZ: timeZone },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`osls ${args.join(" ")} ended with ${code}:\n${output}`);
}
