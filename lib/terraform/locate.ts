import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import type { Location, Plan } from "../planned/plan.ts";
import { modulesOf, stepsOf } from "./address.ts";
import { blocksOf } from "./blocks.ts";

type Blocks = ReadonlyMap<string, Required<Location>>;

// What `terraform init` notes of the modules that it has fetched.
const Manifest = z.object({ Modules: z.array(z.object({ Key: z.string(), Dir: z.string() })) });
const Calls = z.object({
  source: z.optional(z.string()),
  get module() {
    return z.optional(ModuleOf);
  },
});
const ModuleOf: z.ZodMiniType<ModuleConfiguration> = z.object({ module_calls: z.optional(z.record(z.string(), Calls)) });
interface ModuleConfiguration {
  readonly module_calls?:
    | Readonly<Record<string, { readonly source?: string | undefined; readonly module?: ModuleConfiguration | undefined }>>
    | undefined;
}
const Root = z.object({ configuration: z.object({ root_module: ModuleOf }) });

/**
 * The plan, with the file and line of each resource in the configuration that it was made from: `folder`, the root module, and the modules
 * that are files in it or that `terraform init` fetched into it. A resource of a module that is not there goes by the call of that module.
 * Throws what reading the folder throws.
 */
export async function located(plan: Plan, document: unknown, folder: string): Promise<Plan> {
  const configuration = new Files(folder, document);
  await configuration.blocksIn([]);
  const locate = async <One extends { readonly address: string; readonly location?: Location }>(one: One): Promise<One> => {
    const location = await configuration.locationOf(one.address);
    return location === undefined ? one : { ...one, location };
  };
  return {
    ...plan,
    resources: await Promise.all(plan.resources.map(locate)),
    notJudged: await Promise.all(plan.notJudged.map(locate)),
  };
}

/** The files of a configuration, each read once. */
class Files {
  private readonly folder: string;
  private readonly root: ModuleConfiguration;
  private readonly read = new Map<string, Promise<Blocks>>();
  private manifest: Promise<ReadonlyMap<string, string>> | undefined;

  constructor(folder: string, document: unknown) {
    this.folder = folder;
    const parsed = Root.safeParse(document);
    this.root = parsed.success ? parsed.data.configuration.root_module : {};
  }

  async locationOf(address: string): Promise<Location | undefined> {
    const names = modulesOf(address).map(({ name }) => name);
    const own = stepsOf(address)
      .flatMap((step) => ("name" in step ? [step.name] : []))
      .slice(2 * names.length)
      .join(".");
    const found = (await this.blocksIn(names))?.get(own);
    if (found !== undefined) return found;
    // From the inside out: the call of the module that is not there.
    for (let depth = names.length - 1; depth >= 0; depth--) {
      const call = (await this.blocksIn(names.slice(0, depth)))?.get(`module.${names[depth]}`);
      if (call !== undefined) return call;
    }
    return undefined;
  }

  /** The blocks of a module, which is named by the calls from the root down; undefined where its files are not there. */
  async blocksIn(names: readonly string[]): Promise<Blocks | undefined> {
    const folder = await this.folderOf(names);
    if (folder === undefined) return undefined;
    let reading = this.read.get(folder);
    if (reading === undefined) {
      reading = readBlocks(folder);
      this.read.set(folder, reading);
    }
    return names.length === 0 ? reading : reading.catch(() => undefined);
  }

  private async folderOf(names: readonly string[]): Promise<string | undefined> {
    this.manifest ??= readManifest(this.folder);
    const noted = (await this.manifest).get(names.join("."));
    if (noted !== undefined) return join(this.folder, noted);
    let module: ModuleConfiguration | undefined = this.root;
    let folder = this.folder;
    for (const name of names) {
      const call: NonNullable<ModuleConfiguration["module_calls"]>[string] | undefined = module?.module_calls?.[name];
      if (call?.source === undefined || !/^\.{1,2}(?:\/|$)/.test(call.source)) return undefined;
      folder = join(folder, call.source);
      module = call.module;
    }
    return folder;
  }
}

async function readManifest(folder: string): Promise<ReadonlyMap<string, string>> {
  try {
    const text = await readFile(join(folder, ".terraform/modules/modules.json"), "utf8");
    return new Map(Manifest.parse(JSON.parse(text)).Modules.map(({ Key, Dir }) => [Key, Dir]));
  } catch {
    // It is a help, and there before a plan is made only.
    return new Map();
  }
}

async function readBlocks(folder: string): Promise<Blocks> {
  const blocks = new Map<string, Required<Location>>();
  for (const name of (await readdir(folder)).filter((one) => /\.(?:tf|tofu)$/.test(one)).sort()) {
    const file = join(folder, name);
    for (const [reference, line] of blocksOf(await readFile(file, "utf8")))
      if (!blocks.has(reference)) blocks.set(reference, { file, line });
  }
  return blocks;
}
