import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { Ec2Api } from "../lib/aws/ec2.ts";
import type { Ec2 } from "../lib/guard/ports.ts";
import { receive } from "../lib/guard/receive.ts";
import { parsePolicy } from "../lib/policy/load.ts";
import { LiveWorld } from "../lib/worlds/live.ts";
import { ACCOUNT, REGION, startMoto } from "../test/support/emulators.ts";
import {
  MemoryBreakers,
  MemoryBus,
  MemoryContests,
  MemoryDirectory,
  MemoryGrants,
  MemoryLedger,
  MemoryStandings,
} from "../test/support/memory-ports.ts";
import { inTurn, report, time } from "./measure.ts";

const SSH = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
const clock = { now: () => Date.now(), sleep: async () => {} };
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** From the event in hand to the answer of the revocation, warm, against one bare SDK revocation of the same rule. */
export async function benchGuard(): Promise<void> {
  const moto = await startMoto();
  try {
    const client = new EC2Client(moto.client);
    const { GroupId: group } = await client.send(new CreateSecurityGroupCommand({ GroupName: "bench", Description: "bench" }));
    if (group === undefined) throw new Error("moto made no group");
    const open = () => client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: SSH }));

    let answered = 0;
    const api = new Ec2Api(client);
    const ec2: Ec2 = {
      get: (kind, id) => api.get(kind, id),
      list: (kind, where) => api.list(kind, where),
      authorize: (id, rules) => api.authorize(id, rules),
      mayRevoke: (id, rules) => api.mayRevoke(id, rules),
      carryOut: (remedy) => api.carryOut(remedy),
      mayCarryOut: (remedy) => api.mayCarryOut(remedy),
      revoke: async (id, rules) => {
        const answer = await api.revoke(id, rules);
        answered = performance.now();
        return answer;
      },
    };
    const ports = {
      policy: parsePolicy("version: 1\nmode: enforce\nbreaker: { acts: 100000 }", "bench"),
      ec2For: () => ec2,
      worldOf: () => new LiveWorld(ec2, clock),
      ledger: new MemoryLedger(),
      grants: new MemoryGrants(),
      directory: new MemoryDirectory(),
      standings: new MemoryStandings(),
      breaker: new MemoryBreakers(clock),
      contests: new MemoryContests(clock),
      ageLimit: 900_000,
      bus: new MemoryBus(),
      clock,
      self: { role: "arn:aws:iam::111122223333:role/guard", session: "guard" },
    };
    let event = 0;
    const guarded = async () => {
      await open();
      const start = performance.now();
      await receive(eventOf(group, ++event), ports, silent);
      return answered - start;
    };
    const bare = async () => {
      await open();
      return time(() => client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: SSH })));
    };
    await inTurn(20, guarded, bare);
    const { a, b, ratio } = await inTurn(100, guarded, bare);
    report(
      "event in hand to revoke answered / bare SDK revoke, warm",
      `${a.toFixed(2)} ms / ${b.toFixed(2)} ms = ${ratio.toFixed(2)} x`,
      "at most 1.5 x",
    );
    client.destroy();
  } finally {
    await moto.stop();
  }
}

function eventOf(groupId: string, number: number) {
  const permission = { ipProtocol: "tcp", fromPort: 22, toPort: 22 };
  return {
    version: "0",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.ec2",
    account: ACCOUNT,
    region: REGION,
    detail: {
      eventVersion: "1.11",
      userIdentity: { type: "IAMUser", arn: `arn:aws:iam::${ACCOUNT}:user/ada`, accountId: ACCOUNT },
      eventTime: new Date().toISOString(),
      eventSource: "ec2.amazonaws.com",
      eventName: "AuthorizeSecurityGroupIngress",
      awsRegion: REGION,
      requestParameters: {
        groupId,
        ipPermissions: {
          items: [{ ...permission, groups: {}, ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] }, ipv6Ranges: {}, prefixListIds: {} }],
        },
      },
      responseElements: {
        _return: true,
        securityGroupRuleSet: {
          items: [
            {
              groupOwnerId: ACCOUNT,
              groupId,
              securityGroupRuleId: "sgr-0a1b2c3d4e5f60718",
              isEgress: false,
              ...permission,
              cidrIpv4: "0.0.0.0/0",
            },
          ],
        },
      },
      eventID: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
      readOnly: false,
      eventType: "AwsApiCall",
      recipientAccountId: ACCOUNT,
    },
  };
}
