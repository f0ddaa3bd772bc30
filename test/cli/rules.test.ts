import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { RULES } from "../../lib/rules/index.ts";
import { kindsOf } from "../../lib/rules/rule.ts";
import { runCli } from "./run-cli.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "portcullis-rules-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function rulesUnder(policy: string): Promise<unknown> {
  const path = join(folder, "policy.yml");
  await writeFile(path, policy);
  const { code, out } = await runCli(["rules", "--policy", path, "--format", "json"]);
  expect(code).toBe(0);
  return JSON.parse(out);
}

test("json lists every rule with exactly what the catalogue says", async () => {
  expect(await rulesUnder("version: 1\n")).toEqual(
    RULES.map(({ meta }) => {
      const { id, severity, remedies, enabled, title } = meta;
      return { id, judges: kindsOf(meta), severity, remedies, enabled, title };
    }),
  );
});

test("the policy decides severity and whether a rule runs", async () => {
  const under = (setting: string) => rulesUnder(`version: 1\nrules: { no-public-ingress: ${setting} }\n`);
  const listed = (severity: string, enabled: boolean) =>
    expect.arrayContaining([expect.objectContaining({ id: "no-public-ingress", severity, enabled })]);
  expect(await under("{ severity: low }")).toEqual(listed("low", true));
  expect(await under("false")).toEqual(listed("critical", false));
});

test("the table names every rule", async () => {
  const { code, out } = await runCli(["rules"]);
  expect(code).toBe(0);
  for (const { meta } of RULES) expect(out).toContain(meta.id);
});

test("--help of each command shows examples", async () => {
  for (const command of [[], ["review"], ["rules"]]) {
    const { code, out } = await runCli([...command, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain("Examples:");
  }
});
