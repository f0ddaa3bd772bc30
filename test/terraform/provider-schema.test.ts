import { expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { isInvalidRule } from "../../lib/model/security-group-rule.ts";
import { Attributes, UnreadableValueError } from "../../lib/terraform/attributes.ts";
import { DATA_READERS } from "../../lib/terraform/data.ts";
import { Network } from "../../lib/terraform/network.ts";
import { PLACED, placementOf } from "../../lib/terraform/placements.ts";
import { KIND_OF_TYPE, PART_READERS, RESOURCE_READERS } from "../../lib/terraform/readers.ts";
import { type Readers, TYPES } from "../../lib/terraform/reading.ts";
import { planFile } from "../support/terraform.ts";

const Attribute = z.union([z.string(), z.record(z.string(), z.string())]);
type Attribute = z.infer<typeof Attribute>;
const Types = z.record(z.string(), z.record(z.string(), Attribute));
const Schema = z.object({ types: Types, data: Types, placed: Types });
const { types: SCHEMA, data: DATA_SCHEMA, placed: PLACED_SCHEMA } = Schema.parse(planFile("provider-schema.json"));

// Attributes that the provider had before version 5, and that plans made with it tell.
const FORMER = new Set([
  // Of routes, all targets are asked for alike.
  "aws_default_route_table.route.local_gateway_id",
  "aws_default_route_table.route.carrier_gateway_id",
  "aws_route.instance_id",
  "aws_route_table.route.instance_id",
  "aws_default_route_table.route.instance_id",
]);
const READERS = { ...RESOURCE_READERS, ...PART_READERS };

test("every type that is read has a kind, and every type with a kind is read", () => {
  expect(Object.keys(READERS).sort()).toEqual(Object.keys(KIND_OF_TYPE).sort());
});

test("every type that is read is one of the provider", () => {
  expect(Object.keys(READERS).filter((type) => SCHEMA[type] === undefined)).toEqual([]);
});

test("every type whose id an attribute can name is read, or is a target that no world looks up", () => {
  const named = [...new Set(Object.values(TYPES).flat())].filter((type) => SCHEMA[type] === undefined);
  expect(named.sort()).toEqual([
    "aws_ec2_carrier_gateway",
    "aws_ec2_local_gateway",
    "aws_ec2_transit_gateway",
    "aws_instance",
    "aws_networkmanager_core_network",
    "aws_prefix_list",
    "aws_route53_resolver_firewall_rule_group",
    "aws_vpn_gateway",
  ]);
});

test.each(Object.keys(READERS))("%s: every attribute that is read is one of the provider", (type) => {
  const read = attributesRead(type, SCHEMA[type], READERS);
  const strange = [...read].filter((path) => !(isIn(path, SCHEMA[type]) || FORMER.has(`${type}.${path}`)));
  expect(strange).toEqual([]);
  expect(read.size).toBeGreaterThan(0);
});

test.each(Object.keys(DATA_READERS))("data.%s: every attribute that is read is one of the provider", (type) => {
  const read = attributesRead(type, DATA_SCHEMA[type], DATA_READERS);
  expect([...read].filter((path) => !isIn(path, DATA_SCHEMA[type]))).toEqual([]);
  expect(read.size).toBeGreaterThan(0);
});

test.each(Object.keys(PLACED))("%s: every attribute that tells where it is placed is one of the provider", (type) => {
  const schema = PLACED_SCHEMA[type];
  const read = new Set<string>();
  const attributes = attributesNoting(schema, read);
  expect(placementOf(type, `${type}.one`, attributes)).toMatchObject({ groups: ["x"] });
  expect([...read].filter((path) => !isIn(path, schema))).toEqual([]);
  expect(read.size).toBeGreaterThan(1);
});

function isIn(path: string, schema: Readonly<Record<string, Attribute>> = {}): boolean {
  const [name = "", inner] = path.split(".");
  const attribute = schema[name];
  if (inner === undefined) return attribute !== undefined;
  return typeof attribute === "object" && inner in attribute;
}

// Reads a resource whose attributes all have a value of their type, and writes down which of them were asked for.
function attributesRead(type: string, schema: Readonly<Record<string, Attribute>> = {}, readers: Readers = {}): Set<string> {
  const read = new Set<string>();
  const attributes = attributesNoting(schema, read);
  const network = new Network();
  const source = { address: `${type}.one`, origin: `${type}.one`, act: "create" } as const;
  try {
    readers[type]?.({ attributes, source, id: "one", network, open: [], way: "in" });
  } catch (error) {
    if (!(error instanceof UnreadableValueError || isInvalidRule(error))) throw error;
    throw new Error(`the values of this test are to be readable: ${error.message}`);
  }
  return read;
}

function attributesNoting(schema: Readonly<Record<string, Attribute>> = {}, read: Set<string>): Attributes {
  return new Attributes({
    values: noting(schema, read, ""),
    unknown: {},
    sensitive: {},
    expressions: {},
    leadTo: () => ({ ids: [], whole: false }),
    note: () => {},
  });
}

function noting(schema: Readonly<Record<string, Attribute>>, read: Set<string>, prefix: string): Readonly<Record<string, unknown>> {
  return new Proxy<Record<string, unknown>>(
    {},
    {
      get: (_, name) => {
        const path = `${prefix}${String(name)}`;
        // Every type may have both; which one it has is no matter.
        if (!path.startsWith("tags")) read.add(path);
        const attribute = schema[String(name)];
        return typeof attribute === "object" ? [noting(attribute, read, `${path}.`)] : exampleOf(String(name), attribute);
      },
    },
  );
}

const VALUES: Readonly<Record<string, unknown>> = {
  protocol: "tcp",
  ip_protocol: "tcp",
  type: "ingress",
  action: "allow",
  rule_action: "allow",
  traffic_type: "ALL",
};

function exampleOf(name: string, attribute: string | undefined): unknown {
  if (name in VALUES) return VALUES[name];
  if (attribute === "boolean") return true;
  if (name.includes("ipv6_cidr_block")) return attribute === "list" ? ["2001:db8::/56"] : "2001:db8::/56";
  if (name === "cidr_ipv6") return "2001:db8::/56";
  if (name.includes("cidr")) return attribute === "list" ? ["10.0.0.0/16"] : "10.0.0.0/16";
  return { number: 1, boolean: true, list: ["x"], map: {}, string: "x" }[attribute ?? ""];
}
