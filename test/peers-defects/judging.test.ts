import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as ec2 from "@aws-sdk/client-ec2";
import * as events from "@aws-sdk/client-eventbridge";
import * as rds from "@aws-sdk/client-rds";
import * as route53resolver from "@aws-sdk/client-route53resolver";
import * as sqs from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { WATCHED_CALLS } from "../../lib/cloudtrail/calls.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";
import { messageFor } from "../../lib/slack/message.ts";
import { onlyChange, readJson, set } from "../cloudtrail/read-event.ts";
import { delivered, GROUP, gate, grantEvent, modifyEvent, permission } from "../support/gate.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const ssh = (...peers: string[]) => permission("tcp", [22, 22], ...peers);

const CLIENTS = { dynamodb, ec2, events, rds, route53resolver, sqs };

describe("addresses", () => {
  const slash = (bits: number) => Array.from({ length: 2 ** bits }, (_, i) => `${i * 2 ** (8 - bits)}.0.0.0/${bits}`);
  test.each([
    ["two halves", slash(1)],
    ["four quarters", slash(2)],
    ["256 blocks of /8", slash(8)],
    ["two halves of IPv6", ["::/1", "8000::/1"]],
    ["all of IPv6 that is handed out", ["2000::/3"]],
  ])("the internet in pieces taken for private: %s", async (_, peers) => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(...peers)), ...peers.map((peer) => `tcp 22 from ${peer}`));
    // What nobody on the internet can send from opens nothing to it.
    expect(door.open().filter((rule) => !/ (0|10|127|22[4-9]|23\d|24\d|25[0-5])\.0\.0\.0\/8$/.test(rule))).toEqual([]);
  });

  test("the internet in pieces granted by call after call, none of them wide", async () => {
    const door = gate();
    const blocks = ["8.0.0.0/9", "11.0.0.0/9", "12.0.0.0/9"];
    for (const block of blocks) await door.grantedThen(grantEvent(ssh(block)), `tcp 22 from ${block}`);
    expect(door.ledger.decisions().map(({ outcome }) => outcome)).toEqual(["clean", "clean", "acted"]);
    expect(door.open()).toEqual([]);
  });

  test("a private CIDR closed because nobody looked at it", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh("10.0.0.0/8")), "tcp 22 from 10.0.0.0/8");
    expect(door.open()).toEqual(["tcp 22 from 10.0.0.0/8"]);
  });

  test("::/0 looked for among the IPv4 ranges", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh("::/0")), "tcp 22 from ::/0");
    expect(door.open()).toEqual([]);
    expect(door.bus.published).toMatchObject([{ outcome: "acted" }]);
  });

  test("a customer's prefix list that holds the internet, invisible behind its name", async () => {
    const door = gate();
    door.ec2.createPrefixList("pl-1", "10.0.0.0/8", "0.0.0.0/0");
    await door.grantedThen(grantEvent(ssh("pl-1")), "tcp 22 from pl-1");
    expect(door.open()).toEqual([]);
  });

  test("a prefix list judged once and never in its later versions", async () => {
    const door = gate();
    door.ec2.createPrefixList("pl-1", "10.0.0.0/8");
    await door.grantedThen(grantEvent(ssh("pl-1")), "tcp 22 from pl-1");
    expect(door.open()).toEqual(["tcp 22 from pl-1"]);
    door.ec2.createPrefixList("pl-1", "10.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1");
    await door.grantedThen(grantEvent(permission("tcp", [443, 443], "0.0.0.0/0")), "tcp 443 from 0.0.0.0/0");
    expect(door.open()).toEqual(["tcp 443 from 0.0.0.0/0"]);
  });

  test("a prefix list that this account cannot see, called harmless", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh("pl-1")), "tcp 22 from pl-1");
    expect(door.bus.published).toMatchObject([{ outcome: "alert", notJudged: [{ needs: expect.stringContaining("pl-1") }] }]);
  });

  test("a provider's published ranges called wide open", async () => {
    // Of CloudFront (https://ip-ranges.amazonaws.com/ip-ranges.json).
    const ranges = ["13.32.0.0/15", "13.224.0.0/14", "52.84.0.0/15", "54.230.0.0/16", "99.84.0.0/16", "205.251.192.0/19"];
    const rules = ranges.map((range) => `tcp 8443 from ${range}`);
    const door = gate();
    await door.grantedThen(grantEvent(permission("tcp", [8443, 8443], ...ranges)), ...rules);
    expect(door.open()).toEqual([...rules].sort());
    expect(door.bus.published).toMatchObject([{ outcome: "clean" }]);
  });
});

describe("protocols and ports", () => {
  test("ports that only two rules together cover", async () => {
    const door = gate();
    await door.grantedThen(
      grantEvent(permission("tcp", [0, 21], "0.0.0.0/0"), permission("tcp", [23, 65_535], "0.0.0.0/0")),
      "tcp 0-21 from 0.0.0.0/0",
      "tcp 23-65535 from 0.0.0.0/0",
    );
    expect(door.open()).toEqual([]);
  });

  test("addresses that add up only where the ports of two rules meet", async () => {
    const door = gate();
    const [low, high] = ["tcp 8000-8100 from 8.0.0.0/8", "tcp 8050-8200 from 9.0.0.0/8"];
    door.ec2.grant(GROUP, low);
    await door.grantedThen(grantEvent(permission("tcp", [8050, 8200], "9.0.0.0/8")), high);
    const [decision] = door.bus.published;
    expect(decision?.findings.map(({ traffic, rules }) => [String(traffic), rules.map(formatRule)])).toEqual([
      ["tcp 8050-8100 from 8.0.0.0/7", [low, high]],
    ]);
  });

  test("ports compared without the protocol: tcp 22 is not udp 22 or ESP, and port 3 is not ICMP type 3", async () => {
    const door = gate(`mode: enforce
rules:
  no-public-ingress:
    allow: [{ protocol: udp, ports: "22" }, { protocol: esp }, { protocol: icmp, ports: "3" }]`);
    const lawful = ["udp 22 from 0.0.0.0/0", "esp from 0.0.0.0/0", "icmp 3 from 0.0.0.0/0"];
    await door.grantedThen(
      grantEvent(
        ssh("0.0.0.0/0"),
        permission("tcp", [3, 3], "0.0.0.0/0"),
        permission("udp", [22, 22], "0.0.0.0/0"),
        permission("50", undefined, "0.0.0.0/0"),
        permission("icmp", [3, -1], "0.0.0.0/0"),
      ),
      SSH,
      "tcp 3 from 0.0.0.0/0",
      ...lawful,
    );
    expect(door.open()).toEqual([...lawful].sort());
  });

  test.each([
    ["-1 as text", "-1", "all from 0.0.0.0/0"],
    ["-1 as a number", -1, "all from 0.0.0.0/0"],
    ["6 as text", "6", SSH],
    ["6 as a number", 6, SSH],
    ["TCP in capitals", "TCP", SSH],
  ])("a protocol that matches nothing by its spelling: %s", async (_, protocol, rule) => {
    const door = gate();
    await door.grantedThen(grantEvent(permission(protocol, rule === SSH ? [22, 22] : undefined, "0.0.0.0/0")), rule);
    expect(door.open()).toEqual([]);
  });

  test("protocol -1 flagged whatever its CIDR", async () => {
    const door = gate();
    await door.grantedThen(
      grantEvent(permission("-1", undefined, "10.0.0.0/8", "198.51.100.7/32")),
      "all from 10.0.0.0/8",
      "all from 198.51.100.7/32",
    );
    expect(door.open()).toEqual(["all from 10.0.0.0/8", "all from 198.51.100.7/32"]);
  });

  test.each([
    ["port 0 read as no port at all", [0, 65_535]],
    ["a range that contains the port, compared by equality", [20, 25]],
  ] as const)("%s", async (_, [from, to]) => {
    const door = gate();
    await door.grantedThen(grantEvent(permission("tcp", [from, to], "0.0.0.0/0")), `tcp ${from}-${to} from 0.0.0.0/0`);
    expect(door.open()).toEqual([]);
  });

  test("first and last port the wrong way round, read as nothing", async () => {
    const door = gate();
    await expect(door.receive(grantEvent(permission("tcp", [22, 21], "0.0.0.0/0")))).rejects.toThrow('"22-21" is not a list of ports');
    expect(door.ec2.calls).toEqual([]);
  });

  test("two conditions met by two different rules, and both closed", async () => {
    const door = gate();
    const lawful = ["tcp 22 from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0"];
    await door.grantedThen(grantEvent(ssh("10.0.0.0/8"), permission("tcp", [443, 443], "0.0.0.0/0")), ...lawful);
    expect(door.open()).toEqual(lawful);
    expect(door.bus.published).toMatchObject([{ outcome: "clean", acts: [] }]);
  });
});

describe("records", () => {
  test.each([
    ["flat beside ipPermissions", "invictus-ir/076-AuthorizeSecurityGroupIngress.json"],
    ["nested, by Terraform", "cloudtrail-watcher/002-AuthorizeSecurityGroupIngress.json"],
    [
      "an EventBridge event by group name, with no groupId in the request",
      "constructed/001-AuthorizeSecurityGroupIngress-by-group-name.json",
    ],
  ])("only one shape of request read: %s", async (_, file) => {
    const event = readJson(file);
    const { subject, at } = onlyChange(event);
    const door = gate();
    door.clock.time = Date.parse(at) + 2_000;
    door.ec2.createGroup(subject.id, [SSH, "tcp 22 from 10.0.0.0/8"]);
    await door.receive(event);
    expect(door.open(subject.id)).toEqual(["tcp 22 from 10.0.0.0/8"]);
    expect(door.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
  });

  test("ModifySecurityGroupRules not watched", async () => {
    const door = gate();
    door.ec2.grant(GROUP, "tcp 3389 from ::/0");
    await door.receive(modifyEvent("sgr-0481972caed6e2e1c", { CidrIpv6: "::/0", FromPort: 3389, ToPort: 3389, IpProtocol: "tcp" }));
    expect(door.open()).toEqual([]);
  });

  test("calls watched that EC2 does not have, or that another service makes", async () => {
    const operations = new Map(
      Object.entries(CLIENTS).map(([source, client]) => [`${source}.amazonaws.com`, new Set(Object.keys(client))]),
    );
    const known = WATCHED_CALLS.filter(({ source }) => operations.has(source));
    expect(known.filter(({ source, name }) => operations.get(source)?.has(`${name}Command`) !== true)).toEqual([]);
    // Of these services no client is at hand; Lambda writes the version of its API behind a name.
    expect([...new Set(WATCHED_CALLS.filter((call) => !known.includes(call)).map(({ source }) => source))].sort()).toEqual([
      "cloudtrail.amazonaws.com",
      "iam.amazonaws.com",
      "lambda.amazonaws.com",
      "ram.amazonaws.com",
    ]);
    const door = gate();
    const elsewhere = set(
      set(grantEvent(ssh("0.0.0.0/0")), "source", "aws.vpc-lattice"),
      "detail.eventSource",
      "vpc-lattice.amazonaws.com",
    );
    await door.receive(elsewhere);
    expect([door.told, door.ec2.calls]).toEqual([["Ignored"], []]);
  });

  test("failed calls acted upon", async () => {
    const door = gate();
    door.ec2.grant(GROUP, SSH);
    const failed = set(grantEvent(ssh("0.0.0.0/0")), "detail.errorCode", "Client.InvalidPermission.Duplicate");
    await door.receive(set(failed, "detail.responseElements", null));
    await door.receive(delivered(readJson("invictus-ir/097-RevokeSecurityGroupEgress-Client.InvalidPermission.NotFound.json")));
    expect(door.ec2.calls).toEqual([]);
    expect(door.bus.published).toEqual([]);
  });
});

describe("people", () => {
  const words = (message: object) => JSON.stringify(message);

  test("old rules blamed on whoever touched the group today", async () => {
    const door = gate();
    door.ec2.grant(GROUP, SSH);
    await door.grantedThen(grantEvent(permission("tcp", [443, 443], "0.0.0.0/0")), "tcp 443 from 0.0.0.0/0");
    const [decision] = door.bus.published;
    if (decision === undefined) throw new Error("nothing was told");
    expect(decision.findings).toMatchObject([{ introduced: "earlier" }]);
    expect(words(messageFor(decision))).toContain("stood open before *test_user* changed the security group");
    expect(words(messageFor(decision))).toContain("not their doing");
  });

  test("a group that an AWS service opened, flagged without saying so", async () => {
    const door = gate();
    const identity = { type: "AWSService", invokedBy: "elasticmapreduce.amazonaws.com" };
    const byService = set(grantEvent(permission("tcp", [8443, 8443], "0.0.0.0/0")), "detail.userIdentity", identity);
    await door.grantedThen(set(byService, "detail.userAgent", "elasticmapreduce.amazonaws.com"), "tcp 8443 from 0.0.0.0/0");
    const [decision] = door.bus.published;
    if (decision === undefined) throw new Error("nothing was told");
    expect(words(messageFor(decision))).toContain("*EMR* made this change");
  });
});
