import { describe, expect, test } from "@jest/globals";
import { withAddresses, withPlannedIds } from "../../lib/planned/ids.ts";
import type { Plan, PlannedResource } from "../../lib/planned/plan.ts";
import { PlannedWorld } from "../../lib/worlds/planned.ts";

const VPC: PlannedResource = {
  kind: "vpc",
  facts: { id: "vpc", cidrs: ["10.0.0.0/16"], ipv6Cidrs: [], tags: { Name: "gateway" } },
  address: "vpc",
  act: "create",
  unknown: [],
};
const GATEWAY: PlannedResource = {
  kind: "internet-gateway",
  facts: { id: "gateway", vpc: "vpc" },
  address: "gateway",
  act: "create",
  unknown: [],
};
const EGRESS: PlannedResource = {
  kind: "internet-gateway",
  facts: { id: "out", vpc: "vpc", egressOnly: true },
  address: "out",
  act: "create",
  unknown: [],
};
const GONE: PlannedResource = { kind: "security-group", facts: { id: "sg-1", rules: [] }, address: "old", act: "delete", unknown: [] };
const REPLACED: PlannedResource = {
  kind: "security-group",
  facts: { id: "new", vpc: "vpc-9", rules: [{ direction: "ingress", protocol: "-1", peer: { kind: "group", id: "new" } }] },
  before: { id: "sg-2", vpc: "vpc-9", rules: [] },
  address: "new",
  act: "replace",
  unknown: [],
};
const PLAN: Plan = { source: "terraform", resources: [VPC, GATEWAY, EGRESS, GONE, REPLACED], notJudged: [] };

describe("the network that a plan leaves", () => {
  const world = new PlannedWorld(PLAN);

  test("has what it makes, lacks what it deletes or replaces, and does not know the rest", async () => {
    expect(await world.get("vpc", "vpc")).toBe(VPC.facts);
    expect(await world.get("security-group", "new")).toBe(REPLACED.facts);
    expect(await world.get("security-group", "sg-1")).toBeUndefined();
    expect(await world.get("security-group", "sg-2")).toBeUndefined();
    expect(await world.get("security-group", "sg-3")).toEqual({ unknown: "the rules of sg-3, which the plan does not tell" });
  });

  test("lists all there can be in a VPC that it makes, but for what EC2 makes with it", async () => {
    expect(await world.list("internet-gateway", { vpc: "vpc" })).toHaveLength(2);
    expect(await world.list("flow-log", { resource: "vpc" })).toEqual([]);
    expect(await world.list("route-table", { vpc: "vpc", main: true })).toHaveProperty("unknown");
    expect(await world.list("flow-log", { resource: "vpc-9" })).toHaveProperty("unknown");
    expect(await world.list("security-group", { vpc: "vpc-9" })).toEqual([REPLACED.facts]);
  });

  test("was another before", async () => {
    const before = new PlannedWorld(PLAN, "before");
    expect(await before.get("vpc", "vpc")).toBeUndefined();
    expect(await before.get("security-group", "sg-1")).toBe(GONE.facts);
    expect(await before.get("security-group", "sg-2")).toBe(REPLACED.before);
  });
});

describe("ids of what has none yet", () => {
  test("are of their kind wherever the address stands for one, and nowhere else", () => {
    const { resources } = withPlannedIds(PLAN);
    expect(resources.map(({ facts }) => facts)).toMatchObject([
      { id: "vpc-(vpc)", tags: { Name: "gateway" } },
      { id: "igw-(gateway)", vpc: "vpc-(vpc)" },
      { id: "eigw-(out)", vpc: "vpc-(vpc)" },
      { id: "sg-1" },
      { id: "sg-(new)", rules: [{ peer: { id: "sg-(new)" } }] },
    ]);
  });

  test("are the address to people, whatever characters its keys have", () => {
    const address = 'module.a["x (1), y"].aws_security_group.this["50%; z"]';
    const [planned] = withPlannedIds({
      ...PLAN,
      resources: [{ ...GONE, act: "create", facts: { id: address, rules: [] }, address }],
    }).resources;
    expect(planned?.facts.id).not.toMatch(/[\s,;]/);
    expect(withAddresses(`tcp 22 from ${planned?.facts.id}, sg-0abc`)).toBe(`tcp 22 from ${address}, sg-0abc`);
  });
});
