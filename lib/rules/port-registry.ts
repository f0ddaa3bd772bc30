import * as z from "zod/mini";
import type { RuleFinding } from "../model/finding.ts";
import { PeerSet } from "../model/peer-set.ts";
import type { AdmittedRule } from "../model/security-group.ts";
import { ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";
import { defineRule } from "./rule.ts";
import { AllowFrom, allowedToAll, allowedTraffic } from "./terms/allow.ts";
import { servicesText } from "./terms/services.ts";
import { TagKey, tagOf } from "./terms/tag.ts";

const ADVICE = ["shared-ports", "default-ports"] as const;

// Databases, caches, brokers and search engines that answer whoever reaches them; scanners try these ports first.
const DEFAULT_PORTS = [
  ["SQL Server", "tcp 1433, udp 1434"],
  ["Oracle", "tcp 1521"],
  ["MySQL", "tcp 3306, 33060"],
  ["PostgreSQL", "tcp 5432"],
  ["RabbitMQ", "tcp 5671-5672"],
  ["CouchDB", "tcp 5984"],
  ["Redis", "tcp 6379"],
  ["Cassandra", "tcp 9042"],
  ["Kafka", "tcp 9092"],
  ["Elasticsearch", "tcp 9200, 9300"],
  ["Memcached", "tcp 11211, udp 11211"],
  ["MongoDB", "tcp 27017-27019"],
].map(([name = "", ports = ""]) => ({ name, ports: ServiceSet.parse(ports) }));

/** A service of the registry. */
interface Registered {
  readonly name: string;
  readonly ports: ServiceSet;
}

export const portRegistry = defineRule({
  meta: {
    id: "port-registry",
    title: "A group that is tagged with a service admits only the ports of that service",
    resource: "security-group",
    severity: "medium",
    finds:
      "Ingress to other ports than those registered under `services`, on groups whose tag `tag` names a registered service; whoever it is from. Groups without the tag, or with a service that nobody registered, are left alone. What `always` and `allow` name may be on every group. With `advise`, also registered ports that are open and shared or well known; that is advice and never remedied.",
    rationale:
      "A registry says what every open port is for. A port that it does not know is a forgotten experiment, a second service in a group that was meant for one, or somebody else's door.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules-reference.html",
    avoid: "aws ec2 authorize-security-group-ingress --group-id <tagged service=payments> --protocol tcp --port 9000 --source-group sg-...",
    prefer: ["rules:", '  port-registry: { services: { payments: { ports: "tcp 8443, 9000" } } }'].join("\n"),
    remedies: ["revoke-ingress", "narrow-ingress"],
    remedy: "none",
    // Without a registry there is nothing to compare with.
    enabled: false,
  },
  options: () =>
    z.strictObject({
      services: z._default(
        z
          .record(z.string(), z.strictObject({ ports: servicesText() }), "expected names of services, each with its ports")
          .check(z.describe('The registry: names of services, each with its ports, such as `payments: { ports: "tcp 8443" }`.')),
        {},
      ),
      tag: z._default(TagKey().check(z.describe("The key of the tag that names the service of a group.")), "service"),
      always: z._default(
        servicesText().check(z.describe("What every service may admit besides its ports. ICMP has no ports and belongs to no service.")),
        "icmp, icmpv6",
      ),
      allow: z._default(z.array(AllowFrom()).check(z.describe("What else may be; without from, from everybody.")), []),
      advise: z._default(
        z
          .array(z.enum(ADVICE, `expected ${ADVICE.join(" or ")}`), "expected a list of kinds of advice")
          .check(
            z.describe(
              "`shared-ports`: a port of the service is registered for another one too. `default-ports`: it is the well-known port of a database, cache, broker or search engine.",
            ),
          ),
        [],
      ),
    }),

  prepare: ({ services, tag, always, allow, advise }, networks) => {
    const registry = Object.entries(services).map(([name, { ports }]): Registered => ({ name, ports: ServiceSet.parse(ports) }));
    const advices = { shared: advise.includes("shared-ports"), defaults: advise.includes("default-ports") };
    return {
      registry,
      tag,
      always: ServiceSet.parse(always).union(allowedToAll(allow)),
      allowed: allowedTraffic(allow, networks),
      advices,
    };
  },

  check: async (group, world, { registry, tag, always, allowed, advices }, unjudged) => {
    if (registry.length === 0) return [];
    const told = tagOf(tag, group.facts);
    if (told === "unknown") {
      unjudged(`the tag ${tag} of ${group.id}, which no record tells`);
      return [];
    }
    const service = registry.find(({ name }) => name === told.value);
    if (service === undefined) return [];
    const { byRule } = await group.admits(world);
    const others = byRule.flatMap((entry) => {
      const traffic = reaching(entry, entry.services.difference(service.ports.union(always))).difference(allowed);
      const message = `${traffic} is no port of ${service.name}, which has ${service.ports}: register it, or give its service a group`;
      return traffic.isEmpty() ? [] : [{ traffic, rules: [entry.rule], message }];
    });
    const shared = advices.shared ? registry.filter((other) => other !== service) : [];
    return [
      ...others,
      ...adviceOn(byRule, service, shared, (names) => `${service.name} shares it with ${names}: give each a port of its own`),
      ...adviceOn(
        byRule,
        service,
        advices.defaults ? DEFAULT_PORTS : [],
        (names) => `the default port of ${names}, which scanners try first`,
      ),
    ];
  },
});

/** Advice on the open ports of a service that are among those of others, a piece for each security group rule. */
function adviceOn(
  rules: readonly AdmittedRule[],
  service: Registered,
  others: readonly Registered[],
  say: (names: string) => string,
): RuleFinding[] {
  return rules.flatMap((entry) => {
    const ports = entry.services.intersection(service.ports);
    const met = others.filter((other) => !other.ports.intersection(ports).isEmpty());
    const traffic = reaching(entry, ServiceSet.union(met.map((other) => other.ports)).intersection(ports));
    const names = met.map(({ name }) => name).join(", ");
    return traffic.isEmpty() ? [] : [{ traffic, rules: [entry.rule], message: `${traffic}: ${say(names)}`, remedy: "none" as const }];
  });
}

// By address where the addresses of a prefix list are known, so that narrowing knows what is left of the list.
function reaching({ peers }: AdmittedRule, services: ServiceSet): TrafficSet {
  return TrafficSet.of([{ services, peers: peers.addresses.isEmpty() ? peers : new PeerSet(peers.addresses) }]);
}
