import type { VpcFacts } from "../model/facts.ts";
import { plannedId } from "../planned/ids.ts";
import type { Network, Origin } from "./network.ts";
import { DEFAULT_ENTRIES } from "./network-acls.ts";
import { madeWithVpc } from "./references.ts";
import { EVERYTHING_OUT } from "./security-groups.ts";

/**
 * Adds what EC2 makes with a VPC by itself: the main route table, and the default security group and network ACL
 * (https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html). They are context until something changes them.
 */
export function addMadeWithVpc(vpc: VpcFacts, origin: Origin, network: Network): void {
  const addresses = madeWithVpc(origin.address);
  const [group, acl, table] = [plannedId("sg-", addresses.group), plannedId("acl-", addresses.acl), plannedId("rtb-", addresses.table)];
  const made = (address: string): Origin => ({ ...origin, address, act: "none" });
  const fromItself = { direction: "ingress", protocol: "-1", peer: { kind: "group", id: group } } as const;
  network.add(
    "security-group",
    { id: group, name: "default", vpc: vpc.id, description: "default VPC security group", rules: [fromItself, EVERYTHING_OUT] },
    made(addresses.group),
  );
  const main = { id: `rtbassoc-${origin.name}-main`, main: true };
  network.add("route-table", { id: table, vpc: vpc.id, routes: [], associations: [main], propagating: [] }, made(addresses.table));
  network.add("network-acl", { id: acl, vpc: vpc.id, isDefault: true, entries: DEFAULT_ENTRIES, subnets: [] }, made(addresses.acl));
}

const EVERYTHING_OUT_IPV6 = { ...EVERYTHING_OUT, peer: { kind: "cidr", cidr: "::/0" } } as const;

/** Adds what follows from all that was made: routes inside the VPC, IPv6, and subnets that nothing gives another network ACL. */
export function settle(network: Network): void {
  for (const group of network.list("security-group")) {
    // EC2 lets a new group send to IPv6 too where its VPC has IPv6.
    const hasIpv6 =
      (network.get("vpc", group.vpc)?.ipv6Cidrs ?? []).length > 0 ||
      network.unknownOf("vpc", group.vpc).some((what) => what.includes("Ipv6"));
    if (group.vpc !== undefined && hasIpv6 && group.rules.includes(EVERYTHING_OUT)) {
      network.put("security-group", { ...group, rules: [...group.rules, EVERYTHING_OUT_IPV6] });
    }
  }
  const defaultGroups = (vpc: string) =>
    network.list("security-group").flatMap((group) => (group.vpc === vpc && group.name === "default" ? group.id : []));
  for (const one of network.list("network-interface")) {
    const vpc = network.get("subnet", one.subnet)?.vpc;
    if (vpc !== undefined)
      network.put("network-interface", {
        ...one,
        vpc,
        groups: one.groups.length > 0 || one.partial === true ? one.groups : defaultGroups(vpc),
      });
  }
  for (const table of network.list("route-table")) {
    const vpc = network.get("vpc", table.vpc);
    const local = [...(vpc?.cidrs ?? []), ...(vpc?.ipv6Cidrs ?? [])].map((destination) => ({
      destination,
      target: "local",
      origin: "table" as const,
    }));
    network.put("route-table", { ...table, routes: [...local, ...table.routes] });
  }
  const acls = network.list("network-acl");
  for (const acl of acls.filter(({ isDefault }) => isDefault === true)) {
    const others = new Set(acls.filter((other) => other !== acl).flatMap(({ subnets }) => subnets));
    const left = network.list("subnet").filter(({ id, vpc }) => vpc === acl.vpc && !others.has(id) && !acl.subnets.includes(id));
    network.put("network-acl", { ...acl, subnets: [...acl.subnets, ...left.map(({ id }) => id)] });
  }
}
