import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { PLANS, planned, planOf } from "../support/terraform.ts";
import { ROOT, runCli } from "./run-cli.ts";

const SHOP = join(PLANS, "constructed", "shop.json");
const EVENT = join(ROOT, "events", "cloudtrail-watcher", "002-AuthorizeSecurityGroupIngress.json");
const EMPTY = JSON.stringify(planOf([]));
const ADDRESSES = ["aws_security_group.web", "aws_security_group.db", "aws_security_group.api", "aws_security_group.ops"];

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "portcullis-plan-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function review(args: readonly string[], stdin?: string | Buffer) {
  const run = await runCli(["review", ...args, "--format", "json"], { ...(stdin !== undefined && { stdin }) });
  return { ...run, document: JSON.parse(run.out) };
}

function addressesIn(document: { decisions: readonly { address?: string }[] }) {
  return document.decisions.map(({ address }) => address);
}

describe("a plan among the paths", () => {
  test("is judged: addresses, findings and exit code", async () => {
    const { document, code } = await review([SHOP]);
    expect(code).toBe(1);
    expect(document.summary).toMatchObject({ records: 1, changes: 4, unreadable: 0, outcomes: { "would-act": 2, clean: 2 } });
    expect(addressesIn(document)).toEqual(ADDRESSES);
    expect(document.decisions[0]).toMatchObject({
      id: "terraform:aws_security_group.web/aws_security_group.web",
      account: "111122223333",
      region: "eu-west-1",
      call: "create",
      actor: "terraform",
      findings: [{ rule: "no-public-ingress", traffic: "tcp 22 from 0.0.0.0/0", introduced: "now" }],
    });
  });

  test.each([
    ["on standard input", async () => ["-", await readFile(SHOP)] as const],
    ["in gzip", async () => [await fileOf("plan.json.gz", gzipSync(await readFile(SHOP))), undefined] as const],
    ["with a byte-order mark", async () => [await fileOf("bom.json", `\uFEFF${await readFile(SHOP, "utf8")}`), undefined] as const],
    [
      "in UTF-16, as PowerShell writes it",
      async () => [await fileOf("utf16.json", Buffer.from(`\uFEFF${await readFile(SHOP, "utf8")}`, "utf16le")), undefined] as const,
    ],
    [
      "on one line",
      async () => [await fileOf("line.json", `${JSON.stringify(JSON.parse(await readFile(SHOP, "utf8")))}\n`), undefined] as const,
    ],
  ])("%s", async (_, input) => {
    const [path, stdin] = await input();
    expect(addressesIn((await review([path], stdin)).document)).toEqual(ADDRESSES);
  });

  test("stands beside recorded events and other plans, each told apart", async () => {
    const other = await fileOf("other.json", await readFile(SHOP));
    const { document } = await review([SHOP, EVENT, other]);
    expect(document.summary).toMatchObject({ records: 3, changes: 9 });
    expect(new Set(document.decisions.map(({ id }: { id: string }) => id)).size).toBe(9);
  });

  test("tells its place by options where it does not itself", async () => {
    const plan = await fileOf("nowhere.json", JSON.stringify(planOf([planned("aws_security_group.web", { ingress: [], egress: [] })])));
    expect((await review([plan])).document.decisions).toMatchObject([{ account: "unknown", region: "unknown" }]);
    const { document } = await review([plan, "--account", "111122223333", "--region", "eu-west-1"]);
    expect(document.decisions).toMatchObject([{ account: "111122223333", region: "eu-west-1" }]);
  });

  test("in a table goes by its addresses, and says nothing of what stood open or of enforcing", async () => {
    const { out } = await runCli(["review", SHOP, "--all"]);
    for (const address of ["aws_security_group.web", "aws_security_group.ops"]) expect(out.replaceAll(/\s+/g, "")).toContain(address);
    expect(out).not.toMatch(/still open|--mode enforce|mid-life/);
  });

  test("gives what the documentation says that it gives", async () => {
    const text = await readFile(join(ROOT, "docs", "review-terraform.md"), "utf8");
    const [, path = ""] = /^npx portcullis review (\S+)$/m.exec(text) ?? [];
    const told = [...text.matchAll(/^(aws_\S+) +(create|update) +(\S+) critical +(.*)\n(?: {20,}(.*)\n)?/gm)];
    expect(told).toHaveLength(2);
    const out = (await runCli(["review", join(ROOT, path)])).out.replaceAll(/\s+/g, "");
    for (const [, ...pieces] of told) for (const piece of pieces) expect(out).toContain((piece ?? "").replaceAll(/\s+/g, "").split(",")[0]);
  });

  test("one line a decision", async () => {
    const { out } = await runCli(["review", SHOP, "--format", "jsonl"]);
    expect(out.trim().split("\n")).toHaveLength(ADDRESSES.length);
  });
});

describe("a plan that cannot be judged is never clean", () => {
  test.each([
    [
      "the log of a run",
      "log.json",
      '{"@level":"info","@message":"Plan: 1 to add","@module":"terraform.ui","type":"change_summary"}',
      "terraform plan -json",
    ],
    ["a plan as it was saved", "plan.bin", "PK\u0003\u0004\u0014", "a zip archive"],
  ])("nor is %s", async (_, name, content, reason) => {
    const { document, code } = await review([await fileOf(name, content)]);
    expect(code).toBe(2);
    expect(document.unreadable).toMatchObject([{ reason: expect.stringContaining(reason) }]);
    expect(document.unreadable).toMatchObject([{ reason: expect.stringContaining("terraform show -json") }]);
  });

  test("of an unknown format: nothing could be read", async () => {
    const { code, document, err } = await review([await fileOf("v9.json", EMPTY.replace('"1.2"', '"9.0"'))]);
    expect(code).toBe(2);
    expect(document.unreadable).toMatchObject([{ reason: expect.stringContaining("a plan of format version 9.0: expected 0.x or 1.x") }]);
    expect(err).toContain("expected CloudTrail records, Terraform plans or CloudFormation templates");
  });

  test("that failed: what it holds is judged, and the command fails", async () => {
    const { code, document } = await review([await fileOf("errored.json", EMPTY.replace("{", '{"errored":true,'))]);
    expect(code).toBe(1);
    expect(document.unreadable).toMatchObject([{ reason: expect.stringContaining("the plan failed") }]);
  });

  test("while a plan of nothing is clean", async () => {
    const { code, document } = await review([await fileOf("empty.json", EMPTY)]);
    expect(code).toBe(0);
    expect(document.summary).toMatchObject({ records: 1, changes: 0, unreadable: 0 });
  });

  test("nor is a state", async () => {
    const state = JSON.stringify({ format_version: "1.0", terraform_version: "1.9.0", values: { root_module: {} } });
    expect((await review([await fileOf("state.json", state)])).code).toBe(2);
  });
});

describe("--configuration", () => {
  test("findings name the file and line of their resource", async () => {
    const main = await fileOf("main.tf", '\nresource "aws_security_group" "web" {\n}\n');
    const { out } = await runCli(["review", SHOP, "--configuration", folder, "--format", "sarif"]);
    const { runs } = JSON.parse(out);
    const physical = runs[0].results.map(({ locations }: { locations: { physicalLocation: unknown }[] }) => locations[0]?.physicalLocation);
    expect(physical).toContainEqual({ artifactLocation: { uri: expect.stringContaining("main.tf") }, region: { startLine: 2 } });
    expect((await runCli(["review", SHOP, "--configuration", folder, "--format", "markdown"])).out).toContain(`${main}:2`);
  });

  test("is refused where it is no folder", async () => {
    const { code, err } = await runCli(["review", SHOP, "--configuration", "nowhere"]);
    expect(code).toBe(2);
    expect(err).toContain("expected a folder that exists");
  });
});
