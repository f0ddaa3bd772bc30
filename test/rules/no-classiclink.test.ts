import type { CallResource } from "../../lib/model/resource.ts";
import { noClassiclink } from "../../lib/rules/no-classiclink.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const call = (name: string, more: Partial<CallResource> = {}) => ({
  call: { name, subject: { kind: "vpc" as const, id: "vpc-1" }, ...more },
});

testResourceRule(noClassiclink, {
  valid: {
    "ClassicLink disabled": call("DisableVpcClassicLink"),
    "an instance detached": call("DetachClassicLinkVpc"),
    "DNS support disabled": call("DisableVpcClassicLinkDnsSupport"),
    "an address moved out of EC2-Classic": call("MoveAddressToVpc", { subject: { kind: "address", id: "203.0.113.10" } }),
    "a lawful look-alike: reading": call("DescribeVpcClassicLink"),
    "a call that has nothing to do with it": call("CreateVpc"),
    "a name that every object has": call("toString"),
  },
  invalid: {
    "ClassicLink enabled": [call("EnableVpcClassicLink"), { parts: "", remedies: [], says: "be linked to VPC vpc-1" }],
    "an instance attached": [call("AttachClassicLinkVpc"), { parts: "", says: "user/ada linked an EC2-Classic instance with VPC vpc-1" }],
    "DNS support enabled": [call("EnableVpcClassicLinkDnsSupport"), { parts: "", says: "resolve names of VPC vpc-1" }],
    "an address given back": [
      call("RestoreAddressToClassic", { subject: { kind: "address", id: "203.0.113.10" } }),
      { parts: "", says: "gave back to EC2-Classic address 203.0.113.10" },
    ],
    "an evasion: by a service for somebody": [
      call("EnableVpcClassicLink", { actor: { arn: "arn:aws:iam::111122223333:role/ci", invokedBy: "cloudformation.amazonaws.com" } }),
      { parts: "", says: "role/ci through cloudformation.amazonaws.com" },
    ],
  },
});
