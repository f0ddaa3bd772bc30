import * as z from "zod/mini";
import { AddressSet } from "../model/address-set.ts";
import type { VpcFacts } from "../model/facts.ts";
import { hasEnded } from "../model/peering.ts";
import { isUnknown, type World } from "../model/world.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { BlockSize } from "./terms/exposure.ts";

// What EC2 gives every default VPC; only DeleteVpc changes that, and default-vpc is about it.
const DEFAULT_VPC = AddressSet.of("172.31.0.0/16");

// The addresses of EC2-Classic, less those that a linked VPC could have all the same.
const CLASSIC = AddressSet.of("10.0.0.0/8").difference(AddressSet.of("10.0.0.0/16", "10.1.0.0/16"));

export const noCidrOverlap = defineRule({
  meta: {
    id: "no-cidr-overlap",
    title: "The CIDRs of a VPC are those of the address plan and overlap no other network",
    resource: "vpc",
    severity: "medium",
    finds:
      "CIDRs of a VPC, secondary ones too, that overlap another known VPC of the account and region or the other side of a living peering, in IPv4 or IPv6. IPv4 CIDRs also when they leave the networks of `plan`, are larger than `largest` or smaller than `smallest`, or with `classiclink` lie in 10.0.0.0/8 outside of 10.0.0.0/16 and 10.1.0.0/16. The 172.31.0.0/16 of a default VPC is left alone; another VPC that overlaps it is found.",
    rationale:
      "Networks that share addresses can never be joined by peering, transit gateway or VPN, and a VPC cannot be renumbered: it has to be built anew.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
    avoid: "aws ec2 create-vpc --cidr-block 10.0.0.0/16   # as in every example, and so in every account",
    prefer: "aws ec2 create-vpc --ipv4-ipam-pool-id ipam-pool-... --ipv4-netmask-length 20",
    remedies: [],
    remedy: "none",
    // Many accounts use the same addresses on purpose, in networks that nobody joins.
    enabled: false,
  },
  options: () =>
    z.strictObject({
      plan: z._default(
        z
          .array(z.string("expected a CIDR or the name of a network"), "expected a list of CIDRs and names of networks")
          .check(z.describe("The networks from which the IPv4 CIDRs of VPCs are taken; when empty, from anywhere.")),
        [],
      ),
      smallest: z._default(
        BlockSize(32, "/28").check(z.describe("The smallest IPv4 CIDR that the plan allows; EC2 itself takes none smaller than /28.")),
        "/28",
      ),
      largest: z._default(
        BlockSize(32, "/16").check(z.describe("The largest IPv4 CIDR that the plan allows; EC2 itself takes none larger than /16.")),
        "/16",
      ),
      classiclink: z._default(
        z.boolean("expected true or false").check(z.describe("Whether the addresses that ClassicLink needed, 10.0.0.0/8, are kept free.")),
        false,
      ),
    }),

  prepare: ({ plan, smallest, largest, classiclink }, networks): Plan => ({
    ...(plan.length > 0 && { addresses: AddressSet.union(plan.map((name) => networks.resolve(name))), names: plan.join(", ") }),
    smallest,
    largest,
    classiclink,
  }),

  check: async ({ facts }, world, plan, unjudged) => {
    const blocks = [...facts.cidrs, ...facts.ipv6Cidrs]
      .map((cidr): Block => ({ cidr, addresses: AddressSet.of(cidr) }))
      .filter(({ addresses }) => facts.isDefault !== true || !addresses.equals(DEFAULT_VPC));
    if (facts.partial === true) unjudged(`the CIDRs of ${facts.id}, of which a part is known`);
    const others = blocks.length === 0 ? [] : await othersOf(facts, world, unjudged);
    return blocks.flatMap((block) => {
      const faults = faultsOf(block, plan);
      const planned =
        faults.length === 0 ? [] : [{ parts: [block.cidr], message: `${block.cidr} ${faults.join(" and ")}: take one from the plan` }];
      const overlapping = others.filter(({ addresses }) => addresses.overlaps(block.addresses));
      return [...planned, ...overlapping.map((other) => overlapOf(block, other))];
    });
  },
});

interface Plan {
  readonly addresses?: AddressSet;
  readonly names?: string;
  readonly smallest: string;
  readonly largest: string;
  readonly classiclink: boolean;
}

interface Block {
  readonly cidr: string;
  readonly addresses: AddressSet;
}

/** Another VPC that is known, with the peerings by which it is. */
interface Other {
  readonly vpc: string;
  readonly peerings: readonly string[];
  readonly addresses: AddressSet;
}

// IPv6 blocks come from Amazon or from pools, so no plan says their size.
function faultsOf({ addresses }: Block, { addresses: plan, names, smallest, largest, classiclink }: Plan): string[] {
  const size = addresses.size().v4;
  if (size === 0n) return [];
  const blockOf = (length: string) => 1n << BigInt(32 - Number(length.slice(1)));
  return [
    ...(plan !== undefined && !plan.covers(addresses) ? [`is outside of ${names}`] : []),
    ...(size > blockOf(largest) ? [`is larger than a ${largest}`] : []),
    ...(size < blockOf(smallest) ? [`is smaller than a ${smallest}`] : []),
    ...(classiclink && addresses.overlaps(CLASSIC) ? ["takes addresses of 10.0.0.0/8, which ClassicLink needs"] : []),
  ];
}

function overlapOf({ cidr, addresses }: Block, other: Other) {
  const by = other.peerings.length === 0 ? "" : ` behind ${other.peerings.join(", ")}`;
  const shared = other.addresses.intersection(addresses);
  return {
    parts: [cidr, other.vpc, ...other.peerings],
    message: `${cidr} overlaps ${other.vpc}${by} in ${shared}: the two can never be joined; take a CIDR that is free`,
  };
}

async function othersOf({ id }: VpcFacts, world: World, unjudged: NoteUnjudged): Promise<Other[]> {
  const found = new Map<string, Other>();
  const add = (vpc: string, cidrs: readonly string[], peerings: readonly string[]) => {
    const known = found.get(vpc);
    const addresses = AddressSet.of(...cidrs).union(known?.addresses ?? AddressSet.EMPTY);
    found.set(vpc, { vpc, addresses, peerings: [...(known?.peerings ?? []), ...peerings] });
  };
  const untold = new Set<string>();
  const vpcs = await world.list("vpc", {});
  for (const vpc of isUnknown(vpcs) ? [] : vpcs) {
    if (vpc.id === id) continue;
    if (vpc.partial === true) untold.add(vpc.id);
    add(vpc.id, [...vpc.cidrs, ...vpc.ipv6Cidrs], []);
  }
  const peerings = await world.list("peering", { vpc: id });
  for (const peering of isUnknown(peerings) ? [] : peerings) {
    const side = peering.requester.vpc === id ? peering.accepter : peering.requester;
    if (hasEnded(peering.status)) continue;
    const vpc = side.vpc ?? `the other side of ${peering.id}`;
    if (side.cidrs.length === 0 && !found.has(vpc)) untold.add(vpc);
    add(vpc, side.cidrs, [peering.id]);
  }
  if (untold.size > 0) unjudged(`the CIDRs of ${[...untold].join(", ")}, which no record tells`);
  return [...found.values()];
}
