import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { ROOT, runCli } from "./run-cli.ts";

const FIXTURES = "test/fixtures/explain";
const RECORDS = `${FIXTURES}/records.json`;
const POLICY = `${FIXTURES}/portcullis.yml`;
const PLAN = "test/fixtures/terraform/constructed/shop.json";
const WEB = "sg-0a0a0a0a0a0a0a0a0";
const ESCAPE = "\u001b[";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const explain = (...args: string[]) => runCli(["explain", ...args]);
const recorded = (group: string, ...more: string[]) => explain(group, "--from", RECORDS, "--policy", POLICY, ...more);

describe("a group of recorded events, to the byte", () => {
  // To take them anew: npx portcullis explain sg-0a0a0a0a0a0a0a0a0 --from ... --policy ... > test/fixtures/explain/web.txt
  test("as a table of everything that a group can admit", async () => {
    const { out, code, err } = await recorded(WEB);
    expect(out).toBe(read(`${FIXTURES}/web.txt`));
    expect({ code, err }).toEqual({ code: 1, err: "" });
  });
  test("by its name, as the page about it shows", async () => {
    const { out } = await recorded("api");
    expect(out).toBe(read(`${FIXTURES}/api.txt`));
    expect(read("docs/explain.md")).toContain(`\n${out}`);
  });
  test("as JSON, whose traffic adds up", async () => {
    const { out, code } = await recorded(WEB, "--format", "json");
    expect(out).toBe(read(`${FIXTURES}/web.json`));
    expect(code).toBe(1);
    const { ingress }: { ingress: { traffic: string; rows: { traffic: string }[] } } = JSON.parse(out);
    const sum = ingress.rows.reduce((all, { traffic }) => all.union(TrafficSet.parse(traffic)), TrafficSet.EMPTY);
    expect(String(sum)).toBe(ingress.traffic);
  });
  test("in a terminal of 80 columns, but for commands no line is longer", async () => {
    const { out } = await runCli(["explain", WEB, "--from", RECORDS, "--policy", POLICY], { env: { COLUMNS: "80" } });
    const [told = ""] = out.split("\n  aws ec2 ");
    expect(told.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });
  test("with colours only where they are wanted", async () => {
    const wanted = await runCli(["explain", WEB, "--from", RECORDS], { env: { FORCE_COLOR: "1" } });
    const not = await runCli(["explain", WEB, "--from", RECORDS], { env: { NO_COLOR: "1" } });
    expect([wanted.out.includes(ESCAPE), not.out.includes(ESCAPE)]).toEqual([true, false]);
  });
});

describe("what records do not show", () => {
  test("is said: a group that they meet in mid-life, and records that cannot be read", async () => {
    const { out, code } = await explain("sg-003dc7f1f1c686164", "--from", "events");
    expect(out).toContain("Known in part: rules that no record tells are not shown and not judged.");
    expect(out).toMatch(/\d+ of the records could not be read, so what they did is not known:/);
    expect(out).toContain("Sends nothing that is known");
    expect(code).toBe(1);
  });
  test("is never called lawful: a prefix list that no record tells", async () => {
    const { out, code } = await explain("sg-01c729dd64ab32ffd", "--from", "events");
    expect(out).toMatch(/tcp 22 .*entries not .*not judged \[1\]/);
    expect(code).toBe(1);
  });
});

describe("a group of a Terraform plan", () => {
  test("by its address: as the plan leaves it, with addresses for ids and without a command that AWS could not take", async () => {
    const { out, code, err } = await explain("aws_security_group.web", "--from", PLAN);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out).toMatch(
      /^shop-web \(aws_security_group\.web\)\n111122223333 eu-west-1, module\.network\.aws_vpc\.this\[0\], as the plan leaves it: create/,
    );
    expect(out).toMatch(/tcp 22 +the internet: 0\.0\.0\.0\/0 +\(no id yet\) +forbidden \[1\]/);
    expect(out).toContain("The nearest edit that complies");
    expect(out).not.toContain("aws ec2");
    expect(out).not.toContain("sg-(");
  });
  test("says where to edit it, and shows no command, since AWS has not what is planned", async () => {
    const { out } = await explain("sg-0123456789abcdef0", "--from", PLAN);
    expect(out).toContain("It is declared in aws_security_group.ops: edit it there.");
    expect(out).not.toContain("aws ec2");
  });
  test("is not judged by a scope of an account that nobody told", async () => {
    const plan = "test/fixtures/terraform/regula/ingress_anywhere_infra.json";
    const untold = await explain("aws_security_group.invalid_allow_all", "--from", plan, "--policy", POLICY);
    expect(untold.out).toContain("Not judged: the account of the plan, on which the policy depends");
    const told = await explain("aws_security_group.invalid_allow_all", "--from", plan, "--policy", POLICY, "--account", "111122223333");
    expect(told.out).toContain("the scope shop decides: mode enforce");
    expect([untold.code, told.code]).toEqual([1, 1]);
  });
  test("by its id, in JSON, where AWS has it", async () => {
    const { out } = await explain("sg-0d1e2f3a4b5c60718", "--from", PLAN, "--format", "json");
    expect(JSON.parse(out)).toMatchObject({ group: { id: "sg-0d1e2f3a4b5c60718", account: "111122223333" } });
  });
});

describe("a group of a CloudFormation template", () => {
  const TEMPLATE = "test/fixtures/cloudformation/ingress_22_infra.yaml";
  test("by its logical id: as the template makes it, and in which line it is declared", async () => {
    const { out, code, err } = await explain("InvalidSecurityGroup01", "--from", TEMPLATE, "--region", "eu-west-1");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out).toMatch(/^InvalidSecurityGroup01\neu-west-1, Vpc01, as the plan leaves it: create\n/);
    expect(out).toMatch(/all except icmp 3\/4, .*forbidden \[1\]/);
    expect(out).toMatch(
      /It is declared in InvalidSecurityGroup01 \(test\/fixtures\/cloudformation\/ingress_22_infra\.yaml:\d+\):\s+edit it there\./,
    );
  });
  test("another one lists those that there are", async () => {
    const { code, err } = await explain("InvalidSecurityGroup1", "--from", TEMPLATE);
    expect(code).toBe(2);
    expect(err).toContain("did you mean InvalidSecurityGroup01? expected one of Vpc01 (default group), ValidSecurityGroup01,");
  });
});

describe("exit codes", () => {
  test("0 where nothing is forbidden", async () => {
    expect(await recorded("bastion")).toMatchObject({ code: 0, err: "" });
  });
  test("1 where the policy hangs on what nobody knows here", async () => {
    const { out, code } = await explain("bastion", "--from", RECORDS, "--policy", `${FIXTURES}/units.yml`);
    expect({ code, told: out.includes("Not known: ") }).toEqual({ code: 1, told: true });
  });
  test.each([
    [
      "a name that is nearly one",
      ["bastoin", "--from", RECORDS],
      /^error: .*records\.json tells of no group bastoin: did you mean bastion\? expected one of .*\(web\) in 111122223333 eu-west-1/,
    ],
    [
      "a name of two groups",
      ["web", "--from", RECORDS],
      /web is the name of 2 groups: expected one of sg-0a0a0a0a0a0a0a0a0 \(web\) .*sg-0c0c0c0c0c0c0c0c0 \(web\)/,
    ],
    ["a group in another region", ["api", "--from", RECORDS, "--region", "us-east-1"], /tells of no group api in us-east-1/],
    ["a group that was deleted", ["sg-0e0e0e0e0e0e0e0e0", "--from", RECORDS], /sg-0e0e0e0e0e0e0e0e0 was deleted/],
    ["a file that does not exist", ["api", "--from", "/nowhere"], /nowhere/],
    ["a file that holds nothing of the kind", ["api", "--from", "package.json"], /package\.json/],
    ["a name where AWS is asked", ["web"], /web is no id of a security group: expected sg-.* --from/],
    ["an account that is none", ["sg-1", "--account", "12"], /expected the 12 digits of an account id/],
    ["a policy that does not exist", ["api", "--from", RECORDS, "--policy", "/nowhere.yml"], /nowhere\.yml/],
  ])("2 for %s", async (_, args, message) => {
    const { code, out, err } = await explain(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
  test("2 without credentials, and what to do", async () => {
    const env = {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_PROFILE: "",
      AWS_CONFIG_FILE: "/nowhere",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const noRegion = await runCli(["explain", "sg-1"], { env: { ...env, AWS_REGION: "" } });
    const nobody = await runCli(["explain", "sg-1", "--region", "eu-west-1"], { env });
    expect([noRegion.code, nobody.code]).toEqual([2, 2]);
    expect(noRegion.err).toBe("error: sg-1 was not read: found no region. Give --region, or set AWS_REGION\n");
    expect(nobody.err).toMatch(/^error: sg-1 was not read: found no AWS credentials\. Set AWS_PROFILE, or sign in/);
  });
});

test("its help teaches by examples", async () => {
  const { out } = await explain("--help");
  expect(out).toContain("$ portcullis explain web --from AWSLogs");
  expect(out).toContain("Exit code:");
});
