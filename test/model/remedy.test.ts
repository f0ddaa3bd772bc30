import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { formatRemedy, type GroupRemedy, inverse, type NetworkRemedy, narrowRules, revokeRules } from "../../lib/model/remedy.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { NETWORK_REMEDIES } from "../support/network-remedies.ts";

const rule = fc
  .constantFrom("tcp 22 from 0.0.0.0/0", "tcp 22 from 10.0.0.0/8", "all from ::/0", "icmp 8 from sg-1", "udp 53 from pl-1")
  .map((text) => ({ ...parseRule(text), description: text, tags: { rule: text } }));
const remedies = fc
  .tuple(fc.boolean(), fc.array(rule, { minLength: 1 }), fc.array(rule))
  .map(([narrow, revoke, authorize]): GroupRemedy => (narrow ? narrowRules("sg-1", revoke, authorize) : revokeRules("sg-1", revoke)));

describe("the inverse of a remedy", () => {
  test("gives back what was taken and takes back what was given, descriptions and tags included", () => {
    fc.assert(
      fc.property(remedies, (remedy) => {
        expect(inverse(remedy)).toStrictEqual({
          kind: "restore-ingress",
          group: remedy.group,
          revoke: remedy.authorize,
          authorize: remedy.revoke,
        });
      }),
    );
  });

  test("is an involution: inverting twice is the remedy, and thrice the inverse", () => {
    fc.assert(
      fc.property(remedies, (remedy) => {
        expect(inverse(inverse(remedy))).toStrictEqual(remedy);
        expect(inverse(inverse(inverse(remedy)))).toStrictEqual(inverse(remedy));
      }),
    );
  });

  test("narrowing to nothing is revoking", () => {
    const rules = [parseRule("tcp 22 from 0.0.0.0/0")];
    expect(narrowRules("sg-1", rules, [])).toStrictEqual(revokeRules("sg-1", rules));
  });
});

test("a remedy in words", () => {
  const open = [parseRule("tcp 22 from 0.0.0.0/0")];
  const office = [parseRule("tcp 22 from 198.51.100.0/24")];
  expect(formatRemedy(revokeRules("sg-1", open))).toBe("revoke tcp 22 from 0.0.0.0/0 on sg-1");
  const narrow = narrowRules("sg-1", open, office);
  expect(formatRemedy(narrow)).toBe("narrow tcp 22 from 0.0.0.0/0 to tcp 22 from 198.51.100.0/24 on sg-1");
  expect(formatRemedy(inverse(narrow))).toBe("restore tcp 22 from 0.0.0.0/0 and revoke tcp 22 from 198.51.100.0/24 on sg-1");
  expect(formatRemedy(inverse(revokeRules("sg-1", open)))).toBe("restore tcp 22 from 0.0.0.0/0 on sg-1");
});

const NETWORK: readonly (readonly [NetworkRemedy, inWords: string, inverseInWords: string])[] = [
  [NETWORK_REMEDIES["delete-route"], "delete the route 0.0.0.0/0 to igw-1 of rtb-1", "create the route 0.0.0.0/0 to igw-1 of rtb-1"],
  [
    NETWORK_REMEDIES["restore-route"],
    "lead 0.0.0.0/0 of rtb-1 from igw-1 back to nat-1",
    "lead 0.0.0.0/0 of rtb-1 from nat-1 back to igw-1",
  ],
  [
    NETWORK_REMEDIES["create-flow-logs"],
    "create flow logs of vpc-1 to arn:aws:s3:::flow-logs",
    "delete flow logs of vpc-1 to arn:aws:s3:::flow-logs",
  ],
  [NETWORK_REMEDIES["delete-peering"], "delete the peering pcx-1 of vpc-1 with vpc-2", "request the peering pcx-1 of vpc-1 with vpc-2"],
  [NETWORK_REMEDIES["detach-internet-gateway"], "detach igw-1 from vpc-1", "attach igw-1 to vpc-1"],
  [
    NETWORK_REMEDIES["reset-permissions"],
    "take * from vpce-svc-1 and require acceptance",
    "let * connect to vpce-svc-1 without acceptance",
  ],
  [NETWORK_REMEDIES["unset-public-ip"], "give no public addresses in subnet-1", "give public addresses in subnet-1"],
  [NETWORK_REMEDIES["deny-acl-traffic"], "add 90 deny tcp 22 from 0.0.0.0/0 to acl-1", "take 90 deny tcp 22 from 0.0.0.0/0 from acl-1"],
  [
    NETWORK_REMEDIES["delete-acl-entry"],
    "delete entry 90 allow tcp 22 from 0.0.0.0/0 of acl-1",
    "create entry 90 allow tcp 22 from 0.0.0.0/0 of acl-1",
  ],
  [
    NETWORK_REMEDIES["restore-public-access"],
    "set VPC block public access from off to block-ingress",
    "set VPC block public access from block-ingress to off",
  ],
  [
    NETWORK_REMEDIES["delete-exclusion"],
    "delete the exclusion vpcbpa-exclude-1 of vpc-1",
    "create the exclusion vpcbpa-exclude-1 of vpc-1",
  ],
];

describe.each(NETWORK)("$kind", (remedy, inWords, inverseInWords) => {
  test("and its inverse in words", () => {
    expect([formatRemedy(remedy), formatRemedy(inverse(remedy))]).toEqual([inWords, inverseInWords]);
  });

  test("inverted twice is itself", () => {
    expect(inverse(inverse(remedy))).toStrictEqual(remedy);
  });
});
