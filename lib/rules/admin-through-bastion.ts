import * as z from "zod/mini";
import type { RuleFinding } from "../model/finding.ts";
import { formatPeer, PeerSet } from "../model/peer-set.ts";
import type { CallResource } from "../model/resource.ts";
import type { AdmittedRule, SecurityGroup } from "../model/security-group.ts";
import { ServiceSet } from "../model/service-set.ts";
import { TrafficSet } from "../model/traffic.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { ADMINISTRATION } from "./terms/administration.ts";
import { AllowFrom, allowedToAll, allowedTraffic } from "./terms/allow.ts";
import { servicesText } from "./terms/services.ts";
import { hasTag, Tag } from "./terms/tag.ts";

export const adminThroughBastion = defineRule({
  meta: {
    id: "admin-through-bastion",
    title: "Administration ports are reached through bastions and named networks only",
    resource: ["security-group", "call"],
    severity: "high",
    finds:
      "Ingress that lets anybody reach administration ports (`ports`) but the networks in `from` and security groups tagged as `bastion`: private addresses too, and other groups, the group itself among them. Prefix lists count by their addresses. A group of another account is not judged. An EC2 Instance Connect endpoint that somebody makes or changes is told too, unless `instance_connect` allows it. VPN ports are no administration ports; see `vpn` of no-public-ingress.",
    rationale:
      "One machine that is broken into should not reach the login of every other. A bastion or VPN is one door to guard, to log and to close.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules-reference.html",
    controls: ["Security Hub EC2.13", "Security Hub EC2.14"],
    avoid: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 22 --cidr 10.0.0.0/8",
    prefer: "aws ec2 authorize-security-group-ingress --group-id sg-... --protocol tcp --port 22 --source-group <the group of the bastion>",
    remedies: ["revoke-ingress", "narrow-ingress"],
    remedy: "revoke",
    // Nobody's bastions and networks are known before the policy names them, and 22 from 10.0.0.0/8 is everywhere.
    enabled: false,
    calls: ["CreateInstanceConnectEndpoint", "ModifyInstanceConnectEndpoint"],
  },
  options: () =>
    z.strictObject({
      ports: z._default(servicesText().check(z.describe("The services that count as administration.")), ADMINISTRATION),
      from: z._default(
        z
          .array(z.string("expected a CIDR or the name of a network"), "expected a list of CIDRs and names of networks")
          .check(z.describe("Networks from which administration may come, such as those of the VPN and the office.")),
        [],
      ),
      bastion: z._default(
        Tag().check(
          z.describe(
            "The tag of the groups through which administration may come. Whoever may set this tag makes a bastion: guard it, by IAM or a service control policy.",
          ),
        ),
        { key: "role", value: "bastion" },
      ),
      instance_connect: z._default(
        z
          .boolean("expected true or false")
          .check(z.describe("Whether EC2 Instance Connect endpoints, a door beside the bastion for whoever IAM lets in, may be made.")),
        false,
      ),
      allow: z._default(z.array(AllowFrom()).check(z.describe("What else may be; without from, from everybody.")), []),
    }),

  prepare: ({ ports, from, bastion, instance_connect: instanceConnect, allow }, networks) => {
    const services = ServiceSet.parse(ports).difference(allowedToAll(allow));
    const fromNetworks = { services, peers: PeerSet.union(from.map((name) => new PeerSet(networks.resolve(name)))) };
    const ways = [`a group tagged ${bastion.key}=${bastion.value}`, ...(from.length > 0 ? [`from ${from.join(", ")}`] : [])].join(" or ");
    return { services, bastion, ways, instanceConnect, allowed: TrafficSet.of([fromNetworks]).union(allowedTraffic(allow, networks)) };
  },

  check: async (resource, world, { services, bastion, ways, instanceConnect, allowed }, unjudged) => {
    if (resource.kind === "call") return instanceConnect ? [] : [doorBeside(resource)];
    const group = resource;
    const findings: RuleFinding[] = [];
    for (const entry of (await group.admits(world)).byRule) {
      const administration = entry.services.intersection(services);
      if (administration.isEmpty()) continue;
      const peers = await strangersAmong(entry, group, world, bastion, unjudged);
      const traffic = TrafficSet.of([{ services: administration, peers }]).difference(allowed);
      if (traffic.isEmpty()) continue;
      findings.push({ traffic, rules: [entry.rule], message: `${traffic} lets administration past the bastion: admit it from ${ways}` });
    }
    return findings;
  },
});

function doorBeside({ name, subject }: CallResource): RuleFinding {
  const verb = name.startsWith("Create") ? "made" : "changed";
  return { parts: [], message: `${subject.id} was ${verb}: an EC2 Instance Connect endpoint lets administration in past the bastion` };
}

/** The peers of the rule that are no bastion: addresses, or its group. */
async function strangersAmong(
  { rule: { peer }, peers }: AdmittedRule,
  group: SecurityGroup,
  world: World,
  bastion: Tag,
  unjudged: (needs: string) => void,
): Promise<PeerSet> {
  if (peer.kind !== "group") return new PeerSet(peers.addresses);
  const tags = `the tags of ${formatPeer(peer)}`;
  if (peer.account !== undefined) {
    unjudged(`${tags}, a group of another account`);
    return PeerSet.EMPTY;
  }
  const source = peer.id === group.id ? group.facts : await world.get("security-group", peer.id);
  // A group that is gone lets nobody in, and what cannot be read is noted as the world answers.
  if (source === undefined || isUnknown(source)) return PeerSet.EMPTY;
  const isBastion = hasTag(bastion, source);
  if (isBastion === "unknown") unjudged(`${tags}, which no record tells`);
  return isBastion === false ? PeerSet.of(peer) : PeerSet.EMPTY;
}
