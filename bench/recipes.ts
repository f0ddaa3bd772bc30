import { copyFile, cp, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parsePolicy } from "../lib/policy/load.ts";
import { sealed } from "../lib/policy/seal.ts";
import type { Bundle } from "../scripts/bundle.ts";
import { EMULATOR_ENV } from "../test/support/emulators.ts";
import { venvPython } from "../test/support/python-venv.ts";
import { GUARD_ENV } from "./guard-env.ts";
import type { Recipe } from "./program.ts";

const CUSTODIAN = join(import.meta.dirname, "custodian");
const DRIVERS = join(import.meta.dirname, "drivers");
/** The recipe of Cloud Custodian that Python has compiled before. */
export const COMPILED = "custodian, compiled";

/** The recipe of the guard in the hands of another Node than the one that packaged it: it compiles its code itself. */
export const COMPILING = "guard, compiling";

/** How to start what is measured: `guard`, COMPILING, `bare`, and where it can be installed, `custodian` and COMPILED; `url` stands for AWS. */
export async function recipesIn(scratch: string, guard: Bundle, url: string): Promise<ReadonlyMap<string, Recipe>> {
  const policy = join(scratch, "policy.json");
  // The breaker counts the acts of the bench as it would those of a bad policy.
  await writeFile(policy, sealed(parsePolicy("version: 1\nmode: enforce\nbreaker: { acts: 100000 }", "bench"), guard.build));
  await copyFile(join(CUSTODIAN, "config.json"), join(scratch, "config.json"));
  const env = { ...EMULATOR_ENV, PATH: process.env.PATH, AWS_DEFAULT_REGION: EMULATOR_ENV.AWS_REGION, AWS_ENDPOINT_URL: url };
  const node = (driver: string, more: Readonly<Record<string, string>> = {}): Recipe => ({
    command: process.execPath,
    args: [join(DRIVERS, driver)],
    cwd: scratch,
    env: { ...env, ...more },
  });
  const compiling = join(scratch, "compiling");
  await cp(dirname(guard.file), compiling, { recursive: true, filter: (path) => !path.endsWith(".bin") });
  const guardIn = (folder: string) => node("guard.mjs", { ...GUARD_ENV, BUNDLE: join(folder, "index.mjs"), POLICY_FILE: policy });
  const recipes = new Map<string, Recipe>([
    ["guard", guardIn(dirname(guard.file))],
    [COMPILING, guardIn(compiling)],
    ["bare", node("bare.mjs")],
  ]);
  try {
    const python = await venvPython("custodian", join(CUSTODIAN, "requirements.txt"), "Cloud Custodian (once, about a minute)");
    const custodian: Recipe = { command: python, args: [join(CUSTODIAN, "serve.py")], cwd: scratch, env: { ...env, HOME: scratch } };
    const archive = { PYTHONPATH: await archiveIn(scratch, python), PYTHONDONTWRITEBYTECODE: "1" };
    recipes.set("custodian", { ...custodian, env: { ...custodian.env, ...archive } });
    recipes.set(COMPILED, custodian);
  } catch (error) {
    process.stderr.write(`Cloud Custodian could not be installed from the package index, so it is left out. Offline? ${String(error)}\n`);
  }
  return recipes;
}

/** Cloud Custodian as its archive for Lambda has it: source alone (c7n.mu takes no *.pyc), where nothing can be written. */
async function archiveIn(scratch: string, python: string): Promise<string> {
  const library = join(dirname(dirname(python)), "lib");
  const [version = ""] = await readdir(library);
  const archive = join(scratch, "archive");
  await cp(join(library, version, "site-packages/c7n"), join(archive, "c7n"), {
    recursive: true,
    filter: (path) => !path.includes("__pycache__"),
  });
  return archive;
}
