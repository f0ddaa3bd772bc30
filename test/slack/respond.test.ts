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

test("a group of another account is explained as it stands there", async () => {
  const { ports } = await closed();
  const asked: string[] = [];
  const told: string[] = [];
  const desk = { ...ports.desk, answer: async (_: string, { text }: { text: string }) => void told.push(text) };
  const ec2For: typeof ports.ec2For = (account, region) => {
    asked.push(`${account} ${region}`);
    return ports.ec2For(account, region);
  };
  const request = {
    user: "U0LENA",
    id: "press-9",
    answerTo: "http://127.0.0.1/response",
    ask: "explain-resource",
    resource: "sg-1",
  } as const;
  await respond({ ...request, account: "444455556666", region: "us-east-1" }, { ...ports, ec2For, desk });
  expect(asked).toEqual(["444455556666 us-east-1"]);
  expect(told).toEqual([expect.stringContaining("nothing forbidden")]);
});
