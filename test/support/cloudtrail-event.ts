import { randomUUID } from "node:crypto";
import type { SecurityGroupRule } from "@aws-sdk/client-ec2";

/** A grant of ingress by one permission, as EC2 answered it. */
export interface IngressGrant {
  readonly account: string;
  readonly region: string;
  readonly group: string;
  readonly protocol: string;
  readonly port: number;
  /** The last port of a range; `port` unless told. */
  readonly to?: number;
  readonly cidrs: readonly string[];
  /** `SecurityGroupRules` of EC2's answer. */
  readonly granted: readonly SecurityGroupRule[];
  readonly actor?: Session;
}

/** A role of the account and the name of a session under it. */
interface Session {
  readonly role: string;
  readonly session: string;
}

/** A call to EC2, as CloudTrail writes it. */
export interface Call {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly request: object;
  /** What the answer says besides `requestId` and `_return`. */
  readonly response?: object;
  /** Mallory under the role of developers, unless told. */
  readonly actor?: Session;
}

const MALLORY: Session = { role: "developer", session: "mallory" };

/** The CloudTrail record of a call to EC2 that succeeded; its shape is that of events/invictus-ir/006-CreateRoute.json. */
export function callRecord({ account, region, name, request, response = {}, actor: { role, session } = MALLORY }: Call): object {
  const requestId = randomUUID();
  return {
    eventVersion: "1.09",
    userIdentity: {
      type: "AssumedRole",
      principalId: `AROAEXAMPLE:${session}`,
      arn: `arn:aws:sts::${account}:assumed-role/${role}/${session}`,
      accountId: account,
      sessionContext: {
        sessionIssuer: {
          type: "Role",
          principalId: "AROAEXAMPLE",
          arn: `arn:aws:iam::${account}:role/${role}`,
          accountId: account,
          userName: role,
        },
      },
    },
    eventTime: `${new Date().toISOString().slice(0, 19)}Z`,
    eventSource: "ec2.amazonaws.com",
    eventName: name,
    awsRegion: region,
    sourceIPAddress: "203.0.113.7",
    userAgent: "console.amazonaws.com",
    requestParameters: request,
    responseElements: { requestId, _return: true, ...response },
    requestID: requestId,
    eventID: randomUUID(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: "Management",
  };
}

/**
 * The CloudTrail record of AuthorizeSecurityGroupIngress. CloudTrail writes lists as `{items: []}` and names in camel case; the
 * shape is that of a recorded one (DataDog/stratus-red-team, docs/attack-techniques/AWS/
 * aws.exfiltration.ec2-security-group-open-port-22-ingress.md, Apache-2.0) with the request as the console writes it.
 */
export function ingressRecord({ account, region, group, protocol, port, to = port, cidrs, granted, actor }: IngressGrant): object {
  const [v6, v4] = [cidrs.filter((cidr) => cidr.includes(":")), cidrs.filter((cidr) => !cidr.includes(":"))];
  const permission = {
    ipProtocol: protocol,
    fromPort: port,
    toPort: to,
    groups: {},
    ipRanges: v4.length === 0 ? {} : { items: v4.map((cidrIp) => ({ cidrIp })) },
    ipv6Ranges: v6.length === 0 ? {} : { items: v6.map((cidrIpv6) => ({ cidrIpv6 })) },
    prefixListIds: {},
  };
  const rules = granted.map((rule) => ({
    groupOwnerId: account,
    groupId: group,
    securityGroupRuleId: rule.SecurityGroupRuleId,
    isEgress: false,
    ipProtocol: rule.IpProtocol,
    fromPort: rule.FromPort,
    toPort: rule.ToPort,
    ...(rule.CidrIpv4 !== undefined && { cidrIpv4: rule.CidrIpv4 }),
    ...(rule.CidrIpv6 !== undefined && { cidrIpv6: rule.CidrIpv6 }),
  }));
  return callRecord({
    account,
    region,
    name: "AuthorizeSecurityGroupIngress",
    request: { groupId: group, ipPermissions: { items: [permission] } },
    response: { securityGroupRuleSet: { items: rules } },
    ...(actor !== undefined && { actor }),
  });
}
