import { CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { drillGroupsOver } from "../../lib/aws/ec2/drill-groups.ts";
import { drill } from "../../lib/guard/drilling/drill.ts";
import { DRILL_GROUP } from "../../lib/guard/drilling/drill-group.ts";
import type { DrillGroups, DrillPorts } from "../../lib/guard/drilling/drill-ports.ts";
import { drillPorts } from "../../lib/wiring/drill.ts";
import { DrillRig } from "../support/drill-rig.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ACCOUNT, EMULATOR_ENV, type Emulator, REGION, startMoto } from "../support/emulators.ts";

const TAGS = { "portcullis:drill": "true" };
const OTHER_ACCOUNT = "210987654321";
const GUARD_MS = 1_500;
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** What the drill relies on of whoever keeps groups by name. */
function testGroups(make: () => Promise<{ readonly groups: DrillGroups; readonly vpcs: readonly [string, string] }>) {
  test("a group is found by its name in its VPC only, with its tags; a second of that name is a duplicate", async () => {
    const { groups, vpcs } = await make();
    const [vpc, other] = vpcs;
    const wanted = { vpc, name: DRILL_GROUP, description: "Fire drill of Portcullis: for practice", tags: TAGS };
    expect(await groups.named(vpc, DRILL_GROUP)).toBeUndefined();
    const id = await groups.create(wanted);
    expect(await groups.named(vpc, DRILL_GROUP)).toMatchObject({ id, vpc, tags: TAGS });
    expect(await groups.named(other, DRILL_GROUP)).toBeUndefined();
    await expect(groups.create(wanted)).rejects.toMatchObject({ refusal: "duplicate" });
  });
}

describe("groups by name, in memory", () => {
  testGroups(async () => ({ groups: new DrillRig().ports.groups, vpcs: ["vpc-1", "vpc-2"] }));
});

describeOnEmulators("the fire drill on the EC2 API (moto)", () => {
  let moto: Emulator;
  let client: EC2Client;
  let counted: { closed: number[]; failed: number };
  const env = { ...process.env };

  beforeAll(async () => {
    moto = await startMoto();
    client = new EC2Client(moto.client);
    Object.assign(process.env, EMULATOR_ENV, { AWS_ENDPOINT_URL: moto.url });
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    process.env = env;
    client?.destroy();
    await moto?.stop();
  });

  async function createVpc(from = client): Promise<string> {
    const { Vpc } = await from.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
    return Vpc?.VpcId ?? "";
  }

  /** The drill as it is wired from the environment. */
  function wired(vpc: string, account = ACCOUNT, minutes = "0.2"): DrillPorts {
    counted = { closed: [], failed: 0 };
    const SELF_ROLE = `arn:aws:iam::${ACCOUNT}:role/portcullis-dev-drill`;
    const metrics = { closed: (seconds: number) => void counted.closed.push(seconds), failed: () => void counted.failed++ };
    const where = { DRILL_ACCOUNT: account, DRILL_REGION: REGION, DRILL_VPC: vpc };
    return drillPorts({ ...where, DRILL_MINUTES: minutes, SELF_ROLE, EXTERNAL_ID: "example" }, metrics, log);
  }

  /** A guard that closes what is opened, a little later. */
  function guarded(ports: DrillPorts): DrillPorts {
    const authorize: DrillPorts["ec2"]["authorize"] = async (group, rules) => {
      await ports.ec2.authorize(group, rules);
      setTimeout(() => void ports.ec2.revoke(group, rules), GUARD_MS);
    };
    const { get, list, revoke } = ports.ec2;
    const ec2 = { get: get.bind(ports.ec2), list: list.bind(ports.ec2), revoke: revoke.bind(ports.ec2), authorize };
    return { ...ports, ec2 };
  }

  async function rulesOf({ groups, ec2 }: DrillPorts, vpc: string) {
    const group = await groups.named(vpc, DRILL_GROUP);
    const facts = await ec2.get("security-group", group?.id ?? "");
    return facts?.rules.filter(({ direction }) => direction === "ingress");
  }

  testGroups(async () => ({ groups: drillGroupsOver(client), vpcs: [await createVpc(), await createVpc()] }));

  test("passes when the rule is closed while it waits", async () => {
    const vpc = await createVpc();
    const ports = wired(vpc);
    await drill(guarded(ports), () => 900_000);
    expect(counted).toEqual({ closed: [expect.any(Number)], failed: 0 });
    expect(await rulesOf(ports, vpc)).toEqual([]);
  }, 30_000);

  test("fails when nobody closes it, and removes it", async () => {
    const vpc = await createVpc();
    const ports = wired(vpc, ACCOUNT, "0.05");
    await expect(drill(ports, () => 900_000)).rejects.toThrow(/did not close tcp 22 from 0\.0\.0\.0\/0/);
    expect(counted).toEqual({ closed: [], failed: 1 });
    expect(await rulesOf(ports, vpc)).toEqual([]);
  }, 30_000);

  test("acts in another account under the role that is lent there", async () => {
    const elsewhere = wired("vpc-unknown", OTHER_ACCOUNT);
    // moto makes every account on demand, each with a default VPC.
    expect(await elsewhere.groups.named("vpc-unknown", DRILL_GROUP)).toBeUndefined();
    const [vpc] = await elsewhere.ec2.list("vpc", {});
    const ports = wired(vpc?.id ?? "", OTHER_ACCOUNT);
    await drill(guarded(ports), () => 900_000);
    expect(counted.failed).toBe(0);
    expect(await drillGroupsOver(client).named(vpc?.id ?? "", DRILL_GROUP)).toBeUndefined();
    expect(await rulesOf(ports, vpc?.id ?? "")).toEqual([]);
  }, 30_000);
});

describe("the environment of the drill", () => {
  const good = {
    DRILL_ACCOUNT: ACCOUNT,
    DRILL_REGION: REGION,
    DRILL_VPC: "vpc-1",
    DRILL_MINUTES: "10",
    SELF_ROLE: `arn:aws:iam::${ACCOUNT}:role/portcullis-dev-drill`,
  };
  const metrics = { closed: () => {}, failed: () => {} };

  test.each(["0", "-1", "11", "soon", ""])("may not give the guard %p minutes", (minutes) => {
    expect(() => drillPorts({ ...good, DRILL_MINUTES: minutes }, metrics, log)).toThrow(/DRILL_MINUTES/);
  });
  test.each(Object.keys(good))("must say %s", (name) => {
    expect(() => drillPorts(good, metrics, log)).not.toThrow();
    expect(() => drillPorts({ ...good, [name]: "" }, metrics, log)).toThrow(name);
  });
});
