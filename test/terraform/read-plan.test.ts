import { describe, expect, test } from "@jest/globals";
import { readTerraformPlan } from "../../lib/terraform/read-plan.ts";
import { decisionsOn, type Planned, planned, planOf, resourcesOf } from "../support/terraform.ts";

const VPC = planned("aws_vpc.one", { cidr_block: "10.0.0.0/16", tags_all: { team: "net" } });
const IN_VPC = { vpc_id: ["aws_vpc.one.id", "aws_vpc.one"] };
const SUBNET = planned(
  "aws_subnet.one",
  { cidr_block: "10.0.1.0/24", availability_zone: "eu-west-1a", map_public_ip_on_launch: true },
  { names: IN_VPC },
);
const TABLE = planned("aws_route_table.one", { route: [], propagating_vgws: [] }, { names: IN_VPC });
const ref = (address: string) => [`${address}.id`, address];

function factsOf(address: string, ...changes: readonly Planned[]) {
  return resourcesOf(planOf(changes)).get(address)?.facts;
}

describe("every type becomes the facts of its kind", () => {
  test("VPCs, with what is associated", () => {
    const v4 = planned("aws_vpc_ipv4_cidr_block_association.two", { cidr_block: "10.1.0.0/16" }, { names: IN_VPC });
    const v6 = planned("aws_vpc_ipv6_cidr_block_association.two", { ipv6_cidr_block: "2001:db8::/56" }, { names: IN_VPC });
    expect(factsOf("aws_vpc.one", VPC, v4, v6)).toEqual({
      id: "aws_vpc.one",
      cidrs: ["10.0.0.0/16", "10.1.0.0/16"],
      ipv6Cidrs: ["2001:db8::/56"],
      tags: { team: "net" },
    });
    expect(factsOf("aws_default_vpc.one", planned("aws_default_vpc.one", { id: "vpc-1", cidr_block: "172.31.0.0/16" }))).toMatchObject({
      isDefault: true,
    });
  });

  test("a block that Amazon is to choose is left open", () => {
    const asked = planned(
      "aws_vpc.six",
      { cidr_block: "10.0.0.0/16", assign_generated_ipv6_cidr_block: true },
      { unknown: { ipv6_cidr_block: true } },
    );
    expect(resourcesOf(planOf([asked])).get("aws_vpc.six")?.unknown).toEqual(["ipv6_cidr_block"]);
  });

  test("subnets and gateways", () => {
    expect(factsOf("aws_subnet.one", VPC, SUBNET)).toEqual({
      id: "aws_subnet.one",
      vpc: "aws_vpc.one",
      cidr: "10.0.1.0/24",
      ipv6Cidrs: [],
      zone: "eu-west-1a",
      autoPublicIp: true,
    });
    const nat = planned("aws_nat_gateway.one", { connectivity_type: "private" }, { names: { subnet_id: ref("aws_subnet.one") } });
    expect(factsOf("aws_nat_gateway.one", VPC, SUBNET, nat)).toEqual({
      id: "aws_nat_gateway.one",
      subnet: "aws_subnet.one",
      vpc: "aws_vpc.one",
      connectivity: "private",
    });
    const only = planned("aws_egress_only_internet_gateway.one", {}, { names: IN_VPC });
    expect(factsOf("aws_egress_only_internet_gateway.one", VPC, only)).toMatchObject({ egressOnly: true, vpc: "aws_vpc.one" });
    const gateway = planned("aws_internet_gateway.one", {});
    const attachment = planned(
      "aws_internet_gateway_attachment.one",
      {},
      { names: { ...IN_VPC, internet_gateway_id: ref("aws_internet_gateway.one") } },
    );
    expect(factsOf("aws_internet_gateway.one", VPC, gateway, attachment)).toEqual({ id: "aws_internet_gateway.one", vpc: "aws_vpc.one" });
  });

  test("route tables: routes in them and beside them, associations, propagation", () => {
    const inline = planned("aws_route_table.two", {
      vpc_id: "vpc-1",
      propagating_vgws: [],
      route: [
        { cidr_block: "10.9.0.0/16", transit_gateway_id: "tgw-1", gateway_id: "" },
        { ipv6_cidr_block: "::/0", egress_only_gateway_id: "eigw-1" },
        { destination_prefix_list_id: "pl-1", vpc_endpoint_id: "vpce-1" },
      ],
    });
    expect(factsOf("aws_route_table.two", inline)).toMatchObject({
      routes: [
        { destination: "10.9.0.0/16", target: "tgw-1" },
        { destination: "::/0", target: "eigw-1" },
        { destination: "pl-1", target: "vpce-1" },
      ],
    });
    const table = { route_table_id: ref("aws_route_table.one") };
    const parts = [
      planned("aws_route.out", { destination_cidr_block: "0.0.0.0/0", nat_gateway_id: "nat-1" }, { names: table }),
      planned("aws_route_table_association.one", {}, { names: { ...table, subnet_id: ref("aws_subnet.one") } }),
      planned("aws_main_route_table_association.one", {}, { names: { ...table, ...IN_VPC } }),
      planned("aws_vpn_gateway_route_propagation.one", { vpn_gateway_id: "vgw-1" }, { names: table }),
    ];
    expect(factsOf("aws_route_table.one", VPC, SUBNET, TABLE, ...parts)).toEqual({
      id: "aws_route_table.one",
      vpc: "aws_vpc.one",
      routes: [{ destination: "0.0.0.0/0", target: "nat-1" }],
      associations: [
        { id: "aws_route_table_association.one", subnet: "aws_subnet.one" },
        { id: "aws_main_route_table_association.one", main: true },
      ],
      propagating: ["vgw-1"],
    });
  });

  test("network ACLs: entries in them and beside them", () => {
    const acl = planned("aws_network_acl.one", {
      vpc_id: "vpc-1",
      subnet_ids: ["subnet-1"],
      egress: [],
      ingress: [{ rule_no: 100, action: "allow", protocol: "6", from_port: 22, to_port: 22, cidr_block: "0.0.0.0/0", ipv6_cidr_block: "" }],
    });
    const names = { network_acl_id: ref("aws_network_acl.one") };
    const icmp = {
      rule_number: 90,
      rule_action: "deny",
      egress: true,
      protocol: "icmp",
      icmp_type: 8,
      icmp_code: -1,
      cidr_block: "10.0.0.0/8",
    };
    const parts = [
      planned("aws_network_acl_rule.one", icmp, { names }),
      planned("aws_network_acl_association.one", { subnet_id: "subnet-2" }, { names }),
    ];
    expect(factsOf("aws_network_acl.one", acl, ...parts)).toMatchObject({
      entries: [
        { direction: "ingress", number: 100, action: "allow", protocol: "tcp", fromPort: 22, toPort: 22, cidr: "0.0.0.0/0" },
        { direction: "egress", number: 90, action: "deny", protocol: "icmp", fromPort: 8, toPort: -1, cidr: "10.0.0.0/8" },
      ],
      subnets: ["subnet-1", "subnet-2"],
    });
  });

  test("peerings, with what the accepter says", () => {
    const names = { vpc_id: ref("aws_vpc.one") };
    const peering = planned(
      "aws_vpc_peering_connection.one",
      { peer_vpc_id: "vpc-9", peer_owner_id: "444455556666", peer_region: "eu-west-2", auto_accept: false },
      { names },
    );
    const accepter = planned(
      "aws_vpc_peering_connection_accepter.one",
      { auto_accept: true, accepter: [{ allow_remote_vpc_dns_resolution: true }] },
      { names: { vpc_peering_connection_id: ref("aws_vpc_peering_connection.one") } },
    );
    expect(factsOf("aws_vpc_peering_connection.one", VPC, peering, accepter)).toEqual({
      id: "aws_vpc_peering_connection.one",
      status: "active",
      requester: { vpc: "aws_vpc.one", cidrs: [] },
      accepter: { vpc: "vpc-9", account: "444455556666", region: "eu-west-2", cidrs: [], resolvesDns: true },
    });
  });

  test("endpoints and endpoint services", () => {
    const endpoint = planned("aws_vpc_endpoint.s3", { service_name: "com.amazonaws.eu-west-1.s3", policy: "{}" }, { names: IN_VPC });
    const table = planned(
      "aws_vpc_endpoint_route_table_association.s3",
      {},
      { names: { vpc_endpoint_id: ref("aws_vpc_endpoint.s3"), route_table_id: ref("aws_route_table.one") } },
    );
    const subnet = planned(
      "aws_vpc_endpoint_subnet_association.s3",
      { subnet_id: "subnet-1" },
      { names: { vpc_endpoint_id: ref("aws_vpc_endpoint.s3") } },
    );
    expect(factsOf("aws_vpc_endpoint.s3", VPC, TABLE, endpoint, table, subnet)).toMatchObject({
      type: "Gateway",
      service: "com.amazonaws.eu-west-1.s3",
      policy: "{}",
      routeTables: ["aws_route_table.one"],
      subnets: ["subnet-1"],
    });
    const service = planned("aws_vpc_endpoint_service.one", { acceptance_required: false, allowed_principals: [] });
    const everybody = planned(
      "aws_vpc_endpoint_service_allowed_principal.all",
      { principal_arn: "*" },
      { names: { vpc_endpoint_service_id: ref("aws_vpc_endpoint_service.one") } },
    );
    expect(factsOf("aws_vpc_endpoint_service.one", service, everybody)).toMatchObject({ acceptanceRequired: false, principals: ["*"] });
  });

  test("prefix lists, flow logs, interfaces, DB subnet groups and the rest", () => {
    const list = planned("aws_ec2_managed_prefix_list.one", { name: "office", entry: [{ cidr: "192.0.2.0/24" }] });
    const entry = planned(
      "aws_ec2_managed_prefix_list_entry.one",
      { cidr: "0.0.0.0/0" },
      { names: { prefix_list_id: ref("aws_ec2_managed_prefix_list.one") } },
    );
    expect(factsOf("aws_ec2_managed_prefix_list.one", list, entry)).toMatchObject({ name: "office", cidrs: ["192.0.2.0/24", "0.0.0.0/0"] });

    const log = planned("aws_flow_log.one", { traffic_type: "REJECT" }, { names: IN_VPC });
    expect(factsOf("aws_flow_log.one", VPC, log)).toEqual({ id: "aws_flow_log.one", resource: "aws_vpc.one", trafficType: "REJECT" });

    const eni = planned("aws_network_interface.one", { subnet_id: "subnet-1", security_groups: ["sg-1"], private_ips: ["10.0.0.4"] });
    const more = planned(
      "aws_network_interface_sg_attachment.one",
      { security_group_id: "sg-2" },
      { names: { network_interface_id: ref("aws_network_interface.one") } },
    );
    expect(factsOf("aws_network_interface.one", eni, more)).toMatchObject({ groups: ["sg-1", "sg-2"], addresses: ["10.0.0.4"] });

    const databases = planned("aws_db_subnet_group.one", { name: "db" }, { names: { subnet_ids: ref("aws_subnet.one") } });
    expect(factsOf("aws_db_subnet_group.one", VPC, SUBNET, databases)).toEqual({
      id: "db",
      vpc: "aws_vpc.one",
      subnets: ["aws_subnet.one"],
      zones: ["eu-west-1a"],
    });

    const mode = planned("aws_vpc_block_public_access_options.one", { internet_gateway_block_mode: "block-ingress" });
    const exclusion = planned("aws_vpc_block_public_access_exclusion.one", {
      vpc_id: "vpc-1",
      internet_gateway_exclusion_mode: "allow-bidirectional",
    });
    expect(factsOf("aws_vpc_block_public_access_options.one", mode, exclusion)).toMatchObject({
      id: "block-public-access",
      mode: "block-ingress",
      exclusions: [{ resource: "vpc-1", mode: "allow-bidirectional" }],
    });

    const elsewhere = planned("aws_vpc_security_group_vpc_association.one", { security_group_id: "sg-1", vpc_id: "vpc-2" });
    expect(factsOf("aws_vpc_security_group_vpc_association.one", elsewhere)).toMatchObject({
      id: "sg-1/vpc-2",
      group: "sg-1",
      vpc: "vpc-2",
    });
    const firewall = planned("aws_route53_resolver_firewall_rule_group_association.one", {
      vpc_id: "vpc-1",
      firewall_rule_group_id: "rslvr-frg-1",
    });
    expect(factsOf("aws_route53_resolver_firewall_rule_group_association.one", firewall)).toMatchObject({
      vpc: "vpc-1",
      ruleGroup: "rslvr-frg-1",
    });
  });

  test("rules of groups in every form, ports as EC2 has them", () => {
    const rule = { from_port: 0, to_port: 65535, protocol: "all", description: "", self: true };
    const inline = {
      ...rule,
      cidr_blocks: ["10.0.0.5/8"],
      ipv6_cidr_blocks: ["::/0"],
      prefix_list_ids: ["pl-1"],
      security_groups: ["444455556666/sg-9"],
    };
    const group = planned("aws_default_security_group.one", { id: "sg-1", vpc_id: "vpc-1", ingress: [inline], egress: [] });
    const ping = planned("aws_vpc_security_group_egress_rule.one", {
      security_group_id: "sg-1",
      ip_protocol: "icmp",
      from_port: 8,
      to_port: 0,
      cidr_ipv6: null,
      cidr_ipv4: "10.0.0.0/8",
    });
    expect(factsOf("aws_default_security_group.one", group, ping)).toMatchObject({
      id: "sg-1",
      name: "default",
      rules: [
        { protocol: "-1", peer: { kind: "cidr", cidr: "10.0.0.0/8" } },
        { protocol: "-1", peer: { kind: "cidr", cidr: "::/0" } },
        { protocol: "-1", peer: { kind: "prefix-list", id: "pl-1" } },
        { protocol: "-1", peer: { kind: "group", account: "444455556666", id: "sg-9" } },
        { protocol: "-1", peer: { kind: "group", id: "sg-1" } },
        { direction: "egress", protocol: "icmp", fromPort: 8, toPort: 0 },
      ],
    });
  });
});

describe("where it is to be applied", () => {
  const providers = {
    aws: {
      name: "aws",
      expressions: { region: { references: ["var.region"] }, allowed_account_ids: { constant_value: ["111122223333"] } },
    },
    "aws.east": { name: "aws", alias: "east", expressions: { region: { constant_value: "us-east-1" } } },
  };

  test("the provider tells, an alias another region, and the resource itself before both", () => {
    const [one, two, three] = ["one", "two", "three"].map((name) =>
      planned(`aws_vpc.${name}`, { cidr_block: "10.0.0.0/16", ...(name === "three" && { region: "ap-south-1" }) }),
    );
    const blocks = [one?.block, { ...Object(two?.block), provider_config_key: "aws.east" }, three?.block];
    const { plan } = readTerraformPlan({
      format_version: "1.2",
      variables: { region: { value: "eu-west-1" } },
      resource_changes: [one?.change, two?.change, three?.change],
      configuration: { provider_config: providers, root_module: { resources: blocks } },
    });
    expect(plan).toMatchObject({ account: "111122223333", region: "eu-west-1" });
    expect(plan.resources.map(({ account, region }) => [account, region])).toEqual([
      ["111122223333", "eu-west-1"],
      ["111122223333", "us-east-1"],
      ["111122223333", "ap-south-1"],
    ]);
  });

  test("arns of one account tell it, and those of two tell nothing of the plan", () => {
    const vpcOf = (name: string, account: string) => {
      const values = { id: `vpc-${name}`, arn: `arn:aws:ec2:eu-west-1:${account}:vpc/vpc-${name}`, cidr_block: "10.0.0.0/16" };
      return planned(`aws_vpc.${name}`, values, { actions: ["no-op"], before: values });
    };
    expect(readTerraformPlan(planOf([vpcOf("a", "111122223333")])).plan.account).toBe("111122223333");
    expect(readTerraformPlan(planOf([vpcOf("a", "111122223333"), vpcOf("b", "444455556666")])).plan.account).toBeUndefined();
  });
});

describe("what else a plan may hold", () => {
  test("resources of the prior state that no change names are context", () => {
    const state = {
      address: "aws_vpc.old",
      mode: "managed",
      type: "aws_vpc",
      name: "old",
      values: { id: "vpc-1", cidr_block: "10.0.0.0/16" },
    };
    const local = {
      address: "aws_vpc.in",
      mode: "managed",
      type: "aws_vpc",
      name: "in",
      values: { id: "vpc-2", cidr_block: "10.0.0.0/16" },
    };
    const root = { resources: [state], child_modules: [{ address: "module.a", resources: [local] }] };
    const resources = resourcesOf(planOf([], { prior_state: { values: { root_module: root } } }));
    expect([...resources].map(([address, { act, facts }]) => [address, act, facts.id])).toEqual([
      ["aws_vpc.old", "none", "vpc-1"],
      ["module.a.aws_vpc.in", "none", "vpc-2"],
    ]);
  });

  test("a resource that Terraform forgets stays, and an old object that is still to be deleted is none", () => {
    const own = { id: "vpc-1", cidr_block: "10.0.0.0/16" };
    const forgotten = planned("aws_vpc.one", null, { actions: ["forget"], before: own });
    const deposed = planned("aws_vpc.two", null, { actions: ["delete"], before: { ...own, id: "vpc-2" } });
    const resources = resourcesOf(planOf([forgotten, { ...deposed, change: { ...Object(deposed.change), deposed: "a1b2c3d4" } }]));
    expect([...resources].map(([address, { act }]) => [address, act])).toEqual([["aws_vpc.one", "none"]]);
  });

  test("data sources are looked through, and are context", () => {
    const data = {
      address: "data.aws_vpc.main",
      mode: "data",
      type: "aws_vpc",
      name: "main",
      values: { id: "vpc-7", cidr_block: "10.0.0.0/16" },
    };
    const group = planned(
      "aws_security_group.web",
      {},
      { unknown: { ingress: true }, names: { vpc_id: ["data.aws_vpc.main.id", "data.aws_vpc.main"] } },
    );
    const resources = resourcesOf(planOf([group], { prior_state: { values: { root_module: { resources: [data] } } } }));
    expect(resources.get("aws_security_group.web")?.facts).toMatchObject({ vpc: "vpc-7" });
    expect(resources.get("data.aws_vpc.main")).toMatchObject({ act: "none", facts: { id: "vpc-7", cidrs: ["10.0.0.0/16"] } });
  });

  test("a prefix list of a data source is seen through, and its group goes by the name of the data source", async () => {
    const dataOf = (type: string, values: object) => ({ address: `data.${type}.one`, mode: "data", type, name: "one", values });
    const rule = planned("aws_vpc_security_group_ingress_rule.one", {
      security_group_id: "sg-1",
      ip_protocol: "tcp",
      from_port: 22,
      to_port: 22,
      prefix_list_id: "pl-1",
    });
    const known = [
      dataOf("aws_ec2_managed_prefix_list", { id: "pl-1", name: "all", entries: [{ cidr: "0.0.0.0/0", description: "" }] }),
      dataOf("aws_security_group", { id: "sg-1", name: "shared", vpc_id: "vpc-1" }),
    ];
    const decisions = await decisionsOn(planOf([rule], { prior_state: { values: { root_module: { resources: known } } } }));
    expect([...decisions].map(([address, { outcome, partial }]) => [address, outcome, partial])).toEqual([
      ["data.aws_security_group.one", "would-act", true],
    ]);
  });
});
