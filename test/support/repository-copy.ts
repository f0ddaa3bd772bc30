import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
// What commands of users read and what they write; the code itself is linked, and found from where the links lead.
const COPIED = [
  "serverless.yml",
  "package.json",
  "portcullis.yml",
  "portcullis.schema.json",
  "README.md",
  "docs",
  "examples",
  "scripts",
  "stacks",
];
const LINKED = ["action", "functions", "lib", "cli", "events"];

/** A clone of the repository after `npm ci`, in which a user's commands may write. */
export interface RepositoryCopy {
  readonly folder: string;
  /** A folder beside it, for what the user has at home. */
  readonly home: string;
  remove(): Promise<void>;
}

export async function copyRepository(): Promise<RepositoryCopy> {
  const above = await mkdtemp(join(tmpdir(), "portcullis-copy-"));
  const [folder, home] = [join(above, "portcullis"), join(above, "home")];
  await Promise.all([mkdir(folder), mkdir(home)]);
  await Promise.all([
    // Above the copy, where osls does not walk through them.
    symlink(join(ROOT, "node_modules"), join(above, "node_modules")),
    ...COPIED.map((name) => cp(join(ROOT, name), join(folder, name), { recursive: true })),
    ...LINKED.map((name) => symlink(join(ROOT, name), join(folder, name))),
  ]);
  return { folder, home, remove: () => rm(above, { recursive: true, force: true }) };
}
