import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ec2AcrossAccounts } from "../../lib/aws/accounts.ts";
import { close, listen } from "../support/ec2-recorder.ts";
import { gate, grantEvent, permission } from "../support/gate.ts";

const CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" };
const file = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const TEMPLATES = ["serverless.yml", ...readdirSync(new URL("../../stacks", import.meta.url)).map((name) => `stacks/${name}`)];

describe("what an event costs", () => {
  test("a function for every policy, and a read for each of them: all rules on, and nothing is asked for twice", async () => {
    const door = gate(file("examples/strict.yml").replace(/^version: 1$/m, ""));
    await door.grantedThen(grantEvent(permission("tcp", [443, 443], "10.0.0.0/8")), "tcp 443 from 10.0.0.0/8");
    expect(door.ledger.decisions()).toHaveLength(1);
    expect(door.ec2.calls.filter((call) => call === "DescribeSecurityGroup")).toHaveLength(1);
    expect(door.ec2.calls.filter((call, n) => call.startsWith("get ") && door.ec2.calls.indexOf(call) !== n)).toEqual([]);
  });

  test("a customer key for every region: no template makes one or asks for one", () => {
    const keys = TEMPLATES.filter((name) => /AWS::KMS::|KmsMasterKeyId|KMSMasterKeyId|kmsKeyArn/.test(file(name)));
    expect([TEMPLATES.length > 5, keys]).toEqual([true, []]);
  });

  test("decisions fetched every five minutes: the queue hands each to the function that tells Slack", () => {
    const [, notify = ""] = /\n {2}notify:\n([\s\S]*?)\n {2}\w+:\n/.exec(file("serverless.yml")) ?? [];
    expect(notify).toContain("sqs:");
    expect(notify).not.toContain("schedule");
  });
});

describe("a role taken on for every event", () => {
  const asked: string[] = [];
  let url: string;
  const sts = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body: string) => asked.push(new URLSearchParams(body).get("Action") ?? ""));
    const ends = new Date(Date.now() + 900_000).toISOString();
    request.once("end", () => {
      if (asked.at(-1) !== "AssumeRole") return response.end("<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>");
      return response.end(`<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
        <SessionToken>t</SessionToken><Expiration>${ends}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`);
    });
  });
  beforeAll(async () => {
    url = await listen(sts);
  });
  afterAll(() => close(sts));

  test("one session serves all events of an account until it ends", async () => {
    const client = { endpoint: url, region: "eu-west-1", credentials: CREDENTIALS, maxAttempts: 1 };
    const ec2For = ec2AcrossAccounts({
      own: { account: "111122223333", partition: "aws" },
      member: { name: "portcullis-member", externalId: "an-external-id-of-ours", session: "portcullis-prod-guard" },
      ec2: { endpoint: url, credentials: CREDENTIALS, maxAttempts: 1 },
      sts: client,
    });
    for (let event = 0; event < 10; event++) await ec2For("444455556666", "eu-west-1").list("vpc", {});
    expect(asked.filter((action) => action === "AssumeRole")).toHaveLength(1);
    expect(asked.filter((action) => action === "DescribeVpcs")).toHaveLength(10);
  });
});
