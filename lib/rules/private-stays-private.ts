import * as z from "zod/mini";
import { formatRoute, targetKind } from "../model/route.ts";
import { defineRule } from "./rule.ts";
import { nameFew } from "./terms/name-few.ts";
import { PrivateSubnets, privateSubnets } from "./terms/private-subnets.ts";
import { internetRoutes, routeRemedies, targetOf } from "./terms/route-findings.ts";
import { useBy } from "./terms/subnet-use.ts";

export const privateStaysPrivate = defineRule({
  meta: {
    id: "private-stays-private",
    title: "No route table of a private subnet leads to an internet gateway",
    resource: "route-table",
    severity: "high",
    finds:
      "Routes that lead public addresses to an internet gateway, in a table that private subnets use: those with the tag `private` or an id in `subnets`. A table is used by the subnets of its associations and, as the main one, by every subnet of its VPC that no other table names. Prefix lists count by their addresses. NAT and egress-only gateways, and routes to private addresses, are left alone.",
    rationale:
      "Machines in a private subnet were set up for a network that nobody can reach. One route to an internet gateway makes the subnet public, and only security groups stand between them and the internet.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html#route-tables-internet-gateway",
    avoid: "aws ec2 create-route --route-table-id <a private subnet's table> --destination-cidr-block 0.0.0.0/0 --gateway-id igw-...",
    prefer: "aws ec2 create-route --route-table-id <a private subnet's table> --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-...",
    remedies: ["delete-route", "restore-route"],
    remedy: "none",
    enabled: false,
    // A subnet that is named by no table any more falls back on the main one.
    calls: ["DisassociateRouteTable"],
  },
  options: () => z.strictObject(PrivateSubnets()),

  prepare: privateSubnets,

  check: async ({ facts }, world, isPrivate, unjudged) => {
    const { sure, open } = await internetRoutes(facts, world);
    if (sure.length === 0 && open.length === 0) return [];
    const use = await useBy(isPrivate, facts, world, unjudged);
    if (use === undefined) return [];
    for (const route of open) unjudged(targetOf(route, facts.id));
    const users = nameFew(use.subnets);
    return sure.map((route) => ({
      parts: [route.destination, ...use.associations, ...use.subnets],
      message: `${formatRoute(route)} stands in ${facts.id}, which private subnets use (${users}): lead it to a NAT gateway, for IPv6 to an egress-only one, or give the public subnets a table of their own`,
      ...routeRemedies(facts.id, route, (target) => targetKind(target) !== "internet-gateway"),
    }));
  },
});
