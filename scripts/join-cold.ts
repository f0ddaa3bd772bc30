import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { build, type Metafile } from "esbuild";

const run = promisify(execFile);
const COMPILE = join(import.meta.dirname, "compile-ahead.ts");
// Lambda gives Node this flag, and V8 takes no code that was compiled under other flags than its own.
const FLAGS: Readonly<Record<string, readonly string[]>> = { "": [], "-gc": ["--expose-gc"] };
// Else V8 takes another one each time, and writes other bytes.
const SAME_EACH_TIME = "--hash-seed=1";

// As long as "import", so that the source map holds.
const LOAD = "__load";

/** The outputs of a build that lie in one folder, with index.mjs for their entry point. */
interface Outputs {
  readonly folder: string;
  /** Paths in the metafile are from here. */
  readonly root: string;
  readonly metafile: Metafile;
  /** Those that a cold start loads. */
  readonly cold: ReadonlySet<string>;
}

/**
 * Joins what a cold start loads into one script, `cold.js`, and lays beside it what V8 makes of it, so that a start does not compile:
 * that is most of its time. The code in `cold.<checksum>.<version>-<arch>.bin` is for the Node that builds; another one passes it by and compiles.
 * What is loaded on demand finds the names that it shares with the script where they were. Exports are taken once the script has run: none
 * of them may change after that.
 */
export async function joinCold({ folder, root, metafile, cold }: Outputs): Promise<void> {
  const { outputs } = metafile;
  const code = Object.keys(outputs).filter((path) => path.endsWith(".mjs"));
  const fileOf = (path: string) => resolve(root, path);
  const shared = new Set(
    code
      .filter((path) => !cold.has(path))
      .flatMap((path) => outputs[path]?.imports.map((one) => one.path).filter((one) => cold.has(one)) ?? []),
  );
  const faces = [...shared].map((path, n) => ({
    path,
    names: (outputs[path]?.exports ?? []).map((name) => ({ name, as: `_${n.toString(36)}_${name}` })),
  }));
  const entry = outputs[[...cold].find((path) => fileOf(path) === join(folder, "index.mjs")) ?? ""]?.exports ?? [];
  const all = faces.flatMap(({ names }) => names.map(({ as }) => as));
  await writeScript(folder, new Set([...cold].map(fileOf)), [
    `export { ${entry.join(", ")} } from "./index.mjs";`,
    ...faces.map(
      ({ path, names }) =>
        `export { ${names.map(({ name, as }) => `${name} as ${as}`).join(", ")} } from "./${relative(folder, fileOf(path))}";`,
    ),
  ]);
  for (const path of cold) await Promise.all([rm(fileOf(path)), rm(`${fileOf(path)}.map`, { force: true })]);
  for (const { path, names } of faces) {
    await writeFile(fileOf(path), `export { ${names.map(({ name, as }) => `${as} as ${name}`).join(", ")} } from "../index.mjs";\n`);
  }
  const script = join(folder, "cold.js");
  const checksum = createHash("sha256")
    .update(await handImports(script))
    .digest("hex")
    .slice(0, 12);
  await writeFile(join(folder, "index.mjs"), loaderOf([...entry, ...all], checksum));
  const codeFile = (suffix: string) => join(folder, `cold.${checksum}.${process.version}-${process.arch}${suffix}.bin`);
  await Promise.all(
    Object.entries(FLAGS).map(([name, flags]) => run(process.execPath, [...flags, SAME_EACH_TIME, COMPILE, script, codeFile(name)])),
  );
}

async function writeScript(folder: string, cold: ReadonlySet<string>, lines: readonly string[]): Promise<void> {
  await build({
    stdin: { contents: lines.join("\n"), resolveDir: folder, sourcefile: "cold.mjs" },
    outfile: join(folder, "cold.js"),
    absWorkingDir: folder,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    // Of an error that nobody catches, Node prints the line.
    lineLimit: 200,
    sourcemap: "linked",
    sourcesContent: false,
    define: { "import.meta.url": "__url", "import.meta.dirname": "__dirname" },
    banner: { js: `(function(exports,require,module,__dirname,__url,${LOAD}){` },
    footer: { js: "})" },
    logLevel: "warning",
    plugins: [
      {
        name: "cold-alone",
        setup(build) {
          build.onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
            const file = resolve(resolveDir, path);
            return kind !== "dynamic-import" && cold.has(file) ? { path: file } : { path: `./${relative(folder, file)}`, external: true };
          });
        },
      },
    ],
  });
}

// A script may not import for itself, as the module that runs it may. Resolves to the text.
async function handImports(script: string): Promise<string> {
  const text = (await readFile(script, "latin1")).replace(/\bimport(?=\s*\()/g, LOAD);
  await writeFile(script, text, "latin1");
  return text;
}

/**
 * The entry point: runs the script, with the code that V8 made of it where there is some for this Node. V8 looks at nothing of a script but
 * its length, so the name of the code says of which it is.
 */
function loaderOf(names: readonly string[], checksum: string): string {
  return `import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { Script } from "node:vm";
const folder = import.meta.dirname;
const filename = \`\${folder}/cold.js\`;
const source = readFileSync(filename, "latin1");
let cachedData;
try {
  cachedData = readFileSync(\`\${folder}/cold.${checksum}.\${process.version}-\${process.arch}\${globalThis.gc ? "-gc" : ""}.bin\`);
} catch {
  // None for this Node, which compiles then.
}
const script = new Script(source, { filename, cachedData });
// Node asks modules alone for their source maps.
export const mapped = new Module(filename);
if (process.sourceMapsEnabled) mapped._compile("//# sourceMappingURL=cold.js.map", filename);
const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(import.meta.url), module, folder, import.meta.url, (name) => import(name));
export const { ${names.join(", ")} } = module.exports;
`;
}
