import * as z from "zod/mini";
import { formatRoute, isMain, targetKind } from "../model/route.ts";
import { defineRule } from "./rule.ts";
import { internetRoutes, routeRemedies, targetOf } from "./terms/route-findings.ts";

export const noPublicMainTable = defineRule({
  meta: {
    id: "no-public-main-table",
    title: "The main route table of a VPC leads nowhere on the internet",
    resource: "route-table",
    severity: "medium",
    finds:
      "Routes of a VPC's main route table that lead public addresses to an internet gateway, whatever their destination is called: `0.0.0.0/0`, `::/0`, halves of them, or a prefix list. A gateway for egress only, and a route to private addresses, are left alone.",
    rationale:
      "Every subnet that nobody gave a table of its own uses the main one. If that is public, each new subnet is on the internet from its first minute.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#main-route-table",
    avoid: "aws ec2 create-route --route-table-id <the main table> --destination-cidr-block 0.0.0.0/0 --gateway-id igw-...",
    prefer: "a table of its own for the public subnets, and a main table with the local route alone",
    remedies: ["delete-route", "restore-route"],
    remedy: "none",
    enabled: false,
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async ({ facts }, world, _, unjudged) => {
    const main = isMain(facts);
    if (main === false) return [];
    const { sure, open } = await internetRoutes(facts, world);
    if (sure.length === 0 && open.length === 0) return [];
    if (main === undefined) {
      unjudged(`whether ${facts.id} is the main table of its VPC, which no record tells`);
      return [];
    }
    for (const route of open) unjudged(targetOf(route, facts.id));
    const associations = facts.associations.flatMap((association) => (association.main === true ? [association.id] : []));
    return sure.map((route) => ({
      parts: [route.destination, ...associations],
      message: `${formatRoute(route)} stands in the main table of ${facts.vpc ?? "the VPC"}, which every new subnet uses: give the public subnets a table of their own`,
      ...routeRemedies(facts.id, route, (target) => targetKind(target) !== "internet-gateway"),
    }));
  },
});
