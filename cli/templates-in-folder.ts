import type { Dirent } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const YAML = /\.(?:ya?ml|template)$/i;
// What begins a line is a key of the document itself: other files have resources somewhere within.
const HEAD = /^["']?(?:AWSTemplateFormatVersion|Resources)["']?[ \t]*:/m;
const RESOURCE = /\bType["']?[ \t]*:[ \t]*["']?\w+::/;

/** The templates in YAML below a folder, by what is in them, sorted by name; and whether anything else is there. */
export async function templatesIn(folder: string, largest: number): Promise<{ readonly templates: string[]; readonly hasOthers: boolean }> {
  const templates: string[] = [];
  let hasOthers = false;
  for await (const file of filesBelow(folder)) {
    if (YAML.test(file) && (await isTemplate(file, largest))) templates.push(file);
    else hasOthers ||= !YAML.test(file);
  }
  return { templates: templates.sort(), hasOthers };
}

// What cannot be looked into is told by those who read the rest of the folder.
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

async function isTemplate(file: string, largest: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size > largest) return false;
  const text = await readFile(file, "utf8").catch(() => "");
  return HEAD.test(text) && RESOURCE.test(text);
}
