import { describe, expect, test } from "@jest/globals";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { granting } from "../support/changes.ts";
import { grant } from "../support/grants.ts";
import { HUB, REGION, sweepRig } from "../support/sweep-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const HTTPS = "tcp 443 from 0.0.0.0/0";
const OFFICE = "tcp 22 from 10.0.0.0/8";
const OTHER = "444455556666";
const IN_HUB = { account: HUB, region: REGION };
const told = (rig: ReturnType<typeof sweepRig>) => rig.bus.published.map(({ change, outcome }) => [change.subject.id, outcome]);

describe("what an event never told of", () => {
  test("is closed, and what is lawful stays", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH, HTTPS, OFFICE]).createGroup("sg-2", [HTTPS]);
    await rig.sweepPlace();
    expect(rig.open("sg-1")).toEqual([OFFICE, HTTPS].sort());
    expect(rig.open("sg-2")).toEqual([HTTPS]);
    expect(told(rig)).toEqual([["sg-1", "acted"]]);
    expect(rig.bus.published[0]).toMatchObject({
      change: { call: { source: "portcullis", name: "Swept" }, ...IN_HUB },
      findings: [{ rule: "no-public-ingress", introduced: "unknown" }],
      acts: [{ result: "done", remedy: { kind: "revoke-ingress" } }],
    });
    expect(rig.counts).toMatchObject({ SweptRegions: 1, SweepFindings: 1 });
  });

  test("is closed by value with one call before any further read", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    await rig.sweepPlace();
    const calls = rig.ec2().calls;
    const before = calls.slice(0, calls.indexOf("RevokeSecurityGroupIngress"));
    expect(before.filter((call) => call.includes("SecurityGroup"))).toEqual(["DescribeSecurityGroups"]);
  });

  test("in a route table or a VPC is remedied, too", async () => {
    const rig = sweepRig("mode: enforce\nrules: { no-public-main-table: { remedy: delete } }");
    rig.ec2().put("internet-gateway", { id: "igw-1", vpc: "vpc-1" });
    rig.ec2().put("route-table", {
      id: "rtb-1",
      vpc: "vpc-1",
      routes: [{ destination: "0.0.0.0/0", target: "igw-1", origin: "created" }],
      associations: [{ id: "rtbassoc-1", main: true }],
      propagating: [],
    });
    await rig.sweepPlace();
    expect((await rig.ec2().get("route-table", "rtb-1"))?.routes).toEqual([]);
    expect(told(rig)).toEqual([["rtb-1", "acted"]]);
  });

  test("is told once, however often it is swept, where the policy only tells", async () => {
    const rig = sweepRig("mode: dry-run");
    rig.ec2().createGroup("sg-1", [SSH]);
    for (let n = 0; n < 3; n++) await rig.sweepPlace();
    expect(told(rig)).toEqual([["sg-1", "would-act"]]);
    expect(rig.open("sg-1")).toEqual([SSH]);
  });

  test("is told again when more of it is found, or when it came back after it had gone", async () => {
    const rig = sweepRig("mode: dry-run");
    rig.ec2().createGroup("sg-1", [SSH]);
    await rig.sweepPlace();
    rig.ec2().grant("sg-1", "tcp 3306 from 0.0.0.0/0");
    await rig.sweepPlace();
    expect(told(rig)).toHaveLength(2);
    await rig.ec2().revoke("sg-1", [...rig.ec2().rules("sg-1")]);
    await rig.sweepPlace();
    await rig.sweepPlace();
    expect(told(rig).slice(2)).toEqual([["sg-1", "clean"]]);
    rig.ec2().grant("sg-1", SSH);
    await rig.sweepPlace();
    expect(told(rig).slice(3)).toEqual([["sg-1", "would-act"]]);
  });

  test("is no news where an event had told of it", async () => {
    const rig = sweepRig("mode: dry-run");
    rig.ec2().createGroup("sg-1", [SSH]);
    await rig.guard(granting(SSH));
    expect(told(rig)).toEqual([["sg-1", "would-act"]]);
    await rig.sweepPlace();
    expect(told(rig)).toHaveLength(1);
  });

  test("and was refused is tried again by each sweep, and told once", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    rig.ec2().before = (call) => {
      if (call.startsWith("Revoke")) throw new Ec2Error("denied", "UnauthorizedOperation", "no");
    };
    for (let n = 0; n < 3; n++) await rig.sweepPlace();
    expect(told(rig)).toEqual([["sg-1", "failed"]]);
    rig.ec2().before = () => {};
    await rig.sweepPlace();
    expect(told(rig).slice(1)).toEqual([["sg-1", "acted"]]);
    expect(rig.open("sg-1")).toEqual([]);
  });

  test("and is allowed by a grant stays as it is", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    const subject = { kind: "security-group", id: "sg-1" } as const;
    const admits = [{ rule: "no-public-ingress", allow: [{ protocol: "tcp", ports: "22" }], parts: [] }];
    await rig.grants.add(grant({ ...IN_HUB, subject, admits, until: "2030-01-01T00:00:00Z" }));
    await rig.sweepPlace();
    expect(rig.open("sg-1")).toEqual([SSH]);
    expect(told(rig)).toEqual([]);
  });

  test("and was granted until a moment that has passed is closed, though the schedule of that moment was lost", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    const subject = { kind: "security-group", id: "sg-1" } as const;
    const admits = [{ rule: "no-public-ingress", allow: [{ protocol: "tcp", ports: "22" }], parts: [] }];
    const until = new Date(rig.clock.now() + 3_600_000).toISOString();
    await rig.grants.add(grant({ ...IN_HUB, subject, admits, until }));
    await rig.sweepPlace();
    expect(rig.open("sg-1")).toEqual([SSH]);
    rig.clock.time += 2 * 3_600_000;
    await rig.sweepPlace();
    expect(rig.open("sg-1")).toEqual([]);
    expect(told(rig)).toEqual([["sg-1", "acted"]]);
  });

  test("is judged as it stands when the guard looks, not as the sweep saw it", async () => {
    const rig = sweepRig("mode: dry-run");
    rig.ec2().createGroup("sg-1", [SSH]);
    let looks = 0;
    rig.ec2().before = (call) => {
      // Its owner closes it between the sweep's look and the guard's.
      if (call === "DescribeSecurityGroup" && looks++ === 0) {
        rig.ec2().before = () => {};
        rig.ec2().deleteGroup("sg-1");
      }
    };
    await rig.sweepPlace();
    expect(told(rig)).toEqual([]);
    expect(await rig.standings.in(HUB, REGION)).toEqual([]);
  });
});

describe("a sweep that is cut short", () => {
  test.each(["keep", "remove"])("while it is to %s what stands: everything is closed and told once in the end", async (call) => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]).createGroup("sg-2", [SSH]);
    const request = rig.ask(IN_HUB);
    let left = 1;
    rig.standings.before = (name) => {
      if (name === call && left-- > 0) throw new Error("the ledger is away");
    };
    await expect(rig.sweep(request)).rejects.toThrow("1 parts of the sweep");
    await rig.sweep(request);
    expect([rig.open("sg-1"), rig.open("sg-2")]).toEqual([[], []]);
    expect(told(rig).sort()).toEqual([
      ["sg-1", "acted"],
      ["sg-2", "acted"],
    ]);
  });

  test("after it acted and before it could say so: the next one finds that, and tells it", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    rig.ledger.before = (call) => {
      if (call === "decide") throw new Error("killed");
    };
    rig.bus.before = () => {
      throw new Error("killed");
    };
    await expect(rig.sweepPlace()).rejects.toThrow();
    expect(rig.open("sg-1")).toEqual([]);
    [rig.ledger.before, rig.bus.before] = [() => {}, () => {}];
    await rig.sweepPlace();
    expect(told(rig)).toEqual([["sg-1", "acted"]]);
    expect(await rig.standings.in(HUB, REGION)).toEqual([]);
  });

  test("at any call it makes: in the end what is forbidden is closed, and told", async () => {
    let cut = true;
    for (let killed = 1; cut; killed++) {
      const rig = sweepRig();
      rig.ec2().createGroup("sg-1", [SSH, HTTPS]).createGroup("sg-2", [SSH]);
      cut = false;
      let calls = 0;
      const count = () => {
        if (++calls !== killed) return;
        cut = true;
        throw new Error("killed");
      };
      rig.ec2().before = rig.ledger.before = rig.standings.before = rig.grants.before = rig.directory.before = rig.bus.before = count;
      await rig.sweepPlace().catch(() => {});
      calls = Number.NEGATIVE_INFINITY;
      await rig.sweepPlace();
      expect([killed, rig.open("sg-1"), rig.open("sg-2")]).toEqual([killed, [HTTPS], []]);
      for (const id of ["sg-1", "sg-2"]) expect([killed, told(rig)]).toEqual([killed, expect.arrayContaining([[id, "acted"]])]);
      expect(await rig.standings.in(HUB, REGION)).toEqual([]);
      expect(killed).toBeLessThan(200);
    }
  });

  test("for want of time: the rest is asked for again", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    rig.settings.timeLeft = 10_000;
    const request = rig.ask(IN_HUB);
    await rig.sweep(request);
    expect(rig.queue).toEqual([request]);
    expect(rig.open("sg-1")).toEqual([SSH]);
    rig.settings.timeLeft = 300_000;
    await rig.sweep(request);
    expect(rig.open("sg-1")).toEqual([]);
  });

  test("twice at once does everything once", async () => {
    const rig = sweepRig();
    for (let n = 0; n < 8; n++) rig.ec2().createGroup(`sg-${n}`, [SSH]);
    const request = rig.ask(IN_HUB);
    await Promise.all([rig.sweep(request), rig.sweep(request)]);
    const acted = rig.ledger.decisions().filter(({ outcome }) => outcome === "acted");
    expect(new Set(acted.map(({ change }) => change.subject.id)).size).toBe(8);
    expect(rig.bus.published.filter(({ outcome }) => outcome === "acted")).toHaveLength(8);
  });
});

describe("what cannot be read", () => {
  const denied = (pattern: RegExp) => (call: string) => {
    if (pattern.test(call)) throw new Ec2Error("denied", "UnauthorizedOperation", "no");
  };

  test("hides nothing else, and is told as unswept", async () => {
    const rig = sweepRig("mode: enforce\nrules: { no-public-main-table: true }");
    rig.ec2().createGroup("sg-1", [SSH]);
    rig.ec2().before = denied(/route-table/);
    await rig.sweepPlace();
    expect(rig.open("sg-1")).toEqual([]);
    expect(rig.counts).toMatchObject({ UnsweptRegions: 1 });
    expect(rig.log.find(({ message }) => message === "Swept in part")?.details).toMatchObject({
      unread: { "route-table": expect.stringContaining("UnauthorizedOperation") },
    });
  });

  test("has not gone: its findings stand", async () => {
    const rig = sweepRig("mode: dry-run");
    rig.ec2().createGroup("sg-1", [SSH]);
    await rig.sweepPlace();
    rig.ec2().before = denied(/SecurityGroup/);
    await rig.sweepPlace();
    expect(told(rig)).toHaveLength(1);
    expect(await rig.standings.in(HUB, REGION)).toHaveLength(1);
  });

  test("for a while is swept again: the message fails", async () => {
    const rig = sweepRig();
    rig.ec2().createGroup("sg-1", [SSH]);
    rig.ec2().before = (call) => {
      if (call.includes("SecurityGroup")) throw new Ec2Error("throttled", "RequestLimitExceeded", "slow down");
    };
    await expect(rig.sweepPlace()).rejects.toThrow("slow down");
  });
});

describe("all accounts", () => {
  const organization = {
    accounts: [
      { id: HUB, name: "hub", ous: ["ou-1-core", "r-1"], tags: {} },
      { id: OTHER, name: "shop", ous: ["ou-1-prod", "r-1"], tags: {} },
    ],
    ous: ["r-1", "ou-1-core", "ou-1-prod"],
  };

  test("of the organization are swept in every region, one message each", async () => {
    const rig = sweepRig("mode: enforce", ["eu-central-1", "us-east-1"]);
    rig.settings.organization = organization;
    await rig.sweep(rig.ask());
    expect(rig.queue.map(({ account, region }) => `${account} ${region}`).sort()).toEqual(
      [HUB, OTHER].flatMap((account) => [`${account} eu-central-1`, `${account} us-east-1`]).sort(),
    );
    expect(new Set(rig.queue.map(({ run }) => run)).size).toBe(1);
    expect((await rig.directory.account(OTHER))?.name).toBe("shop");
  });

  test("are read again after a day, and what was known holds while the organization may not be read", async () => {
    const rig = sweepRig();
    rig.settings.organization = organization;
    await rig.sweepAll();
    rig.settings.organization = { ...organization, accounts: organization.accounts.slice(0, 1) };
    await rig.sweep(rig.ask());
    expect(rig.queue.splice(0)).toHaveLength(2);
    rig.clock.time += 25 * 3_600_000;
    rig.settings.organization = undefined;
    await rig.sweep(rig.ask());
    expect(rig.queue.splice(0)).toHaveLength(2);
    expect(rig.log.some(({ level, message }) => level === "warn" && message.includes("delegated administrator"))).toBe(true);
    rig.settings.organization = { ...organization, accounts: organization.accounts.slice(0, 1) };
    await rig.sweep(rig.ask());
    expect(rig.queue).toHaveLength(1);
  });

  test("that the policy names, and the guard's own, are swept where the organization was never read", async () => {
    const rig = sweepRig(`mode: enforce\nscopes: [{ when: { accounts: ["${OTHER}"] }, mode: dry-run }]`);
    await rig.sweep(rig.ask());
    expect(rig.queue.map(({ account }) => account).sort()).toEqual([HUB, OTHER].sort());
  });

  test("but those whose mode is off", async () => {
    const rig = sweepRig("mode: enforce\nscopes: [{ when: { ous: [ou-1-prod] }, mode: off }]");
    rig.settings.organization = organization;
    await rig.sweep(rig.ask());
    expect(rig.queue.map(({ account }) => account)).toEqual([HUB]);
  });

  test("are swept after a change of the policy, and not again until it changes once more", async () => {
    const rig = sweepRig();
    const check = () => rig.sweep(rig.ask({ unless: "policy-is-the-same" }));
    await check();
    expect(rig.queue.splice(0)).toHaveLength(1);
    await check();
    expect(rig.queue).toEqual([]);
  });

  test("one account, or one region, can be asked for", async () => {
    const rig = sweepRig("mode: enforce", ["eu-central-1", "us-east-1"]);
    rig.settings.organization = organization;
    await rig.sweep(rig.ask({ account: OTHER }));
    expect(rig.queue.splice(0).map(({ account, region }) => [account, region])).toEqual([
      [OTHER, "eu-central-1"],
      [OTHER, "us-east-1"],
    ]);
    await rig.sweep(rig.ask({ region: "us-east-1" }));
    expect(rig.queue.map(({ account, region }) => [account, region])).toEqual([
      [HUB, "us-east-1"],
      [OTHER, "us-east-1"],
    ]);
  });

  test("a policy that names an unknown organizational unit is told, and holds elsewhere as ever", async () => {
    const rig = sweepRig("mode: enforce\nscopes: [{ when: { ous: [ou-1-gone] }, mode: off }]");
    rig.settings.organization = organization;
    rig.ec2(OTHER).createGroup("sg-1", [SSH]);
    await rig.sweepAll();
    expect(rig.counts.UnknownOus).toBe(1);
    expect(rig.log.find(({ level }) => level === "error")?.details).toEqual({ unknown: ["ou-1-gone"] });
    expect(rig.open("sg-1", OTHER)).toEqual([]);
  });

  test("an account that is denied hides none of the others", async () => {
    const rig = sweepRig();
    rig.settings.organization = organization;
    rig.ec2(HUB).before = () => {
      throw new Ec2Error("denied", "AccessDenied", "the hub may not take on the role");
    };
    rig.ec2(OTHER).createGroup("sg-1", [SSH]);
    await rig.sweepAll();
    expect(rig.open("sg-1", OTHER)).toEqual([]);
    expect(rig.counts).toMatchObject({ SweptRegions: 1, UnsweptRegions: 1 });
  });
});
