import type { GroupAssociationFacts } from "../../lib/model/facts.ts";
import { sharedGroup } from "../../lib/rules/shared-group.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const used = (facts: Partial<GroupAssociationFacts> = {}) => ({
  "group-association": { id: "sg-1/vpc-2", group: "sg-1", vpc: "vpc-2", ...facts },
});
const ARN = "arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1";
const SUBNET = "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-1";
const ORGANIZATION = "arn:aws:organizations::444455556666:organization/o-1";
const share = (details: Readonly<Record<string, string>>, name = "CreateResourceShare") => ({
  call: { name, source: "ram.amazonaws.com", subject: { kind: "account" as const, id: "111122223333" }, details },
});

testResourceRule(sharedGroup, {
  valid: {
    "a VPC that the policy names": { ...used(), options: { vpcs: ["vpc-2"] } },
    "every VPC, by a pattern": { ...used({ account: "444455556666" }), options: { vpcs: ["vpc-*"] } },
    "a VPC of an account that the policy names": { ...used({ account: "444455556666" }), options: { accounts: ["444455556666"] } },
    "an association of which nothing but its id is known": {
      "group-association": { id: "sg-1/vpc-2", partial: true },
      options: { vpcs: ["vpc-2"] },
    },
    "an association known in part, whose account nobody told": {
      ...used({ partial: true }),
      options: { accounts: ["444455556666"] },
      unjudged: ["the account of vpc-2"],
    },
    "a group shared with an account that the policy names": {
      ...share({ resourceArns: ARN, principals: "444455556666" }),
      options: { accounts: ["444455556666"] },
    },
    "a group shared with a role of that account": {
      ...share({ resourceArns: ARN, principals: "arn:aws:iam::444455556666:role/net" }),
      options: { accounts: ["444455556666"] },
    },
    "a group shared with the organization": {
      ...share({ resourceArns: `${SUBNET}, ${ARN}`, principals: ORGANIZATION }),
      options: { accounts: [ORGANIZATION] },
    },
    "a lawful look-alike: a subnet shared": share({ resourceArns: SUBNET, principals: "444455556666" }),
    "a share of nothing with nobody": share({}),
    "a share of something with nobody new": {
      ...share({ principals: "444455556666" }, "AssociateResourceShare"),
      options: { accounts: ["*"] },
    },
    "a share that gets others, of which no record tells what it holds": {
      ...share({ principals: "444455556666, 777788889999" }, "AssociateResourceShare"),
      options: { accounts: ["444455556666"] },
      unjudged: ["what the resource share holds"],
    },
  },
  invalid: {
    "a VPC of the same account": [used(), { parts: "sg-1/vpc-2, vpc-2", remedies: [], says: "sg-1 is also used in vpc-2" }],
    "a VPC of another account": [
      { ...used({ account: "444455556666" }), options: { accounts: ["777788889999"] } },
      { parts: "sg-1/vpc-2, vpc-2", says: "vpc-2 of account 444455556666" },
    ],
    "a VPC whose id goes on": [{ ...used({ id: "sg-1/vpc-22", vpc: "vpc-22" }), options: { vpcs: ["vpc-2"] } }, "sg-1/vpc-22, vpc-22"],
    "the same account, where the policy names another": [{ ...used(), options: { accounts: ["444455556666"] } }, "sg-1/vpc-2, vpc-2"],
    "an association of which nothing but its id is known": [
      { "group-association": { id: "sg-1/vpc-2", partial: true } },
      "sg-1/vpc-2, vpc-2",
    ],
    "a group shared with an account": [
      share({ resourceArns: ARN, principals: "444455556666" }),
      { parts: "", says: "user/ada shares sg-1 with 444455556666" },
    ],
    "an evasion: between other resources and principals": [
      { ...share({ resourceArns: `${SUBNET},${ARN}`, principals: "444455556666,777788889999" }), options: { accounts: ["444455556666"] } },
      { parts: "", says: "shares sg-1 with 777788889999:" },
    ],
    "an evasion: first the group, and its principals by another call": [
      share({ resourceArns: ARN }),
      { parts: "", says: "with everybody whom the resource share names" },
    ],
    "a group put into a share that stands": [share({ resourceArns: ARN }, "AssociateResourceShare"), ""],
    "an organization whose management account the policy names": [
      { ...share({ resourceArns: ARN, principals: ORGANIZATION }), options: { accounts: ["444455556666"] } },
      "",
    ],
  },
});
