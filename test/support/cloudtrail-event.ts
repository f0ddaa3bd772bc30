import { randomUUID } from "node:crypto";
import type { SecurityGroupRule } from "@aws-sdk/client-ec2";

/** A grant of ingress by one permission, as EC2 answered it. */
export interface IngressGrant {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly protocol: string;
  readonly port: number;
  readonly cidrs: readonly string[];
  /** `SecurityGroupRules` of EC2's answer. */
  readonly granted: readonly SecurityGroupRule[];
}

/**
 * The CloudTrail record of AuthorizeSecurityGroupIngress. CloudTrail writes lists as `{items: []}` and names in camel case; the
 * shape is that of a recorded one (DataDog/stratus-red-team, docs/attack-techniques/AWS/
 * aws.exfiltration.ec2-security-group-open-port-22-ingress.md, Apache-2.0) with the request as the console writes it.
 */
export function ingressRecord({ account, region, group, protocol, port, cidrs, granted }: IngressGrant): object {
  const requestId = randomUUID();
  return {
    eventVersion: "1.09",
    userIdentity: {
      type: "AssumedRole",
      principalId: "AROAEXAMPLE:mallory",
      arn: `arn:aws:sts::${account}:assumed-role/developer/mallory`,
      accountId: account,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROAEXAMPLE",
          arn: `arn:aws:iam::${account}:role/developer`,
          accountId: account,
          userName: "developer",
        },
      },
    },
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    eventSource: "ec2.amazonaws.com",
    eventName: "AuthorizeSecurityGroupIngress",
    awsRegion: region,
    sourceIPAddress: "203.0.113.7",
    userAgent: "console.amazonaws.com",
    requestParameters: {
      groupId: group,
      ipPermissions: {
        items: [
          {
            ipProtocol: protocol,
            fromPort: port,
            toPort: port,
            groups: {},
            ipRanges: { items: cidrs.map((cidrIp) => ({ cidrIp })) },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    },
    responseElements: {
      requestId,
      _return: true,
      securityGroupRuleSet: {
        items: granted.map((rule) => ({
          groupOwnerId: account,
          groupId: group,
          securityGroupRuleId: rule.SecurityGroupRuleId,
          isEgress: false,
          ipProtocol: rule.IpProtocol,
          fromPort: rule.FromPort,
          toPort: rule.ToPort,
          cidrIpv4: rule.CidrIpv4,
        })),
      },
    },
    requestID: requestId,
    eventID: randomUUID(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}
