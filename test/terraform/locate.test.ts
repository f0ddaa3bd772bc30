import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Plan } from "../../lib/planned/plan.ts";
import { blocksOf } from "../../lib/terraform/blocks.ts";
import { located } from "../../lib/terraform/locate.ts";

describe("the blocks of a file", () => {
  test.each<[string, string, Record<string, number>]>([
    [
      "a resource, a data source and a module",
      'resource "aws_vpc" "a" {\n}\n\ndata "aws_vpc" "a" {}\nmodule "net" {',
      { "aws_vpc.a": 1, "data.aws_vpc.a": 4, "module.net": 5 },
    ],
    ["without quotes, as HCL allows, and indented", "  resource aws_vpc a {", { "aws_vpc.a": 1 }],
    ["line ends of Windows", '\r\nresource "aws_vpc" "a" {\r\n}\r\n', { "aws_vpc.a": 2 }],
    ["none in comments", '# resource "aws_vpc" "a" {\n/*\nresource "aws_vpc" "b" {\n*/ \nresource "aws_vpc" "c" {', { "aws_vpc.c": 5 }],
    ["none in a heredoc", 'resource "x" "a" {\n  d = <<-EOT\nresource "x" "b" {\n  EOT\n}\nresource "x" "c" {', { "x.a": 1, "x.c": 6 }],
    ["a comment that a string only looks like", 'resource "x" "a" {\n  path = "arn:*/*"\n}\nresource "x" "b" {', { "x.a": 1, "x.b": 4 }],
    ["other blocks are none of ours", 'variable "a" {}\nlocals {\n}\noutput "b" {}', {}],
  ])("%s", (_, text, expected) => {
    expect(Object.fromEntries(blocksOf(text))).toEqual(expected);
  });
});

describe("the resources of a plan", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "portcullis-locate-"));
    write("main.tf", 'module "web" {\n  source = "./modules/web"\n}\nmodule "far" {\n  source = "acme/far/aws"\n}\n');
    write("groups.tf", '\nresource "aws_security_group" "ops" {\n}\n');
    write("modules/web/main.tf", '# web\nresource "aws_security_group" "this" {\n}\nmodule "inner" {\n  source = "../inner"\n}\n');
    write("modules/inner/main.tofu", 'resource "aws_route_table" "rt" {\n}\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const calls = {
    web: { source: "./modules/web", module: { module_calls: { inner: { source: "../inner", module: {} } } } },
    far: { source: "acme/far/aws", module: {} },
  };
  const document = { configuration: { root_module: { module_calls: calls } } };

  test.each<[string, string | undefined, number | undefined]>([
    ["aws_security_group.ops", "groups.tf", 2],
    ['aws_security_group.ops["a.b"]', "groups.tf", 2],
    ['module.web["x"].aws_security_group.this[0]', "modules/web/main.tf", 2],
    ["module.web.module.inner.aws_route_table.rt", "modules/inner/main.tofu", 1],
    // Of a module that is not there, its call.
    ["module.far.aws_security_group.this", "main.tf", 4],
    ["aws_security_group.nowhere", undefined, undefined],
  ])("%s", async (address, file, line) => {
    const { resources, notJudged } = await located(planOf(address), document, folder);
    const location = file === undefined ? undefined : { file: join(folder, file), line };
    expect(resources.map((resource) => resource.location)).toEqual([location]);
    expect(notJudged.map((one) => one.location)).toEqual([location]);
  });

  test("what terraform init fetched is found by its manifest", async () => {
    write(".terraform/modules/far/main.tf", '\n\nresource "aws_security_group" "this" {\n}\n');
    write(
      ".terraform/modules/modules.json",
      JSON.stringify({ Modules: [{ Key: "far", Source: "acme/far/aws", Dir: ".terraform/modules/far" }] }),
    );
    const { resources } = await located(planOf("module.far.aws_security_group.this"), document, folder);
    expect(resources[0]?.location).toEqual({ file: join(folder, ".terraform/modules/far/main.tf"), line: 3 });
    rmSync(join(folder, ".terraform"), { recursive: true });
  });

  test("a folder that does not exist is a fault", async () => {
    await expect(located(planOf("aws_security_group.ops"), document, join(folder, "nowhere"))).rejects.toThrow("ENOENT");
  });

  function write(name: string, text: string): void {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
});

function planOf(address: string): Plan {
  const facts = { id: "sg-1", name: "", description: "", vpcId: "vpc-1", rules: [], tags: {} };
  return {
    source: "terraform",
    resources: [{ kind: "security-group", facts, address, act: "create", unknown: [] }],
    notJudged: [{ address, needs: "a value" }],
  };
}
