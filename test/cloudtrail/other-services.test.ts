import { describe, expect, test } from "@jest/globals";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { effectsOf, onlyChange, readJson, set } from "./read-event.ts";

const read = (name: string) => readJson(`constructed/${name}.json`);
const REQUEST = "detail.requestParameters";
const ANSWER = "detail.responseElements";

describe("DB subnet groups", () => {
  const group = { kind: "db-subnet-group", id: "vault" };
  const create = read("189-CreateDBSubnetGroup-of-one-zone");
  const subnets = ["subnet-0f81b0ecc9ed8db21", "subnet-0ccf80a77dae66430"];

  test("with their subnets and zones, by the name that RDS keeps in lower case", () => {
    const facts = { id: "vault", vpc: "vpc-087bfb61a584125bf", subnets, zones: ["eu-west-1a"] };
    expect(effectsOf(create)).toEqual([{ op: "create", ...group, facts }]);
    expect(onlyChange(read("191-DeleteDBSubnetGroup"))).toMatchObject({ subject: group, claim: { effects: [{ op: "delete", ...group }] } });
  });

  test("without an answer: the subnets, and not their zones", () => {
    expect(effectsOf(set(create, ANSWER, null))).toEqual([
      { op: "create", ...group, facts: { id: "vault", subnets, zones: [], partial: true } },
    ]);
    const modify = set(read("190-ModifyDBSubnetGroup-of-two-zones"), ANSWER, null);
    expect(effectsOf(modify)).toEqual([
      { op: "set", ...group, list: "subnets", items: ["subnet-0f81b0ecc9ed8db21", "subnet-005dc3c2976b381a6"] },
      { op: "forget", ...group, list: "zones" },
    ]);
  });

  test("modified name all their subnets anew", () => {
    expect(effectsOf(read("190-ModifyDBSubnetGroup-of-two-zones"))).toContainEqual({
      op: "set",
      ...group,
      list: "zones",
      items: ["eu-west-1a", "eu-west-1b"],
    });
  });

  test("without a name are unreadable", () => {
    const nameless = set(set(create, ANSWER, null), `${REQUEST}.dBSubnetGroupName`, undefined);
    expect(changesOf(nameless)).toEqual({ kind: "unreadable", reason: expect.stringContaining("it names no DB subnet group id") });
  });
});

describe("DNS Firewall", () => {
  const vpc = "vpc-087bfb61a584125bf";
  const id = "rslvr-frgassoc-34a79e488ec2388c";

  test("comes to a VPC and leaves it, which only the answer tells", () => {
    const associate = read("166-AssociateFirewallRuleGroup-with-the-vault");
    const facts = { id, vpc, ruleGroup: "rslvr-frg-6bc75b90fc0400b2" };
    expect(onlyChange(associate)).toMatchObject({
      subject: { kind: "vpc", id: vpc },
      claim: { effects: [{ op: "create", kind: "firewall-association", id, facts }] },
    });
    const leave = read("168-DisassociateFirewallRuleGroup-the-last-of-the-vault");
    expect(onlyChange(leave)).toMatchObject({
      subject: { id: vpc },
      claim: { effects: [{ op: "delete", kind: "firewall-association", id }] },
    });
    expect(changesOf(set(leave, ANSWER, null))).toEqual({ kind: "unreadable", reason: expect.stringContaining("it names no VPC id") });
    expect(changesOf(set(associate, `${ANSWER}.firewallRuleGroupAssociation.id`, undefined))).toMatchObject({ kind: "unreadable" });
  });
});

describe("resource shares", () => {
  test("tell what is shared with whom, as far as the request does", () => {
    expect(onlyChange(read("209-CreateResourceShare-a-security-group-with-a-stranger"))).toMatchObject({
      subject: { kind: "account", id: "111122223333" },
      details: { resourceArns: expect.stringMatching(/:security-group\/sg-/), principals: "999988887777", allowExternalPrincipals: "true" },
    });
    const several = set(read("210-AssociateResourceShare-a-subnet"), `${REQUEST}.principals`, ["444455556666", "555566667777"]);
    expect(onlyChange(several).details).toMatchObject({ principals: "444455556666,555566667777" });
  });
});

describe("the guard's own parts", () => {
  test.each([
    ["211-DisableRule-of-the-guard", "portcullis-prod-calls"],
    ["213-RemoveTargets-of-the-guard", "portcullis-prod-calls"],
    ["216-PutPermission-on-the-bus-of-the-guard", "portcullis-prod"],
    ["218-DeleteEventBus-of-the-guard", "portcullis-prod"],
    ["220-UpdateFunctionConfiguration20150331v2-of-the-guard", "portcullis-prod-guard"],
    ["223-UpdateEventSourceMapping20150331-of-the-guard", "arn:aws:lambda:eu-west-1:111122223333:function:portcullis-prod-guard"],
    ["227-PutEventSelectors-of-the-trail-of-the-guard", "portcullis-organization"],
    ["229-StopLogging-of-the-trail-of-the-guard", "arn:aws:cloudtrail:eu-west-1:111122223333:trail/portcullis-organization"],
    ["239-DeleteRole-of-the-guard", "portcullis-prod-member"],
    ["243-DeleteQueue-of-the-guard", "https://sqs.eu-west-1.amazonaws.com/111122223333/portcullis-prod-calls"],
    ["245-DeleteTable-of-the-guard", "portcullis-prod-ledger"],
  ])("%s is known by %s", (name, id) => {
    const change = onlyChange(read(name));
    expect(change.subject).toEqual({ kind: "guard-part", id });
    expect(change).not.toHaveProperty("claim");
  });

  test("a bus that nobody names is the default one; a mapping without an answer is known by its own id", () => {
    const bus = set(read("217-RemovePermission-on-the-bus-of-the-guard"), `${REQUEST}.eventBusName`, undefined);
    expect(onlyChange(bus).subject.id).toBe("default");
    const mapping = set(read("223-UpdateEventSourceMapping20150331-of-the-guard"), ANSWER, null);
    expect(onlyChange(mapping).subject.id).toMatch(/^[\da-f-]{36}$/);
  });

  test("details tell what was done, and no policy and no environment", () => {
    expect(onlyChange(read("212-PutRule-of-the-guard-disabled")).details).toEqual({ state: "DISABLED" });
    expect(onlyChange(read("222-PutFunctionConcurrency20171031-of-the-guard")).details).toEqual({ reservedConcurrentExecutions: "0" });
    expect(onlyChange(read("231-PutRolePolicy-of-the-guard")).details).toEqual({ policyName: "deny" });
  });

  test("whose name is nowhere are unreadable", () => {
    const reason = expect.stringContaining("it names no part of the guard id");
    expect(changesOf(set(read("239-DeleteRole-of-the-guard"), REQUEST, null))).toEqual({ kind: "unreadable", reason });
  });
});
