import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import type { Found, Given } from "../lib/cloudformation/inputs.ts";
import { deploymentOf, type PlanOptions } from "./plans.ts";
import { templatesIn } from "./templates-in-folder.ts";

// CloudFormation takes no larger template, and change sets stay far below.
const LARGEST = 16 * 1024 * 1024;
const TEMPLATE = /\.(?:ya?ml|template)$/i;
const JSON_FILE = /\.json$/i;

/** What is CloudFormation's of these paths - YAML, templates and change sets in JSON, what CDK wrote, YAML in folders - and all others. */
export async function takeTemplates(paths: readonly string[]): Promise<Given & { readonly others: string[] }> {
  const taken = { files: [] as { file: string; text: string }[], assemblies: [] as string[], others: [] as string[] };
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true && (await isAssembly(path))) taken.assemblies.push(path);
    else if (found?.isDirectory() === true) {
      const { templates, hasOthers } = await templatesIn(path, LARGEST);
      for (const file of templates) taken.files.push({ file, text: decoded(await readFile(file)) });
      if (hasOthers || templates.length === 0) taken.others.push(path);
    } else if (found?.isFile() === true && TEMPLATE.test(path)) taken.files.push({ file: path, text: decoded(await readFile(path)) });
    else if (found?.isFile() === true && JSON_FILE.test(path) && found.size <= LARGEST) {
      const text = decoded(await readFile(path));
      if (await isTheirs(text)) taken.files.push({ file: path, text });
      else taken.others.push(path);
    } else taken.others.push(path);
  }
  return taken;
}

/** The plans among them. */
export async function plansOf(given: Given, options: PlanOptions): Promise<Found[]> {
  if (given.files.length === 0 && given.assemblies.length === 0) return [];
  // Loaded by those who have a template.
  const { plansIn } = await import("../lib/cloudformation/inputs.ts");
  return plansIn(given, deploymentOf(options));
}

/** Reads one more `--parameter Name=value`. Throws commander's error. */
export function readParameter(text: string, earlier: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("expected a name and a value, such as VpcId=vpc-0abc");
  return new Map([...earlier, [text.slice(0, at), text.slice(at + 1)]]);
}

async function isAssembly(folder: string): Promise<boolean> {
  const manifest = await readFile(join(folder, "manifest.json"), "utf8").catch(() => "");
  return manifest.includes('"artifacts"');
}

async function isTheirs(text: string): Promise<boolean> {
  if (!/"(?:Resources|TemplateBody|Changes)"/.test(text)) return false;
  const { isForCloudFormation } = await import("../lib/cloudformation/inputs.ts");
  try {
    return isForCloudFormation(JSON.parse(text.replace(/^\uFEFF/, "")));
  } catch {
    return false;
  }
}

// Windows PowerShell writes what is redirected as UTF-16.
function decoded(bytes: Buffer): string {
  return bytes[0] === 0xff && bytes[1] === 0xfe ? bytes.toString("utf16le") : bytes.toString("utf8");
}
