import { randomUUID } from "node:crypto";
import { receive } from "../../lib/guard/receive.ts";
import { readJson, set } from "../cloudtrail/read-event.ts";
import { FIRST } from "./attempts.ts";
import { AT } from "./changes.ts";
import { guardRig } from "./guard-rig.ts";

/** The group of the events that these helpers make. */
export const GROUP = "sg-0e79c7acdf4a0225e";

/** A guard behind its entrance: CloudTrail's events in, the rules of the group and the decisions out. The group exists, empty. */
export function gate(policy?: string) {
  const rig = guardRig(policy);
  rig.ec2.createGroup(GROUP);
  const told: string[] = [];
  const log = {
    info: (message: string) => void told.push(message),
    warn: (message: string) => void told.push(message),
    error: (message: string) => void told.push(message),
  };
  return {
    ...rig,
    told,
    open: (group = GROUP) => rig.open(group),
    /** As the queue hands it over; throws when the message is to come again. */
    receive: (event: unknown) => receive(event, rig.ports, log, FIRST),
    /** EC2 grants the rules, in the notation; then the event arrives. */
    grantedThen: async (event: unknown, ...rules: readonly string[]) => {
      rig.ec2.grant(GROUP, ...rules);
      await receive(event, rig.ports, log, FIRST);
    },
  };
}

/** One item of `ipPermissions` as the console and Terraform nest it; a peer is a CIDR, a group or a prefix list. */
export function permission(
  ipProtocol: string | number,
  ports: readonly [from: number, to: number] | undefined,
  ...peers: readonly string[]
) {
  const items = (found: readonly object[]) => (found.length === 0 ? {} : { items: found });
  const group = (peer: string) => /^sg-/.test(peer);
  const list = (peer: string) => /^pl-/.test(peer);
  const v6 = (peer: string) => peer.includes(":");
  return {
    ipProtocol,
    ...(ports !== undefined && { fromPort: ports[0], toPort: ports[1] }),
    groups: items(peers.filter(group).map((groupId) => ({ groupId, userId: "000000000000" }))),
    ipRanges: items(peers.filter((peer) => !(group(peer) || list(peer) || v6(peer))).map((cidrIp) => ({ cidrIp }))),
    ipv6Ranges: items(peers.filter(v6).map((cidrIpv6) => ({ cidrIpv6 }))),
    prefixListIds: items(peers.filter(list).map((prefixListId) => ({ prefixListId }))),
  };
}

/** AuthorizeSecurityGroupIngress of these permissions by EventBridge: a recorded call with other permissions. */
export function grantEvent(...permissions: readonly object[]): unknown {
  const recorded = readJson("cloudtrail-watcher/002-AuthorizeSecurityGroupIngress.json");
  const asked = set(recorded, "requestParameters.ipPermissions.items", permissions);
  return delivered(set(asked, "responseElements", { requestId: "e5c178b5-7d64-4bd8-97b2-2f6e4b77513a", _return: true }));
}

/** ModifySecurityGroupRules by EventBridge: a recorded call that gave this rule another value. */
export function modifyEvent(SecurityGroupRuleId: string, SecurityGroupRule: object): unknown {
  const recorded = readJson("cloudtrail-watcher/004-ModifySecurityGroupRules.json");
  const request = { SecurityGroupRule: { SecurityGroupRuleId, tag: 1, SecurityGroupRule }, GroupId: GROUP };
  return delivered(set(recorded, "requestParameters.ModifySecurityGroupRulesRequest", request));
}

/** A record as EventBridge delivers it, two seconds before the guard sees it, under an id of its own. */
export function delivered(record: unknown): unknown {
  const detail = set(set(record, "eventTime", AT), "eventID", randomUUID());
  return { version: "0", "detail-type": "AWS API Call via CloudTrail", source: "aws.ec2", region: "ap-northeast-2", time: AT, detail };
}
