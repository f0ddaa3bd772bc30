import { describe, expect, test } from "@jest/globals";
import { Ec2Error } from "../../lib/guard/ports.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Effect } from "../../lib/model/effect.ts";
import { change } from "../support/changes.ts";
import { route, routeTable, subnet, vpc } from "../support/facts.ts";
import { guardRig } from "../support/guard-rig.ts";

const OPEN = { destination: "0.0.0.0/0", target: "igw-1" };
const rule = (remedy: string) => `rules: { no-public-main-table: { remedy: ${remedy} } }`;

/** CreateRoute on rtb-1. */
const routing = (overrides: Partial<Change> = {}): Change => {
  const effects: Effect[] = [{ op: "put", kind: "route-table", id: "rtb-1", list: "routes", items: [OPEN] }];
  const call = { source: "ec2.amazonaws.com", name: "CreateRoute" };
  return change({ call, subject: { kind: "route-table", id: "rtb-1" }, claim: { kind: "effects", effects }, ...overrides });
};

function rigWith(policy: string, ...routes: readonly string[]) {
  const rig = guardRig(policy);
  rig.ec2
    .put("vpc", vpc("vpc-1"))
    .put("subnet", subnet("subnet-1"))
    .put("route-table", routeTable("rtb-1", { main: true, routes }));
  const routesNow = async () =>
    (await rig.ec2.get("route-table", "rtb-1"))?.routes.map(({ destination, target }) => `${destination} to ${target}`);
  return { ...rig, routesNow };
}

describe("a route that is forbidden", () => {
  test("is deleted in enforce mode, and the rest of the table stays", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to igw-1", "10.2.0.0/16 to pcx-1");
    const decision = await rig.decide(routing());
    expect(decision).toMatchObject({
      outcome: "acted",
      findings: [{ rule: "no-public-main-table", introduced: "now", parts: ["0.0.0.0/0", "rtbassoc-main"] }],
      acts: [{ result: "done", remedy: { kind: "delete-route", table: "rtb-1", route: OPEN } }],
      names: { vpc: "vpc-1" },
    });
    expect(await rig.routesNow()).toEqual(["10.0.0.0/16 to local", "10.2.0.0/16 to pcx-1"]);
  });

  test("guarding the same change again does nothing more, and tells nothing new", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to igw-1");
    const event = routing();
    const first = await rig.decide(event);
    const acts = rig.ec2.calls.filter((call) => call === "delete-route").length;
    expect(await rig.decide(event)).toEqual(first);
    expect(rig.ec2.calls.filter((call) => call === "delete-route")).toHaveLength(acts);
    expect(rig.bus.published).toHaveLength(1);
  });

  test("is only asked about in dry-run", async () => {
    const rig = rigWith(`mode: dry-run\n${rule("delete")}`, "0.0.0.0/0 to igw-1");
    expect(await rig.decide(routing())).toMatchObject({ outcome: "would-act", acts: [{ result: "would" }] });
    expect(rig.ec2.calls).toContain("delete-route DryRun");
    expect(await rig.routesNow()).toContain("0.0.0.0/0 to igw-1");
  });

  test("is only told where the policy asks for no remedy", async () => {
    const rig = rigWith(`mode: enforce\n${rule("none")}`, "0.0.0.0/0 to igw-1");
    expect(await rig.decide(routing())).toMatchObject({ outcome: "alert", acts: [] });
  });

  test("that stood before the change is remedied, and nobody is blamed", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to igw-1");
    const effects: Effect[] = [
      { op: "put", kind: "route-table", id: "rtb-1", list: "routes", items: [{ destination: "10.9.0.0/16", target: "pcx-1" }] },
    ];
    rig.ec2.fold({ op: "put", kind: "route-table", id: "rtb-1", list: "routes", items: [route("10.9.0.0/16 to pcx-1")] });
    const decision = await rig.decide(routing({ claim: { kind: "effects", effects } }));
    expect(decision).toMatchObject({ outcome: "acted", findings: [{ introduced: "earlier" }] });
  });

  test("that its owner led elsewhere meanwhile is left alone", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to nat-1");
    expect(await rig.decide(routing())).toMatchObject({ outcome: "clean", acts: [] });
    expect(await rig.routesNow()).toContain("0.0.0.0/0 to nat-1");
  });

  test("is led back to where it led before, where that is known, else deleted", async () => {
    const rig = rigWith(`mode: enforce\n${rule("restore")}`);
    const changed = route("0.0.0.0/0 to igw-1", { previous: "nat-1" });
    rig.ec2.put("route-table", routeTable("rtb-1", { main: true, routes: [changed, "::/0 to igw-1"] }));
    const decision = await rig.decide(routing());
    expect(decision.acts.map(({ remedy }) => remedy.kind)).toEqual(["restore-route", "delete-route"]);
    expect(await rig.routesNow()).toEqual(["10.0.0.0/16 to local", "0.0.0.0/0 to nat-1"]);
  });

  test("that EC2 does not show yet is waited for", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`);
    let reads = 0;
    rig.ec2.before = (call) => {
      if (call === "get route-table" && ++reads === 2)
        rig.ec2.fold({ op: "put", kind: "route-table", id: "rtb-1", list: "routes", items: [route("0.0.0.0/0 to igw-1")] });
    };
    expect(await rig.decide(routing())).toMatchObject({ outcome: "acted" });
  });

  test("a refusal is a failed decision that is told", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to igw-1");
    rig.ec2.before = (call) => {
      if (call === "delete-route") throw new Ec2Error("denied", "UnauthorizedOperation", "not authorized");
    };
    expect(await rig.decide(routing())).toMatchObject({
      outcome: "failed",
      acts: [{ result: "denied", error: expect.stringContaining("UnauthorizedOperation") }],
    });
    expect(rig.bus.published).toHaveLength(1);
  });

  test("an act that timed out after it took effect is found done by the retry", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to igw-1");
    rig.ec2.after = (call) => {
      if (call === "delete-route") throw new Ec2Error("throttled", "TimeoutError", "no answer");
    };
    const event = routing();
    await expect(rig.guard(event)).rejects.toThrow("no answer");
    rig.ec2.after = () => {};
    expect(await rig.routesNow()).toEqual(["10.0.0.0/16 to local"]);
    const decision = await rig.decide(event);
    expect(decision).toMatchObject({
      outcome: "acted",
      findings: [{ introduced: "now" }],
      acts: [{ result: "done", presumed: "other-attempt", remedy: { kind: "delete-route", route: OPEN } }],
    });
    expect(rig.bus.published).toHaveLength(1);
  });

  test("a table that may not be read is never clean", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`, "0.0.0.0/0 to igw-1");
    rig.ec2.before = (call) => {
      if (call === "get route-table") throw new Ec2Error("denied", "UnauthorizedOperation", "not authorized");
    };
    const decision = await rig.decide(routing());
    expect(decision).toMatchObject({ outcome: "alert", notJudged: [{ rule: "no-public-main-table" }] });
    expect(decision.notJudged.map(({ rule: id }) => id)).not.toContain("no-public-ingress");
  });

  test("a table that is gone is clean", async () => {
    const rig = rigWith(`mode: enforce\n${rule("delete")}`);
    rig.ec2.fold({ op: "delete", kind: "route-table", id: "rtb-1" });
    expect(await rig.decide(routing())).toMatchObject({ outcome: "clean" });
  });
});

describe("what a change reaches", () => {
  const reaching = async (event: Change, policy = `mode: enforce\n${rule("none")}`) => {
    const rig = rigWith(policy, "0.0.0.0/0 to igw-1", "pl-1 to pcx-1");
    const answers = await rig.guard(event);
    return answers.flatMap((answer) => ("ignored" in answer ? [] : [`${answer.change.subject.id} via ${answer.change.via?.id}`]));
  };
  const of = (kind: "subnet" | "prefix-list" | "vpc" | "route-table-association" | "nat-gateway", id: string) =>
    change({ subject: { kind, id } });

  test.each([
    ["a subnet its table", of("subnet", "subnet-1")],
    ["a prefix list the tables that name it", of("prefix-list", "pl-1")],
    ["a VPC its tables", of("vpc", "vpc-1")],
    ["an association that is gone every main table that it may have fallen back on", of("route-table-association", "rtbassoc-gone")],
  ])("%s", async (_, event) => {
    expect(await reaching(event)).toEqual([`rtb-1 via ${event.subject.id}`]);
  });

  test("nothing where no rule of the policy looks", async () => {
    const rig = rigWith("mode: enforce", "0.0.0.0/0 to igw-1");
    expect(await rig.guard(of("subnet", "subnet-1"))).toEqual([
      { ignored: "no rule of the policy judges what a change to a subnet can bring about" },
    ]);
    expect(rig.ec2.calls).toEqual([]);
  });

  test("what cannot be found out is tried again, and never dropped", async () => {
    const rig = rigWith(`mode: enforce\n${rule("none")}`, "0.0.0.0/0 to igw-1");
    rig.ec2.before = (call) => {
      if (call === "list route-table") throw new Ec2Error("denied", "UnauthorizedOperation", "not authorized");
    };
    await expect(rig.guard(of("vpc", "vpc-1"))).rejects.toThrow("could not be found");
  });

  test("blames the change for a table that a subnet it brought uses, and for no other", async () => {
    const made: Effect = { op: "create", kind: "subnet", id: "subnet-1", facts: subnet("subnet-1") };
    const rig = rigWith(`mode: enforce\n${rule("none")}`, "0.0.0.0/0 to igw-1");
    const decision = await rig.decide(
      change({
        call: { source: "ec2.amazonaws.com", name: "CreateSubnet" },
        subject: { kind: "subnet", id: "subnet-1" },
        claim: { kind: "effects", effects: [made] },
      }),
    );
    expect(decision.findings).toMatchObject([{ introduced: "earlier" }]);
  });
});
