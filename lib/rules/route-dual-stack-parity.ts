import * as z from "zod/mini";
import type { Route, SubnetFacts } from "../model/facts.ts";
import { formatRoute, type TargetKind } from "../model/route.ts";
import { defineRule } from "./rule.ts";
import { defaultRoutes } from "./terms/default-routes.ts";
import { hasGlobalIpv6 } from "./terms/internet.ts";
import { nameFew } from "./terms/name-few.ts";
import { type SubnetTest, useBy } from "./terms/subnet-use.ts";

type Defaults = ReadonlyMap<TargetKind, readonly Route[]>;

// Out and nobody in: what NAT is to IPv4, be it a gateway or a machine, an egress-only gateway is to IPv6.
const NAT: ReadonlySet<TargetKind> = new Set<TargetKind>(["nat-gateway", "instance", "network-interface"]);

/** Subnets with both families. Those known in part may have the one that seems to be lacking. */
const DUAL_STACK: SubnetTest = {
  named: () => false,
  is: (facts) => isDualStack(facts) || (facts.partial === true ? "unknown" : false),
};

export const routeDualStackParity = defineRule({
  meta: {
    id: "route-dual-stack-parity",
    title: "Dual-stack subnets leave for the internet by the same way over IPv4 and IPv6",
    resource: "route-table",
    severity: "low",
    finds:
      "Tables of subnets with IPv4 and global IPv6 that have a default route for one family and none for the other, or one to another kind of target. A NAT gateway, or a NAT machine, for IPv4 and an egress-only gateway for IPv6 are a pair. Routes that cover the internet together, as halves do, are a default route as `0.0.0.0/0` and `::/0` are. A table that no dual-stack subnet uses is left alone.",
    rationale:
      "Clients try IPv6 first. Where it has no way out they hang until they give up, and where its way is another, it passes by the inspection or the NAT that was built for IPv4.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-migrate-ipv6.html",
    avoid: "0.0.0.0/0 to nat-..., and ::/0 to igw-...",
    prefer: "0.0.0.0/0 to nat-..., and ::/0 to eigw-...",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["DeleteRoute", "DisassociateRouteTable"],
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async ({ facts }, world, _, unjudged) => {
    const { byKind, open } = await defaultRoutes(facts, world);
    const [v4, v6] = [byKind[4], byKind[6]];
    if (arePaired(v4, v6)) return [];
    const lacking = v4.size === 0 || v6.size === 0;
    // What is lacking may stand in a prefix list that nobody could read.
    if (lacking && open) return [];
    const use = await useBy(DUAL_STACK, facts, world, unjudged);
    if (use === undefined) return [];
    if (lacking && facts.partial === true) {
      unjudged(`every route of ${facts.id}`);
      return [];
    }
    const routes = [...v4.values(), ...v6.values()].flat();
    return [
      {
        parts: [...new Set(routes.map(({ destination }) => destination)), ...use.associations, ...use.subnets],
        message: `${facts.id} leads its dual-stack subnets (${nameFew(use.subnets)}) out by ${wayOf(v4)} over IPv4 and by ${wayOf(v6)} over IPv6: give both the same way, or NAT and an egress-only gateway`,
      },
    ];
  },
});

function isDualStack({ cidr, ipv6Cidrs }: SubnetFacts): boolean {
  return cidr !== undefined && hasGlobalIpv6({ ipv6Cidrs });
}

function arePaired(v4: Defaults, v6: Defaults): boolean {
  const isPair = (one: TargetKind, other: TargetKind) => one === other || (NAT.has(one) && other === "egress-only-internet-gateway");
  const kinds = { v4: [...v4.keys()], v6: [...v6.keys()] };
  return (
    kinds.v4.every((one) => kinds.v6.some((other) => isPair(one, other))) &&
    kinds.v6.every((other) => kinds.v4.some((one) => isPair(one, other)))
  );
}

function wayOf(defaults: Defaults): string {
  return defaults.size === 0 ? "no route" : nameFew([...defaults.values()].flat().map(formatRoute));
}
