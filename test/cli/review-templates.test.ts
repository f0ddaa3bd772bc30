import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { runCli } from "./run-cli.ts";

const WEB = `
Parameters:
  From: { Type: String }
Resources:
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref From }]
`;
const CHANGE_SET = {
  ChangeSetName: "next",
  StackName: "shop",
  StackId: "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop/0c1b",
  Status: "CREATE_COMPLETE",
  Parameters: [{ ParameterKey: "From", ParameterValue: "0.0.0.0/0" }],
  Changes: [{ Type: "Resource", ResourceChange: { Action: "Add", LogicalResourceId: "Web", ResourceType: "AWS::EC2::SecurityGroup" } }],
};
const RAW = {
  Resources: {
    Raw: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: { GroupDescription: "raw", SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" }] },
      Metadata: { "aws:cdk:path": "Shop/Raw/Resource" },
    },
  },
};
const MANIFEST = {
  version: "36.0.0",
  artifacts: {
    Shop: {
      type: "aws:cloudformation:stack",
      environment: "aws://111122223333/eu-west-1",
      properties: { templateFile: "Shop.template.json" },
    },
  },
};

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "templates-"));
  const files = {
    "web.yml": WEB,
    "change-set.json": JSON.stringify(CHANGE_SET),
    "manifest.json": JSON.stringify(MANIFEST),
    "Shop.template.json": JSON.stringify(RAW),
    "bad.yml": "Resources:\n  Web: {}\n",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
});
afterAll(() => rm(folder, { recursive: true }));

async function told(...args: readonly string[]): Promise<{ lines: unknown[]; code: number | null }> {
  const { out, code } = await runCli(["review", "--format", "jsonl", ...args]);
  const lines: unknown[] = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { lines, code };
}

describe("portcullis review of CloudFormation", () => {
  test("judges a template with the parameters that it is given, and leaves open what they leave open", async () => {
    const given = await told(at("web.yml"), "--parameter", "From=0.0.0.0/0", "--account", "111122223333", "--region", "eu-west-1");
    expect(given).toMatchObject({
      code: 1,
      lines: [
        {
          outcome: "would-act",
          account: "111122223333",
          region: "eu-west-1",
          findings: [{ rule: "no-public-ingress", traffic: "tcp 22 from 0.0.0.0/0" }],
        },
      ],
    });
    const open = await told(at("web.yml"));
    expect(open.lines).toMatchObject([
      { findings: [], notJudged: [{ needs: expect.stringContaining("SecurityGroupIngress[0].CidrIp (parameter From)") }] },
    ]);
  });

  test("judges a change set by its template, which is no plan of its own then", async () => {
    expect(await told(at("change-set.json"), at("web.yml"))).toMatchObject({
      code: 1,
      lines: [{ account: "111122223333", findings: [{ traffic: "tcp 22 from 0.0.0.0/0" }] }],
    });
    expect((await told(at("change-set.json"))).lines).toMatchObject([
      { findings: [], notJudged: [{ needs: expect.stringContaining("--include-property-values") }] },
    ]);
  });

  test("judges what CDK wrote, where it is to go whatever else is told", async () => {
    const { lines, code } = await told(folder, "--account", "999900001111");
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ account: "111122223333", region: "eu-west-1", findings: [{ traffic: "tcp 22 from 0.0.0.0/0" }] }]);
  });

  test("judges a template of JSON beside recorded events", async () => {
    const event = join(import.meta.dirname, "..", "..", "events", "cloudtrail-watcher", "002-AuthorizeSecurityGroupIngress.json");
    const { lines } = await told(at("Shop.template.json"), event);
    expect(lines).toHaveLength(2);
  });

  test("takes a template or change set from standard input, from a folder, and as Windows writes it", async () => {
    const stdin = JSON.stringify(RAW);
    const piped = await runCli(["review", "--format", "jsonl", "-"], { stdin });
    expect(JSON.parse(piped.out)).toMatchObject({ findings: [{ traffic: "tcp 22 from 0.0.0.0/0" }] });
    await mkdir(at("templates"));
    await writeFile(at("templates/raw.json.gz"), gzipSync(stdin));
    await writeFile(at("windows.json"), Buffer.from(`\uFEFF${stdin}`, "utf16le"));
    for (const path of ["templates", "windows.json"]) {
      expect((await told(at(path))).lines).toMatchObject([{ findings: [{ traffic: "tcp 22 from 0.0.0.0/0" }] }]);
    }
  });

  test("finds the templates in YAML below a folder, beside anything else that lies there", async () => {
    await mkdir(at("stacks/deep"), { recursive: true });
    const open = WEB.replace("!Ref From", "0.0.0.0/0");
    const files = {
      "stacks/deep/web.yaml": open,
      "stacks/broken.template":
        "AWSTemplateFormatVersion: 2010-09-09\nResources: { Web: { Type: AWS::EC2::SecurityGroup, Properties: ] } }",
      "stacks/portcullis.yml": "version: 1\n",
      "stacks/serverless.yml": `resources:\n${open.replaceAll(/^/gm, "  ")}`,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(at(name), text);
    const alone = await runCli(["review", "--format", "json", at("stacks")]);
    expect(alone.code).toBe(1);
    expect(JSON.parse(alone.out)).toMatchObject({
      decisions: [{ findings: [{ traffic: "tcp 22 from 0.0.0.0/0" }] }],
      unreadable: [{ source: at("stacks/broken.template"), reason: expect.stringContaining("line 2") }],
    });
    await writeFile(at("stacks/raw.json"), JSON.stringify(RAW));
    expect((await told(at("stacks"))).lines).toHaveLength(2);
  });

  test("tells what it cannot read by file and line, and judges the rest", async () => {
    const { out, code } = await runCli(["review", at("bad.yml"), at("Shop.template.json")]);
    expect(code).toBe(1);
    expect(out.replaceAll(/\s+/g, " ")).toContain('line 2: found resource Web without "Type", expected one such as AWS::EC2::VPC');
    expect(out).toContain("Shop/Raw");
    expect((await runCli(["review", at("bad.yml")])).code).toBe(2);
  });

  test("refuses a parameter without a value", async () => {
    const { err, code } = await runCli(["review", at("web.yml"), "--parameter", "From"]);
    expect(code).toBe(2);
    expect(err).toContain("expected a name and a value, such as VpcId=vpc-0abc");
  });
});
