import { describe, expect, test } from "@jest/globals";
import { receive } from "../../lib/guard/receive.ts";
import { set } from "../cloudtrail/read-event.ts";
import { FIRST } from "../support/attempts.ts";
import { GROUP, gate, grantEvent, permission } from "../support/gate.ts";
import { MemoryMeter } from "../support/memory-ports.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const LAWFUL = ["tcp 22 from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0"];
const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const claimed = () => grantEvent(permission("tcp", [22, 22], "0.0.0.0/0"));

describe("an event that says two things about where it comes from", () => {
  // The record is of account 000000000000.
  test.each<[what: string, forge: (event: unknown) => unknown]>([
    ["account", (event) => set(set(event, "account", "999988887777"), "detail.recipientAccountId", "111122223333")],
    ["source", (event) => set(event, "source", "my.app")],
    ["source, of another service of AWS", (event) => set(event, "source", "aws.s3")],
  ])("its %s: is refused, counted, and no call is made of it", async (_, forge) => {
    const rig = gate();
    rig.ec2.grant(GROUP, SSH);
    const meter = new MemoryMeter();
    await expect(receive(forge(claimed()), rig.ports, QUIET, FIRST, meter)).rejects.toThrow("it may be forged");
    expect(meter.values).toMatchObject({ Refused: [1] });
    expect(rig.ec2.calls).toEqual([]);
    expect(rig.ledger.entries.size).toBe(0);
  });
});

describe("an event that is believed, and lies", () => {
  test("about a rule that does not stand, closes nothing, and no lawful rule is gone", async () => {
    const rig = gate();
    rig.ec2.grant(GROUP, ...LAWFUL);
    await rig.receive(claimed());
    expect(rig.open()).toEqual(LAWFUL);
  });

  test("about a rule that the policy allows, closes nothing", async () => {
    const rig = gate("mode: enforce\nrules: { no-public-ingress: { allow: [{ protocol: tcp, ports: '22, 443' }] } }");
    rig.ec2.grant(GROUP, SSH, ...LAWFUL);
    await rig.receive(claimed());
    expect(rig.open()).toEqual([SSH, ...LAWFUL].sort());
  });

  test("that all is lawful, is not believed: the group is read as it stands, and closed", async () => {
    const rig = gate();
    rig.ec2.grant(GROUP, SSH, ...LAWFUL);
    await rig.receive(grantEvent(permission("tcp", [443, 443], "0.0.0.0/0")));
    expect(rig.open()).toEqual(LAWFUL);
  });

  test("that the group is gone, is not believed while it stands", async () => {
    const rig = gate();
    rig.ec2.grant(GROUP, SSH);
    const deletion = set(set(claimed(), "detail.eventName", "DeleteSecurityGroup"), "detail.requestParameters", { groupId: GROUP });
    await rig.receive(deletion);
    await rig.receive(grantEvent(permission("tcp", [443, 443], "0.0.0.0/0")));
    expect(rig.open()).toEqual([]);
  });
});
