import { expect, test } from "@jest/globals";
import { respond } from "../../lib/slack/respond.ts";
import { granting } from "../support/changes.ts";
import { guardRig } from "../support/guard-rig.ts";
import { MemoryMeter } from "../support/memory-ports.ts";
import { respondRig } from "../support/respond-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";

async function closed() {
  const rig = guardRig("mode: enforce\nslack: { approvers: [U0APPROVER] }");
  rig.ec2.createGroup("sg-1", []);
  rig.ec2.grant("sg-1", SSH);
  const decision = await rig.decide(granting(SSH));
  const meter = new MemoryMeter();
  const { ports, ask } = respondRig(rig);
  return { ports: { ...ports, meter }, meter, undo: () => ask("undo", decision) };
}

test("acts that are asked for are counted by what became of them", async () => {
  const { ports, meter, undo } = await closed();
  await respond({ ...undo(), user: "U0STRANGER" }, ports);
  await respond(undo(), ports);
  await respond(undo(), ports);
  expect(meter.values).toEqual({ "Answered refused": [1], "Answered done": [1], "Answered moot": [1] });
});

test("questions are not", async () => {
  const { ports, meter, undo } = await closed();
  await respond({ ...undo(), ask: "explain" }, ports);
  expect(meter.values).toEqual({});
});
