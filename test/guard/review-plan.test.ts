import { describe, expect, test } from "@jest/globals";
import { block, decisionsOn, group, planFile, planned, planOf } from "../support/terraform.ts";

const OPEN = [block(22, ["0.0.0.0/0"])];
const LAWFUL = [block(443, ["0.0.0.0/0"])];

describe("who is to blame", () => {
  test("for what the plan brings: the plan", async () => {
    const value = planOf([planned("aws_security_group.web", group("sg-1", OPEN), { actions: ["update"], before: group("sg-1", LAWFUL) })]);
    const decision = (await decisionsOn(value)).get("aws_security_group.web");
    expect(decision).toMatchObject({ outcome: "would-act", findings: [{ introduced: "now" }], acts: [{ result: "would" }] });
  });

  test("for what stood before: nobody, whatever else the plan changes", async () => {
    const after = group("sg-1", OPEN, { tags: { team: "b" } });
    const value = planOf([planned("aws_security_group.web", after, { actions: ["update"], before: group("sg-1", OPEN) })]);
    expect((await decisionsOn(value)).get("aws_security_group.web")?.findings).toMatchObject([{ introduced: "earlier" }]);
  });

  test("of a hole that grows, the plan for all of it", async () => {
    const before = group("sg-1", [block(22, ["0.0.0.0/1"])]);
    const value = planOf([planned("aws_security_group.web", group("sg-1", [block(22, ["0.0.0.0/0"])]), { actions: ["update"], before })]);
    expect((await decisionsOn(value)).get("aws_security_group.web")?.findings).toMatchObject([{ introduced: "now" }]);
  });

  test("a moved group is the same group", async () => {
    const moved = planned("aws_security_group.b", group("sg-1", OPEN, { tags: { a: "1" } }), {
      actions: ["update"],
      before: group("sg-1", OPEN),
    });
    const value = planOf([{ ...moved, change: { ...Object(moved.change), previous_address: "aws_security_group.a" } }]);
    expect((await decisionsOn(value)).get("aws_security_group.b")?.findings).toMatchObject([{ introduced: "earlier" }]);
  });

  test("a flow log that goes leaves its VPC without one: the plan", async () => {
    const vpc = { id: "vpc-1", cidr_block: "10.0.0.0/16" };
    const value = planOf([
      planned("aws_vpc.one", { ...vpc, tags: { a: "1" } }, { actions: ["update"], before: vpc }),
      planned("aws_flow_log.one", null, { actions: ["delete"], before: { id: "fl-1", vpc_id: "vpc-1", traffic_type: "ALL" } }),
    ]);
    const decision = (await decisionsOn(value, "version: 1\nrules: { flow-logs-enabled: true }")).get("aws_vpc.one");
    // Others may have made one: the plan does not tell of every flow log of a VPC that stood.
    expect(decision).toMatchObject({ findings: [], notJudged: [{ rule: "flow-logs-enabled" }] });
  });
});

describe("what is judged", () => {
  test("the constructed shop: what is made, changed and replaced, and the group whose rule changes", async () => {
    const decisions = await decisionsOn(planFile("constructed/shop.json"));
    const told = [...decisions].map(([address, { outcome, change, findings }]) => [
      address,
      change.subject.id,
      change.call.name,
      outcome,
      ...findings.map(({ traffic, introduced }) => `${traffic} ${introduced}`),
    ]);
    expect(told).toEqual([
      ["aws_security_group.web", "aws_security_group.web", "create", "would-act", "tcp 22 from 0.0.0.0/0 now"],
      ["aws_security_group.db", "sg-0d1e2f3a4b5c60718", "update", "clean"],
      ["aws_security_group.api", "aws_security_group.api", "replace", "clean"],
      [
        "aws_security_group.ops",
        "sg-0123456789abcdef0",
        "update",
        "would-act",
        "tcp 22 from 0.0.0.0/0 earlier",
        "tcp 8443 from 0.0.0.0/0 now",
      ],
    ]);
  });

  test("a decision goes by the address, is the same each time, and shows no id that is not there yet", async () => {
    const [first, second] = await Promise.all([0, 1].map(() => decisionsOn(planFile("constructed/shop.json"))));
    const decision = first?.get("aws_security_group.web");
    expect(decision?.id).toBe("terraform:aws_security_group.web/aws_security_group.web");
    expect(decision?.change).toMatchObject({
      account: "111122223333",
      region: "eu-west-1",
      actor: { arn: "terraform" },
      call: { source: "terraform", name: "create" },
      details: { address: "aws_security_group.web" },
    });
    expect(JSON.stringify([...(first ?? [])])).not.toContain("sg-(");
    expect([...(second ?? [])]).toEqual([...(first ?? [])]);
  });

  test("a rule on a group that the plan does not hold is judged as a part of it", async () => {
    const rule = { type: "ingress", from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["0.0.0.0/0"], security_group_id: "sg-9" };
    const decision = (await decisionsOn(planOf([planned("aws_security_group_rule.one", rule)]))).get("sg-9");
    expect(decision).toMatchObject({ outcome: "would-act", partial: true, findings: [{ introduced: "now" }] });
  });

  test("a rule that goes leaves the group without it, though a refreshed group repeats it", async () => {
    const own = group("sg-1", OPEN);
    const rule = { type: "ingress", from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["0.0.0.0/0"], security_group_id: "sg-1" };
    const value = planOf([
      planned("aws_security_group.web", own, { actions: ["no-op"], before: own }),
      planned("aws_security_group_rule.ssh", null, { actions: ["delete"], before: rule }),
    ]);
    expect((await decisionsOn(value)).get("aws_security_group.web")?.outcome).toBe("clean");
  });

  test("ingress of a standing group that is known after apply is left open, whatever rules stand beside it", async () => {
    const rule = { type: "ingress", from_port: 443, to_port: 443, protocol: "tcp", cidr_blocks: ["10.0.0.0/8"], security_group_id: "sg-1" };
    const { ingress: _, ...after } = Object(group("sg-1", []));
    const value = planOf([
      planned("aws_security_group.web", after, { actions: ["update"], before: group("sg-1", []), unknown: { ingress: true } }),
      planned("aws_security_group_rule.https", rule, { actions: ["no-op"], before: rule }),
    ]);
    expect((await decisionsOn(value)).get("aws_security_group.web")?.notJudged).toMatchObject([{ rule: "no-public-ingress" }]);
  });

  test("a group that is replaced with its rules is one group, and goes by its address", async () => {
    const rule = { type: "ingress", from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["0.0.0.0/0"] };
    const { id: _, ...after } = Object(group("sg-1", []));
    const value = planOf([
      planned("aws_security_group.web", after, { actions: ["delete", "create"], before: group("sg-1", OPEN) }),
      planned("aws_security_group_rule.ssh", rule, {
        actions: ["delete", "create"],
        before: { ...rule, security_group_id: "sg-1" },
        names: { security_group_id: ["aws_security_group.web.id", "aws_security_group.web"] },
      }),
    ]);
    const decisions = await decisionsOn(value);
    expect([...decisions.keys()]).toEqual(["aws_security_group.web"]);
    expect(decisions.get("aws_security_group.web")).toMatchObject({ outcome: "would-act", findings: [{ introduced: "earlier" }] });
  });

  test("what stays is context, and what is deleted is judged no more", async () => {
    const own = group("sg-1", OPEN);
    expect((await decisionsOn(planOf([planned("aws_security_group.web", own, { actions: ["no-op"], before: own })]))).size).toBe(0);
    expect((await decisionsOn(planOf([planned("aws_security_group.web", null, { actions: ["delete"], before: own })]))).size).toBe(0);
  });

  test("a group that names one that the plan deletes is reached, and refers to nothing", async () => {
    const naming = group("sg-1", [block(443, [], { security_groups: ["sg-2"] })]);
    const value = planOf([
      planned("aws_security_group.web", naming, { actions: ["no-op"], before: naming }),
      planned("aws_security_group.gone", null, { actions: ["delete"], before: group("sg-2", []) }),
    ]);
    const decision = (await decisionsOn(value, "version: 1\nrules: { no-stale-reference: true }")).get("aws_security_group.web");
    expect(decision?.findings).toMatchObject([{ rule: "no-stale-reference", introduced: "now" }]);
    expect(decision?.change.via).toEqual({ kind: "security-group", id: "sg-2" });
  });

  test("a route by reference makes the main table public", async () => {
    const value = planOf([
      planned("aws_vpc.one", { cidr_block: "10.0.0.0/16" }),
      planned("aws_internet_gateway.gw", {}, { names: { vpc_id: ["aws_vpc.one.id", "aws_vpc.one"] } }),
      planned(
        "aws_default_route_table.main",
        {},
        {
          unknown: { route: true, vpc_id: true },
          names: { default_route_table_id: ["aws_vpc.one.default_route_table_id", "aws_vpc.one"] },
        },
      ),
      planned(
        "aws_route.out",
        { destination_cidr_block: "0.0.0.0/0" },
        {
          names: {
            route_table_id: ["aws_default_route_table.main.id", "aws_default_route_table.main"],
            gateway_id: ["aws_internet_gateway.gw.id", "aws_internet_gateway.gw"],
          },
        },
      ),
    ]);
    const decision = (await decisionsOn(value, "version: 1\nrules: { no-public-main-table: true }")).get("aws_default_route_table.main");
    expect(decision?.findings.map(({ message }) => message)).toEqual([expect.stringContaining("0.0.0.0/0 to aws_internet_gateway.gw")]);
  });
});

describe("under which policy", () => {
  const open = planOf([planned("aws_security_group.web", { ingress: OPEN, egress: [] })]);
  const scoped = "version: 1\nscopes: [{ when: { accounts: ['111122223333'] }, mode: off }]";

  test("a scope that asks for an account that nobody told leaves the rules open", async () => {
    const decision = (await decisionsOn(open, scoped)).get("aws_security_group.web");
    expect(decision?.notJudged).toEqual([{ rule: "no-public-ingress", needs: "the account of the plan, on which the policy depends" }]);
    expect((await decisionsOn(open, scoped, { account: "444455556666" })).get("aws_security_group.web")?.notJudged).toEqual([]);
    expect((await decisionsOn(open, scoped, { account: "111122223333" })).size).toBe(0);
  });

  test("a scope that asks for a VPC leaves the rules open of a group in the default one, and of no other", async () => {
    const byVpc = "version: 1\nscopes: [{ when: { vpcs: [vpc-1] }, mode: off }]";
    expect((await decisionsOn(open, byVpc)).get("aws_security_group.web")?.notJudged).toMatchObject([
      { needs: "the VPC of aws_security_group.web, on which the policy depends" },
    ]);
    const elsewhere = planOf([planned("aws_security_group.web", { ingress: OPEN, egress: [], vpc_id: "vpc-2" })]);
    expect((await decisionsOn(elsewhere, byVpc)).get("aws_security_group.web")?.notJudged).toEqual([]);
  });

  test("tags that are known after apply leave the rules open; a name does not", async () => {
    const tagged = (unknown: object) => planOf([planned("aws_security_group.web", { ingress: LAWFUL, egress: [], tags: {} }, { unknown })]);
    expect((await decisionsOn(tagged({ tags: { service: true } }))).get("aws_security_group.web")?.outcome).toBe("alert");
    expect((await decisionsOn(tagged({ tags: { Name: true } }))).get("aws_security_group.web")?.outcome).toBe("clean");
  });

  test("nothing is carried out where the policy enforces: it would be", async () => {
    const decision = (await decisionsOn(open, "version: 1\nmode: enforce")).get("aws_security_group.web");
    expect(decision).toMatchObject({ mode: "dry-run", outcome: "would-act" });
  });

  test("an exception of the policy holds for a plan too", async () => {
    const policy =
      "version: 1\nexceptions: [{ id: e, rule: no-public-ingress, when: { regions: [eu-west-1] }, allow: [{ protocol: tcp, ports: '22' }], until: 2026-06-01, reason: r, approved_by: a@example.com }]";
    expect((await decisionsOn(open, policy, { region: "eu-west-1" })).get("aws_security_group.web")?.outcome).toBe("excepted");
    expect(
      (await decisionsOn(open, policy, { region: "eu-west-1", at: "2026-07-01T00:00:00Z" })).get("aws_security_group.web")?.outcome,
    ).toBe("would-act");
  });

  test("egress that is known after apply leaves open what judges egress, and nothing else", async () => {
    const value = planOf([planned("aws_security_group.web", { ingress: LAWFUL }, { unknown: { egress: true } })]);
    const decision = (await decisionsOn(value, "version: 1\nrules: { no-unrestricted-egress: true }")).get("aws_security_group.web");
    expect(decision?.notJudged.map(({ rule }) => rule)).toEqual(["no-unrestricted-egress"]);
    expect((await decisionsOn(value)).get("aws_security_group.web")?.outcome).toBe("clean");
  });
});
