import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
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
  digest: { bytes: 1_200_000, cold: 435_000 },
  drill: { bytes: 725_000, cold: 425_000 },
  guard: { bytes: 1_590_000, cold: 635_000 },
  notify: { bytes: 1_300_000, cold: 580_000 },
  respond: { bytes: 1_655_000, cold: 680_000 },
  sweep: { bytes: 1_600_000, cold: 655_000 },
};
const SECRETS = [/xox[a-z]-\d/, /AKIA[A-Z0-9]{16}/, /-----BEGIN [A-Z ]*PRIVATE KEY/, /hooks\.slack\.com\/services\/T/];

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
    return globSync("**/*.mjs", { cwd: folder })
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
    const entry = readFileSync(bundles.find((bundle) => bundle.name === name)?.file ?? "", "utf8");
    expect(codeOf(name)).toContain("sso_start_url");
    expect(entry).not.toContain("sso_start_url");
  });

  test("guard leaves what closing a security group does not need out of its cold start", () => {
    const entry = readFileSync(bundles.find(({ name }) => name === "guard")?.file ?? "", "utf8");
    for (const part of ["DescribeNetworkAcls", "DescribeDBSubnetGroups", "ListFirewallRuleGroupAssociations", "EMF key collision"]) {
      expect(codeOf("guard")).toContain(part);
      expect(entry).not.toContain(part);
    }
  });

  // The drill judges nothing.
  test.each(Object.keys(BUDGETS).filter((name) => name !== "drill"))("%s leaves what delivers a policy out of its cold start", (name) => {
    const entry = readFileSync(bundles.find((bundle) => bundle.name === name)?.file ?? "", "utf8");
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

  test("are refused with the place of the fault when the policy is broken", async () => {
    const broken = await copyService(POLICY);
    await writeFile(join(broken.folder, "portcullis.yml"), "version: 1\nmode: enforce\nrulez: {}\n");
    await expect(bundleService(broken.folder)).rejects.toThrow(/portcullis\.yml:3:1.*rulez/);
    await broken.remove();
  });
});
