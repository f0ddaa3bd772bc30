import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { inlineKeys } from "../../scripts/slim-dependencies.ts";

const ROOT = join(import.meta.dirname, "../..");
const SCHEMAS = globSync("node_modules/@aws-sdk/client-{ec2,dynamodb,eventbridge,secrets-manager}/dist-es/schemas/schemas_0.js", {
  cwd: ROOT,
});

describe("keys of the SDK's schemas", () => {
  test("are written out where the module names them", () => {
    expect(inlineKeys('const _xN = "xmlName";\nvar a = { [_xN]: "id", [_other]: 1, b: [_xN] };\n')).toBe(
      'const _xN = "xmlName";\nvar a = { "xmlName": "id", [_other]: 1, b: [_xN] };\n',
    );
  });

  test("stay computed where a literal would mean something else", () => {
    const source = 'const _p = "__proto__";\nvar a = { [_p]: 1 };\n';
    expect(inlineKeys(source)).toBe(source);
  });

  test("are found in all clients that the functions use", () => {
    expect(SCHEMAS).toHaveLength(4);
  });

  test.each(SCHEMAS)("mean the same as before in %s", async (file) => {
    const path = join(ROOT, file);
    const source = readFileSync(path, "utf8");
    const slim = inlineKeys(source);
    expect(slim).not.toBe(source);
    expect(slim).not.toMatch(/\[_\w+\]:/);
    const [before, after] = await Promise.all([source, slim].map((text) => evaluate(text, dirname(path))));
    expect(after).toBe(before);
  });
});

/** Every export of the module as JSON. */
async function evaluate(contents: string, resolveDir: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `${contents}\nexport const seen = JSON.stringify(Object.entries({${exportsOf(contents)}}));`, resolveDir },
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire("file:///");' },
  });
  const code = outputFiles[0]?.text ?? "";
  const { seen }: { seen: string } = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
  return seen;
}

function exportsOf(source: string): string {
  return Array.from(source.matchAll(/^export (?:var|const) (\w+\$?) =/gm), ([, name]) => name).join(", ");
}
