import * as z from "zod/mini";
import { nounOf } from "../model/change.ts";
import { defineRule } from "./rule.ts";
import { nameOfCaller } from "./terms/arn-pattern.ts";

// What each call did to its subject.
const CALLS = {
  EnableVpcClassicLink: "let EC2-Classic instances be linked to",
  AttachClassicLinkVpc: "linked an EC2-Classic instance with",
  EnableVpcClassicLinkDnsSupport: "let linked EC2-Classic instances resolve names of",
  RestoreAddressToClassic: "gave back to EC2-Classic",
} as const;

export const noClassiclink = defineRule({
  meta: {
    id: "no-classiclink",
    title: "Nothing is linked with EC2-Classic or given back to it",
    resource: "call",
    severity: "high",
    finds:
      "Successful calls that enable ClassicLink or its DNS support for a VPC, attach an instance by it, or give an address back to EC2-Classic, by whomever. Calls that disable or detach it, and MoveAddressToVpc, lead out of EC2-Classic and are left alone.",
    rationale:
      "ClassicLink joins a VPC with 10.0.0.0/8, a network without route tables and network ACLs that AWS retired in 2022. Nobody needs it any more, so such a call is a mistake or a probe.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableVpcClassicLink.html",
    avoid: "aws ec2 enable-vpc-classic-link --vpc-id vpc-...",
    prefer: "aws ec2 disable-vpc-classic-link --vpc-id vpc-...",
    remedies: [],
    remedy: "none",
    enabled: true,
    calls: Object.keys(CALLS),
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async ({ name, actor, subject: { kind, id } }) => {
    if (!isKnown(name)) return [];
    return [
      {
        parts: [],
        message: `${nameOfCaller(actor)} ${CALLS[name]} ${nounOf(kind)} ${id}: EC2-Classic is retired, so undo it and ask what it was for`,
      },
    ];
  },
});

function isKnown(name: string): name is keyof typeof CALLS {
  return Object.hasOwn(CALLS, name);
}
