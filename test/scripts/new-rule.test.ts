import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { RULES } from "../../lib/rules/index.ts";
import { NewRuleError, scaffoldRule } from "../../scripts/new-rule.ts";

const run = promisify(execFile);
const CHECKOUT = join(import.meta.dirname, "../..");
const REGISTRY = "lib/rules/index.ts";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-new-rule-")));
  for (const folder of ["lib", "test/support"]) cpSync(join(CHECKOUT, folder), join(root, folder), { recursive: true });
  for (const file of ["package.json", "tsconfig.json", "biome.json"]) cpSync(join(CHECKOUT, file), join(root, file));
  symlinkSync(realpathSync(join(CHECKOUT, "node_modules")), join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true }));

const read = (file: string) => readFileSync(join(root, file), "utf8");

test("a scaffolded rule, its table and the registry pass the checks of types and style", async () => {
  const files = scaffoldRule(root, "no-open-printers");
  expect(files).toEqual(["lib/rules/no-open-printers.ts", "test/rules/no-open-printers.test.ts", REGISTRY]);
  writeFileSync(join(root, "tsconfig.new.json"), JSON.stringify({ extends: "./tsconfig.json", include: [], files }));
  const check = (tool: string, ...options: string[]) => run(join(root, "node_modules/.bin", tool), options, { cwd: root });
  await expect(check("tsc", "-p", "tsconfig.new.json")).resolves.toMatchObject({ stdout: "" });
  await expect(check("biome", "check", "--vcs-enabled=false", ...files)).resolves.toBeDefined();
});

test("the registry then ends with the rule, which finds what its table says and tells that it is not done", async () => {
  scaffoldRule(root, "no-open-printers");
  const program = `
    import { RULES } from "./${REGISTRY}";
    import { SecurityGroup } from "./lib/model/security-group.ts";
    import { parseRule } from "./lib/model/security-group-rule.ts";
    const group = new SecurityGroup({ id: "sg-1", rules: ["tcp 8-9 from ::/0", "udp 9 from ::/0"].map(parseRule) });
    const [found] = await RULES.at(-1).withOptions({}, {}).check(group, {});
    console.log(JSON.stringify([RULES.map(({ meta }) => meta.id), found.message]));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { cwd: root });
  expect(JSON.parse(stdout)).toEqual([[...RULES.map(({ meta }) => meta.id), "no-open-printers"], "tcp 9 from ::/0 is TODO"]);
});

describe("the registry", () => {
  const short =
    'import { noA } from "./no-a.ts";\nimport type { AnyRule } from "./rule.ts";\n\nexport const RULES: readonly AnyRule[] = [noA];\n';
  const registering = (text: string, ...ids: string[]) => {
    writeFileSync(join(root, REGISTRY), text);
    for (const id of ids) scaffoldRule(root, id);
    return read(REGISTRY);
  };

  test("keeps its imports sorted and its list on one line while that is short", () => {
    expect(registering(short, "tagged-groups", "a-rule")).toBe(
      [
        'import { aRule } from "./a-rule.ts";',
        'import { noA } from "./no-a.ts";',
        'import type { AnyRule } from "./rule.ts";',
        'import { taggedGroups } from "./tagged-groups.ts";',
        "",
        "export const RULES: readonly AnyRule[] = [noA, taggedGroups, aRule];",
        "",
      ].join("\n"),
    );
  });

  test("gives each rule a line of its own when the list grows long", () => {
    const long = `no-${"very-".repeat(20)}long`;
    expect(registering(short, long, "b-rule")).toMatch(/ = \[\n {2}noA,\n {2}noVery\w+Long,\n {2}bRule,\n\];\n$/);
  });

  test("that cannot be read is told, and nothing is written", () => {
    expect(() => registering("export {};\n", "no-open-printers")).toThrow("holds no list of rules");
    expect(existsSync(join(root, "lib/rules/no-open-printers.ts"))).toBe(false);
  });
});

test.each(["", "printers", "NoPrinters", "no_open_printers", "../no-printers", "no-", "no-printers.ts"])("refuses the id %j", (id) => {
  expect(() => scaffoldRule(root, id)).toThrow(NewRuleError);
});

test("never overwrites a rule or a table", () => {
  const before = [read("lib/rules/no-public-ingress.ts"), read(REGISTRY)];
  expect(() => scaffoldRule(root, "no-public-ingress")).toThrow("lib/rules/no-public-ingress.ts exists");
  expect([read("lib/rules/no-public-ingress.ts"), read(REGISTRY)]).toEqual(before);
});
