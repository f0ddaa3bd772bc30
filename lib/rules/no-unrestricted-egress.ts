import * as z from "zod/mini";
import { AddressSet } from "../model/address-set.ts";
import type { RuleFinding } from "../model/finding.ts";
import { PeerSet } from "../model/peer-set.ts";
import type { AdmittedRule } from "../model/security-group.ts";
import { ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";
import { defineRule } from "./rule.ts";
import { AllowTo, allowedTraffic } from "./terms/allow.ts";
import { type Exposure, exposuresOf, type Internet, internets, tooWide, Width } from "./terms/exposure.ts";
import { servicesText } from "./terms/services.ts";

const ANY = "any";

export const noUnrestrictedEgress = defineRule({
  meta: {
    id: "no-unrestricted-egress",
    title: "No group may send everything to the whole internet",
    resource: "security-group",
    severity: "low",
    finds:
      "Egress rules that let all of `services` reach more public addresses than `width`, by themselves or together, unless `allow` names it. Egress that names its services is left alone, unless the policy says `services: any`.",
    rationale:
      "EC2 creates every group with egress to everywhere. Whoever breaks into a machine then fetches tools, calls home and takes data out by any port.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
    avoid: "the egress rule with which EC2 makes every group: all to 0.0.0.0/0",
    prefer: "aws ec2 authorize-security-group-egress --group-id sg-... --protocol tcp --port 443 --cidr <where it must reach>",
    remedies: ["revoke-egress", "narrow-egress"],
    remedy: "none",
    enabled: false,
  },
  options: () =>
    z.strictObject({
      services: z._default(
        servicesText(ANY).check(
          z.describe(
            'What makes egress unrestricted. "all": every protocol and port may go to the internet. Services such as "tcp 0-65535": every one of these may. "any": each single service counts, so that only what allow names may go there.',
          ),
        ),
        "all",
      ),
      allow: z._default(
        z
          .array(AllowTo())
          .check(
            z.describe(
              "What may go to the internet: never found, and kept where the remedy is narrow. With services: any it is the whole list.",
            ),
          ),
        [],
      ),
      width: Width(),
    }),

  prepare: ({ services, allow, width }, networks) => ({
    services: services === ANY ? undefined : ServiceSet.parse(services),
    allowed: allowedTraffic(allow, networks),
    internets: destinations(width),
  }),

  check: async (group, world, { services, allowed, internets }) => {
    const { byRule } = await group.admits(world, "egress");
    const found: Exposure[] = [];
    for (const internet of internets) {
      const exposures =
        services === undefined ? exposuresOf(byRule, internet, allowed, "egress") : [...openToAllOf(services, byRule, internet, allowed)];
      found.push(...exposures.filter(({ traffic }) => !found.some((other) => other.traffic.covers(traffic))));
    }
    return found.map(finding);
  },
});

// Behind a NAT gateway, this IPv6 block is the IPv4 internet once more (RFC 6052), though it is a small part of IPv6.
function destinations(width: z.infer<ReturnType<typeof Width>>): readonly Internet[] {
  const [v4, v6] = internets(width);
  const nat64 = AddressSet.of("64:ff9b::/96");
  return [v4, v6, { space: nat64, publicAddresses: nat64, width: v4.width }];
}

// Rules that open all of the services come first, alone or adding up addresses; of the others, only what they open together.
function openToAllOf(services: ServiceSet, rules: readonly AdmittedRule[], internet: Internet, allowed: TrafficSet): Exposure[] {
  const counting = rules.map((entry) => ({ ...entry, services: entry.services.intersection(services) }));
  const whole = exposuresOf(
    counting.filter((entry) => entry.services.equals(services)),
    internet,
    allowed,
    "egress",
  );
  const named = new Set(whole.flatMap((exposure) => exposure.rules));
  const rest = counting
    .filter(({ rule, peers }) => !named.has(rule) && peers.addresses.overlaps(internet.publicAddresses))
    .map((entry) => ({ ...entry, peers: new PeerSet(entry.peers.addresses.intersection(internet.space)) }));
  const open = TrafficSet.of(rest, "egress");
  const reached = tooWide(open.from(open.peersOfAll(services).addresses), internet);
  const together = tooWide(reached.difference(allowed), internet);
  if (together.isEmpty()) return whole;
  const onTheInternet = together.from(internet.publicAddresses);
  const contributing = rest.filter((entry) => TrafficSet.of([entry]).overlaps(onTheInternet)).map(({ rule }) => rule);
  return [...whole, { traffic: together, rules: contributing }];
}

function finding({ traffic, rules }: Exposure): RuleFinding {
  const sum = rules.length > 1 ? `, by ${rules.length} rules together` : "";
  return { traffic, rules, message: `${traffic} may leave for the internet${sum}: name the services and destinations that are needed` };
}
