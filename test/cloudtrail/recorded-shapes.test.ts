import { describe, expect, test } from "@jest/globals";
import { parseRule, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { claimOf, onlyChange, readJson } from "./read-event.ts";

const withId = (text: string, id: string): SecurityGroupRule => ({ ...parseRule(text), id });

describe("recorded shapes", () => {
  const actor = (name: string) => ({ arn: `arn:aws:iam::123837392027:user/${name}`, sourceIp: "192.168.10.20" });
  const terraform =
    "APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go/1.44.157 (go1.19.3; linux; amd64) stratus-red-team_2142a106-933f-4595-ad51-0ff5dfff60b7 HashiCorp-terraform-exec/0.17.3";
  const stratus = (id: string) => ({ ...actor("bert-jan"), userAgent: `stratus-red-team_${id}` });
  const head = (id: string, at: string, name: string) => ({
    id,
    at,
    account: "123837392027",
    region: "us-east-1",
    call: { source: "ec2.amazonaws.com", name },
    subject: { kind: "security-group", id: "sg-04cfb7a4712d75b00" },
  });

  test("a grant nested under ipPermissions.items, with a description", () => {
    expect(onlyChange(readJson("invictus-ir/075-AuthorizeSecurityGroupIngress.json"))).toEqual({
      ...head("7e96f0e7-4d78-423d-b3f5-391370685b30", "2023-07-10T12:10:05Z", "AuthorizeSecurityGroupIngress"),
      actor: { ...actor("bert-jan"), userAgent: terraform },
      claim: {
        kind: "rules-granted",
        rules: [{ ...withId("tcp 443 from 0.0.0.0/0", "sgr-0bb31cddb2c27f401"), description: "TLS from Internet" }],
      },
    });
  });

  test("a grant flat beside an empty ipPermissions", () => {
    expect(onlyChange(readJson("invictus-ir/076-AuthorizeSecurityGroupIngress.json"))).toEqual({
      ...head("74bd84b4-6729-4895-b2a4-e2beb7c6b377", "2023-07-10T12:10:08Z", "AuthorizeSecurityGroupIngress"),
      actor: stratus("2142a106-933f-4595-ad51-0ff5dfff60b7"),
      claim: { kind: "rules-granted", rules: [withId("tcp 22 from 0.0.0.0/0", "sgr-0a11552a7d225f5c7")] },
    });
  });

  test("a grant of egress to IPv4 and IPv6 in one permission, protocol -1", () => {
    expect(claimOf(readJson("invictus-ir/065-AuthorizeSecurityGroupEgress.json"))).toEqual({
      kind: "rules-granted",
      rules: [withId("all to 0.0.0.0/0", "sgr-035a6016fe8ef01c5"), withId("all to ::/0", "sgr-08d9fb7a2d678c6e8")],
    });
  });

  test("a grant whose CIDR keeps host bits, after an anonymizer", () => {
    expect(claimOf(readJson("stratus-red-team/004-AuthorizeSecurityGroupIngress.json"))).toEqual({
      kind: "rules-granted",
      rules: [withId("tcp 22 from 0.0.0.0/0", "sgr-09b3e3d2ca1edf2a2")],
    });
  });

  test("a revoke by value, whose answer of 2023 says no more than true", () => {
    expect(onlyChange(readJson("invictus-ir/066-RevokeSecurityGroupIngress.json"))).toEqual({
      ...head("8733f811-267d-4c46-8e5b-000fe7c6a9f2", "2023-07-10T12:11:57Z", "RevokeSecurityGroupIngress"),
      actor: stratus("4277e8d8-8ab5-4267-a2da-439e2df93964"),
      claim: { kind: "rules-revoked", rules: [parseRule("tcp 22 from 0.0.0.0/0")], ruleIds: [] },
    });
  });

  test("a revoke of protocol -1 that some tool sends with ports 0 to 0", () => {
    expect(claimOf(readJson("invictus-ir/111-RevokeSecurityGroupEgress.json"))).toEqual({
      kind: "rules-revoked",
      rules: [parseRule("all to 0.0.0.0/0")],
      ruleIds: [],
    });
  });

  test("a revoke whose answer names what it revoked", () => {
    expect(claimOf(readJson("cloudtrail-watcher/006-RevokeSecurityGroupIngress.json"))).toEqual({
      kind: "rules-revoked",
      rules: [withId("tcp 22 from 0.0.0.0/0", "sgr-0ab4202bcd11d93d2")],
      ruleIds: [],
    });
  });

  test("a failed revoke keeps what it tried", () => {
    const change = onlyChange(readJson("invictus-ir/097-RevokeSecurityGroupEgress-Client.InvalidPermission.NotFound.json"));
    expect(change.failed).toBe("Client.InvalidPermission.NotFound");
    expect(change.claim).toEqual({ kind: "rules-revoked", rules: [parseRule("all to ::/0")], ruleIds: [] });
  });

  test("ModifySecurityGroupRules in the newer dialect, one rule as an object", () => {
    const { direction: _, ...value } = parseRule("tcp 443 from 127.0.0.1/32");
    expect(onlyChange(readJson("cloudtrail-watcher/004-ModifySecurityGroupRules.json"))).toMatchObject({
      subject: { kind: "security-group", id: "sg-ef6e8186" },
      claim: { kind: "rules-modified", rules: [{ ...value, id: "sgr-0481972caed6e2e1c" }] },
    });
    expect(claimOf(readJson("cloudtrail-watcher/004-ModifySecurityGroupRules.json"))).not.toHaveProperty("rules.0.direction");
  });

  test("CreateSecurityGroup: the id from the answer, tags, and the egress that EC2 adds", () => {
    expect(claimOf(readJson("invictus-ir/074-CreateSecurityGroup.json"))).toEqual({
      kind: "group-created",
      group: {
        id: "sg-04cfb7a4712d75b00",
        name: "stratus-red-team-open-sg-sg",
        vpc: "vpc-0e568b18707c87afa",
        description: "Allow TLS inbound traffic",
        tags: { StratusRedTeam: "true", Name: "stratus-red-team-open-sg-sg" },
        rules: [parseRule("all to 0.0.0.0/0")],
      },
    });
  });

  test("DeleteSecurityGroup", () => {
    expect(onlyChange(readJson("invictus-ir/081-DeleteSecurityGroup.json"))).toMatchObject({
      subject: { kind: "security-group", id: "sg-04cfb7a4712d75b00" },
      claim: { kind: "group-deleted" },
    });
  });
});
