import * as z from "zod/mini";
import { defineRule } from "./rule.ts";
import { hasTag, Tag } from "./terms/tag.ts";

export const noAutoPublicIp = defineRule({
  meta: {
    id: "no-auto-public-ip",
    title: "Only subnets that are meant to be public give public addresses",
    resource: "subnet",
    severity: "medium",
    finds:
      "Subnets that give a public IPv4 address to whatever is launched in them (MapPublicIpOnLaunch), unless they bear the tag `public` or `subnets` names them. Every default subnet of a default VPC does so from the start. IPv6 addresses are left alone: whether they are reached, the routes decide.",
    rationale:
      "With a public address, a machine is on the internet from its first minute, as soon as a route leads there. Whoever launches one rarely means to publish it.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
    controls: ["Security Hub EC2.15"],
    avoid: "aws ec2 modify-subnet-attribute --subnet-id subnet-... --map-public-ip-on-launch",
    prefer: "aws ec2 modify-subnet-attribute --subnet-id subnet-... --no-map-public-ip-on-launch",
    remedies: ["unset-public-ip"],
    remedy: "none",
    enabled: false,
  },
  options: () =>
    z.strictObject({
      public: z._default(
        Tag().check(
          z.describe(
            "The tag of the subnets that may give public addresses. Whoever may set this tag may do so: guard it, by IAM or a service control policy.",
          ),
        ),
        { key: "tier", value: "public" },
      ),
      subnets: z._default(z.array(z.string("expected the id of a subnet")).check(z.describe("Subnets that may, by their ids.")), []),
    }),

  prepare: (options) => options,

  check: async ({ id, facts }, _, options, unjudged) => {
    if (options.subnets.includes(id) || facts.autoPublicIp === false) return [];
    const isPublic = hasTag(options.public, facts);
    if (isPublic === true) return [];
    if (facts.autoPublicIp === undefined) {
      if (facts.partial === true) unjudged(`whether ${id} gives public addresses, which no record tells`);
      return [];
    }
    if (isPublic === "unknown") {
      unjudged(`the tags of ${id}, by which it may be public`);
      return [];
    }
    const { key, value } = options.public;
    return [
      {
        parts: ["autoPublicIp"],
        message: `${id} gives a public address to whatever is launched in it: turn that off, or tag it ${key}=${value} if it is meant to be public`,
        remedies: [{ kind: "unset-public-ip", subnet: id }],
      },
    ];
  },
});
