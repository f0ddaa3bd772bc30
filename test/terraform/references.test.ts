import { describe, expect, test } from "@jest/globals";
import { planFile, planned, planOf, resourcesOf } from "../support/terraform.ts";

const WEB = planned("aws_security_group.web", { name: "web" }, { unknown: { ingress: true, egress: true } });
const SSH = { type: "ingress", from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["10.0.0.0/8"], self: false };

function rulesOf(value: unknown, address: string) {
  const found = resourcesOf(value).get(address);
  return found?.kind === "security-group" ? found.facts.rules : undefined;
}

describe("what is known after apply only holds together by the references of the configuration", () => {
  test("across modules, outputs and variables, keys with commas and dots, and locals of a module that makes one VPC", () => {
    const resources = resourcesOf(planFile("constructed/shop.json"));
    const [vpc, table] = ["module.network.aws_vpc.this[0]", "module.network.aws_route_table.private[0]"];
    expect(resources.get("aws_security_group.web")?.facts).toMatchObject({ vpc });
    expect(resources.get('module.network.aws_subnet.private["eu-west-1a"]')?.facts).toMatchObject({ vpc, zone: "eu-west-1a" });
    expect(resources.get("module.network.aws_internet_gateway.this[0]")?.facts).toMatchObject({ vpc });
    expect(resources.get(table)).toMatchObject({
      unknown: [],
      facts: {
        vpc,
        routes: [{ destination: "0.0.0.0/0", target: "module.network.aws_internet_gateway.this[0]" }],
        associations: [
          { subnet: 'module.network.aws_subnet.private["eu-west-1a"]' },
          { subnet: 'module.network.aws_subnet.private["eu-west-1b"]' },
        ],
      },
    });
  });

  test("a rule goes into the group that it names, and a group that it names is its peer", () => {
    expect(rulesOf(planFile("constructed/shop.json"), "aws_security_group.db")?.map(({ peer }) => peer)).toEqual([
      { kind: "cidr", cidr: "10.20.0.0/16" },
      { kind: "group", id: "aws_security_group.web" },
    ]);
  });

  test("an attribute of another resource is followed to what it names", () => {
    const resources = resourcesOf(
      planOf([
        planned("aws_vpc.one", { cidr_block: "10.0.0.0/16" }),
        planned("aws_subnet.one", { cidr_block: "10.0.1.0/24" }, { names: { vpc_id: ["aws_vpc.one.id", "aws_vpc.one"] } }),
        planned(
          "aws_security_group.web",
          {},
          { unknown: { ingress: true }, names: { vpc_id: ["aws_subnet.one.vpc_id", "aws_subnet.one"] } },
        ),
      ]),
    );
    expect(resources.get("aws_security_group.web")?.facts).toMatchObject({ vpc: "aws_vpc.one" });
  });

  test("each instance names the one with its own key", () => {
    const names = { security_group_id: ["aws_security_group.one", "each.key"] };
    const value = planOf([
      planned('aws_security_group.one["a"]', {}, { unknown: { ingress: true } }),
      planned('aws_security_group.one["b"]', {}, { unknown: { ingress: true } }),
      planned('aws_security_group_rule.one["b"]', SSH, { names }),
    ]);
    expect(rulesOf(value, 'aws_security_group.one["b"]')).toHaveLength(1);
    expect(rulesOf(value, 'aws_security_group.one["a"]')).toEqual([]);
  });

  test("each instance that is made for one of others names that one", () => {
    const rule = (key: string) => {
      const { change, block } = planned(`aws_security_group_rule.one["${key}"]`, SSH, {
        names: { security_group_id: ["each.value.id", "each.value"] },
      });
      return { change, block: { ...Object(block), for_each_expression: { references: ["aws_security_group.one"] } } };
    };
    const groups = ["a", "b"].map((key) => planned(`aws_security_group.one["${key}"]`, {}, { unknown: { ingress: true } }));
    const value = planOf([...groups, rule("b")]);
    expect(rulesOf(value, 'aws_security_group.one["b"]')).toHaveLength(1);
    expect(rulesOf(value, 'aws_security_group.one["a"]')).toEqual([]);
  });

  test("a rule that may be of two groups is of none, and is not judged", () => {
    const value = planOf([
      planned("aws_security_group.one[0]", {}, { unknown: { ingress: true } }),
      planned("aws_security_group.one[1]", {}, { unknown: { ingress: true } }),
      planned("aws_security_group_rule.some", SSH, { names: { security_group_id: ["aws_security_group.one"] } }),
    ]);
    expect(rulesOf(value, "aws_security_group.one[0]")).toEqual([]);
    expect(resourcesOf(value).get("aws_security_group.one[0]")?.unknown).toEqual(["ingress"]);
  });

  test("references that lead in a circle end", () => {
    const module = (other: string) => ({
      expressions: { id: { references: [`module.${other}.id`, `module.${other}`] } },
      module: { outputs: { id: { expression: { references: ["var.id"] } } }, resources: [blockIn("aws_security_group.x")] },
    });
    const blockIn = (address: string) => ({ address, expressions: { vpc_id: { references: ["var.id"] } } });
    const inside = (name: string) => ({
      ...(planned("aws_security_group.x", {}, { unknown: { ingress: true, vpc_id: true } }).change as object),
      address: `module.${name}.aws_security_group.x`,
      module_address: `module.${name}`,
    });
    const value = {
      format_version: "1.2",
      resource_changes: [inside("a"), inside("b")],
      configuration: { root_module: { module_calls: { a: module("b"), b: module("a") } } },
    };
    expect(resourcesOf(value).get("module.a.aws_security_group.x")?.unknown).toContain("vpc_id");
  });
});

describe("sources of aws_security_group_rule", () => {
  test("a source that plans call unknown of rules with other peers is none", () => {
    const rule = planned("aws_security_group_rule.ssh", SSH, {
      unknown: { source_security_group_id: true },
      names: { security_group_id: ["aws_security_group.web"] },
    });
    expect(rulesOf(planOf([WEB, rule]), "aws_security_group.web")?.map(({ peer }) => peer)).toEqual([{ kind: "cidr", cidr: "10.0.0.0/8" }]);
    expect(resourcesOf(planOf([WEB, rule])).get("aws_security_group.web")?.unknown).toEqual([]);
  });

  test("a source that is given and leads nowhere is left open", () => {
    const names = { security_group_id: ["aws_security_group.web"], source_security_group_id: ["local.source"] };
    const value = planOf([
      WEB,
      planned("aws_security_group.other", {}, { unknown: { ingress: true } }),
      planned("aws_security_group_rule.ssh", { ...SSH, cidr_blocks: null }, { names }),
    ]);
    expect(resourcesOf(value).get("aws_security_group.web")).toMatchObject({
      unknown: ["source_security_group_id of aws_security_group_rule.ssh"],
      facts: { partial: true },
    });
  });

  test("CIDRs that are known after apply only are left open", () => {
    const rule = planned(
      "aws_security_group_rule.ssh",
      { ...SSH, cidr_blocks: null },
      { names: { security_group_id: ["aws_security_group.web"], cidr_blocks: ["data.http.me.body"] } },
    );
    expect(resourcesOf(planOf([WEB, rule])).get("aws_security_group.web")?.unknown).toEqual(["cidr_blocks of aws_security_group_rule.ssh"]);
  });
});

test("targets that no world looks up have ids of their kind", () => {
  const table = planned("aws_route_table.one", {}, { unknown: { route: true } });
  const names = { route_table_id: ["aws_route_table.one"], transit_gateway_id: ["aws_ec2_transit_gateway.hub"] };
  const route = planned("aws_route.one", { destination_cidr_block: "10.0.0.0/8" }, { names });
  const resources = resourcesOf(planOf([table, route, planned("aws_ec2_transit_gateway.hub", {})]));
  expect(resources.get("aws_route_table.one")?.facts).toMatchObject({ routes: [{ target: "tgw-(aws_ec2_transit_gateway.hub)" }] });
});
