import { describe, expect, test } from "@jest/globals";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { claimOf, onlyChange, readJson, rules, set } from "./read-event.ts";

const grant = readJson("constructed/017-AuthorizeSecurityGroupIngress-private-22-beside-public-443.json");
const ITEMS = "detail.requestParameters.ipPermissions.items";
/** The grant as records were before mid-2021, or in a race: the answer says that it worked and no more. */
const plainGrant = set(grant, "detail.responseElements", { requestId: "r", _return: true });

describe("constructed shapes", () => {
  const read = (name: string) => readJson(`constructed/${name}.json`);

  test("by group name: the answer names the group", () => {
    const byName = read("001-AuthorizeSecurityGroupIngress-by-group-name");
    expect(onlyChange(byName).subject).toEqual({ kind: "security-group", id: "sg-03b7e707c22136055" });
    expect(onlyChange(read("026-RevokeSecurityGroupIngress-by-group-name")).subject.id).toBe("sg-03b7e707c22136055");
    expect(onlyChange(read("030-DeleteSecurityGroup-by-group-name")).subject.id).toBe("sg-0521a182fc5dbde34");
  });

  test("by group name: the claim tells the name, with or without an answer; by id it tells none", () => {
    const byName = read("058-AuthorizeSecurityGroupIngress-default-group-by-name");
    const told = { kind: "rules-granted", groupName: "default" };
    expect(claimOf(byName)).toMatchObject(told);
    const unanswered = set(set(byName, "detail.responseElements", null), "detail.requestParameters.groupId", "sg-0a");
    expect(claimOf(unanswered)).toMatchObject(told);
    expect(claimOf(read("026-RevokeSecurityGroupIngress-by-group-name"))).toMatchObject({ groupName: "default-vpc-bastion" });
    const described = read("023-UpdateSecurityGroupRuleDescriptionsIngress-by-value");
    expect(
      claimOf(set(described, "detail.requestParameters.UpdateSecurityGroupRuleDescriptionsIngressRequest.GroupName", "web")),
    ).toMatchObject({ groupName: "web" });
    expect(claimOf(grant)).not.toHaveProperty("groupName");
  });

  test("from a group by name: every icmp, tcp and udp of it, with or without an answer", () => {
    const event = read("002-AuthorizeSecurityGroupIngress-from-group-name");
    expect(rules(claimOf(event))).toEqual(["icmp", "tcp 0-65535", "udp 0-65535"].map((service) => `${service} from sg-03b7e707c22136055`));
    const unanswered = set(set(event, "detail.responseElements", null), "detail.requestParameters.groupId", "sg-0a");
    expect(rules(claimOf(unanswered))).toEqual(
      ["icmp", "tcp 0-65535", "udp 0-65535"].map((service) => `${service} from sg-named:default-vpc-bastion`),
    );
  });

  test("prefix lists", () => {
    expect(rules(claimOf(read("003-AuthorizeSecurityGroupIngress-prefix-list")))).toEqual(["tcp 22 from pl-0f1e2d3c4b5a69788"]);
    const unanswered = set(read("003-AuthorizeSecurityGroupIngress-prefix-list"), "detail.responseElements", null);
    expect(rules(claimOf(unanswered))).toEqual(["tcp 22 from pl-0f1e2d3c4b5a69788"]);
  });

  test("ICMP types and codes", () => {
    expect(rules(claimOf(read("004-AuthorizeSecurityGroupIngress-icmp")))).toEqual(["icmp 8 from 0.0.0.0/0", "icmpv6 from ::/0"]);
    expect(rules(claimOf(read("018-AuthorizeSecurityGroupIngress-icmp-type-3-is-not-port-3")))).toEqual(["icmp 3/4 from 0.0.0.0/0"]);
  });

  test("a group is foreign only when it belongs to another account", () => {
    const self = read("005-AuthorizeSecurityGroupIngress-self-reference");
    const foreign = read("006-AuthorizeSecurityGroupIngress-group-of-another-account");
    for (const answer of [self, set(self, "detail.responseElements", null)]) {
      expect(rules(claimOf(answer))).toEqual(["all from sg-0d6c45e362a652524"]);
    }
    for (const answer of [foreign, set(foreign, "detail.responseElements", null)]) {
      expect(rules(claimOf(answer))).toEqual(["tcp 5432 from 444455556666/sg-0c0ffee0c0ffee000"]);
      expect(claimOf(answer)).toMatchObject({ rules: [{ description: "reporting" }] });
    }
  });

  test("256 blocks of /8 are 256 rules", () => {
    const found = rules(claimOf(read("008-AuthorizeSecurityGroupIngress-all-256-slash-8")));
    expect(found).toHaveLength(256);
    expect([found[0], found[255]]).toEqual(["tcp 3389 from 0.0.0.0/8", "tcp 3389 from 255.0.0.0/8"]);
  });

  test("protocol 6 is tcp, in the answer and in the request", () => {
    const event = read("013-AuthorizeSecurityGroupIngress-protocol-by-number");
    expect(rules(claimOf(event))).toEqual(["tcp 22 from 0.0.0.0/0"]);
    expect(rules(claimOf(set(event, "detail.responseElements", null)))).toEqual(["tcp 22 from 0.0.0.0/0"]);
  });

  test("ModifySecurityGroupRules with several rules and coerced types", () => {
    const claim = claimOf(read("016-ModifySecurityGroupRules-to-two-halves"));
    expect(rules(claim)).toEqual(["tcp 22 from 0.0.0.0/1", "tcp 22 from 128.0.0.0/1"]);
    expect(claim).toMatchObject({ rules: [{ id: "sgr-02f491c44b196c74b" }, { id: "sgr-03f133e994442f202", description: "true" }] });
  });

  test("a group reference beside the internet in one permission makes two rules", () => {
    const expected = ["tcp 443 from 0.0.0.0/0", "tcp 443 from sg-03b7e707c22136055"];
    const event = read("020-AuthorizeSecurityGroupIngress-group-beside-internet");
    expect(rules(claimOf(event))).toEqual(expected);
    expect(rules(claimOf(set(event, "detail.responseElements", null)))).toEqual(expected);
  });

  test("descriptions and rule tags, from the answer or from the request", () => {
    const event = read("021-AuthorizeSecurityGroupIngress-described-and-tagged");
    const expected = [
      {
        ...parseRule("tcp 8443 from 203.0.113.0/24"),
        description: "partner <https://example.com|click> & co",
        tags: { owner: "payments" },
      },
      { ...parseRule("tcp 8443 from 2001:db8:42::/48"), description: "office", tags: { owner: "payments" } },
    ];
    expect(claimOf(event)).toMatchObject({ kind: "rules-granted", rules: expected });
    expect(claimOf(set(event, "detail.responseElements", null))).toEqual({ kind: "rules-granted", rules: expected });
    const bare = "detail.responseElements.securityGroupRuleSet.items.0";
    const poor = set(set(event, `${bare}.description`, undefined), `${bare}.tagSet`, undefined);
    expect(claimOf(poor)).toEqual(claimOf(event));
  });

  test("a revoke by rule id", () => {
    const event = read("022-RevokeSecurityGroupIngress-by-rule-id");
    const id = "sgr-07955b0635f24e246";
    expect(claimOf(event)).toMatchObject({ rules: [{ ...parseRule("tcp 8443 from 203.0.113.0/24"), id }], ruleIds: [id] });
    expect(claimOf(set(event, "detail.responseElements", null))).toEqual({ kind: "rules-revoked", rules: [], ruleIds: [id] });
  });

  test("a revoke of a foreign group, whose answer leaves out the account", () => {
    const foreign = read("006-AuthorizeSecurityGroupIngress-group-of-another-account");
    const item = {
      groupId: "sg-050124ba2643ffd88",
      securityGroupRuleId: "sgr-1",
      isEgress: false,
      ipProtocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
    };
    const revoked = set(set(foreign, "detail.eventName", "RevokeSecurityGroupIngress"), "detail.responseElements", {
      _return: true,
      revokedSecurityGroupRuleSet: { items: [{ ...item, referencedGroupId: "sg-0c0ffee0c0ffee000" }] },
    });
    expect(rules(claimOf(revoked))).toEqual(["tcp 5432 from 444455556666/sg-0c0ffee0c0ffee000"]);
  });

  test("what EC2 did not know was not revoked", () => {
    expect(rules(claimOf(read("027-RevokeSecurityGroupIngress-unknown-permission")))).toEqual(["tcp 80 from 0.0.0.0/0"]);
  });

  test("descriptions by value and by rule id, in both dialects", () => {
    expect(claimOf(read("023-UpdateSecurityGroupRuleDescriptionsIngress-by-value"))).toEqual({
      kind: "rules-described",
      rules: [{ ...parseRule("tcp 8443 from 2001:db8:42::/48"), description: "office, second floor" }],
      descriptions: [],
    });
    expect(claimOf(read("024-UpdateSecurityGroupRuleDescriptionsIngress-by-rule-id"))).toEqual({
      kind: "rules-described",
      rules: [],
      descriptions: [{ ruleId: "sgr-07571b3fe05ef03d3", description: "office" }],
    });
    expect(claimOf(read("025-UpdateSecurityGroupRuleDescriptionsEgress-nested-items"))).toEqual({
      kind: "rules-described",
      rules: [{ ...parseRule("all to 0.0.0.0/0"), description: "everything" }],
      descriptions: [],
    });
  });
});

describe("a request read without its answer", () => {
  test("nested and flat at once", () => {
    const both = set(plainGrant, "detail.requestParameters.cidrIp", "198.51.100.7/0");
    const flat = set(
      set(set(both, "detail.requestParameters.ipProtocol", 17), "detail.requestParameters.fromPort", "22"),
      "detail.requestParameters.toPort",
      "22",
    );
    expect(rules(claimOf(flat))).toEqual(["tcp 22 from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0", "udp 22 from 0.0.0.0/0"]);
  });

  test("port 0 is a port, absent ports are all ports", () => {
    const zero = set(set(plainGrant, `${ITEMS}.0.fromPort`, 0), `${ITEMS}.0.toPort`, 65535);
    const absent = set(set(plainGrant, `${ITEMS}.0.fromPort`, undefined), `${ITEMS}.0.toPort`, undefined);
    for (const event of [zero, absent]) expect(rules(claimOf(event))[0]).toBe("tcp 0-65535 from 10.0.0.0/8");
  });

  test("host bits are dropped, as EC2 does", () => {
    expect(rules(claimOf(set(plainGrant, `${ITEMS}.0.ipRanges.items.0.cidrIp`, "10.237.17.19/24")))[0]).toBe("tcp 22 from 10.237.17.0/24");
  });

  test("the newer dialect: one permission as an object, scalars as content", () => {
    const wrapped = set(plainGrant, "detail.requestParameters", {
      AuthorizeSecurityGroupIngressRequest: {
        GroupId: { tag: 1, content: "sg-0b" },
        IpPermissions: {
          tag: 1,
          IpProtocol: "tcp",
          FromPort: "22",
          ToPort: 22,
          IpRanges: { tag: 1, CidrIp: "0.0.0.0/0", Description: true },
        },
      },
    });
    expect(onlyChange(wrapped)).toMatchObject({ subject: { id: "sg-0b" }, claim: { rules: [{ description: "true" }] } });
    expect(rules(claimOf(wrapped))).toEqual(["tcp 22 from 0.0.0.0/0"]);
  });

  test("an answer that cannot be read gives way to the request", () => {
    const damaged = set(grant, "detail.responseElements.securityGroupRuleSet.items.0.cidrIpv4", "x.x.x.x/0");
    expect(rules(claimOf(damaged))).toEqual(["tcp 22 from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0"]);
  });

  test("a request that cannot be read gives way to the answer", () => {
    const damaged = set(grant, `${ITEMS}.0.ipRanges.items.0.cidrIp`, "x.x.x.x/0");
    expect(rules(claimOf(damaged))).toEqual(["tcp 22 from 10.0.0.0/8", "tcp 443 from 0.0.0.0/0"]);
  });
});
