import { describe, expect, test } from "@jest/globals";
import { granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";

const BASTION = `mode: enforce
networks: { vpn: [10.8.0.0/16] }
rules: { no-public-ingress: false, admin-through-bastion: { from: [vpn] } }`;

describe("admin-through-bastion", () => {
  test("addresses are closed at once, without a look at any tag", async () => {
    const rig = guardRig(BASTION);
    rig.ec2.createGroup("sg-1", ["tcp 22 from 10.0.0.0/8", "tcp 22 from 10.8.0.0/24"]);
    expect(await rig.decide(granting("tcp 22 from 10.0.0.0/8", "tcp 22 from 10.8.0.0/24"))).toMatchObject({ outcome: "acted" });
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
    expect(rig.open()).toEqual(["tcp 22 from 10.8.0.0/24"]);
  });

  test("a group is read before anything is closed, and a bastion stays", async () => {
    const rig = guardRig(BASTION);
    rig.ec2
      .createGroup("sg-1", ["tcp 22 from sg-app", "tcp 22 from sg-bastion"])
      .createGroup("sg-app", [], { tags: { role: "app" } })
      .createGroup("sg-bastion", [], { tags: { role: "bastion" } });
    expect(await rig.decide(granting("tcp 22 from sg-app", "tcp 22 from sg-bastion"))).toMatchObject({ outcome: "acted" });
    expect(rig.ec2.calls[0]).toBe("DescribeSecurityGroup");
    expect(rig.open()).toEqual(["tcp 22 from sg-bastion"]);
  });

  test("a group of another account is never called clean", async () => {
    const rig = guardRig(BASTION);
    rig.ec2.createGroup("sg-1", ["tcp 22 from 444455556666/sg-far"]);
    expect(await rig.decide(granting("tcp 22 from 444455556666/sg-far"))).toMatchObject({
      outcome: "alert",
      findings: [],
      notJudged: [{ rule: "admin-through-bastion", needs: "the tags of 444455556666/sg-far, a group of another account" }],
    });
  });

  test("narrowing keeps the other ports of a group reference", async () => {
    const rig = guardRig(BASTION.replace("from: [vpn]", "from: [vpn], remedy: narrow"));
    rig.ec2.createGroup("sg-1", ["tcp 22-1024 from sg-app"]).createGroup("sg-app");
    await rig.decide(granting("tcp 22-1024 from sg-app"));
    expect(rig.open()).toEqual(["tcp 24-1024 from sg-app"]);
  });
});

describe("the VPN ports of no-public-ingress", () => {
  const VPN = "mode: enforce\nrules: { no-public-ingress: { vpn: { tag: { key: role, value: vpn } } } }";
  const opened = ["udp 1194 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"];

  test("stay open on a group tagged as VPN, and nothing else does", async () => {
    const rig = guardRig(VPN);
    rig.ec2.createGroup("sg-1", opened, { tags: { role: "vpn" } });
    const decision = await rig.decide(granting(...opened));
    expect(rig.open()).toEqual(["udp 1194 from 0.0.0.0/0"]);
    expect(decision).toMatchObject({ outcome: "acted", notJudged: [] });
    expect(rig.ec2.calls[0]).toBe("RevokeSecurityGroupIngress");
  });

  test("are closed on any other group, once its tags have been read", async () => {
    const rig = guardRig(VPN);
    rig.ec2.createGroup("sg-1", opened, { tags: { role: "web" } });
    expect(await rig.decide(granting(...opened))).toMatchObject({ outcome: "acted", notJudged: [] });
    expect(rig.open()).toEqual([]);
  });
});

test("port-registry: the tag is read before anything is closed, and the registered port stays", async () => {
  const rig = guardRig(`mode: enforce
rules: { no-public-ingress: false, port-registry: { remedy: narrow, services: { web: { ports: "tcp 443" } }, advise: [default-ports] } }`);
  rig.ec2.createGroup("sg-1", ["tcp 22-443 from sg-app"], { tags: { service: "web" } });
  expect(await rig.decide(granting("tcp 22-443 from sg-app"))).toMatchObject({ outcome: "acted", notJudged: [] });
  expect(rig.ec2.calls[0]).toBe("DescribeSecurityGroup");
  expect(rig.open()).toEqual(["tcp 443 from sg-app"]);
});
