import { describe, expect, test } from "@jest/globals";
import { decisionsOn, planFile } from "../support/terraform.ts";

// What the default policy says of plans that others published: outcome and findings by address. Sources: README.md beside the fixtures.
const EXPECTED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "regula/tfplan.0.12.json": {
    "aws_security_group.invalid_sg_1": ["would-act", "tcp 22 from 0.0.0.0/0"],
    "aws_security_group.invalid_sg_2": ["would-act", "tcp 20-25 from 0.0.0.0/0"],
    "aws_security_group.valid_sg_1": ["clean"],
    "aws_security_group.valid_sg_2": ["clean"],
  },
  "regula/tfplan.0.15.json": {
    "aws_security_group.invalid_sg_1": ["would-act", "tcp 22 from 0.0.0.0/0"],
    "aws_security_group.invalid_sg_2": ["would-act", "tcp 20-25 from 0.0.0.0/0"],
    "aws_security_group.valid_sg_1": ["clean"],
    "aws_security_group.valid_sg_2": ["clean"],
  },
  "regula/resource_view_06_tf_v0_15_infra.json": {
    "aws_security_group.parent": ["alert"],
    "module.child1.module.grandchild1.aws_security_group.grandchild": ["alert"],
    "module.child2.aws_security_group.child": ["alert"],
  },
  "regula/ingress_anywhere_infra.json": {
    "aws_security_group.invalid_allow_all": ["would-act", "tcp 0-79, 81-442, 444-65535 from 0.0.0.0/0"],
    "aws_security_group.invalid_include_443": ["would-act", "tcp 442, 444 from 0.0.0.0/0"],
    "aws_security_group.invalid_include_80": ["would-act", "tcp 79, 81 from 0.0.0.0/0"],
    "aws_security_group.valid_exact_443": ["clean"],
    "aws_security_group.valid_exact_80": ["clean"],
  },
  "regula/ingress_anywhere_rdp_infra.json": {
    "aws_security_group.invalid_sg_1": ["would-act", "tcp 3389 from 0.0.0.0/0"],
    "aws_security_group.invalid_sg_2": ["would-act", "tcp 3380-3390 from 0.0.0.0/0"],
    "aws_security_group.valid_sg_1": ["would-act", "tcp 22 from 0.0.0.0/0"],
    "aws_security_group.valid_sg_2": ["clean"],
  },
  "regula/flow_log_infra.json": {},
  "terraform-compliance/issue-127.json": {
    "aws_security_group.elb": ["clean"],
    "aws_security_group.instance": ["would-act", "tcp 8080 from 0.0.0.0/0"],
  },
  "terraform-compliance/issue-158.json": {},
  "terraform-compliance/issue-171.json": { "aws_security_group.sg-loadBalancer-noncompliant": ["clean"] },
  "terraform-compliance/issue-181_sg_with_comma_separated.json": {
    "aws_security_group.allow_tls_ingress_inline": ["would-act", "tcp 53 from 0.0.0.0/0"],
    "aws_security_group.something_else": ["would-act", "tcp 53 from 0.0.0.0/0"],
  },
  "terraform-compliance/issue-216.json": { "aws_security_group.ecs_task": ["clean"] },
  "terraform-compliance/issue-234-ingress.json": { "aws_security_group.alb": ["clean"], "aws_security_group.alb_ecs": ["clean"] },
  "terraform-compliance/issue-249.json": { "module.alb.aws_security_group.alb": ["clean"] },
  "terraform-compliance/issue-514.json": {},
  "terraform-compliance/issue_400.json": {
    "aws_security_group.example_group": ["clean"],
    // Its ports run from 443 down to 22, which EC2 refuses.
    "aws_security_group.example_group_22": ["alert"],
    "aws_security_group.example_group_3389": ["would-act", "tcp 444-3389 from 0.0.0.0/0"],
    "sg-123456": [
      "would-act",
      "tcp 0-79, 81-442, 444-65535 from 0.0.0.0/0",
      "tcp 0-22 from 0.0.0.0/0",
      "tcp 0-79, 81-442, 444-3389 from 0.0.0.0/0",
    ],
  },
  "terraform-compliance/issue_522.json": { "aws_security_group.lambda_sg": ["clean"] },
  "terraform-compliance/pull_330.json": {
    "aws_security_group.allow_all_egress": ["alert"],
    "aws_security_group.allow_tls": ["clean"],
    "sg-123456": ["clean"],
  },
  "checkov/plan_with_for_each_for_enrichment.json": Object.fromEntries(
    ["awful", "bad", "terrible"].map((name) => [
      `module.sg["${name}_example"].aws_security_group.bad`,
      ["would-act", "all except icmp 3/4, tcp 80, 443, udp 443, icmpv6 2 from 0.0.0.0/0"],
    ]),
  ),
};

describe("published plans under the default policy", () => {
  test.each(Object.keys(EXPECTED))("%s", async (name) => {
    const decisions = await decisionsOn(planFile(name));
    const found = [...decisions].map(([address, { outcome, findings }]) => [
      address,
      [outcome, ...findings.map(({ traffic }) => String(traffic))],
    ]);
    expect(Object.fromEntries(found)).toEqual(EXPECTED[name]);
  });

  test("ingress that no plan tells is named as what is needed, and never clean", async () => {
    const decision = (await decisionsOn(planFile("terraform-compliance/pull_330.json"))).get("aws_security_group.allow_all_egress");
    expect(decision?.notJudged).toEqual([
      { rule: "no-public-ingress", needs: "ingress of aws_security_group.allow_all_egress, known after apply" },
    ]);
  });

  test("a refreshed group and its rules as resources of their own count once", async () => {
    const { findings } =
      (await decisionsOn(planFile("terraform-compliance/issue-249.json"), PRIVATE_TOO)).get("module.alb.aws_security_group.alb") ?? {};
    expect(findings?.map(({ rules }) => rules.length)).toEqual([1]);
    expect(findings?.map(({ introduced }) => introduced)).toEqual(["earlier"]);
  });
});

const PRIVATE_TOO = "version: 1\nrules:\n  described-rules: true\n  no-unrestricted-egress: false\n  no-public-ingress: false\n";
