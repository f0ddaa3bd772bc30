import { readFileSync, writeFileSync } from "node:fs";
import { policySchema } from "../lib/policy/json-schema.ts";

// What is derived from the code, by file; `--check` fails when a file is not what the code says.
const GENERATED: Readonly<Record<string, () => string>> = {
  "portcullis.schema.json": () => `${JSON.stringify(policySchema(), undefined, 2)}\n`,
};

const checkOnly = process.argv.includes("--check");
let stale = 0;
for (const [name, generate] of Object.entries(GENERATED)) {
  const file = new URL(`../${name}`, import.meta.url);
  const text = generate();
  if (text === read(file)) continue;
  if (!checkOnly) {
    writeFileSync(file, text);
    console.log(`wrote ${name}`);
    continue;
  }
  stale++;
  console.error(`${name} is not what the code says: run "node scripts/generate.ts" and commit the result`);
}
if (stale > 0) process.exitCode = 1;

function read(file: URL): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
