import { ingressRecord } from "../test/support/cloudtrail-event.ts";
import { ACCOUNT, REGION } from "../test/support/emulators.ts";

/** What EventBridge delivers when somebody opens SSH of a group to the internet; each has an id of its own. */
export function sshOpened(group: string): object {
  const rule = { SecurityGroupRuleId: "sgr-0a1b2c3d4e5f60718", IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIpv4: "0.0.0.0/0" };
  const grant = { account: ACCOUNT, region: REGION, group, protocol: "tcp", port: 22, cidrs: ["0.0.0.0/0"], granted: [rule] };
  return {
    version: "0",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.ec2",
    account: ACCOUNT,
    region: REGION,
    detail: ingressRecord(grant),
  };
}
