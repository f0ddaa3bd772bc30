import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { narrowRules, revokeRules } from "../../lib/model/remedy.ts";
import type { SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { cliCommand, editCommands, terraformOf } from "../../lib/slack/commands.ts";
import { rule } from "../support/decisions.ts";

const TARGET = { group: "sg-0a1b", region: "eu-west-1", name: "bastion" };

/** The words that a shell makes of a command that begins with `aws`. */
function wordsOf(command: string): string[] {
  const { stdout, status } = spawnSync("sh", ["-c", `aws() { printf '%s\\0' "$@"; }\n${command}`], { encoding: "utf8" });
  expect(status).toBe(0);
  return stdout.split("\0").slice(0, -1);
}

function permissions(rules: readonly SecurityGroupRule[]): unknown {
  return JSON.parse(wordsOf(cliCommand(rules, TARGET)).at(-1) ?? "");
}

describe("the command that adds rules to a group", () => {
  test("is one call, as a person would type it", () =>
    expect(cliCommand([rule("tcp 22 from 198.51.100.0/24", "office")], TARGET)).toBe(
      `aws ec2 authorize-security-group-ingress \\
  --region eu-west-1 --group-id sg-0a1b \\
  --ip-permissions '[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"198.51.100.0/24","Description":"office"}]}]'`,
    ));

  const PERMISSIONS: Record<string, [rules: string[], permissions: unknown]> = {
    "both families of a service together": [
      ["tcp 22 from 198.51.100.0/24", "tcp 22 from 203.0.113.10/32", "tcp 22 from 2001:db8::/32"],
      [
        {
          IpProtocol: "tcp",
          FromPort: 22,
          ToPort: 22,
          IpRanges: [{ CidrIp: "198.51.100.0/24" }, { CidrIp: "203.0.113.10/32" }],
          Ipv6Ranges: [{ CidrIpv6: "2001:db8::/32" }],
        },
      ],
    ],
    "every protocol, without ports": [["all from sg-1"], [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: "sg-1" }] }]],
    "ICMP by type and code": [
      ["icmp 3/4 from pl-1"],
      [{ IpProtocol: "icmp", FromPort: 3, ToPort: 4, PrefixListIds: [{ PrefixListId: "pl-1" }] }],
    ],
    "a protocol by number": [["esp from 10.0.0.0/8"], [{ IpProtocol: "50", IpRanges: [{ CidrIp: "10.0.0.0/8" }] }]],
  };
  for (const [name, [rules, expected]] of Object.entries(PERMISSIONS)) {
    test(name, () => expect(permissions(rules.map((one) => rule(one)))).toEqual(expected));
  }

  test("goes out where the rule does", () =>
    expect(wordsOf(cliCommand([rule("tcp 443 to 10.0.0.0/8")], TARGET)).slice(0, 2)).toEqual(["ec2", "authorize-security-group-egress"]));

  test("is this call and no other, whatever the names and descriptions hold", () => {
    const hostile = fc.string({
      unit: fc.constantFrom("'", '"', "\\", "$(id)", "`id`", "\n", ";", "&", "|", " ", "a", "-", "$" + "{x}", "%{x}", "!", "#", "é"),
    });
    fc.assert(
      fc.property(hostile, hostile, hostile, (group, region, description) => {
        const words = wordsOf(cliCommand([rule("tcp 22 from 10.0.0.0/8", description)], { group, region }));
        expect(words.slice(0, 7)).toEqual([
          "ec2",
          "authorize-security-group-ingress",
          "--region",
          region,
          "--group-id",
          group,
          "--ip-permissions",
        ]);
        expect(words).toHaveLength(8);
        expect(JSON.parse(words[7] ?? "")).toHaveLength(1);
      }),
      { numRuns: 40 },
    );
  });

  test("carries a description only as EC2 takes one", () =>
    expect(permissions([rule("tcp 22 from 10.0.0.0/8", 'it\'s <b> "x" \u202E 🔒 $[y]')])).toEqual([
      { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8", Description: "it s b x $[y]" }] },
    ]));
});

describe("the Terraform for it", () => {
  test("is one resource for each service and family", () =>
    expect(
      terraformOf(
        [rule("tcp 22 from 198.51.100.0/24"), rule("tcp 22 from 203.0.113.10/32"), rule("tcp 22 from 2001:db8::/32", "office")],
        TARGET,
      ),
    ).toBe(`resource "aws_vpc_security_group_ingress_rule" "bastion_tcp_22" {
  for_each          = toset(["198.51.100.0/24", "203.0.113.10/32"])
  security_group_id = "sg-0a1b"
  cidr_ipv4         = each.value
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_ingress_rule" "bastion_tcp_22_v6" {
  security_group_id = "sg-0a1b"
  cidr_ipv6         = "2001:db8::/32"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  description       = "office"
}`));

  test("names groups and prefix lists, and leaves out the ports of what has none", () => {
    expect(
      terraformOf([rule("all to sg-1")], { ...TARGET, name: "1 web/eu" }),
    ).toBe(`resource "aws_vpc_security_group_egress_rule" "rule_1_web_eu_all" {
  security_group_id            = "sg-0a1b"
  referenced_security_group_id = "sg-1"
  ip_protocol                  = "-1"
}`);
    expect(terraformOf([rule("tcp 22-23 from pl-1")], TARGET)).toContain(
      '"bastion_tcp_22_23" {\n  security_group_id = "sg-0a1b"\n  prefix_list_id    = "pl-1"',
    );
  });

  test("holds strings that end where they end, whatever the names and descriptions hold", () => {
    const hostile = fc.string({ unit: fc.constantFrom('"', "\\", "$", "{", "}", "%", "\n", "\r", "a", "$${", "é", "<<EOT", "*/") });
    // An HCL string without templates: escapes, `$${` and `%%{` but no `${` or `%{`.
    const line = /^ {2}\w+ += ("(?:[^"\\$%]|\\["\\]|\$\$\{|%%\{|[$%](?!\{))*"|\d+)$/;
    fc.assert(
      fc.property(hostile, hostile, hostile, (group, name, description) => {
        const lines = terraformOf([rule("tcp 22 from 10.0.0.0/8", description)], { group, name, region: "x" }).split("\n");
        expect(lines[0]).toMatch(/^resource "aws_vpc_security_group_ingress_rule" "[a-z][a-z0-9_]*" \{$/);
        expect(lines.at(-1)).toBe("}");
        for (const inner of lines.slice(1, -1)) expect(inner).toMatch(line);
      }),
    );
  });
});

describe("the commands that carry out an edit", () => {
  test("authorize what stays first, then revoke by value: descriptions and tags are of what is authorized only", () => {
    const wide = { ...rule("tcp 440-450 from 0.0.0.0/0", "shop"), tags: { team: "web" } };
    const narrow = { ...rule("tcp 443 from 0.0.0.0/0", "shop"), tags: { team: "web" } };
    const calls = editCommands(narrowRules("sg-0a1b", [wide], [narrow]), TARGET).map(wordsOf);
    expect(calls.map((words) => words[1])).toEqual(["authorize-security-group-ingress", "revoke-security-group-ingress"]);
    expect(JSON.parse(calls[0]?.[7] ?? "")).toEqual([{ ResourceType: "security-group-rule", Tags: [{ Key: "team", Value: "web" }] }]);
    expect(calls.map((words): unknown => JSON.parse(words.at(-1) ?? ""))).toEqual([
      [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "shop" }] }],
      [{ IpProtocol: "tcp", FromPort: 440, ToPort: 450, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    ]);
  });
  test("rules with other tags are authorized by another call, as EC2 tags all rules of a call", () => {
    const authorize = [
      { ...rule("tcp 80 from 0.0.0.0/0"), tags: { team: "a" } },
      { ...rule("tcp 443 from 0.0.0.0/0"), tags: { team: "b" } },
    ];
    expect(editCommands(narrowRules("sg-0a1b", [rule("tcp 80-443 from 0.0.0.0/0")], authorize), TARGET)).toHaveLength(3);
  });
  test("a group of another account is named with it", () => {
    const [call = ""] = editCommands(revokeRules("sg-0a1b", [rule("tcp 22 from 444455556666/sg-0other")]), TARGET);
    expect(JSON.parse(wordsOf(call).at(-1) ?? "")).toMatchObject([
      { UserIdGroupPairs: [{ GroupId: "sg-0other", UserId: "444455556666" }] },
    ]);
  });
});
