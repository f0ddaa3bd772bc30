import { describe, expect, test } from "@jest/globals";
import { admissionsOf, NotGrantableError } from "../../lib/model/grant.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { AT, change, granting } from "../support/changes.ts";
import { finding } from "../support/decisions.ts";
import { routeTable } from "../support/facts.ts";
import { grant } from "../support/grants.ts";
import { guardRig } from "../support/guard-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";

describe("what somebody granted", () => {
  test("stays open, and the decision names the grant", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const granted = grant();
    await rig.grants.add(granted);
    expect(await rig.decide(granting(SSH))).toMatchObject({
      outcome: "excepted",
      findings: [],
      excepted: [{ exception: granted.id, finding: { rule: "no-public-ingress" } }],
    });
    expect(rig.open()).toEqual([SSH]);
  });

  test("is asked for before anything is closed and once more after, and only where something would be", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    const asked: string[] = [];
    rig.grants.before = (call) => void asked.push(`${call} after ${rig.ec2.calls.length} calls`);
    await rig.decide(granting(SSH));
    expect(asked).toEqual(["on after 0 calls", "on after 2 calls"]);
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
  });

  test("admits nothing beyond it", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH, "tcp 23 from 0.0.0.0/0"]);
    await rig.grants.add(grant());
    expect(await rig.decide(granting(SSH, "tcp 23 from 0.0.0.0/0"))).toMatchObject({ outcome: "acted" });
    expect(rig.open()).toEqual([SSH]);
  });

  test("is closed once it has ended", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.grants.add(grant({ until: AT }));
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted", excepted: [] });
    expect(rig.open()).toEqual([]);
  });

  test.each([
    ["another group", grant({ subject: { kind: "security-group", id: "sg-2" } })],
    ["another account", grant({ account: "999999999999" })],
    ["another rule", grant({ admits: [{ ...grant().admits[0], rule: "admin-through-bastion", allow: [], parts: [] }] })],
  ])("for %s does not count", async (_, other) => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.grants.add(other);
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted" });
  });

  test("cannot be asked for while the ledger is down: then the policy alone decides", async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [SSH]);
    await rig.grants.add(grant());
    rig.grants.before = () => {
      throw new Error("no table");
    };
    expect(await rig.decide(granting(SSH))).toMatchObject({ outcome: "acted" });
  });

  test("of a resource without traffic names its parts", async () => {
    const rig = guardRig("mode: enforce\nrules: { no-public-main-table: { remedy: delete } }");
    rig.ec2.put("route-table", routeTable("rtb-1", { main: true, routes: ["0.0.0.0/0 to igw-1", "::/0 to igw-1"] }));
    const subject = { kind: "route-table", id: "rtb-1" } as const;
    const parts = ["0.0.0.0/0", "rtbassoc-main"];
    await rig.grants.add(grant({ subject, admits: [{ rule: "no-public-main-table", allow: [], parts }] }));
    const decision = await rig.decide(change({ subject }));
    expect(decision).toMatchObject({
      outcome: "acted",
      excepted: [{ finding: { parts } }],
      findings: [{ parts: ["::/0", "rtbassoc-main"] }],
    });
  });
});

describe("what a grant must admit", () => {
  const admitted = (notation: string) => admissionsOf([finding(notation, { rules: [] })]).flatMap(({ allow }) => allow);

  test.each([
    ["tcp 22 from 0.0.0.0/0", [{ protocol: "tcp", ports: "22", from: ["0.0.0.0/0"] }]],
    ["tcp 22-25 from 192.0.2.0/24, 2001:db8::/32", [{ protocol: "tcp", ports: "22-25", from: ["192.0.2.0/24", "2001:db8::/32"] }]],
    ["all from ::/0", [{ protocol: "-1", from: ["::/0"] }]],
    ["icmp 3/4 from 0.0.0.0/0", [{ protocol: "icmp", ports: "3/4", from: ["0.0.0.0/0"] }]],
    ["icmp from 0.0.0.0/0", [{ protocol: "icmp", from: ["0.0.0.0/0"] }]],
    ["tcp 443 to 198.51.100.7/32", [{ protocol: "tcp", ports: "443", to: ["198.51.100.7/32"] }]],
  ])("for %s", (notation, allow) => expect(admitted(notation)).toEqual(allow));

  test("is one entry a service, whatever the number of findings", () => {
    const findings = ["tcp 22 from 192.0.2.0/25", "tcp 22 from 192.0.2.128/25"].map((text) => finding(text));
    expect(admissionsOf(findings)).toEqual([
      { rule: "no-public-ingress", allow: [{ protocol: "tcp", ports: "22", from: ["192.0.2.0/24"] }], parts: [] },
    ]);
  });

  test.each([
    ["a security group, which has no address", finding("tcp 22 from sg-1"), /sg-1.*in the policy/],
    ["what somebody did", finding("", { traffic: TrafficSet.EMPTY, rules: [] }), /nothing to allow/],
  ])("cannot name %s", (_, found, says) => {
    expect(() => admissionsOf([found])).toThrow(NotGrantableError);
    expect(() => admissionsOf([found])).toThrow(says);
  });
});
