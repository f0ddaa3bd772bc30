import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { App, NestedStack, Stack, Stage } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { plansOfAssembly } from "../../lib/cloudformation/assembly.ts";
import type { Plan } from "../../lib/planned/plan.ts";
import { factsIn, judged, planOfTemplate, resourceIn, rulesIn } from "../support/templates.ts";

const HERE = { account: "111122223333", region: "eu-west-1" };
const ELSEWHERE = { account: "444455556666", region: "us-east-1" };

/** Two stacks of one place, of which one refers to the other and nests a third, one stack in a stage elsewhere, and one that goes anywhere. */
function synthesize(outdir: string): void {
  const context = { "aws:cdk:enable-path-metadata": true, "aws:cdk:enable-asset-metadata": true };
  const app = new App({ outdir, context, analyticsReporting: false });
  const net = new Stack(app, "Net", { env: HERE });
  const vpc = new ec2.Vpc(net, "Vpc", { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
  const web = new Stack(app, "Web", { env: HERE });
  const group = (scope: Construct, id: string, allowAllOutbound = true) =>
    // @ts-expect-error CDK's Vpc is no IVpc to a compiler that tells absent from undefined.
    new ec2.SecurityGroup(scope, id, { vpc, allowAllOutbound });
  const lb = group(web, "Lb");
  lb.connections.allowFromAnyIpv4(ec2.Port.tcp(443));
  const backend = group(web, "App", false);
  backend.connections.allowFrom(lb, ec2.Port.tcp(8080));
  const ssh = group(web, "Ssh");
  ssh.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(22));
  const nested = new NestedStack(web, "Inner");
  const inner = group(nested, "Group");
  inner.connections.allowFrom(lb, ec2.Port.tcp(9090));
  inner.addIngressRule(ec2.Peer.anyIpv6(), ec2.Port.tcp(3389));
  const stage = new Stage(app, "Prod", { env: ELSEWHERE });
  new ec2.Vpc(new Stack(stage, "Net"), "Vpc", { maxAzs: 1, natGateways: 0, restrictDefaultSecurityGroup: false });
  const anywhere = new Stack(app, "Anywhere");
  new ec2.CfnSecurityGroup(anywhere, "Raw", {
    groupDescription: "raw",
    securityGroupIngress: [{ ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIp: "0.0.0.0/0" }],
  });
  app.synth();
}

let folder: string;
let plans: Plan[];
const at = (region: string | undefined) => {
  const found = plans.find((plan) => plan.region === region);
  if (found === undefined) throw new Error(`no plan for ${region}`);
  return found;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cdk-out-"));
  // CDK warns of what the tests open.
  const silenced = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const quiet = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  synthesize(folder);
  silenced.mockRestore();
  quiet.mockRestore();
  plans = await plansOfAssembly(folder, {});
});
afterAll(() => rm(folder, { recursive: true }));

describe("what CDK writes", () => {
  test("is one plan for each account and region", () => {
    expect(plans.map(({ account, region }) => `${account} ${region}`).sort()).toEqual([
      "111122223333 eu-west-1",
      "444455556666 us-east-1",
      "undefined undefined",
    ]);
  });

  test("connects across stacks and nested stacks, by the paths of the constructs", () => {
    const plan = at(HERE.region);
    expect(rulesIn(plan, "Web/App")).toContain("tcp 8080 from sg-(Web/Lb)");
    expect(factsIn(plan, "security-group", "Web/App").vpc).toBe(factsIn(plan, "vpc", "Net/Vpc").id);
    expect(rulesIn(plan, "Web/Inner/Group")).toEqual(["tcp 3389 from ::/0", "all to 0.0.0.0/0", "tcp 9090 from sg-(Web/Lb)"]);
    expect(factsIn(plan, "security-group", "Web/Inner/Group").vpc).toBe("vpc-(Net/Vpc)");
    expect(resourceIn(plan, "security-group", "Web/Ssh").location).toEqual({
      file: join(folder, "Web.template.json"),
      line: expect.any(Number),
    });
    expect(plan.notJudged).toEqual([]);
  });

  test("is a whole network: subnets, tables and what they lead to", () => {
    const plan = at(HERE.region);
    const table = factsIn(plan, "route-table", "Net/Vpc/PublicSubnet1/RouteTable");
    expect(table.routes.map(({ destination, target }) => `${destination} to ${target}`)).toEqual([
      "10.0.0.0/16 to local",
      "0.0.0.0/0 to igw-(Net/Vpc/IGW)",
    ]);
    expect(table.associations).toMatchObject([{ subnet: factsIn(plan, "subnet", "Net/Vpc/PublicSubnet1/Subnet").id }]);
    expect(factsIn(plan, "internet-gateway", "Net/Vpc/IGW").vpc).toBe("vpc-(Net/Vpc)");
    const unknown = plan.resources.flatMap((one) => one.unknown);
    expect(unknown).toEqual([]);
  });

  test("is judged: SSH for everybody is found, HTTPS is not", async () => {
    const { findings, open } = await judged(at(HERE.region));
    const ingress = findings.filter((finding) => finding.startsWith("no-public-ingress"));
    expect(ingress).toEqual([
      "no-public-ingress: tcp 22 from 0.0.0.0/0 at Web/Ssh",
      "no-public-ingress: tcp 3389 from ::/0 at Web/Inner/Group",
    ]);
    expect(open.filter((one) => one.startsWith("no-public-ingress"))).toEqual([]);
    expect((await judged(at(undefined))).findings).toContain("no-public-ingress: tcp 22 from 0.0.0.0/0 at Anywhere/Raw");
  });

  test("goes where it is told to go, where it does not tell itself", async () => {
    const given = await plansOfAssembly(folder, { account: "999900001111", region: "eu-central-1" });
    expect(given.map(({ account }) => account).sort()).toEqual(["111122223333", "444455556666", "999900001111"]);
  });
});

describe("what is no cloud assembly is refused by its file", () => {
  test.each([
    ["no JSON", "{", "found no manifest of a cloud assembly"],
    ["artifacts that are none", '{"artifacts": {"a": 1}}', "found no manifest of a cloud assembly"],
    ["no stacks", '{"version": "1"}', "found no stack, expected what cdk synth writes"],
    [
      "a template that is not there",
      '{"artifacts": {"a": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "a.json"}}}}',
      "a.json: found no readable file",
    ],
  ])("%s", async (_, manifest, message) => {
    const bad = await mkdtemp(join(tmpdir(), "cdk-out-"));
    await writeFile(join(bad, "manifest.json"), manifest);
    await expect(plansOfAssembly(bad, {})).rejects.toThrow(message);
    await rm(bad, { recursive: true });
  });
});

test("the template of one stack is judged by itself, with references to others left open", async () => {
  const file = join(folder, "Web.template.json");
  const plan = planOfTemplate(await readFile(file, "utf8"), file, HERE);
  expect(resourceIn(plan, "security-group", "Web/App").facts).toMatchObject({ partial: true });
  expect(factsIn(plan, "security-group", "Web/App").vpc).toBeUndefined();
  const { findings, open } = await judged(plan);
  expect(findings).toContain("no-public-ingress: tcp 22 from 0.0.0.0/0 at Web/Ssh");
  expect(open).toContainEqual(expect.stringContaining("the template of the nested stack"));
});
