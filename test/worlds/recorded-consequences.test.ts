import { describe, expect, test } from "@jest/globals";
import type { Change } from "../../lib/model/change.ts";
import type { Effect } from "../../lib/model/effect.ts";
import type { RouteTableFacts } from "../../lib/model/facts.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";
import { change } from "../support/changes.ts";

const SUBNET = { id: "rtbassoc-1", subnet: "subnet-1" };

function table(id: string, facts: Partial<RouteTableFacts> = {}): Effect {
  return { op: "create", kind: "route-table", id, facts: { id, vpc: "vpc-1", routes: [], associations: [], propagating: [], ...facts } };
}
const VPC: Effect = { op: "create", kind: "vpc", id: "vpc-1", facts: { id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs: [] } };

const effects = (...all: readonly Effect[]): Partial<Change> => ({ claim: { kind: "effects", effects: all } });
const calling = (name: string, overrides: Partial<Change>) => change({ call: { source: "ec2.amazonaws.com", name }, ...overrides });

/** A world in which these changes were made. */
function worldAfter(...changes: readonly Partial<Change>[]) {
  const world = new RecordedWorld();
  for (const one of changes) world.apply(change({ subject: { kind: "route-table", id: "rtb-1" }, ...one }));
  return world.at("111122223333", "eu-central-1");
}

describe("an association of a route table", () => {
  const gone = calling("DisassociateRouteTable", { subject: { kind: "route-table-association", id: "rtbassoc-1" } });
  const moves = (from: string) =>
    calling("ReplaceRouteTableAssociation", {
      subject: { kind: "route-table", id: "rtb-2" },
      ...effects({ op: "put", kind: "route-table", id: "rtb-2", list: "associations", items: [{ id: "rtbassoc-9" }] }),
      details: { associationId: from, newAssociationId: "rtbassoc-9" },
    });

  test("that goes leaves the table that had it, and no other", async () => {
    const other = { id: "rtbassoc-2", subnet: "subnet-2" };
    const world = worldAfter(effects(table("rtb-1", { associations: [SUBNET, other] }), table("rtb-2")), gone);
    expect(await world.get("route-table", "rtb-1")).toMatchObject({ associations: [other] });
    expect(await world.list("route-table", { association: "rtbassoc-1" })).toEqual([]);
  });

  test("that nobody knew changes nothing", async () => {
    const world = worldAfter(effects(table("rtb-1", { associations: [SUBNET] })), {
      ...gone,
      subject: { kind: "route-table-association", id: "rtbassoc-7" },
    });
    expect(await world.get("route-table", "rtb-1")).toMatchObject({ associations: [SUBNET] });
    expect(await world.get("security-group", "rtbassoc-7")).toHaveProperty("unknown");
  });

  test("that moves takes its subnet along, or that it is the main one", async () => {
    const world = worldAfter(effects(table("rtb-1", { associations: [SUBNET] }), table("rtb-2")), moves("rtbassoc-1"));
    expect(await world.get("route-table", "rtb-1")).toMatchObject({ associations: [] });
    expect(await world.get("route-table", "rtb-2")).toMatchObject({ associations: [{ id: "rtbassoc-9", subnet: "subnet-1" }] });
    const main = worldAfter(
      effects(table("rtb-1", { associations: [{ id: "rtbassoc-1", main: true }] }), table("rtb-2")),
      moves("rtbassoc-1"),
    );
    expect(await main.list("route-table", { main: true })).toMatchObject([{ id: "rtb-2" }]);
  });

  test("that moves and was not known is the main one, if the records began with the VPC", async () => {
    const world = worldAfter(effects(VPC, table("rtb-1", { associations: [SUBNET] }), table("rtb-2")), moves("rtbassoc-0"));
    const facts = await world.get("route-table", "rtb-2");
    expect(facts).toMatchObject({ associations: [{ id: "rtbassoc-9", main: true }] });
    expect(facts).not.toHaveProperty("partial");
  });

  test("that moves and was not known is of nobody knows what, otherwise", async () => {
    const world = worldAfter(effects(table("rtb-2")), moves("rtbassoc-0"));
    expect(await world.get("route-table", "rtb-2")).toMatchObject({ associations: [{ id: "rtbassoc-9" }], partial: true });
  });

  test("goes with its subnet", async () => {
    const world = worldAfter(
      effects(table("rtb-1", { associations: [SUBNET] })),
      effects({ op: "delete", kind: "subnet", id: "subnet-1" }),
    );
    expect(await world.get("route-table", "rtb-1")).toMatchObject({ associations: [] });
  });
});

describe("other records that leave something out", () => {
  test("groups of an instance are those of its only interface", async () => {
    const eni = (id: string): Effect => ({
      op: "create",
      kind: "network-interface",
      id,
      facts: { id, groups: ["sg-1"], addresses: [], instance: "i-1" },
    });
    const regroup = calling("ModifyInstanceAttribute", {
      subject: { kind: "instance", id: "i-1" },
      ...effects(),
      details: { groupIds: "sg-2,sg-3" },
    });
    const one = worldAfter(effects(eni("eni-1")), regroup);
    expect(await one.get("network-interface", "eni-1")).toMatchObject({ groups: ["sg-2", "sg-3"] });
    const two = worldAfter(effects(eni("eni-1"), eni("eni-2")), regroup);
    expect(await two.get("network-interface", "eni-1")).toMatchObject({ groups: ["sg-1"] });
  });

  test("a setting of one side of a peering leaves the rest of both sides", async () => {
    const side = (vpc: string) => ({ vpc, account: "111122223333", cidrs: ["10.0.0.0/16"] });
    const facts = { id: "pcx-1", status: "active", requester: side("vpc-1"), accepter: side("vpc-2") };
    const world = worldAfter(
      effects({ op: "create", kind: "peering", id: "pcx-1", facts }),
      effects({ op: "update", kind: "peering", id: "pcx-1", facts: { requester: { resolvesDns: true } } }),
    );
    expect(await world.get("peering", "pcx-1")).toEqual({ ...facts, requester: { ...side("vpc-1"), resolvesDns: true } });
  });

  test("a call that only rules about calls judge leaves no trace", async () => {
    const world = worldAfter(calling("CreateVpnConnection", { subject: { kind: "vpn-connection", id: "vpn-1" } }));
    expect(await world.list("security-group", {})).toEqual([]);
  });
});

describe("what records must have told", () => {
  const log = (id: string, resource?: string): Effect => ({
    op: "create",
    kind: "flow-log",
    id,
    facts: { id, ...(resource === undefined ? { partial: true } : { resource }) },
  });

  test("of a VPC that they saw being made: that it has no flow log", async () => {
    expect(await worldAfter(effects(VPC)).list("flow-log", { resource: "vpc-1" })).toEqual([]);
    expect(await worldAfter(effects(log("fl-1", "vpc-2"))).list("flow-log", { resource: "vpc-1" })).toHaveProperty("unknown");
  });

  test("but not while a flow log may be that of this VPC", async () => {
    expect(await worldAfter(effects(VPC, log("fl-1"))).list("flow-log", { resource: "vpc-1" })).toHaveProperty("unknown");
    expect(await worldAfter(effects(VPC, log("fl-1"), log("fl-2", "vpc-1"))).list("flow-log", { resource: "vpc-1" })).toHaveLength(1);
  });

  test("of a default VPC not the gateway and the subnets that come with it", async () => {
    const made: Effect = { ...VPC, facts: { id: "vpc-1", cidrs: ["172.31.0.0/16"], ipv6Cidrs: [], isDefault: true } };
    const world = worldAfter(effects(made));
    expect(await world.list("internet-gateway", { vpc: "vpc-1" })).toHaveProperty("unknown");
    expect(await world.list("subnet", { vpc: "vpc-1" })).toHaveProperty("unknown");
    expect(await world.list("endpoint", { vpc: "vpc-1" })).toEqual([]);
  });

  test("of a group that they saw being made: every VPC in which it may be used", async () => {
    const group: Partial<Change> = {
      subject: { kind: "security-group", id: "sg-1" },
      claim: { kind: "group-created", group: { id: "sg-1", rules: [] } },
    };
    expect(await worldAfter(group).list("group-association", { group: "sg-1" })).toEqual([]);
    expect(await worldAfter().list("group-association", { group: "sg-1" })).toHaveProperty("unknown");
  });
});
