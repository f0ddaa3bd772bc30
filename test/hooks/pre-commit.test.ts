import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod/mini";
import { EXAMPLE } from "../../scripts/example-review.ts";
import { ROOT } from "../cli/run-cli.ts";

/** As https://pre-commit.com/#creating-new-hooks has it, of what is used here. */
const Hooks = z.array(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    language: z.literal("script"),
    entry: z.string(),
    files: z.string(),
    require_serial: z.literal(true),
  }),
);
const PLAN = join(ROOT, "test/fixtures/terraform/constructed/shop.json");
const TEMPLATE = join(ROOT, "test/fixtures/cloudformation/ingress_22_infra.yaml");

let hooks: z.infer<typeof Hooks> = [];
let folder = "";
beforeAll(async () => {
  hooks = Hooks.parse(parse(await readFile(join(ROOT, ".pre-commit-hooks.yaml"), "utf8")));
  folder = await mkdtemp(join(tmpdir(), "portcullis-hooks-"));
  await writeFile(join(folder, "plan.json"), await readFile(PLAN));
  await writeFile(join(folder, "web.template.yaml"), await readFile(TEMPLATE));
});
afterAll(() => rm(folder, { recursive: true }));

const hook = (id: string) => {
  const found = hooks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no hook ${id}`);
  return found;
};

function run(entry: string, args: readonly string[], path = dirname(process.execPath)): Promise<{ code: number | null; text: string }> {
  const env = { PATH: `${path}${delimiter}${process.env.PATH}`, HOME: folder };
  const child = spawn(entry, args, { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text }));
  });
}

describe("a hook", () => {
  test.each([
    [
      "portcullis-plan",
      ["plan.json", "tfplan.json", "infra/prod.plan.json", "a/web-tfplan.json"],
      ["plan.bin", "airplan.json", "plan.json.txt", "planet.json"],
    ],
    [
      "portcullis-template",
      ["web.template", "web.template.yaml", "a/web.cfn.json", "cloudformation/web.yml", "infra/templates/db.json"],
      ["template.yaml.bak", "web.yaml", "my-templates/a.yaml", "cfn/readme.md"],
    ],
  ])("%s takes the files that it is about", (id, taken, left) => {
    const pattern = new RegExp(hook(id).files);
    expect(taken.filter((file) => !pattern.test(file))).toEqual([]);
    expect(left.filter((file) => pattern.test(file))).toEqual([]);
  });

  test.each([
    ["portcullis-plan", "plan.json", "aws_security_group"],
    ["portcullis-template", "web.template.yaml", "ValidSecurityGroup"],
  ])("%s runs, and fails by what it finds", async (id, file, resource) => {
    const entry = join(ROOT, hook(id).entry);
    expect((await stat(entry)).mode & 0o111).toBe(0o111);
    const { code, text } = await run(entry, [file]);
    expect(code).toBe(1);
    expect(text).toContain("is open to the internet");
    expect(text).toContain(resource);
    expect((await run(entry, ["--fail-on", "never", file])).code).toBe(0);
  });

  test("that the example configures is there", async () => {
    const { repos } = parse(await readFile(join(EXAMPLE, ".pre-commit-config.yaml"), "utf8"));
    expect(repos[0].hooks.map(({ id }: { id: string }) => id)).toEqual(hooks.map(({ id }) => id));
  });
});

describe("in a bare checkout", () => {
  let checkout = "";
  let bin = "";
  beforeAll(async () => {
    checkout = join(folder, "checkout");
    await mkdir(checkout);
    for (const part of ["action", "cli", "hooks", "lib", "package.json", "package-lock.json", ".npmrc", "portcullis.yml"]) {
      await cp(join(ROOT, part), join(checkout, part), { recursive: true });
    }
    // An npm that needs no registry: it leaves what this project has installed, and says how it was called.
    bin = join(folder, "bin");
    await mkdir(bin);
    const npm = `#!/bin/sh\necho "$@" >> "${folder}/npm-calls"\n[ -f "${folder}/broken" ] && exit 1\nln -s "${join(ROOT, "node_modules")}" node_modules\n`;
    await writeFile(join(bin, "npm"), npm, { mode: 0o755 });
    await writeFile(join(bin, "node"), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 });
  });

  test("an installation that failed is not taken for one, and the next run installs once", async () => {
    const entry = join(checkout, "hooks/review.sh");
    await writeFile(join(folder, "broken"), "");
    expect((await run(entry, ["plan.json"], bin)).code).toBe(2);
    expect((await readdir(checkout)).filter((name) => /node_modules|installing/.test(name))).toEqual([]);
    await rm(join(folder, "broken"));
    for (let i = 0; i < 2; i++) {
      const { code, text } = await run(entry, ["plan.json"], bin);
      expect(text).toContain("aws_security_group");
      expect(code).toBe(1);
    }
    const calls = (await readFile(join(folder, "npm-calls"), "utf8")).trim().split("\n");
    expect(calls).toEqual(Array.from({ length: 2 }, () => "ci --omit=dev --ignore-scripts --no-audit --no-fund"));
  });

  test("without a Node that runs TypeScript, it says what is needed", async () => {
    const old = join(folder, "old");
    await mkdir(old);
    await writeFile(join(old, "node"), '#!/bin/sh\n[ "$1" = --version ] && exec echo v20.1.0\nexit 1\n', { mode: 0o755 });
    const { code, text } = await run("env", [`RUNNER_TOOL_CACHE=${folder}`, join(ROOT, "hooks/review.sh"), "plan.json"], old);
    expect(code).toBe(2);
    expect(text).toContain("found node v20.1.0, expected 22.18 or later");
  });
});
