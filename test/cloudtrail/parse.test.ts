import { describe, expect, test } from "@jest/globals";
import { member } from "../../lib/cloudtrail/fields.ts";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { whyUnwatched } from "../../lib/cloudtrail/unwatched.ts";
import { onlyChange, readJson, set } from "./read-event.ts";

const grant = readJson("constructed/017-AuthorizeSecurityGroupIngress-private-22-beside-public-443.json");
const ITEMS = "detail.requestParameters.ipPermissions.items";
/** The grant as records were before mid-2021, or in a race: the answer says that it worked and no more. */
const plainGrant = set(grant, "detail.responseElements", { requestId: "r", _return: true });

describe("who, when and where", () => {
  test("an assumed role and its session", () => {
    expect(onlyChange(grant).actor).toEqual({
      arn: "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions",
      role: "arn:aws:iam::111122223333:role/deploy",
      session: "GitHubActions",
      sourceIp: "198.51.100.17",
      userAgent: expect.stringContaining("aws-cli/2"),
    });
  });

  test("a service on somebody's behalf, and by itself", () => {
    const onBehalf = set(grant, "detail.userIdentity.invokedBy", "cloudformation.amazonaws.com");
    expect(onlyChange(onBehalf).actor).toMatchObject({ session: "GitHubActions", invokedBy: "cloudformation.amazonaws.com" });
    const itself = set(grant, "detail.userIdentity", { type: "AWSService", invokedBy: "elasticloadbalancing.amazonaws.com" });
    expect(onlyChange(itself).actor).toMatchObject({
      arn: "elasticloadbalancing.amazonaws.com",
      invokedBy: "elasticloadbalancing.amazonaws.com",
    });
  });

  test("times become UTC seconds", () => {
    expect(onlyChange(set(grant, "detail.eventTime", "2026-02-03T10:17:00.250+01:00")).at).toBe("2026-02-03T09:17:00Z");
  });

  test("an older event without recipientAccountId: the event's account, then the caller's", () => {
    const older = set(grant, "detail.recipientAccountId", undefined);
    expect(onlyChange(set(older, "account", "444455556666")).account).toBe("444455556666");
    expect(onlyChange(set(older, "account", undefined)).account).toBe("111122223333");
  });

  test("an account that was coerced to a number keeps its zeros", () => {
    expect(onlyChange(set(readJson("plaso/002-CreateSecurityGroup.json"), "recipientAccountId", 12345678901)).account).toBe("012345678901");
  });

  test("a bare record reads as its event does", () => {
    expect(onlyChange(member(grant, "detail"))).toEqual(onlyChange(grant));
  });
});

describe("ignored, with a reason", () => {
  const reason = (record: unknown) => {
    const parsed = changesOf(record, whyUnwatched);
    return parsed.kind === "ignored" ? parsed.reason : parsed;
  };
  test.each([
    ["another service", set(grant, "detail.eventSource", "s3.amazonaws.com"), "calls to s3.amazonaws.com are not watched"],
    [
      "an address that is given back",
      readJson("invictus-ir/027-ReleaseAddress.json"),
      /ReleaseAddress is not watched: who may hold an address/,
    ],
    [
      "a name of a watched call at another service",
      set(grant, "detail.eventSource", "sqs.amazonaws.com"),
      "AuthorizeSecurityGroupIngress is not watched",
    ],
    [
      "an attribute of an instance that nobody watches",
      readJson("invictus-ir/046-ModifyInstanceAttribute.json"),
      "ModifyInstanceAttribute did nothing that is watched",
    ],
    [
      "a write that is off the network",
      set(grant, "detail.eventName", "CreateSnapshot"),
      "CreateSnapshot is not watched: it does not touch the network",
    ],
    ["a read-only call", set(set(grant, "detail.eventName", "DescribeVpcs"), "detail.readOnly", true), "DescribeVpcs only reads"],
    ["a watched name marked as read-only", set(grant, "detail.readOnly", true), "AuthorizeSecurityGroupIngress is marked as read-only"],
    ["another kind of event", { "detail-type": "Scheduled Event", detail: {} }, 'an event of type "Scheduled Event" is no CloudTrail call'],
    ["a digest", { digestS3Object: "x", logFiles: [] }, "a CloudTrail digest lists log files and holds no records"],
    ["Insights", { eventCategory: "Insight", insightDetails: {} }, "a CloudTrail Insights record tells of a rate of calls, not of a call"],
  ])("%s", (_, record, expected) => {
    expect(reason(record)).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
  });
});

describe("failed calls are never unreadable", () => {
  const failed = set(set(grant, "detail.errorCode", "Client.X"), "detail.responseElements", null);
  test("with a claim that cannot be read: a change without claim", () => {
    const change = onlyChange(set(failed, `${ITEMS}.0.ipRanges.items.0.cidrIp`, "0.0.0.0/33"));
    expect(change.failed).toBe("Client.X");
    expect(change).not.toHaveProperty("claim");
  });
  test.each([
    ["no request", set(failed, "detail.requestParameters", null)],
    ["a group name alone", set(set(failed, "detail.requestParameters.groupId", undefined), "detail.requestParameters.groupName", "web")],
    ["a placeholder for an id", set(failed, "detail.requestParameters.groupId", "...")],
    ["no time", set(failed, "detail.eventTime", "...")],
  ])("with %s: ignored", (_, record) => {
    expect(changesOf(record)).toEqual({ kind: "ignored", reason: "failed: Client.X" });
  });
  test("a dry run is a failed call", () => {
    expect(onlyChange(readJson("constructed/028-AuthorizeSecurityGroupIngress-dry-run.json")).failed).toBe("Client.DryRunOperation");
  });
});

describe("unreadable, with a reason", () => {
  test.each([
    ["no object", 7, "not a CloudTrail record: expected an object, found a number"],
    ["null", null, "not a CloudTrail record: expected an object, found null"],
    ["a list", [], "not a CloudTrail record: expected an object, found a list"],
    ["a call without name", set(grant, "detail.eventName", undefined), "not a CloudTrail record: it has no eventName"],
    ["an empty object", {}, "not a CloudTrail record: it has no eventSource and no eventName"],
    ["a name without source", { eventName: "CreateSecurityGroup" }, "not a CloudTrail record: it has no eventSource"],
    [
      "no event id",
      set(grant, "detail.eventID", undefined),
      "AuthorizeSecurityGroupIngress: it has no eventID: expected an id such as a UUID",
    ],
    [
      "a placeholder for an event id",
      set(grant, "detail.eventID", "..."),
      'AuthorizeSecurityGroupIngress: its eventID is "...": expected an id such as a UUID',
    ],
    [
      "a placeholder for a region",
      set(grant, "detail.awsRegion", "..."),
      'AuthorizeSecurityGroupIngress: its awsRegion is "...": expected a region such as eu-west-1',
    ],
    [
      "no time",
      set(grant, "detail.eventTime", "yesterday"),
      'AuthorizeSecurityGroupIngress: its eventTime is "yesterday": expected a time such as 2026-01-31T12:00:00Z',
    ],
    [
      "a group id that is none",
      set(plainGrant, "detail.requestParameters.groupId", "..."),
      'AuthorizeSecurityGroupIngress: its groupId is "...": expected an id such as sg-0123456789abcdef0',
    ],
    [
      "a port that is no number",
      set(plainGrant, `${ITEMS}.0.fromPort`, "ssh"),
      'AuthorizeSecurityGroupIngress: fromPort "ssh" is not a whole number',
    ],
    [
      "a permission without protocol",
      set(plainGrant, `${ITEMS}.0.ipProtocol`, undefined),
      "AuthorizeSecurityGroupIngress: a permission has no ipProtocol",
    ],
    [
      "a grant of nothing",
      set(plainGrant, "detail.requestParameters.ipPermissions", {}),
      "AuthorizeSecurityGroupIngress: it names no rule that it grants",
    ],
    [
      "a modified rule without peer",
      set(
        readJson("cloudtrail-watcher/004-ModifySecurityGroupRules.json"),
        "requestParameters.ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.CidrIpv4",
        undefined,
      ),
      "ModifySecurityGroupRules: a rule has no peer: expected cidrIpv4, cidrIpv6, prefixListId or a referenced group",
    ],
    [
      "a modification of nothing",
      set(
        readJson("cloudtrail-watcher/004-ModifySecurityGroupRules.json"),
        "requestParameters.ModifySecurityGroupRulesRequest.SecurityGroupRule",
        "",
      ),
      "ModifySecurityGroupRules: it names no rule that it modifies",
    ],
  ])("%s", (_, record, reason) => {
    expect(changesOf(record)).toEqual({ kind: "unreadable", reason });
  });
});
