import * as z from "zod/mini";
import { AddressSet } from "../model/address-set.ts";
import type { Finding } from "../model/finding.ts";
import { type Peer, PeerSet } from "../model/peer-set.ts";
import { rulesFor, type SecurityGroupRule } from "../model/security-group-rule.ts";
import { ServiceSet } from "../model/service-set.ts";
import { type Direction, TrafficSet } from "../model/traffic.ts";
import { networksOf } from "../policy/networks.ts";
import type { Policy } from "../policy/policy.ts";
import type { Scope } from "../policy/schema.ts";
import { settingsFor } from "../policy/settings.ts";
import { RULES } from "../rules/index.ts";
import type { Networks } from "../rules/rule.ts";
import { AllowEntry, allowedToAll, allowedTraffic } from "../rules/terms/allow.ts";
import { internets, tooWide } from "../rules/terms/exposure.ts";

/** Rules that would pass in place of those that were found. */
export interface Alternative {
  readonly rules: readonly SecurityGroupRule[];
  /** How many more rules it would take than are shown. */
  readonly more: number;
  /** The network of the policy to which it is narrowed; without one, `rules` hold a placeholder for what somebody must know. */
  readonly network?: string;
}

const SHOWN = 8;
const YOUR_V4 = "PUT-YOUR-CIDR-HERE";
const YOUR_V6 = "PUT:YOUR:IPV6:CIDR:HERE";

/** The options of the rules that judge who may come, as far as an alternative hangs on them. */
const Options = z.object({
  allow: z._default(z.array(AllowEntry()), []),
  from: z._default(z.array(z.string()), []),
  ports: z.optional(z.string()),
  width: z.optional(z.object({ v4: z.string(), v6: z.string() })),
});
type Options = z.infer<typeof Options>;

type Approves = (traffic: TrafficSet, options: Options, networks: Networks) => boolean;

// IPv4 once more, behind a NAT gateway (RFC 6052): no address of it is narrow.
const NAT64 = AddressSet.of("64:ff9b::/96");

const isNarrow: Approves = (traffic, { allow, width }, networks) => {
  const left = traffic.difference(allowedTraffic(allow, networks));
  return internets(width ?? { v4: "/8", v6: "/16" }).every((internet) => tooWide(left, internet).isEmpty());
};

/** The rules about who may come or be reached, and what passes each: other peers than those that were found. */
const JUDGES: Readonly<Record<Direction, Readonly<Record<string, Approves>>>> = {
  ingress: {
    "no-public-ingress": isNarrow,
    "admin-through-bastion": (traffic, { allow, from, ports = "" }, networks) => {
      const administration = traffic.to(ServiceSet.parse(ports).difference(allowedToAll(allow)));
      const peers = new PeerSet(AddressSet.union(from.map((name) => networks.resolve(name))));
      const allowed = TrafficSet.of([{ services: ServiceSet.ALL, peers }]).union(allowedTraffic(allow, networks));
      return allowed.covers(administration);
    },
  },
  egress: {
    "no-unrestricted-egress": (traffic, options, networks) => isNarrow(traffic, options, networks) && !traffic.addresses().overlaps(NAT64),
  },
};

/** Whether a rule judges who may come or be reached: then other peers are what it asks for, and no other example is. */
export function isAboutPeers(rule: string): boolean {
  return Object.values(JUDGES).some((judges) => Object.hasOwn(judges, rule));
}

/** What an alternative is sought for: the findings, and where the policy is asked. */
export interface Sought {
  readonly group: string;
  readonly findings: readonly Finding[];
  readonly policy: Policy;
  readonly scope: Scope | undefined;
}

/**
 * The same services for peers that pass every rule about them: the first network that the policy allows something to and that
 * passes. Undefined where no other peer would make it lawful, or nothing was found in this direction.
 */
export function alternativeTo(sought: Sought, direction: Direction): Alternative | undefined {
  const findings = sought.findings.filter(
    ({ traffic, parts }) => traffic.direction === direction && parts.length === 0 && !traffic.isEmpty(),
  );
  const judged = findings.filter(({ rule }) => Object.hasOwn(JUDGES[direction], rule));
  if (judged.length === 0) return byReference(sought, findings);
  // Described rules are no question of who may come; whatever else objects to a service, objects to it from everybody.
  const others = findings.filter((finding) => !judged.includes(finding) && finding.rule !== "described-rules");
  const wrong = unite(judged, direction).difference(unite(others, direction));
  if (wrong.isEmpty()) return undefined;
  const described = describing(findings);
  const networks = networksOf(sought.policy.document.networks);
  for (const network of candidates(sought, direction, wrong.services())) {
    const traffic = narrowed(wrong, networks.resolve(network));
    if (!traffic.isEmpty() && isApproved(traffic, sought, networks)) {
      return { ...shown(rulesFor(traffic), described ?? network), network };
    }
  }
  return shown(placeholders(wrong, direction, sought.findings), described ?? "who needs this, and for what");
}

function unite(findings: readonly Finding[], direction: Direction): TrafficSet {
  return TrafficSet.of(
    findings.flatMap(({ traffic }) => traffic.boxes()),
    direction,
  );
}

// Of each service, the addresses of the network that are of a family in which it was found.
function narrowed(wrong: TrafficSet, network: AddressSet): TrafficSet {
  const boxes = wrong.boxes().map(({ services, peers }) => {
    const families = ([4, 6] as const).filter((family) => !peers.addresses.family(family).isEmpty());
    return { services, peers: new PeerSet(AddressSet.union(families.map((family) => network.family(family)))) };
  });
  return TrafficSet.of(boxes, wrong.direction);
}

function isApproved(traffic: TrafficSet, { policy, scope }: Sought, networks: Networks): boolean {
  return Object.entries(JUDGES[traffic.direction]).every(([id, approves]) => {
    const options = optionsOf(id, policy, scope);
    return options === undefined || approves(traffic, options, networks);
  });
}

/** The options of a rule where it runs. */
function optionsOf(id: string, { document }: Policy, scope: Scope | undefined): Options | undefined {
  const rule = RULES.find(({ meta }) => meta.id === id);
  const settings = rule && settingsFor(rule, document, scope);
  return settings && Options.safeParse(rule.options.parse(settings.options)).data;
}

/** The networks to which the policy allows something: here and of these services first, then here, then anywhere. */
function candidates({ policy, scope }: Sought, direction: Direction, services: ServiceSet): Set<string> {
  const ids = Object.keys(JUDGES[direction]);
  const optionsIn = (one: Scope | undefined) => ids.flatMap((id) => optionsOf(id, policy, one) ?? []);
  const here = optionsIn(scope);
  const anywhere = [undefined, ...policy.document.scopes].flatMap(optionsIn);
  const meant = here.flatMap(({ allow }) => allow).filter((entry) => overlaps(entry, services));
  const names = (entries: readonly AllowEntry[]) => entries.flatMap(({ from, to }) => (direction === "ingress" ? from : to) ?? []);
  return new Set([
    ...names(meant),
    ...here.flatMap(({ from, allow }) => [...from, ...names(allow)]),
    ...anywhere.flatMap(({ from, allow }) => [...from, ...names(allow)]),
  ]);
}

function overlaps({ protocol, ports }: AllowEntry, services: ServiceSet): boolean {
  const allowed = allowedTraffic([{ protocol, ports }], networksOf({}));
  return !allowed.services().intersection(services).isEmpty();
}

// Inside a VPC a group is named; the finding says which live there.
function byReference({ group }: Sought, findings: readonly Finding[]): Alternative | undefined {
  const found = findings.filter(({ rule }) => rule === "prefer-group-source");
  if (found.length === 0) return undefined;
  const rules = found.flatMap(({ traffic, message }) => {
    const living = (message.match(/\bsg-[0-9a-z]+/g) ?? []).filter((id) => id !== group);
    const peer: Peer = { kind: "group", id: living[0] ?? "PUT-THE-GROUP-OF-THE-PEER-HERE" };
    return withPeer(traffic, [peer]);
  });
  return shown(rules, describing(findings) ?? "");
}

function placeholders(wrong: TrafficSet, direction: Direction, findings: readonly Finding[]): SecurityGroupRule[] {
  if (direction === "ingress" && findings.some(({ rule }) => rule === "admin-through-bastion")) {
    return withPeer(wrong, [{ kind: "group", id: "PUT-THE-GROUP-OF-YOUR-BASTION-HERE" }]);
  }
  const addresses = wrong.addresses();
  return withPeer(wrong, [
    ...(addresses.family(4).isEmpty() ? [] : [{ kind: "cidr", cidr: YOUR_V4 } as const]),
    ...(addresses.family(6).isEmpty() ? [] : [{ kind: "cidr", cidr: YOUR_V6 } as const]),
  ]);
}

// Any one address makes rules of the services; the peers come after.
function withPeer(traffic: TrafficSet, peers: readonly Peer[]): SecurityGroupRule[] {
  const services = TrafficSet.of([{ services: traffic.services(), peers: new PeerSet(AddressSet.of("192.0.2.1/32")) }], traffic.direction);
  return rulesFor(services).flatMap((rule) => peers.map((peer) => ({ ...rule, peer })));
}

function describing(findings: readonly Finding[]): string | undefined {
  return findings.flatMap(({ rules }) => rules).find(({ description }) => description !== undefined && description !== "")?.description;
}

function shown(rules: readonly SecurityGroupRule[], description: string): Alternative {
  return { rules: rules.slice(0, SHOWN).map((rule) => ({ ...rule, description })), more: Math.max(0, rules.length - SHOWN) };
}
