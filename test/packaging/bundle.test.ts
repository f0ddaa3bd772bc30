import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { cp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { type Bundle, bundleService } from "../../scripts/bundle.ts";
import { copyService, type ServiceFolder } from "../support/package-service.ts";

const POLICY = join(import.meta.dirname, "../emulator/portcullis.yml");
/**
 * Bytes of code, in all and loaded by a cold start. These are what it takes today and a little air. What makes one larger is in dist/<name>/meta.json: a whole library, most times, where a part was meant.
 */
const BUDGETS: Readonly<Record<string, { bytes: number; cold: number }>> = {
  digest: { bytes: 1_190_000, cold: 423_000 },
  drill: { bytes: 705_000, cold: 315_000 },
  guard: { bytes: 1_605_000, cold: 590_000 },
  notify: { bytes: 1_265_000, cold: 565_000 },
  respond: { bytes: 1_650_000, cold: 657_000 },
  sweep: { bytes: 1_593_000, cold: 614_000 },
};
/** What serverless.yml gives the guard; nothing of it is reached. */
const ENVIRONMENT = {
  AWS_LAMBDA_FUNCTION_NAME: "guard",
  AWS_REGION: "eu-west-1",
  BUS_NAME: "bus",
  LEDGER_TABLE: "ledger",
  SELF_ROLE: "arn:aws:iam::111122223333:role/guard",
};
const SECRETS = [/xox[a-z]-\d/, /AKIA[A-Z0-9]{16}/, /-----BEGIN [A-Z ]*PRIVATE KEY/, /hooks\.slack\.com\/services\/T/];

/** Starts the guard of a folder, and ends it before anything happens. */
function startGuard(folder: string, more: Readonly<Record<string, string>> = {}) {
  const script = 'const { handler } = await import("./index.mjs"); process.stdout.write(typeof handler);';
  const env = { ...ENVIRONMENT, ...more };
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status, stderr, stdout };
}

const Metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });

describe("the bundles", () => {
  let service: ServiceFolder;
  let bundles: readonly Bundle[];

  beforeAll(async () => {
    service = await copyService(POLICY);
    bundles = await bundleService(service.folder);
  }, 300_000);
  afterAll(() => service.remove());

  function codeOf(name: string): string {
    const folder = join(service.folder, "dist", name);
    return globSync("**/*.{mjs,js}", { cwd: folder })
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
  }
  /** What a cold start runs first; of the guard, all that it loads. */
  function startOf(name: string): string {
    const folder = join(service.folder, "dist", name);
    return globSync(["index.mjs", "cold.js"], { cwd: folder })
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
  }
  function inputsOf(name: string): string[] {
    return Object.keys(Metafile.parse(JSON.parse(readFileSync(join(service.folder, "dist", name, "meta.json"), "utf8"))).inputs);
  }

  test("are one a function, and every one has a budget", () => {
    expect(bundles.map(({ name }) => name)).toEqual(Object.keys(BUDGETS));
  });

  test.each(Object.entries(BUDGETS))("%s keeps to its budget of %o bytes", (name, budget) => {
    const bundle = bundles.find((made) => made.name === name);
    expect(bundle?.cold).toBeGreaterThan(100_000);
    expect(bundle?.cold).toBeLessThanOrEqual(budget.cold);
    expect(bundle?.bytes).toBeLessThanOrEqual(budget.bytes);
  });

  test.each(Object.keys(BUDGETS))("%s holds no secret and no development dependency", (name) => {
    for (const secret of SECRETS) expect(codeOf(name)).not.toMatch(secret);
    const development = /node_modules\/(jest|@jest|@biomejs|esbuild|serverless|playwright-core|fast-check|commander)\//;
    expect(inputsOf(name).filter((input) => development.test(input))).toEqual([]);
  });

  test("guard does not carry Slack, nor notify EC2", () => {
    expect(inputsOf("guard").filter((input) => input.includes("@slack/"))).toEqual([]);
    expect(inputsOf("notify").filter((input) => input.includes("client-ec2/"))).toEqual([]);
  });

  test.each(Object.keys(BUDGETS))("%s leaves the credentials of developers' machines out of its cold start", (name) => {
    const entry = startOf(name);
    expect(codeOf(name)).toContain("sso_start_url");
    expect(entry).not.toContain("sso_start_url");
  });

  test("guard leaves what closing a security group does not need out of its cold start", () => {
    const entry = startOf("guard");
    for (const part of ["DescribeNetworkAcls", "DescribeDBSubnetGroups", "ListFirewallRuleGroupAssociations", "EMF key collision"]) {
      expect(codeOf("guard")).toContain(part);
      expect(entry).not.toContain(part);
    }
  });

  // The drill judges nothing.
  test.each(Object.keys(BUDGETS).filter((name) => name !== "drill"))("%s leaves what delivers a policy out of its cold start", (name) => {
    const entry = startOf(name);
    for (const part of ["GetLatestConfiguration", "policy/current", "No alarm about a rejected policy", "x-amz-checksum-mode"]) {
      expect(codeOf(name)).toContain(part);
      expect(entry).not.toContain(part);
    }
  });

  test("guard carries the checked policy", () => {
    const policy: unknown = JSON.parse(readFileSync(join(service.folder, "dist/guard/policy.json"), "utf8"));
    expect(policy).toMatchObject({ version: 1, mode: "enforce", slack: { channel: "#net-sandbox" } });
  });

  test("guard names our own file and line in a stack trace", () => {
    const { stderr } = spawnSync(process.execPath, ["--enable-source-maps", "index.mjs"], {
      cwd: dirname(bundles.find(({ name }) => name === "guard")?.file ?? ""),
      env: {},
      encoding: "utf8",
    });
    expect(stderr).toContain("the environment variable LEDGER_TABLE is not set");
    expect(stderr).toMatch(/lib\/wiring\/guard\.ts:\d+:\d+/);
  });

  test.each([
    ["as Lambda starts it", ["--expose-gc"], "-gc"],
    ["without flags", [], ""],
  ])("guard's code is compiled for this Node, %s", (_, flags, suffix) => {
    const folder = join(service.folder, "dist/guard");
    const script = `
      const { globSync, readFileSync } = require("node:fs");
      const { Script } = require("node:vm");
      const [code] = globSync("cold.*.${process.version}-${process.arch}${suffix}.bin");
      const cachedData = readFileSync(code);
      process.stdout.write(String(new Script(readFileSync("cold.js", "latin1"), { cachedData }).cachedDataRejected));`;
    expect(spawnSync(process.execPath, [...flags, "-e", script], { cwd: folder, encoding: "utf8" }).stdout).toBe("false");
  });

  test.each([
    ["cut short", (file: string) => truncate(file, 1_000)],
    ["none that V8 knows", (file: string) => writeFile(file, readFileSync(file).fill(0, 0, 64))],
    ["that of another script", (file: string) => rename(file, file.replace(/cold\.\w+\./, "cold.000000000000."))],
    ["missing", (file: string) => rm(file)],
  ])("guard starts where its compiled code is %s", async (_, damage) => {
    const folder = join(service.folder, "damaged");
    await cp(join(service.folder, "dist/guard"), folder, { recursive: true });
    for (const file of globSync("*.bin", { cwd: folder })) await damage(join(folder, file));
    expect(startGuard(folder)).toEqual({ status: 0, stderr: "", stdout: "function" });
    await rm(folder, { recursive: true });
  });

  test.each([
    ["has been changed since", (text: string) => text.replace('"mode": "enforce"', '"mode": "on"')],
    ["another build has sealed", (text: string) => text.replace(/"seal": "./, '"seal": "-').replace('"mode": "enforce"', '"mode": "on"')],
    ["nobody has sealed", () => '{ "version": 1, "mode": "on" }'],
  ])("guard checks a policy that %s", async (_, change) => {
    const folder = join(service.folder, "dist/guard");
    const file = join(service.folder, "other.json");
    await writeFile(file, change(readFileSync(join(folder, "policy.json"), "utf8")));
    const { status, stderr } = startGuard(folder, { POLICY_FILE: file });
    expect(stderr).toContain('other.json: mode: found "on", expected dry-run, enforce or off');
    expect(status).toBe(1);
  });

  test("guard takes a policy that nobody has sealed, if it is a good one", async () => {
    const file = join(service.folder, "other.json");
    await writeFile(file, '{ "version": 1, "mode": "enforce" }');
    expect(startGuard(join(service.folder, "dist/guard"), { POLICY_FILE: file })).toMatchObject({ status: 0, stderr: "" });
  });

  test("are refused with the place of the fault when the policy is broken", async () => {
    const broken = await copyService(POLICY);
    await writeFile(join(broken.folder, "portcullis.yml"), "version: 1\nmode: enforce\nrulez: {}\n");
    await expect(bundleService(broken.folder)).rejects.toThrow(/portcullis\.yml:3:1.*rulez/);
    await broken.remove();
  });
});
