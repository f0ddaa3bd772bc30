import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCli } from "../cli/run-cli.ts";
import { setUpAwsCli } from "../support/aws-cli.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ACCOUNT, EMULATOR_ENV, type Emulator, REGION, startMoto } from "../support/emulators.ts";

const run = promisify(execFile);

describeOnEmulators("portcullis explain (moto)", () => {
  let moto: Emulator;
  let ec2: EC2Client;
  let env: Readonly<Record<string, string>>;
  let vpc: string | undefined;
  let home = "";

  beforeAll(async () => {
    moto = await startMoto();
    ec2 = new EC2Client(moto.client);
    env = { ...EMULATOR_ENV, AWS_ENDPOINT_URL: moto.url };
    home = await mkdtemp(join(tmpdir(), "portcullis-explain-"));
    vpc = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc?.VpcId;
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    ec2?.destroy();
    await moto?.stop();
    await rm(home, { recursive: true, force: true });
  });

  async function createGroup(name: string): Promise<string> {
    return (await ec2.send(new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: vpc }))).GroupId ?? "";
  }

  test("reads the group as it stands, and the commands that it shows make it comply", async () => {
    const bastion = await createGroup("bastion");
    const group = await createGroup("web");
    const entries = [{ Cidr: "192.0.2.0/24" }, { Cidr: "203.0.113.0/24" }];
    const { PrefixList } = await ec2.send(
      new CreateManagedPrefixListCommand({ PrefixListName: "partners", AddressFamily: "IPv4", MaxEntries: 5, Entries: entries }),
    );
    const list = PrefixList?.PrefixListId ?? "";
    const tcp = (port: number, last = port) => ({ IpProtocol: "tcp", FromPort: port, ToPort: last });
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: group,
        IpPermissions: [
          { ...tcp(440, 450), IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "shop's" }] },
          { ...tcp(22), IpRanges: [{ CidrIp: "10.0.0.0/8" }], Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
          { ...tcp(8443), PrefixListIds: [{ PrefixListId: list }] },
          { ...tcp(9000), UserIdGroupPairs: [{ GroupId: bastion }] },
        ],
      }),
    );
    const { out, code, err } = await runCli(["explain", group, "--format", "json"], { env });
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const told: {
      group: object;
      ingress: { rows: { verdict: string; traffic: string; sources: object[] }[] };
      edit: { commands: string[] };
    } = JSON.parse(out);
    expect(told.group).toMatchObject({ id: group, name: "web", vpc, account: ACCOUNT, region: REGION, seen: "as it stands" });
    expect(told.ingress.rows.map(({ verdict, traffic }) => `${verdict}: ${traffic}`)).toEqual([
      "forbidden: tcp 22 from ::/0",
      "forbidden: tcp 440-442, 444-450 from 0.0.0.0/0",
      "allowed: tcp 443 from 0.0.0.0/0",
      "allowed: tcp 8443 from 192.0.2.0/24, 203.0.113.0/24",
      `allowed: tcp 9000 from ${bastion}`,
      "allowed: tcp 22 from 10.0.0.0/8",
    ]);
    expect(told.ingress.rows.flatMap(({ sources }) => sources)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "prefix-list", list, name: "partners", entries: 2 }),
        expect.objectContaining({ kind: "group", name: "bastion" }),
        expect.objectContaining({
          kind: "internet",
          rules: [{ id: expect.stringMatching(/^sgr-[0-9a-f]{17}$/), rule: "tcp 22 from ::/0" }],
        }),
      ]),
    );
    const aws = await setUpAwsCli(home, { AWS_ENDPOINT_URL: moto.url }, {});
    for (const command of told.edit.commands) await run("sh", ["-c", command], { env: { ...aws.env, ...EMULATOR_ENV } });
    const after = await runCli(["explain", group], { env });
    expect({ code: after.code, err: after.err }).toEqual({ code: 0, err: "" });
    expect(after.out).toMatch(/tcp 443 +the internet: 0\.0\.0\.0\/0 +sgr-[0-9a-f]{17} +allowed \[1\]/);
    expect(after.out).not.toContain("The nearest edit");
  });

  test("of another account says whose credentials these are, and how to get there", async () => {
    const { code, out, err } = await runCli(["explain", "sg-0abc", "--account", "444455556666"], { env });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(
      `sg-0abc was not read: these credentials are of account ${ACCOUNT}, expected ones of 444455556666. Assume a role`,
    );
    expect(err).toContain("AWS_PROFILE");
  });

  test("a group that does not exist in the region is told as that", async () => {
    const { code, err } = await runCli(["explain", "sg-0123456789abcdef0", "--region", "us-west-2"], { env });
    expect(code).toBe(2);
    expect(err).toBe(
      `error: sg-0123456789abcdef0 does not exist in account ${ACCOUNT}, us-west-2: expected the id of a security group there. Try --region, or the credentials of its account\n`,
    );
  });

  test("an AWS that cannot be reached is no stack trace", async () => {
    const { code, err } = await runCli(["explain", "sg-0abc"], {
      env: { ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_MAX_ATTEMPTS: "1" },
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^error: sg-0abc was not read: /);
    expect(err).not.toContain("    at ");
  });
});
