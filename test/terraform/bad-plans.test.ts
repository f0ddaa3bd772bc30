import { describe, expect, test } from "@jest/globals";
import { isTerraform, readTerraformPlan } from "../../lib/terraform/read-plan.ts";
import { block, decisionsOn, group, planned, planOf } from "../support/terraform.ts";

describe("what is no plan is refused by what was found and what was expected", () => {
  test.each([
    [{ format_version: "2.0", resource_changes: [] }, "a plan of format version 2.0: expected 0.x or 1.x"],
    [{ format_version: 1, resource_changes: [] }, "not a Terraform plan: format_version: found 1, expected string"],
    [{ format_version: "1.0", terraform_version: "1.9.0", values: { root_module: {} } }, "a Terraform state, no plan"],
    [{ format_version: "1.0", planned_values: { root_module: { resources: [{}] } } }, "a plan without its resource_changes"],
    [{ format_version: "1.0", resource_changes: {} }, "not a Terraform plan: resource_changes: found {}, expected array"],
  ])("%j", (value, message) => {
    expect(isTerraform(value)).toBe(true);
    expect(() => readTerraformPlan(value)).toThrow(message);
  });

  test("what nests more deeply than any plan", () => {
    const deep = JSON.parse(`${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    const plan = planOf([planned("aws_security_group.web", { name: deep })]);
    expect(() => readTerraformPlan(plan)).toThrow("found more than 500 levels of lists and objects");
  });

  test("other JSON is left to others", () => {
    expect([null, [], "1.2", { Records: [] }, { format_version: "1.2" }, { eventVersion: "1.11" }].filter(isTerraform)).toEqual([]);
  });
});

describe("a plan that is not whole says so", () => {
  test.each([
    [{ errored: true }, "the plan failed (errored)"],
    [{ complete: false }, "the plan is not complete"],
    [{ deferred_changes: [{}, {}] }, "2 changes are deferred"],
  ])("%j", (more, message) => {
    expect(readTerraformPlan(planOf([], more)).problems).toEqual([expect.stringContaining(message)]);
  });

  test("a plan of nothing has nothing to say", () => {
    const nothing = { problems: [], plan: { resources: [], notJudged: [] } };
    expect(readTerraformPlan(planOf([], { complete: true, errored: false }))).toMatchObject(nothing);
    expect(readTerraformPlan({ format_version: "1.2", planned_values: { root_module: {} } })).toMatchObject(nothing);
  });
});

describe("a value that cannot be read is not judged, with its address", () => {
  const cases: readonly [string, object, object, string][] = [
    ["a CIDR that is none", { ingress: [block(22, ["0.0.0.0/33"])] }, {}, '"0.0.0.0/33" is not a CIDR'],
    ["ports that run down", { ingress: [block(22, ["0.0.0.0/0"], { from_port: 443 })] }, {}, "443-22"],
    [
      "a rule without a protocol",
      { ingress: [block(22, ["0.0.0.0/0"], { protocol: null })] },
      {},
      "ingress[0].protocol, of which nothing was found",
    ],
    ["an empty protocol", { ingress: [block(22, ["0.0.0.0/0"], { protocol: "" })] }, {}, "ingress[0].protocol, of which nothing was found"],
    ["a block of nothing", { ingress: {} }, {}, "ingress[0].protocol, of which nothing was found"],
    ["an unheard-of protocol", { ingress: [block(22, ["0.0.0.0/0"], { protocol: "tcpp" })] }, {}, "tcpp"],
    ["text for a list", { ingress: "0.0.0.0/0" }, {}, "ingress, of which"],
    [
      "a list of numbers and objects",
      { ingress: [block(22, ["10.0.0.0/8"], { security_groups: [{}] })] },
      {},
      "ingress[0].security_groups",
    ],
    ["a mask", { ingress: null }, { ingress: true }, "ingress, which is masked as sensitive"],
    ["a mask in words", { ingress: "(sensitive value)" }, { ingress: true }, "a mask was found"],
  ];
  test.each(cases)("%s", async (_, values, sensitive, message) => {
    const value = planOf([planned("aws_security_group.web", { name: "web", egress: [], ...values }, { sensitive })]);
    const decision = (await decisionsOn(value)).get("aws_security_group.web");
    expect(decision?.outcome).toBe("alert");
    expect(decision?.notJudged.map(({ needs }) => needs)).toEqual([expect.stringContaining(message)]);
    expect(decision?.change.subject).toEqual({ kind: "security-group", id: "aws_security_group.web" });
  });

  test("nor is a rule of its own without a protocol", async () => {
    const rule = { security_group_id: "sg-1", from_port: 22, to_port: 22, cidr_ipv4: "0.0.0.0/0", ip_protocol: "" };
    const decisions = await decisionsOn(planOf([planned("aws_vpc_security_group_ingress_rule.ssh", rule)]));
    expect([...decisions.values()].map(({ outcome }) => outcome)).toEqual(["alert"]);
  });

  test("nor is a change that has no shape", async () => {
    const value = planOf([], {
      resource_changes: [{ address: "aws_security_group.web", type: "aws_security_group", name: "web", change: null }],
    });
    expect((await decisionsOn(value)).get("aws_security_group.web")?.outcome).toBe("alert");
  });

  test("while its neighbours are judged", async () => {
    const value = planOf([
      planned("aws_security_group.bad", { ingress: [block(22, ["nonsense"])] }),
      planned("aws_security_group.open", { ingress: [block(22, ["0.0.0.0/0"])] }),
    ]);
    const decisions = await decisionsOn(value);
    expect([...decisions].map(([address, { outcome }]) => [address, outcome])).toEqual([
      ["aws_security_group.open", "would-act"],
      ["aws_security_group.bad", "alert"],
    ]);
  });

  test("types that are not of the network are ignored, however they look", async () => {
    const value = planOf([planned("aws_s3_bucket.one", { ingress: 5 })]);
    expect(
      (await decisionsOn({ ...Object(value), resource_changes: [...Object(value).resource_changes, { type: "null_resource" }] })).size,
    ).toBe(0);
  });

  test("a rule that stays unreadable leaves open what it may open", async () => {
    const rule = { security_group_id: "sg-1", type: "ingress", protocol: "tcp", from_port: 22, to_port: 22, cidr_blocks: ["***"] };
    const value = planOf([
      planned("aws_security_group.web", group("sg-1", [], { tags: { a: "1" } }), { actions: ["update"], before: group("sg-1", []) }),
      planned("aws_security_group_rule.masked", rule, { actions: ["no-op"], before: rule }),
    ]);
    expect((await decisionsOn(value)).get("aws_security_group_rule.masked")?.outcome).toBe("alert");
  });

  test("nor is an action that nobody has heard of", async () => {
    const value = planOf([planned("aws_security_group.web", group("sg-1", [block(22, ["0.0.0.0/0"])]), { actions: ["transmute"] })]);
    const decision = (await decisionsOn(value)).get("aws_security_group.web");
    expect(decision).toMatchObject({
      outcome: "alert",
      notJudged: [{ rule: "no-public-ingress", needs: 'what the action "transmute" does to aws_security_group.web' }],
    });
  });

  test("nor is a group of the Cloud Control provider", async () => {
    const value = planOf([planned("awscc_ec2_security_group.web", { security_group_ingress: [] })]);
    expect((await decisionsOn(value)).get("awscc_ec2_security_group.web")?.outcome).toBe("alert");
  });

  test("a value that stays unreadable and does not change is nobody's news", async () => {
    const odd = group("sg-1", [block(22, ["nonsense"])]);
    expect((await decisionsOn(planOf([planned("aws_security_group.odd", odd, { actions: ["no-op"], before: odd })]))).size).toBe(0);
  });
});
