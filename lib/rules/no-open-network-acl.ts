import * as z from "zod/mini";
import { keyOf } from "../model/effect.ts";
import type { NetworkAclEntry, NetworkAclFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { type AdmittedEntry, admittedByEntries, entryText } from "../model/network-acl.ts";
import type { NetworkRemedy } from "../model/remedy.ts";
import { ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";
import { defineRule } from "./rule.ts";
import { denialOf } from "./terms/acl-denial.ts";
import { AllowFrom, allowedTraffic } from "./terms/allow.ts";
import { type Internet, internets, tooWide, Width } from "./terms/exposure.ts";
import { servicesText } from "./terms/services.ts";

const ADMINISTRATION = "tcp 22, 3389";

export const noOpenNetworkAcl = defineRule({
  meta: {
    id: "no-open-network-acl",
    title: "Network ACLs let nobody on the internet reach services that the policy forbids",
    resource: "network-acl",
    severity: "medium",
    finds:
      "Ingress entries that, after those with lower numbers have decided, let more public addresses than `width` reach one of `services`, by themselves or together, unless `allow` names it. An entry for everybody admits private addresses too: they count with it unless `allow` names them. Egress is left alone, and so is what an entry with a lower number denies. The default ACL of a VPC admits everything.",
    rationale:
      "A network ACL is the second lock: where it admits the internet, one mistaken security group is enough to open a port. Entries count by their numbers, so a deny below an allow does nothing.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html",
    controls: ["Security Hub EC2.21", "CIS AWS Foundations Benchmark 3.0.0, 5.1"],
    avoid: "100 allow tcp 22 from 0.0.0.0/0\n110 deny tcp 22 from 0.0.0.0/0",
    prefer: "90 allow tcp 22 from 198.51.100.0/24\n95 deny tcp 22 from 0.0.0.0/0\n100 allow all from 0.0.0.0/0",
    remedies: ["deny-acl-traffic", "delete-acl-entry"],
    remedy: "none",
    enabled: false,
    calls: ["DeleteNetworkAclEntry", "ReplaceNetworkAclEntry"],
  },
  options: () =>
    z.strictObject({
      services: z._default(servicesText().check(z.describe("What the internet may not reach.")), ADMINISTRATION),
      allow: z._default(
        z
          .array(AllowFrom())
          .check(
            z.describe(
              "What may reach it all the same. Name your own private networks here before you choose the remedy deny: an entry for everybody admits them too, and what denies it would cut them off.",
            ),
          ),
        [],
      ),
      width: Width(),
    }),

  prepare: ({ services, allow, width }, networks) => ({
    services: ServiceSet.parse(services),
    allowed: allowedTraffic(allow, networks),
    internets: internets(width),
  }),

  check: async ({ facts }, _, { services, allowed, internets: both }, unjudged) => {
    const admitted = admittedByEntries(facts, "ingress");
    const beyond = admitted.map((one) => ({ ...one, forbidden: one.traffic.to(services).difference(allowed) }));
    const found = both.flatMap((internet) => offencesOf(beyond, internet));
    if (found.length > 0 && facts.partial === true) {
      unjudged(
        `the entries of ${facts.id} with lower numbers, which may deny what ${found.map(({ entry }) => keyOf(entry)).join(", ")} admits`,
      );
      return [];
    }
    return found.sort((a, b) => a.entry.number - b.entry.number).map(findingsOn(facts));
  },
});

/** An entry and what of its traffic is forbidden. */
interface Offence extends AdmittedEntry {
  readonly forbidden: TrafficSet;
  /** How many entries are as wide as the internet only together with this one; none where it is by itself. */
  readonly others?: number;
}

// As for security groups (exposuresOf): an entry that opens a service too wide offends by itself, the rest may do so in sum.
function offencesOf(entries: readonly Offence[], internet: Internet): Offence[] {
  const parts = entries.map((offence) => {
    const here = offence.forbidden.from(internet.space);
    const alone = tooWide(here, internet);
    return { offence, alone, rest: withPublic(here.difference(alone), internet) };
  });
  const sum = TrafficSet.of(
    parts.flatMap(({ rest }) => rest.boxes()),
    "ingress",
  );
  const together = tooWide(sum, internet);
  const contributing = parts.filter(({ rest }) => rest.overlaps(together)).length;
  return parts.flatMap(({ offence, alone, rest }) => {
    const shared = rest.intersection(together);
    if (alone.isEmpty() && shared.isEmpty()) return [];
    return [{ ...offence, forbidden: alone.union(shared), ...(alone.isEmpty() && { others: contributing - 1 }) }];
  });
}

function withPublic(traffic: TrafficSet, { publicAddresses }: Internet): TrafficSet {
  return TrafficSet.of(
    traffic.boxes().filter(({ peers }) => peers.addresses.overlaps(publicAddresses)),
    traffic.direction,
  );
}

// What one finding would add, the next must leave room for.
function findingsOn(facts: NetworkAclFacts): (offence: Offence) => RuleFinding {
  const planned: NetworkAclEntry[] = [];
  return ({ entry, traffic, forbidden, others }) => {
    const entries = denialOf(facts, { entry, traffic }, forbidden, planned);
    planned.push(...(entries ?? []));
    const remedies: NetworkRemedy[] = [{ kind: "delete-acl-entry", acl: facts.id, entry }];
    if (entries !== undefined) remedies.unshift({ kind: "deny-acl-traffic", acl: facts.id, entries });
    const sum = others === undefined ? "" : `, together with ${others === 1 ? "another entry" : `${others} other entries`}`;
    return {
      traffic: forbidden,
      parts: [keyOf(entry)],
      message: `entry ${entryText(entry)} of ${facts.id} lets the internet reach ${forbidden.services()}${sum}: deny that at a lower number, or admit known networks only`,
      remedies,
    };
  };
}
