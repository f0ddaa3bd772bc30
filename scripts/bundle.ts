// Bundles every function into dist/<name>/index.mjs, with the policy beside it. `npx osls package` and `deploy` run it.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { loadPolicy } from "../lib/policy/load.ts";
import { PolicyError } from "../lib/policy/problem.ts";
import { sealed } from "../lib/policy/seal.ts";
import { bareHttp } from "./bare-http.ts";
import { joinCold } from "./join-cold.ts";
import { slimDependencies } from "./slim-dependencies.ts";
import { splitLazily } from "./split-lazily.ts";

/** A bundled function; sizes in bytes of code. */
export interface Bundle {
  readonly name: string;
  readonly file: string;
  /** What a policy's snapshot is sealed with. */
  readonly build: string;
  /** All of it. */
  readonly bytes: number;
  /** What a cold start loads. */
  readonly cold: number;
}

/**
 * Bundles functions/*.ts of the service in `root` into its dist/, and checks its portcullis.yml and writes it as
 * policy.json beside each. What is bundled is kept, and taken from there until the code changes. Throws esbuild's error, or the
 * policy's with file, line and column.
 */
export async function bundleService(root: string): Promise<readonly Bundle[]> {
  const policy = loadPolicy(join(root, "portcullis.yml"));
  const dist = join(root, "dist");
  await rm(dist, { recursive: true, force: true });
  const source = dirname(await realpath(join(root, "functions")));
  const build = await fingerprintOf(source);
  const made = await bundlesOf(source, build);
  await cp(made, dist, { recursive: true });
  const bundles: readonly Bundle[] = JSON.parse(await readFile(join(made, SIZES), "utf8"));
  await rm(join(dist, SIZES));
  // The functions carry the policy that was checked here: a broken one stops the deployment, not the guard.
  const snapshot = sealed(policy, build);
  await Promise.all(bundles.map(({ name }) => writeFile(join(dist, name, "policy.json"), snapshot)));
  return bundles.map((one) => ({ ...one, file: join(dist, one.name, "index.mjs") }));
}

const SIZES = "sizes.json";
// While these start, a hole is open.
const AT_ONCE: ReadonlySet<string> = new Set(["guard"]);
// What the bundles are made of.
const CODE = ["lib", "functions"];
const MAKERS = [
  "package-lock.json",
  "scripts/bundle.ts",
  "scripts/bare-http.ts",
  "scripts/compile-ahead.ts",
  "scripts/join-cold.ts",
  "scripts/slim-dependencies.ts",
  "scripts/split-lazily.ts",
];

/** The folder with the bundles of the code in `root`, whose fingerprint is `build`: made, unless they were before. */
async function bundlesOf(root: string, build: string): Promise<string> {
  // Some of it is compiled for the Node and the processor that are here.
  const folder = join(root, "node_modules/.cache/portcullis", `${build}-${process.version}-${process.arch}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  const sources = (await readdir(join(root, "functions"))).filter((file) => file.endsWith(".ts")).sort();
  const bundles: Bundle[] = [];
  // One after the other: a build takes all cores.
  for (const file of sources) bundles.push(await bundle(root, build, join(root, "functions", file), join(draft, basename(file, ".ts"))));
  await writeFile(join(draft, SIZES), JSON.stringify(bundles));
  // Whoever made them at the same time made the same.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
  return folder;
}

async function fingerprintOf(root: string): Promise<string> {
  const hash = createHash("sha256").update(process.version);
  for (const file of await filesOf(root)) hash.update(relative(root, file)).update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

async function filesOf(root: string): Promise<string[]> {
  const folders = CODE.map((folder) => join(root, folder)).filter((folder) => existsSync(folder));
  const entries = (await Promise.all(folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })))).flat();
  const code = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return [...code, ...MAKERS.map((file) => join(root, file)).filter((file) => existsSync(file))].sort();
}

/** Bundles one function of the code in `root`: the same bytes from the same code, wherever it lies. */
async function bundle(root: string, fingerprint: string, source: string, folder: string): Promise<Bundle> {
  const file = join(folder, "index.mjs");
  const options = {
    // Names of chunks, and the order of what is in them, hang on paths: these begin at the root, and lead into no other place.
    absWorkingDir: root,
    preserveSymlinks: true,
    entryPoints: { index: source },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported on demand - the SDK's other ways to credentials, SQS for retries - stays out of the cold start.
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    platform: "node",
    target: "node24",
    format: "esm",
    // The SDK's CommonJS builds do not tree-shake.
    mainFields: ["module", "main"],
    minify: true,
    define: { "process.env.PORTCULLIS_BUILD": JSON.stringify(fingerprint) },
    sourcemap: "linked",
    // A stack trace needs file and line only.
    sourcesContent: false,
    legalComments: "none",
    // CommonJS dependencies call require(), which ES modules do not have.
    banner: { js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);' },
    logLevel: "warning",
  } as const satisfies BuildOptions;
  const plugins = [await splitLazily(source, options), slimDependencies, bareHttp];
  const { metafile } = await build({ ...options, plugins, metafile: true });
  await writeFile(join(folder, "meta.json"), JSON.stringify(metafile));
  const cold = coldOutputs(root, metafile, file);
  const name = basename(folder);
  if (AT_ONCE.has(name)) await joinCold({ folder, root, metafile, cold });
  const scripts = AT_ONCE.has(name) ? [file, join(folder, "cold.js")] : [...cold].map((path) => resolve(root, path));
  const all = (await readdir(folder, { recursive: true })).filter((path) => /\.m?js$/.test(path)).map((path) => join(folder, path));
  return { name, file, build: fingerprint, bytes: await sizeOf(all), cold: await sizeOf(scripts) };
}

/** The outputs that a cold start loads: the entry point and all that it imports. */
function coldOutputs(root: string, { outputs }: Metafile, entry: string): ReadonlySet<string> {
  const loaded = new Set(Object.keys(outputs).filter((path) => resolve(root, path) === resolve(entry)));
  for (const path of loaded) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && outputs[imported] !== undefined) loaded.add(imported);
    }
  }
  return loaded;
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const kB = (size: number) => `${(size / 1000).toFixed(0)} kB`;
    for (const { name, bytes, cold } of await bundleService(process.cwd())) {
      process.stderr.write(`  ${name.padEnd(8)} ${kB(bytes)}, of which a cold start loads ${kB(cold)}\n`);
    }
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
