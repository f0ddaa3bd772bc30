import { describe, expect, test } from "@jest/globals";
import { planOfChangeSet } from "../../../lib/cloudformation/change-set.ts";
import type { Comparison, Line } from "../../../lib/report/html/data.ts";
import type { Drawing } from "../../../lib/report/html/networks.ts";
import { readTerraformPlan } from "../../../lib/terraform/read-plan.ts";
import { AFTER_APPLY, changeSet } from "../../support/change-set.ts";
import { change, decision } from "../../support/decisions.ts";
import { foreseen } from "../../support/foreseen.ts";
import { pageOf } from "../../support/html-page.ts";
import { planned as template } from "../../support/templates.ts";
import { block, group, planFile, planned, planOf } from "../../support/terraform.ts";

const OPEN = block(22, ["0.0.0.0/0"]);
const WEB = block(443, ["0.0.0.0/0"]);
const OFFICE = "version: 1\nnetworks: { office: [198.51.100.0/24] }";

const lines = (list: readonly Line[] | undefined) => list?.map(({ tone, text, fresh }) => `${fresh ? "+" : " "} ${tone} ${text}`);
const terraform = (value: unknown, policy?: string) => foreseen([readTerraformPlan(value).plan], policy);
const boxes = ({ scene }: Drawing) =>
  scene.nodes.map(({ kind, title, name, mark, lines: texts }) => [kind, title, name, mark, ...texts.map(({ text }) => text)].join(" | "));
const exposed = ({ scene }: Drawing) => scene.edges.filter((edge) => edge.exposed).map(({ from, to, kind }) => `${from} ${kind} ${to}`);

async function comparedIn(value: unknown, address: string): Promise<readonly Comparison[]> {
  return (await terraform(value)).comparisons.get(address) ?? [];
}

describe("before and after of what a plan", () => {
  test("makes: nothing, and all of it", async () => {
    const value = planOf([planned("aws_security_group.web", { ...group("", [OPEN, WEB]), id: undefined })]);
    const [ingress, ...others] = await comparedIn(value, "aws_security_group.web");
    expect(others).toEqual([]);
    expect(ingress?.before).toEqual([]);
    expect(lines(ingress?.left)).toEqual(["+ forbidden tcp 22 from 0.0.0.0/0", "+ lawful tcp 443 from 0.0.0.0/0"]);
    expect(lines(ingress?.remains)).toEqual(["  kept tcp 443 from 0.0.0.0/0"]);
  });

  test("changes: how it stood, what comes and what goes", async () => {
    const before = group("sg-1", [WEB, block(80, ["0.0.0.0/0"])]);
    const value = planOf([planned("aws_security_group.web", group("sg-1", [WEB, OPEN]), { actions: ["update"], before })]);
    const [ingress] = await comparedIn(value, "aws_security_group.web");
    expect(ingress?.before).toEqual(["tcp 80, 443 from 0.0.0.0/0"]);
    expect(lines(ingress?.left)).toEqual([
      "+ forbidden tcp 22 from 0.0.0.0/0",
      "  kept tcp 443 from 0.0.0.0/0",
      "  gone tcp 80 from 0.0.0.0/0",
    ]);
  });

  test("replaces: how the one stood that goes", async () => {
    const value = planOf([
      planned(
        "aws_security_group.web",
        { ...group("", [WEB, OPEN]), id: undefined },
        { actions: ["delete", "create"], before: group("sg-1", [WEB]) },
      ),
    ]);
    const [ingress] = await comparedIn(value, "aws_security_group.web");
    expect(ingress?.before).toEqual(["tcp 443 from 0.0.0.0/0"]);
    expect(lines(ingress?.left)).toEqual(["+ forbidden tcp 22 from 0.0.0.0/0", "  kept tcp 443 from 0.0.0.0/0"]);
  });

  test("leaves alone, but reaches by a prefix list: what the list held, and will", async () => {
    const list = (cidrs: readonly string[]) => ({ id: "pl-1", name: "partners", entry: cidrs.map((cidr) => ({ cidr, description: "" })) });
    const listed = group("sg-1", [block(22, [], { prefix_list_ids: ["pl-1"] })]);
    const value = planOf([
      planned("aws_ec2_managed_prefix_list.partners", list(["198.51.100.0/24", "0.0.0.0/0"]), {
        actions: ["update"],
        before: list(["198.51.100.0/24"]),
      }),
      planned("aws_security_group.web", listed, { actions: ["no-op"], before: listed }),
    ]);
    const [ingress] = await comparedIn(value, "aws_security_group.web");
    expect(ingress?.before).toEqual(["tcp 22 from 198.51.100.0/24, pl-1"]);
    expect(lines(ingress?.left)?.[0]).toMatch(/^\+ forbidden tcp 22 from 0\.0\.0\.0\/0 except 198\.51\.100\.0\/24/);
  });

  test("leaves open until it is applied: that, beside what is known", async () => {
    const compared = await comparedIn(planFile("constructed/network.json"), "aws_security_group.web");
    expect(lines(compared[0]?.left)).toEqual([
      "+ lawful tcp 443 from 0.0.0.0/0",
      "  unknown cidr_ipv4 of aws_vpc_security_group_ingress_rule.web_partner",
    ]);
    const egress = planOf([planned("aws_security_group.web", { vpc_id: "vpc-1", ingress: [] }, { unknown: { egress: true } })]);
    const [only] = await comparedIn(egress, "aws_security_group.web");
    expect([only?.title, ...(lines(only?.left) ?? [])]).toEqual(["Egress", "  unknown egress"]);
  });

  test("knows in part only: not that there was nothing", async () => {
    const rule = {
      security_group_id: "sg-1",
      type: "ingress",
      from_port: 22,
      to_port: 22,
      protocol: "tcp",
      cidr_blocks: ["0.0.0.0/0"],
      self: false,
    };
    const { comparisons } = await terraform(planOf([planned("aws_security_group_rule.ssh", rule)]));
    const [ingress] = comparisons.get("sg-1") ?? [];
    expect(ingress).not.toHaveProperty("before");
    expect(lines(ingress?.left)).toEqual(["+ forbidden tcp 22 from 0.0.0.0/0"]);
  });

  test("leads elsewhere: routes by the addresses of what they lead to, those that offend marked", async () => {
    const { comparisons } = await terraform(
      planFile("constructed/network.json"),
      "version: 1\nrules: { approved-route-targets: { kinds: [nat-gateway] } }",
    );
    const [held] = comparisons.get("aws_route_table.public") ?? [];
    expect(held?.before).toEqual([]);
    expect(lines(held?.left)).toContain("+ forbidden 0.0.0.0/0 to aws_internet_gateway.shop");
  });
});

describe("the drawing of what a plan leaves", () => {
  test("has every VPC that it changes, by addresses, with what is new and what is exposed", async () => {
    const { drawings } = await terraform(planFile("constructed/network.json"), OFFICE);
    expect(drawings.map(({ title, worst, caption, from }) => ({ title, worst, caption, from }))).toEqual([
      {
        title: "aws_vpc.shop",
        worst: "critical",
        caption: "As the plan leaves it.",
        from: ["aws_security_group.bastion", "aws_security_group.web", "aws_security_group.database"],
      },
      { title: "vpc-0a1b2c3d4e5f60718", worst: "critical", caption: "As the plan leaves it.", from: ["aws_security_group.desktops"] },
    ]);
    const [shop, old] = drawings;
    if (shop === undefined || old === undefined) throw new Error("two drawings are expected");
    expect(boxes(shop)).toEqual(
      expect.arrayContaining([
        "internet | Internet |  | ",
        "gateway | Internet gateway | aws_internet_gateway.shop | new",
        'subnet | shop-public-a | aws_subnet.public["eu-west-1a"] | new | 10.30.0.0/24 · eu-west-1a | public, public addresses',
        "subnet | shop-private | aws_subnet.private | new | eu-west-1a | private | known after apply: cidr_block",
        "group | shop-bastion | aws_security_group.bastion | new | of aws_instance.bastion",
        "group | shop-database | aws_security_group.database | new | of aws_db_instance.orders",
        "ports | Admitted |  |  | tcp 5432 from aws_security_group.web",
        "open | Known after apply |  |  | cidr_ipv4 of aws_vpc_security_group_ingress_rule.web_partner",
      ]),
    );
    expect(exposed(shop)).toEqual([
      "internet open igw-(aws_internet_gateway.shop)",
      'igw-(aws_internet_gateway.shop) open subnet-(aws_subnet.public["eu-west-1a"])',
      'subnet-(aws_subnet.public["eu-west-1a"]) open sg-(aws_security_group.bastion)',
      "sg-(aws_security_group.bastion) open sg-(aws_security_group.bastion) forbidden",
    ]);
    expect(shop.scene.notes).toEqual([]);
    expect(shop.scene.edges.filter(({ to }) => to === "sg-(aws_security_group.database)")).toMatchObject([
      { from: "subnet-(aws_subnet.private)", kind: "open", exposed: false },
    ]);
    expect(boxes(old)).toContain("group | legacy-desktops | aws_security_group.desktops | changed | sg-0d1e2f3a4b5c60718");
    expect(old.scene.notes[0]).toBe("The plan does not make this VPC: it may have more than is drawn.");
  });

  test.each([
    ["AWS::EC2::Instance", "{ SubnetId: !Ref Public, SecurityGroupIds: [!Ref Ssh] }"],
    ["AWS::EC2::Instance", "{ NetworkInterfaces: [{ DeviceIndex: '0', SubnetId: !Ref Public, GroupSet: [!GetAtt Ssh.GroupId] }] }"],
    ["AWS::ElasticLoadBalancingV2::LoadBalancer", "{ Subnets: [!Ref Public], SecurityGroups: [!Ref Ssh] }"],
    ["AWS::Lambda::Function", "{ VpcConfig: { SubnetIds: [!Ref Public], SecurityGroupIds: [!Ref Ssh] } }"],
    ["AWS::RDS::DBInstance", "{ DBSubnetGroupName: !Ref Databases, VPCSecurityGroups: [!Ref Ssh] }"],
    ["AWS::ECS::Service", "{ NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [!Ref Public], SecurityGroups: [!Ref Ssh] } } }"],
  ])("has a group in the subnets of what uses it, and says what that is: %s %s", async (type, properties) => {
    const { drawings } = await foreseen([
      template(`
  Net: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Way: { Type: AWS::EC2::InternetGateway }
  Attached: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Net, InternetGatewayId: !Ref Way } }
  Public: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Net, CidrBlock: 10.0.1.0/24 } }
  Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Net } }
  Out: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Way } }
  Joined: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref Public, RouteTableId: !Ref Table } }
  Databases: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: d, SubnetIds: [!Ref Public] } }
  Ssh:
    Type: AWS::EC2::SecurityGroup
    Properties: { GroupDescription: s, VpcId: !Ref Net, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }] }
  User: { Type: "${type}", Properties: ${properties} }
`),
    ]);
    expect(drawings.flatMap(boxes)).toContain("group | Ssh | Ssh | new | of User");
    expect(drawings.flatMap(exposed)).toEqual([
      "internet open igw-(Way)",
      "igw-(Way) open subnet-(Public)",
      "subnet-(Public) open sg-(Ssh)",
      "sg-(Ssh) open sg-(Ssh) forbidden",
    ]);
  });

  test("has what is lawful too, and marks nothing in it", async () => {
    const { drawings } = await foreseen([
      template(`
  Net: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Web:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Net
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0 }]
`),
    ]);
    expect(drawings).toMatchObject([{ title: "Net", from: ["Web"] }]);
    expect(drawings[0]).not.toHaveProperty("worst");
    expect(drawings[0]?.scene.nodes.some((node) => node.exposed || node.trouble !== undefined)).toBe(false);
    expect(drawings[0]?.scene.notes).toContain("No internet gateway is attached, as far as the plan tells.");
  });

  test("has groups of which the plan does not tell the VPC, where something is forbidden", async () => {
    const { drawings } = await foreseen([
      template(
        "  Ssh: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: s, VpcId: !Ref Vpc, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }] } }",
        {},
        "Parameters: { Vpc: { Type: String } }",
      ),
    ]);
    const [drawing] = drawings;
    expect(drawing?.title).toBe("Groups of which the plan does not tell the VPC");
    expect(drawing === undefined ? [] : boxes(drawing)).toContain("unknown | Some network |  |  | the plan does not tell of it");
  });

  test("keeps the networks of several plans apart, and names each", async () => {
    const value = planOf([planned("aws_security_group.web", { ...group("", [OPEN]), id: undefined })]);
    const { drawings } = await foreseen([readTerraformPlan(value).plan, readTerraformPlan(value).plan]);
    expect(drawings.map(({ title, caption }) => `${title}: ${caption}`)).toEqual([
      "vpc-1: As plan-0.json leaves it.",
      "vpc-1: As plan-1.json leaves it.",
    ]);
  });

  test("is red only for what the internet reaches", async () => {
    const { drawings } = await terraform(
      planOf([planned("aws_security_group.web", { ...group("", [block(22, ["10.0.0.0/8"])]), id: undefined })]),
      "version: 1\nrules: { admin-through-bastion: true }",
    );
    const ports = drawings[0]?.scene.nodes.find(({ title }) => title === "Forbidden");
    expect(ports).toMatchObject({ exposed: false, trouble: "high" });
    expect(drawings.flatMap(exposed)).toEqual([]);
  });
});

test("what a plan leaves open as a whole is of no kind, and is named alone", async () => {
  const open = change({ subject: { kind: "account", id: "web.yml" }, details: { address: "web.yml" } });
  const page = await pageOf([decision({ change: open, outcome: "alert", findings: [], acts: [], names: {} })]);
  expect(page).toContain('"resource":"web.yml"');
});

test("a place that no plan tells is counted as none", async () => {
  const place = { account: "unknown", region: "unknown", call: { source: "terraform", name: "create" } };
  const page = await pageOf([decision({ change: change(place), outcome: "would-act", acts: [], names: {} })]);
  expect(page).toContain("1 change. Judged under");
  expect(page).toContain('"accounts":[{"id":"","name":"not told"}]');
  expect(page).not.toMatch(/unknown(?: |, |")unknown/);
});

describe("a change set", () => {
  const RULE = (cidr: string) => ({ IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: cidr });
  const changed = (before: object, after: object) => ({
    Action: "Modify",
    LogicalResourceId: "Ssh",
    ResourceType: "AWS::EC2::SecurityGroup",
    PhysicalResourceId: "sg-1",
    Replacement: "False",
    before: { GroupDescription: "s", VpcId: "vpc-1", ...before },
    after: { GroupDescription: "s", VpcId: "vpc-1", ...after },
  });

  test("tells how things stood, and what only its execution will tell", async () => {
    const told = changeSet([
      changed(
        { SecurityGroupIngress: [RULE("198.51.100.0/24")] },
        { SecurityGroupIngress: [RULE("0.0.0.0/0"), { ...RULE(AFTER_APPLY), FromPort: 8080, ToPort: 8080 }] },
      ),
    ]);
    const { comparisons, drawings } = await foreseen([planOfChangeSet(told, undefined, {})]);
    const [ingress] = comparisons.get("web/Ssh") ?? [];
    expect(ingress?.before).toEqual(["tcp 22 from 198.51.100.0/24"]);
    expect(lines(ingress?.left)?.map((line) => line.replace(/ \(.*/, ""))).toEqual([
      "+ forbidden tcp 22 from 0.0.0.0/0 except 198.51.100.0/24",
      "  forbidden tcp 22 from 198.51.100.0/24",
      "  unknown SecurityGroupIngress[1].CidrIp",
    ]);
    expect(drawings.flatMap(boxes)).toContain("group | web-Ssh | web/Ssh | changed | sg-1");
  });
});
