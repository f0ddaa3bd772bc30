import { createServer } from "node:http";
import { EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Ec2Api } from "../../lib/aws/ec2/ec2.ts";
import { apply } from "../../lib/guard/acting/apply.ts";
import { isGroupRemedy, revokeRules } from "../../lib/model/remedy.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { close, listen } from "../support/ec2-recorder.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const FOREIGN = "tcp 22 from 444455556666/sg-0c0ffee0c0ffee000";
const PERMISSION = "<ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>";
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** The Ec2 port before an EC2 that gives this answer to every call, or to each its own, in the form of the API reference's examples. */
async function answering(answer: string | ((asked: URLSearchParams) => string), status = 200): Promise<Ec2Api> {
  const server = createServer((request, response) => {
    let asked = "";
    request.setEncoding("utf8").on("data", (part: string) => {
      asked += part;
    });
    request.once("end", () => {
      const body = typeof answer === "string" ? answer : answer(new URLSearchParams(asked));
      response.writeHead(status, { "content-type": "text/xml" }).end(body);
    });
  });
  const endpoint = await listen(server);
  const client = new EC2Client({
    endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    maxAttempts: 1,
  });
  stops.push(async () => {
    client.destroy();
    await close(server);
  });
  return new Ec2Api(client);
}

const revoked = (fields: string) =>
  `<RevokeSecurityGroupIngressResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${fields}</RevokeSecurityGroupIngressResponse>`;
const revoke = async (ec2: Ec2Api, ...rules: string[]) => {
  const { remedy, ...act } = await apply(revokeRules("sg-1", rules.map(parseRule)), ec2);
  if (!isGroupRemedy(remedy)) throw new Error(`revoking took effect as ${remedy.kind}`);
  return { ...act, remedy };
};

describe("what EC2 says that a revoke did", () => {
  test("is believed, and nothing else: a rule that it does not name was not revoked", async () => {
    const ec2 = await answering(
      revoked(`<return>true</return><revokedSecurityGroupRuleSet><item><securityGroupRuleId>sgr-1</securityGroupRuleId>
        <groupId>sg-1</groupId><isEgress>false</isEgress>${PERMISSION}<cidrIpv4>0.0.0.0/0</cidrIpv4></item></revokedSecurityGroupRuleSet>`),
    );
    const { result, remedy } = await revoke(ec2, SSH, "tcp 22 from ::/0");
    expect([result, remedy.revoke.map(formatRule)]).toEqual(["done", [SSH]]);
  });

  test("a permission under UnknownIpPermissions was closed already", async () => {
    const ec2 = await answering(
      revoked(`<return>true</return><unknownIpPermissionSet><item>${PERMISSION}<groups/>
        <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges></item></unknownIpPermissionSet>`),
    );
    expect(await revoke(ec2, SSH)).toMatchObject({ result: "already" });
  });

  test("Return=false without a reason is a failure, never a success", async () => {
    const act = await revoke(await answering(revoked("<return>false</return>")), SSH);
    expect(act).toMatchObject({ result: "failed", error: expect.stringContaining("ReturnFalse") });
  });

  test("a group of another account is named without its account, and is known by its id", async () => {
    const gone = await answering(
      revoked(`<return>true</return><revokedSecurityGroupRuleSet><item><securityGroupRuleId>sgr-1</securityGroupRuleId>
        <groupId>sg-1</groupId><isEgress>false</isEgress>${PERMISSION}
        <referencedGroupId>sg-0c0ffee0c0ffee000</referencedGroupId></item></revokedSecurityGroupRuleSet>`),
    );
    expect(await revoke(gone, FOREIGN)).toMatchObject({ result: "done", remedy: { revoke: [parseRule(FOREIGN)] } });
    const unknown = await answering(
      revoked(`<return>true</return><unknownIpPermissionSet><item>${PERMISSION}
        <groups><item><userId>444455556666</userId><groupId>sg-0c0ffee0c0ffee000</groupId></item></groups></item></unknownIpPermissionSet>`),
    );
    expect(await revoke(unknown, FOREIGN)).toMatchObject({ result: "already" });
  });

  test("the description that EC2 took is kept for undo, though the event did not tell it", async () => {
    const ec2 = await answering(
      revoked(`<return>true</return><revokedSecurityGroupRuleSet><item><groupId>sg-1</groupId><isEgress>false</isEgress>${PERMISSION}
        <cidrIpv4>0.0.0.0/0</cidrIpv4><description>for the vendor</description></item></revokedSecurityGroupRuleSet>`),
    );
    expect((await revoke(ec2, SSH)).remedy.revoke).toEqual([{ ...parseRule(SSH), description: "for the vendor" }]);
  });

  test.each([
    [403, "UnauthorizedOperation", "denied"],
    [400, "IncorrectState", "failed"],
  ])("a refusal with HTTP %i %s is an act that %s", async (status, code, result) => {
    const ec2 = await answering(
      `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors><RequestID>r</RequestID></Response>`,
      status,
    );
    expect(await revoke(ec2, SSH)).toMatchObject({ result, error: `${code}: no` });
  });

  test.each([
    [503, "RequestLimitExceeded"],
    [500, "InternalError"],
    [503, "SomethingNew"],
  ])("HTTP %i %s goes up, to be tried again", async (status, code) => {
    const ec2 = await answering(
      `<Response><Errors><Error><Code>${code}</Code><Message>later</Message></Error></Errors><RequestID>r</RequestID></Response>`,
      status,
    );
    await expect(revoke(ec2, SSH)).rejects.toMatchObject({ refusal: "throttled", code });
  });
});

describe("the groups that name a prefix list", () => {
  const group = (id: string) => `<item><ownerId>111122223333</ownerId><groupId>${id}</groupId><vpcId>vpc-1</vpcId></item>`;
  const named: Readonly<Record<string, string>> = {
    "ip-permission.prefix-list-id": group("sg-1") + group("sg-2"),
    "egress.ip-permission.prefix-list-id": group("sg-2") + group("sg-3"),
  };
  const asks: (string | null)[] = [];
  const ec2 = () =>
    answering((asked) => {
      const action = asked.get("Action");
      asks.push(action);
      if (action !== "DescribeSecurityGroups") return `<${action}Response><securityGroupRuleSet/></${action}Response>`;
      const filters = ["1", "2"].map((n) => [asked.get(`Filter.${n}.Name`) ?? "", asked.get(`Filter.${n}.Value.1`)] as const);
      const found = filters.flatMap(([name, value]) => (value === "pl-1" ? (named[name] ?? "") : [])).join("");
      return `<${action}Response><securityGroupInfo>${found}</securityGroupInfo></${action}Response>`;
    });

  test("in ingress rules, in egress rules or in both, each once", async () => {
    const found = await (await ec2()).list("security-group", { prefixList: "pl-1", vpc: "vpc-1" });
    expect(found.map(({ id }) => id)).toEqual(["sg-1", "sg-2", "sg-3"]);
    // Their rules are read together, not group by group.
    expect(asks.filter((action) => action === "DescribeSecurityGroupRules")).toHaveLength(1);
  });

  test("are none where no group names it", async () => {
    expect(await (await ec2()).list("security-group", { prefixList: "pl-2" })).toEqual([]);
  });
});

describe("a revocation whose answer is lost", () => {
  /** An EC2 that carries out the first call and hangs up instead of answering; then the rule is not there. */
  async function hangingUp(second: string): Promise<{ ec2: Ec2Api; calls: () => number }> {
    let calls = 0;
    const server = createServer((request, response) => {
      request.resume().once("end", () => {
        if (++calls === 1) response.destroy();
        else
          response
            .writeHead(400, { "content-type": "text/xml" })
            .end(`<Response><Errors><Error><Code>${second}</Code></Error></Errors></Response>`);
      });
    });
    const endpoint = await listen(server);
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    const client = new EC2Client({ endpoint, region: "eu-west-1", credentials, maxAttempts: 3 });
    stops.push(async () => {
      client.destroy();
      await close(server);
    });
    return { ec2: new Ec2Api(client), calls: () => calls };
  }

  test("and that finds nothing when it is made again, took the rule: it can be undone", async () => {
    const { ec2, calls } = await hangingUp("InvalidPermission.NotFound");
    const { result, presumed, remedy } = await revoke(ec2, SSH);
    expect([result, presumed, remedy.revoke.map(formatRule), calls()]).toEqual(["done", "answer-lost", [SSH], 2]);
  });

  test("is another thing than one that EC2 refused at first for being asked too often: that took nothing", async () => {
    let calls = 0;
    const refusal = (code: string) => `<Response><Errors><Error><Code>${code}</Code></Error></Errors></Response>`;
    const server = createServer((request, response) => {
      request.resume().once("end", () => {
        const first = ++calls === 1;
        response.writeHead(first ? 503 : 400, { "content-type": "text/xml" });
        response.end(refusal(first ? "RequestLimitExceeded" : "InvalidPermission.NotFound"));
      });
    });
    const endpoint = await listen(server);
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    const client = new EC2Client({ endpoint, region: "eu-west-1", credentials, maxAttempts: 3 });
    stops.push(async () => {
      client.destroy();
      await close(server);
    });
    expect(await revoke(new Ec2Api(client), SSH)).toMatchObject({ result: "already" });
    expect(calls).toBe(2);
  });

  test("and that finds nothing the first time it is made, took none", async () => {
    const ec2 = await answering("<Response><Errors><Error><Code>InvalidPermission.NotFound</Code></Error></Errors></Response>", 400);
    expect(await revoke(ec2, SSH)).toMatchObject({ result: "already" });
  });
});
