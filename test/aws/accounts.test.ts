import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ec2AcrossAccounts } from "../../lib/aws/accounts.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { close, listen } from "../support/ec2-recorder.ts";

const HUB = "111122223333";
const MEMBER = "444455556666";
const ROLE = { name: "portcullis-member", externalId: "an-external-id-of-ours", session: "portcullis-prod-guard" };
const CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" };
const START = Date.parse("2026-03-02T10:00:00Z");

interface Asked {
  readonly action: string;
  readonly parameters: URLSearchParams;
  /** The access key that signed it. */
  readonly key: string;
}

let server: Server;
let endpoint: string;
let asked: Asked[];
/** Answers of STS to come, instead of a session: status and code. */
let refusals: [number, string][];
let now: number;

beforeEach(async () => {
  [asked, refusals, now] = [[], [], START];
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      body += part;
    });
    request.once("end", () => {
      const parameters = new URLSearchParams(body);
      const action = parameters.get("Action") ?? "";
      const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
      asked.push({ action, parameters, key });
      const refusal = action === "AssumeRole" ? refusals.shift() : undefined;
      if (refusal !== undefined) {
        response.writeHead(refusal[0]).end(`<ErrorResponse><Error><Code>${refusal[1]}</Code><Message>no</Message></Error></ErrorResponse>`);
      } else if (action === "AssumeRole") response.end(sessionOf(parameters));
      else response.end(`<${action}Response><securityGroupInfo/><securityGroupRuleSet/></${action}Response>`);
    });
  });
  endpoint = await listen(server);
});
afterEach(() => close(server));

function sessionOf(parameters: URLSearchParams): string {
  const account = parameters.get("RoleArn")?.split(":")[4];
  const ends = new Date(now + Number(parameters.get("DurationSeconds")) * 1000).toISOString();
  const of = asked.filter(({ action }) => action === "AssumeRole").length;
  return `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${account}N${of}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>token</SessionToken><Expiration>${ends}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

function accounts(settings: Partial<Parameters<typeof ec2AcrossAccounts>[0]> = {}) {
  const client = { endpoint, region: "eu-west-1", credentials: CREDENTIALS, maxAttempts: 1 };
  return ec2AcrossAccounts({
    own: { account: HUB, partition: "aws" },
    member: ROLE,
    ec2: { endpoint, credentials: CREDENTIALS, maxAttempts: 1 },
    sts: client,
    now: () => now,
    ...settings,
  });
}
const roles = () => asked.filter(({ action }) => action === "AssumeRole");
const look = (ec2For: ReturnType<typeof accounts>, account: string, region = "eu-west-1") => ec2For(account, region).list("vpc", {});

describe("EC2 of the account of the guard itself", () => {
  test("is asked with its own credentials, and no role is taken on", async () => {
    await look(accounts(), HUB);
    expect(asked.map(({ action, key }) => [action, key])).toEqual([["DescribeVpcs", "testing"]]);
  });

  test("needs no member role", async () => {
    await look(accounts({ member: undefined }), HUB);
    expect(asked).toHaveLength(1);
  });
});

describe("EC2 of another account", () => {
  test("is asked as its member role, with the external id, for a quarter of an hour", async () => {
    await look(accounts(), MEMBER);
    expect(Object.fromEntries(roles()[0]?.parameters ?? [])).toMatchObject({
      RoleArn: `arn:aws:iam::${MEMBER}:role/portcullis-member`,
      RoleSessionName: "portcullis-prod-guard",
      ExternalId: "an-external-id-of-ours",
      DurationSeconds: "900",
    });
    expect(asked.at(-1)).toMatchObject({ action: "DescribeVpcs", key: `ASIA${MEMBER}N1` });
  });

  test("takes one session, whatever the regions and however many ask at once", async () => {
    const ec2For = accounts();
    const regions = ["eu-west-1", "us-east-1", "ap-southeast-2"];
    await Promise.all([...regions, ...regions].map((region) => look(ec2For, MEMBER, region)));
    await look(ec2For, MEMBER);
    expect(roles()).toHaveLength(1);
    await look(ec2For, "777788889999");
    expect(roles()).toHaveLength(2);
  });

  test("takes the next session shortly before the first one ends, once", async () => {
    const ec2For = accounts();
    await look(ec2For, MEMBER);
    now = START + 13.5 * 60_000;
    await look(ec2For, MEMBER);
    expect(roles()).toHaveLength(1);
    now = START + 14.5 * 60_000;
    await Promise.all([look(ec2For, MEMBER), look(ec2For, MEMBER, "us-east-1"), look(ec2For, MEMBER)]);
    expect(roles()).toHaveLength(2);
    expect(asked.at(-1)?.key).toBe(`ASIA${MEMBER}N2`);
  });

  test("is tried again by the next call after STS failed", async () => {
    const ec2For = accounts();
    refusals = [[500, "InternalFailure"]];
    await expect(look(ec2For, MEMBER)).rejects.toMatchObject({ name: "Ec2Error", refusal: "throttled" });
    await look(ec2For, MEMBER);
    expect(roles()).toHaveLength(2);
  });

  test("that refuses its role is a denial that says what to do", async () => {
    refusals = [[403, "AccessDenied"]];
    const refused = await look(accounts(), MEMBER).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Ec2Error);
    expect(refused).toMatchObject({
      refusal: "denied",
      message: expect.stringContaining("It must exist, and trust the role that asks and the external id: see stacks/member.yml"),
    });
  });

  test("that refuses its role and is not in the organization is a stranger: worth another try, and then the dead-letter queue", async () => {
    refusals = [[403, "AccessDenied"]];
    const strange = await look(accounts({ isMember: async () => false }), MEMBER).catch((error: unknown) => error);
    expect(strange).toMatchObject({
      refusal: "throttled",
      code: "StrangerError",
      message: expect.stringContaining("is not in the organization"),
    });
  });

  test("fails loudly without a member role: its groups would look deleted, and be called clean", () => {
    expect(() => accounts({ member: undefined })(MEMBER, "eu-west-1")).toThrow(
      `an event of account ${MEMBER}: this guard serves account ${HUB} only`,
    );
  });
});

test("one account and region has one client, and of hundreds the oldest are let go", () => {
  const ec2For = accounts();
  const first = ec2For(MEMBER, "eu-west-1");
  expect(ec2For(MEMBER, "eu-west-1")).toBe(first);
  for (let account = 0; account < 300; account++) ec2For(String(100_000_000_000 + account), "eu-west-1");
  expect(ec2For(MEMBER, "eu-west-1")).not.toBe(first);
});
