import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { readAction } from "../support/composite-action.ts";
import { ROOT } from "./run-cli.ts";

const PAGE = join(ROOT, "docs", "change-review.md");
let folder = "";
let text = "";
beforeAll(async () => {
  text = await readFile(PAGE, "utf8");
  folder = await mkdtemp(join(tmpdir(), "portcullis-page-"));
  await cp(join(ROOT, "events"), join(folder, "AWSLogs"), { recursive: true });
  await writeFile(join(folder, "plan.json"), await readFile(join(ROOT, "test/fixtures/terraform/constructed/shop.json")));
});
afterAll(() => rm(folder, { recursive: true }));

const blocks = (language: string) => [...text.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, block = ""]) => block);

test("every command of the page runs, one after the other, and none of them says that it could not", () => {
  const commands = blocks("sh").flatMap((block) => block.trim().split("\n"));
  expect(commands.length).toBeGreaterThan(7);
  // What a review finds is 1, which is what these examples are for; 2 is what cannot be done.
  const script = `
    portcullis() { local code=0; "${process.execPath}" "${join(ROOT, "cli/portcullis.ts")}" "$@" || code=$?; [[ $code -lt 2 ]] || exit 9; }
    ${commands.join("\n")}`;
  execFileSync("bash", ["--norc", "-c", script], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
});

test("the proposal that it shows is what init writes", async () => {
  const [shown = ""] = blocks("yaml");
  const written = await readFile(join(folder, "portcullis.yml"), "utf8");
  for (const line of shown.trim().split("\n")) expect(written).toContain(line);
});

test("its table names every input of the Action, and no other", async () => {
  const { inputs, outputs } = await readAction(ROOT);
  const rows = [...text.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell = ""]) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
  expect(rows.sort()).toEqual(Object.keys(inputs).sort());
  for (const name of Object.keys(outputs)) expect(text).toContain(`\`${name}\``);
});

test("the hooks and inputs that it configures are there", async () => {
  const [, action, commit] = blocks("yaml").map((block) => parse(block));
  const { inputs } = await readAction(ROOT);
  for (const name of Object.keys(action.steps[0].with)) expect(Object.keys(inputs)).toContain(name);
  const hooks = parse(await readFile(join(ROOT, ".pre-commit-hooks.yaml"), "utf8")).map(({ id }: { id: string }) => id);
  for (const { id } of commit.repos[0].hooks) expect(hooks).toContain(id);
});
