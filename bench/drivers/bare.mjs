// Revokes what each event, a line of JSON on standard input, has granted, with the SDK and nothing else: the least that closing takes.
// Prints what guard.mjs prints.
import { createInterface } from "node:readline";
import { EC2Client, RevokeSecurityGroupIngressCommand } from "@aws-sdk/client-ec2";

const client = new EC2Client({});
const IpPermissions = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];

for await (const line of createInterface({ input: process.stdin })) {
  const { groupId: GroupId } = JSON.parse(line).detail.requestParameters;
  const entered = process.hrtime.bigint();
  await client.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  const left = process.hrtime.bigint();
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ entered: Number(entered), left: Number(left), peak, failed: 0 })}\n`);
}
