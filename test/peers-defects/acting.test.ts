import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { inBatch } from "../../lib/aws/sqs/sqs-batch.ts";
import { fieldsOf } from "../../lib/cloudtrail/fields.ts";
import { type Ec2, Ec2Error } from "../../lib/guard/ports.ts";
import { receive } from "../../lib/guard/receive.ts";
import { formatRule, parseRule } from "../../lib/model/security-group-rule.ts";
import { slackMessenger } from "../../lib/slack/client.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { readJson, set } from "../cloudtrail/read-event.ts";
import { FIRST } from "../support/attempts.ts";
import { delivered, GROUP, gate, grantEvent, modifyEvent, permission } from "../support/gate.ts";
import { SELF } from "../support/guard-rig.ts";
import { type SlackServer, start } from "../support/slack-server.ts";
import { sqsEvent } from "../support/sqs-event.ts";
import { eventOf, TellingRig } from "../support/telling-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const INTERNET = "0.0.0.0/0";
const NARROW = "mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }";
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const ssh = (...peers: string[]) => permission("tcp", [22, 22], ...peers);
const recordIn = (file: string) => fieldsOf(readJson(file))?.detail;
const web = (...peers: string[]) => permission("tcp", [443, 443], ...peers);

describe("what goes and what stays", () => {
  test("a private CIDR, a prefix list and a group gone with the internet, all of one permission", async () => {
    const door = gate();
    door.ec2.createPrefixList("pl-1", "198.51.100.0/24");
    const lawful = ["10.0.0.0/8", "pl-1", "sg-0b0b"].map((peer) => `tcp 22 from ${peer}`);
    await door.grantedThen(grantEvent(ssh(INTERNET, "10.0.0.0/8", "pl-1", "sg-0b0b")), SSH, ...lawful);
    expect(door.open()).toEqual([...lawful].sort());
  });

  test("the lawful permission gone with the forbidden one of the same call", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(INTERNET), web(INTERNET)), SSH, "tcp 443 from 0.0.0.0/0");
    expect(door.open()).toEqual(["tcp 443 from 0.0.0.0/0"]);
  });

  test("a whole range of ports gone because of some of it", async () => {
    const door = gate(NARROW);
    await door.grantedThen(grantEvent(permission("tcp", [443, 8443], INTERNET)), "tcp 443-8443 from 0.0.0.0/0");
    expect(door.open()).toEqual(["tcp 443 from 0.0.0.0/0"]);
  });

  test("only one of IPv4 and IPv6 closed when they come in one call", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(INTERNET, "::/0")), SSH, "tcp 22 from ::/0");
    expect(door.open()).toEqual([]);
  });

  test("revoked first and added again after: lawful traffic drops, descriptions and tags are lost", async () => {
    const door = gate(NARROW);
    const lapses: string[] = [];
    door.ec2.grant(GROUP, { ...parseRule("tcp 443-8443 from 0.0.0.0/0"), description: "shop", tags: { team: "web" } });
    door.ec2.after = (call) => {
      if (!door.open().some((rule) => /^tcp 443(-8443)? from 0\.0\.0\.0\/0$/.test(rule))) lapses.push(call);
    };
    await door.receive(grantEvent(web("10.0.0.0/8")));
    expect(lapses).toEqual([]);
    expect(door.ec2.rules(GROUP)).toMatchObject([{ fromPort: 443, toPort: 443, description: "shop", tags: { team: "web" } }]);
  });

  test("a default group emptied, and live machines cut off", async () => {
    const door = gate();
    const live = ["all from sg-0e79c7acdf4a0225e", "tcp 443 from 0.0.0.0/0", "tcp 5432 from 10.0.0.0/8"];
    door.ec2.createGroup(GROUP, live, { name: "default" });
    door.ec2.grant(GROUP, "all to 0.0.0.0/0");
    await door.grantedThen(grantEvent(ssh(INTERNET)), SSH);
    expect(door.open()).toEqual(live);
    expect(door.ec2.rules(GROUP).map(formatRule)).toContain("all to 0.0.0.0/0");
  });

  test("two rules of one group in one call: the group asked for twice, and the event lost", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(INTERNET), permission("tcp", [3389, 3389], INTERNET)), SSH, "tcp 3389 from 0.0.0.0/0");
    expect(door.open()).toEqual([]);
    expect(door.ec2.calls).toEqual(["RevokeSecurityGroupIngress", "DescribeSecurityGroup"]);
    expect(door.bus.published).toHaveLength(1);
  });
});

describe("when EC2 refuses, is late or says something else", () => {
  test("NotFound ends it all: the other rules, and the message", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(INTERNET), permission("tcp", [3389, 3389], INTERNET)), "tcp 3389 from 0.0.0.0/0");
    expect(door.open()).toEqual([]);
    expect(door.bus.published).toMatchObject([{ outcome: "acted" }]);
  });

  test("NotFound ends it all: the other groups that the same change opened", async () => {
    const door = gate();
    const list = "pl-0c4d1e7a92b3f6580";
    door.ec2.createPrefixList(list, "0.0.0.0/0");
    for (const id of ["sg-1", "sg-2", "sg-3"]) door.ec2.createGroup(id, [`tcp 22 from ${list}`]);
    // Somebody deletes the first while the guard is about to close it.
    door.ec2.before = (call) => {
      if (call === "RevokeSecurityGroupIngress") door.ec2.deleteGroup("sg-1");
    };
    await door.receive(delivered(recordIn("constructed/033-ModifyManagedPrefixList-adds-the-internet.json")));
    expect([door.open("sg-2"), door.open("sg-3")]).toEqual([[], []]);
    expect(door.bus.published.filter(({ outcome }) => outcome === "acted")).toHaveLength(2);
  });

  test("a throttled read swallowed, success reported, and the event gone", async () => {
    const door = gate();
    door.ec2.grant(GROUP, "tcp 443 from 0.0.0.0/0");
    const errors: string[] = [];
    const log = { ...SILENT, error: (message: string) => void errors.push(message) };
    const handler = inBatch((body, attempt) => receive(body, door.ports, log, attempt), log);
    const batch = sqsEvent(
      JSON.stringify(grantEvent(web(INTERNET))),
      JSON.stringify(delivered(readJson("invictus-ir/001-AllocateAddress.json"))),
    );
    door.ec2.before = () => {
      throw new Ec2Error("throttled", "RequestLimitExceeded", "Request limit exceeded.");
    };
    expect(await handler(batch)).toEqual({ batchItemFailures: [{ itemIdentifier: "message-0" }] });
    expect(errors).toHaveLength(1);
    door.ec2.before = () => {};
    expect(await handler(batch)).toEqual({ batchItemFailures: [] });
    expect(door.bus.published).toMatchObject([{ outcome: "clean" }]);
  });

  test("a denied read called clean", async () => {
    const door = gate();
    door.ec2.before = (call) => {
      if (call === "DescribeSecurityGroup") throw new Ec2Error("denied", "UnauthorizedOperation", "not authorized");
    };
    await door.grantedThen(grantEvent(web(INTERNET)), "tcp 443 from 0.0.0.0/0");
    expect(door.bus.published).toMatchObject([{ outcome: "alert", notJudged: [{ rule: "no-public-ingress" }] }]);
  });

  test("a malformed event answered with success, so that the dead-letter queue stays empty", async () => {
    const door = gate();
    const handler = inBatch((body, attempt) => receive(body, door.ports, SILENT, attempt), SILENT);
    const bodies = [
      grantEvent(permission("tcp", [22, 22], "0.0.0.0/33")),
      set(grantEvent(ssh(INTERNET)), "detail.requestParameters", null),
    ];
    expect((await handler(sqsEvent(...bodies.map((body) => JSON.stringify(body)), "not JSON"))).batchItemFailures).toHaveLength(3);
  });

  test.each([
    ["it revoked nothing", { revoked: [], unknown: [] }],
    ["it did, but the rule still stands", { unknown: [] }],
  ])("EC2's answer not read, or the group never read again: %s", async (_, answer) => {
    const door = gate();
    const ec2: Ec2 = {
      get: (kind, id) => door.ec2.get(kind, id),
      list: (kind, where) => door.ec2.list(kind, where),
      authorize: (id, rules) => door.ec2.authorize(id, rules),
      mayRevoke: (id, rules) => door.ec2.mayRevoke(id, rules),
      carryOut: (remedy) => door.ec2.carryOut(remedy),
      mayCarryOut: (remedy) => door.ec2.mayCarryOut(remedy),
      revoke: async () => answer,
    };
    door.ec2.grant(GROUP, SSH);
    await receive(grantEvent(ssh(INTERNET)), { ...door.ports, ec2For: () => ec2 }, SILENT, FIRST);
    expect(door.open()).toEqual([SSH]);
    expect(door.bus.published).toMatchObject([{ outcome: "failed" }]);
  });

  test("a failed remedy reported as done", async () => {
    const door = gate();
    door.ec2.before = (call) => {
      if (call === "RevokeSecurityGroupIngress") throw new Ec2Error("denied", "UnauthorizedOperation", "not authorized");
    };
    await door.grantedThen(grantEvent(ssh(INTERNET)), SSH);
    expect(door.bus.published).toMatchObject([{ outcome: "failed", acts: [{ result: "denied" }, { result: "denied" }] }]);
  });
});

describe("again and again", () => {
  test("its own revocation invokes the guard, which revokes, which invokes it", async () => {
    const door = gate();
    const identity = {
      type: "AssumedRole",
      arn: `arn:aws:sts::111122223333:assumed-role/portcullis-guard/${SELF.session}`,
      accountId: "111122223333",
      sessionContext: { sessionIssuer: { type: "Role", arn: SELF.role } },
    };
    const revoked = delivered(set(readJson("cloudtrail-watcher/006-RevokeSecurityGroupIngress.json"), "userIdentity", identity));
    await door.receive(revoked);
    expect([door.told, door.ec2.calls]).toEqual([["Ignored"], []]);
  });

  test("a controller that opens it again each time: millions of invocations", async () => {
    const door = gate();
    for (let round = 0; round < 20; round++) await door.grantedThen(grantEvent(ssh(INTERNET)), SSH);
    // What each event costs does not grow: one revocation, one read.
    expect(door.ec2.calls).toHaveLength(20 * 2);
    expect(door.open()).toEqual([]);
    const [first, ...others] = door.bus.published;
    expect(first).toMatchObject({ outcome: "acted" });
    expect(others.map(({ outcome, contest }) => [outcome, contest?.count])).toEqual(others.map((_, i) => ["contested", i + 2]));
    expect(others.at(-1)?.contest).toMatchObject({ count: 20, userAgent: expect.stringContaining("Terraform") });
    // Told twice: that it was closed, and that it comes back; from then on the first message counts.
    const rig = new TellingRig();
    for (const decision of door.bus.published) {
      await rig.ledger.decide(decision, FIRST);
      await notifyAll(rig.ports(), [eventOf(decision)], () => 60_000);
    }
    expect(rig.messenger.messages).toHaveLength(2);
    expect(JSON.stringify(rig.messenger.parents())).toContain("closed again, 20 times* since");
  });

  test("a backlog acted upon at once after an outage, as if nothing had changed since", async () => {
    const door = gate();
    const rules = Array.from({ length: 50 }, (_, i) => `tcp ${2000 + i} from 0.0.0.0/0`);
    const backlog = rules.map((_, i) => grantEvent(permission("tcp", [2000 + i, 2000 + i], INTERNET)));
    door.clock.time += 6 * 3_600_000;
    // Since then all were closed by their owners but one, which was made lawful under the same id.
    door.ec2.grant(GROUP, { ...parseRule("tcp 2007 from 10.0.0.0/8"), id: "sgr-0481972caed6e2e1c" });
    for (const event of backlog) await door.receive(event);
    await door.receive(modifyEvent("sgr-0481972caed6e2e1c", { CidrIpv4: INTERNET, FromPort: 2007, ToPort: 2007, IpProtocol: "tcp" }));
    expect(door.open()).toEqual(["tcp 2007 from 10.0.0.0/8"]);
    expect(new Set(door.ledger.decisions().map(({ outcome }) => outcome))).toEqual(new Set(["clean"]));
    // Nothing was even tried by what the events say.
    expect(new Set(door.ec2.calls)).toEqual(new Set(["DescribeSecurityGroup"]));
  });

  test("a backlog of what still stands, all of it acted upon at once: the breaker bounds it", async () => {
    const door = gate("mode: enforce\nbreaker: { acts: 5, minutes: 10 }");
    door.clock.time += 6 * 3_600_000;
    const groups = Array.from({ length: 30 }, (_, i) => `sg-${String(i).padStart(17, "0")}`);
    const event = set(grantEvent(ssh(INTERNET)), "detail.requestParameters.groupId", "sg-x");
    for (const id of groups) {
      door.ec2.createGroup(id, [SSH]);
      const own = set(set(event, "detail.requestParameters.groupId", id), "detail.eventID", randomUUID());
      await door.receive(own);
    }
    expect(door.ec2.calls.filter((call) => call.startsWith("Revoke"))).toHaveLength(5);
    const held = door.ledger.decisions().filter((decision) => decision.held !== undefined);
    expect(held).toHaveLength(25);
    expect(held[0]?.held).toContain(`5 acts within 10 minutes under policy ${door.ports.policy.version}`);
  });

  test("a read for every policy that an event meets", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(web(INTERNET)), "tcp 443 from 0.0.0.0/0");
    expect(door.ec2.calls).toEqual(["DescribeSecurityGroup"]);
  });
});

describe("telling people", () => {
  let slack: SlackServer;
  beforeAll(async () => {
    slack = await start();
  });
  afterAll(() => slack.close());

  /** Tells Slack what the bus was told, in order; resolves to the pauses between tries (milliseconds). */
  async function tell(decisions: ReturnType<typeof gate>["bus"]["published"]) {
    const pauses: number[] = [];
    const sleep = async (milliseconds: number) => void pauses.push(milliseconds);
    const messenger = slackMessenger({ token: async () => "xoxb-test", url: slack.url, sleep });
    const ports = new TellingRig().ports({ messenger, log: SILENT });
    for (const decision of decisions) await notifyAll(ports, [eventOf(decision)], () => 600_000);
    return pauses;
  }

  test("429: sleep a little, then drop the message", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(INTERNET)), SSH);
    slack.behave({ status: 429, retryAfter: 30 });
    const before = slack.messages.length;
    expect(await tell(door.bus.published)).toEqual([30_000]);
    expect(slack.messages.length - before).toBe(1);
  });

  test("the same event posted twice", async () => {
    const door = gate();
    const event = grantEvent(ssh(INTERNET));
    await door.grantedThen(event, SSH);
    await door.receive(event);
    const before = slack.messages.length;
    await tell(door.bus.published);
    expect(slack.messages.length - before).toBe(1);
  });

  test("the person who opened it never told what closed it, or why", async () => {
    const door = gate();
    await door.grantedThen(grantEvent(ssh(INTERNET)), SSH);
    await tell(door.bus.published);
    const message = JSON.stringify(slack.messages.at(-1));
    for (const said of [
      "test_user",
      "Terraform",
      SSH,
      "Portcullis closed it",
      "no-public-ingress",
      GROUP,
      "let an approver allow it below",
    ]) {
      expect(message).toContain(said);
    }
  });
});
