import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { bundleService } from "../../scripts/bundle.ts";
import { close, listen } from "../support/ec2-recorder.ts";

const ROOT = join(import.meta.dirname, "../..");
const Metafile = z.object({ outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.unknown()) })) });

// What the services answer, by the call.
const ANSWERS: Readonly<Record<string, string>> = {
  DescribeSubnets: "<subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId></item></subnetSet>",
  DescribeSecurityGroups: "<securityGroupInfo><item><groupId>sg-1</groupId></item></securityGroupInfo>",
  DescribeSecurityGroupRules: "<securityGroupRuleSet/>",
  DescribeDBSubnetGroups:
    "<DescribeDBSubnetGroupsResult><DBSubnetGroups><DBSubnetGroup><DBSubnetGroupName>db</DBSubnetGroupName></DBSubnetGroup></DBSubnetGroups></DescribeDBSubnetGroupsResult>",
  ListFirewallRuleGroupAssociations: JSON.stringify({ FirewallRuleGroupAssociations: [{ Id: "rslvr-frgassoc-1", VpcId: "vpc-1" }] }),
};
const REFUSALS: Readonly<Record<string, string>> = { DeleteRoute: "DryRunOperation", DescribeNatGateways: "NatGatewayNotFound" };

const SCRIPT = `
  import { ec2AcrossAccounts } from "./index.mjs";
  const own = { account: "111122223333", partition: "aws" };
  const ec2 = ec2AcrossAccounts({ own })("111122223333", "eu-west-1");
  const route = { destination: "0.0.0.0/0", target: "igw-1" };
  console.log(JSON.stringify([
    await ec2.get("subnet", "subnet-1"),
    await ec2.get("security-group", "sg-1"),
    (await ec2.get("nat-gateway", "nat-1")) ?? "gone",
    await ec2.get("db-subnet-group", "db"),
    await ec2.get("firewall-association", "rslvr-frgassoc-1"),
    (await ec2.mayCarryOut({ kind: "delete-route", table: "rtb-1", route })) ?? "permitted",
  ]));`;

describe("a bundle whose lazy part has a copy of the EC2 client", () => {
  let folder: string;
  let server: Server;
  let endpoint: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "portcullis-lazy-"));
    await mkdir(join(folder, "functions"));
    await copyFile(join(ROOT, "portcullis.yml"), join(folder, "portcullis.yml"));
    const source = JSON.stringify(join(ROOT, "lib/aws/accounts.ts"));
    await writeFile(join(folder, "functions/guard.ts"), `export { ec2AcrossAccounts } from ${source};\n`);
    await bundleService(folder);
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => {
        body += part;
      });
      request.once("end", () => {
        const target = request.headers["x-amz-target"];
        const call = typeof target === "string" ? (target.split(".").at(-1) ?? "") : (new URLSearchParams(body).get("Action") ?? "");
        const refusal = REFUSALS[call];
        if (refusal !== undefined)
          response.writeHead(400).end(`<Response><Errors><Error><Code>${refusal}</Code></Error></Errors></Response>`);
        else response.writeHead(200).end(target === undefined ? `<${call}Response>${ANSWERS[call]}</${call}Response>` : ANSWERS[call]);
      });
    });
    endpoint = await listen(server);
  }, 300_000);
  afterAll(async () => {
    await close(server);
    await rm(folder, { recursive: true, force: true });
  });

  test("reads and asks through it, and through the services beside EC2", async () => {
    const { code, output } = await run(join(folder, "dist/guard"), endpoint);
    expect([code, output]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(output)).toEqual([
      { id: "subnet-1", vpc: "vpc-1", ipv6Cidrs: [] },
      { id: "sg-1", rules: [] },
      "gone",
      { id: "db", subnets: [], zones: [] },
      { id: "rslvr-frgassoc-1", vpc: "vpc-1" },
      "permitted",
    ]);
  });

  test("has each operation where it is used, and no second client", async () => {
    const { outputs } = Metafile.parse(JSON.parse(await readFile(join(folder, "dist/guard/meta.json"), "utf8")));
    const chunksWith = (file: string) =>
      Object.values(outputs).filter(({ inputs }) => Object.keys(inputs).some((input) => input.endsWith(file)));
    expect(chunksWith("client-ec2/dist-es/schemas/schemas_0.js")).toHaveLength(1);
    expect(chunksWith("client-ec2/dist-es/schemas/schemas_0.js?lazy")).toHaveLength(1);
    expect(chunksWith("client-ec2/dist-es/EC2Client.js")).toHaveLength(1);
    expect(chunksWith("client-ec2/dist-es/EC2Client.js?lazy")).toEqual([]);
  });
});

async function run(cwd: string, endpoint: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", SCRIPT], {
    cwd,
    env: { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_ENDPOINT_URL: endpoint, AWS_MAX_ATTEMPTS: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => {
      output += part.toString();
    });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  return { code, output };
}
