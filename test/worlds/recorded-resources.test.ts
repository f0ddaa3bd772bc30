import { describe, expect, test } from "@jest/globals";
import type { Effect } from "../../lib/model/effect.ts";
import type { Kind } from "../../lib/model/facts.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";
import { change } from "../support/changes.ts";

const LIST = { kind: "prefix-list", id: "pl-1", list: "cidrs" } as const;
const adding = (...items: string[]): Effect => ({ op: "add", ...LIST, items });
const removing = (...items: string[]): Effect => ({ op: "remove", ...LIST, items });
const creating = (...cidrs: string[]): Effect => ({
  op: "create",
  kind: "prefix-list",
  id: "pl-1",
  facts: { id: "pl-1", name: "offices", cidrs },
});
const DELETING: Effect = { op: "delete", kind: "prefix-list", id: "pl-1" };

/** The resource after these effects, one change each. */
async function resourceAfter(kind: Kind, id: string, ...effects: readonly Effect[]) {
  const world = new RecordedWorld();
  for (const effect of effects) world.apply(change({ subject: { kind, id }, claim: { kind: "effects", effects: [effect] } }));
  return world.at("111122223333", "eu-central-1").get(kind, id);
}
const listAfter = (...effects: readonly Effect[]) => resourceAfter("prefix-list", "pl-1", ...effects);

describe("a prefix list", () => {
  test("whose creation was recorded is known whole, through all its versions", async () => {
    expect(await listAfter(creating("10.0.0.0/8"), adding("192.0.2.0/24", "10.0.0.0/8"), removing("10.0.0.0/8"))).toEqual({
      id: "pl-1",
      name: "offices",
      cidrs: ["192.0.2.0/24"],
    });
  });

  test("first met in mid-life is known in part, with what was added and without what was removed", async () => {
    expect(await listAfter(adding("0.0.0.0/0"), adding("10.0.0.0/8"), removing("0.0.0.0/0", "192.0.2.0/24"))).toEqual({
      id: "pl-1",
      cidrs: ["10.0.0.0/8"],
      partial: true,
    });
  });

  test("restored holds nobody knows what, and what is added later is a part of it", async () => {
    expect(await listAfter(creating("10.0.0.0/8"), { op: "forget", ...LIST }, adding("192.0.2.0/24"))).toEqual({
      id: "pl-1",
      name: "offices",
      cidrs: ["192.0.2.0/24"],
      partial: true,
    });
  });

  test("that no record tells of is unknown, one that was deleted does not exist, and one of its name may be made again", async () => {
    expect(await listAfter()).toEqual({ unknown: "the entries of pl-1, which no record tells" });
    expect(await listAfter(creating("10.0.0.0/8"), DELETING)).toBeUndefined();
    expect(await listAfter(DELETING, creating("10.0.0.0/8"))).toMatchObject({ cidrs: ["10.0.0.0/8"] });
  });

  test("of another account or region is another list", async () => {
    const world = new RecordedWorld();
    world.apply(change({ subject: { kind: "prefix-list", id: "pl-1" }, claim: { kind: "effects", effects: [creating("10.0.0.0/8")] } }));
    expect(await world.at("444455556666", "eu-central-1").get("prefix-list", "pl-1")).toHaveProperty("unknown");
    expect(await world.at("111122223333", "eu-west-1").get("prefix-list", "pl-1")).toHaveProperty("unknown");
  });

  test("is not changed by a call that failed", async () => {
    const world = new RecordedWorld();
    const claim = { kind: "effects", effects: [adding("0.0.0.0/0")] } as const;
    world.apply(change({ subject: { kind: "prefix-list", id: "pl-1" }, claim, failed: "Client.PrefixListVersionMismatch" }));
    expect(await world.at("111122223333", "eu-central-1").get("prefix-list", "pl-1")).toHaveProperty("unknown");
  });
});

describe("a VPC", () => {
  const VPC = { kind: "vpc", id: "vpc-1" } as const;
  const made: Effect = {
    op: "create",
    kind: "vpc",
    id: "vpc-1",
    facts: { id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs: [], isDefault: false },
  };

  test("gains and loses CIDR blocks of either family, each in its own list", async () => {
    const facts = await resourceAfter(
      "vpc",
      "vpc-1",
      made,
      { op: "add", ...VPC, list: "cidrs", items: ["10.42.0.0/20"] },
      { op: "add", ...VPC, list: "ipv6Cidrs", items: ["2001:db8:1200::/56"] },
      { op: "remove", ...VPC, list: "cidrs", items: ["10.42.0.0/20"] },
    );
    expect(facts).toEqual({ id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs: ["2001:db8:1200::/56"], isDefault: false });
  });

  test("with a block that AWS chose later is known in part", async () => {
    expect(await resourceAfter("vpc", "vpc-1", made, { op: "forget", ...VPC, list: "ipv6Cidrs" })).toEqual({
      id: "vpc-1",
      cidrs: ["10.0.0.0/16"],
      ipv6Cidrs: [],
      isDefault: false,
      partial: true,
    });
  });
});

describe("a network interface", () => {
  const made: Effect = {
    op: "create",
    kind: "network-interface",
    id: "eni-1",
    facts: { id: "eni-1", vpc: "vpc-1", groups: ["sg-1"], addresses: ["10.0.0.5"] },
  };
  const regrouped: Effect = { op: "set", kind: "network-interface", id: "eni-1", list: "groups", items: ["sg-2", "sg-3"] };

  test("takes other groups for the ones before, and is found by them", async () => {
    const world = new RecordedWorld();
    world.apply(change({ subject: { kind: "network-interface", id: "eni-1" }, claim: { kind: "effects", effects: [made, regrouped] } }));
    const place = world.at("111122223333", "eu-central-1");
    expect(await place.list("network-interface", { group: "sg-3" })).toMatchObject([{ id: "eni-1", groups: ["sg-2", "sg-3"] }]);
    expect(await place.list("network-interface", { group: "sg-1" })).toHaveProperty("unknown");
  });

  test("first met when its groups changed is known in part", async () => {
    expect(await resourceAfter("network-interface", "eni-1", regrouped)).toEqual({
      id: "eni-1",
      groups: ["sg-2", "sg-3"],
      addresses: [],
      partial: true,
    });
  });
});
