import { ACCOUNT, REGION } from "../support/emulators.ts";
import { type Planned, planned, planOf } from "../support/terraform.ts";
import type { Ids } from "./as-calls.ts";
import { isIpv6, type Network, type Rule, tagsOf, VPC_CIDR } from "./network.ts";

/** How a configuration writes the rules of a group. */
export type Style = "inline" | "one-each" | "older";

const STAYS = { actions: ["no-op"] };

/**
 * The plan of a network's change in the form of `terraform show -json`; of all of it, where no ids say that it stands already.
 */
export function terraformOf(network: Network, style: Style, ids?: Ids): unknown {
  const writer = new Writer(network, style, ids);
  const provider = {
    aws: { name: "aws", expressions: { region: { constant_value: REGION }, allowed_account_ids: { constant_value: [ACCOUNT] } } },
  };
  const plan = planOf(writer.resources());
  const { configuration } = plan as { configuration: object };
  return { ...(plan as object), configuration: { ...configuration, provider_config: provider } };
}

class Writer {
  private readonly network: Network;
  private readonly style: Style;
  private readonly ids: Ids | undefined;

  constructor(network: Network, style: Style, ids: Ids | undefined) {
    this.network = network;
    this.style = style;
    this.ids = ids;
  }

  resources(): Planned[] {
    const { ids, network } = this;
    const { routes, addedRoute, subnets, groups } = network;
    return [
      this.standing("aws_vpc.main", ids?.vpc, { cidr_block: VPC_CIDR, tags: {} }),
      this.standing("aws_internet_gateway.main", ids?.gateway, { tags: {} }, { vpc_id: ["aws_vpc.main", ids?.vpc] }),
      this.standing("aws_route_table.main", ids?.table, { tags: {} }, { vpc_id: ["aws_vpc.main", ids?.vpc] }),
      ...subnets.flatMap((subnet, n) => [
        this.standing(
          `aws_subnet.s${n}`,
          ids?.subnets[n],
          { cidr_block: subnet.cidr, tags: tagsOf(subnet), tags_all: tagsOf(subnet) },
          { vpc_id: ["aws_vpc.main", ids?.vpc] },
        ),
        this.standing(
          `aws_route_table_association.s${n}`,
          ids?.associations[n],
          {},
          {
            route_table_id: ["aws_route_table.main", ids?.table],
            subnet_id: [`aws_subnet.s${n}`, ids?.subnets[n]],
          },
        ),
      ]),
      ...routes.map((cidr, n) => this.route(`r${n}`, cidr, true)),
      ...(addedRoute === undefined ? [] : [this.route("added", addedRoute, false)]),
      ...groups.flatMap((_, n) => this.group(n)),
    ];
  }

  /** A resource that stands where ids are given, and is made otherwise; `names` are the references that it makes. */
  private standing(
    address: string,
    id: string | undefined,
    values: object,
    names: Readonly<Record<string, readonly [string, string | undefined]>> = {},
  ): Planned {
    const of = Object.fromEntries(Object.entries(names).map(([attribute, [reference]]) => [attribute, [`${reference}.id`, reference]]));
    if (id === undefined) return planned(address, values, { names: of });
    const known = { id, ...values, ...Object.fromEntries(Object.entries(names).map(([attribute, [, value]]) => [attribute, value])) };
    return withoutUnknown(planned(address, known, { ...STAYS, before: known, names: of }));
  }

  /** Something new beside what stands. */
  private made(address: string, values: object, names: Readonly<Record<string, readonly [string, string | undefined]>>): Planned {
    const of = Object.fromEntries(Object.entries(names).map(([attribute, [reference]]) => [attribute, [`${reference}.id`, reference]]));
    if (this.ids === undefined) return planned(address, values, { names: of });
    const known = Object.fromEntries(Object.entries(names).map(([attribute, [, value]]) => [attribute, value]));
    return withoutUnknown(planned(address, { ...values, ...known }, { names: of }), { id: true });
  }

  private route(name: string, cidr: string, stood: boolean): Planned {
    const destination = isIpv6(cidr) ? { destination_ipv6_cidr_block: cidr } : { destination_cidr_block: cidr };
    const names = {
      route_table_id: ["aws_route_table.main", this.ids?.table] as const,
      gateway_id: ["aws_internet_gateway.main", this.ids?.gateway] as const,
    };
    return stood && this.ids !== undefined
      ? this.standing(`aws_route.${name}`, `r-${name}`, destination, names)
      : this.made(`aws_route.${name}`, destination, names);
  }

  private group(n: number): Planned[] {
    const { ids, style } = this;
    const { rules, added } = this.network.groups[n] ?? { rules: [], added: [] };
    const address = `aws_security_group.g${n}`;
    const common = { name: `g${n}`, description: "parity", tags: {} };
    const vpc = { vpc_id: ["aws_vpc.main", ids?.vpc] as const };
    if (style === "inline") return [this.inline(address, common, n)];
    const refreshed = ids === undefined ? {} : this.blocks(rules);
    return [
      this.standing(address, ids?.groups[n], { ...common, ...refreshed }, vpc),
      ...rules.map((rule, at) => this.rule(`g${n}_${at}`, n, rule, true)),
      ...added.map((rule, at) => this.rule(`g${n}_added_${at}`, n, rule, false)),
    ];
  }

  private inline(address: string, common: object, n: number): Planned {
    const { ids } = this;
    const { rules, added } = this.network.groups[n] ?? { rules: [], added: [] };
    const references = [...rules, ...added].flatMap(({ peer }) => ("group" in peer && peer.group !== n ? [peer.group] : []));
    const names = Object.fromEntries(
      ["ingress", "egress"].map((attribute) => [
        attribute,
        references.flatMap((other) => [`aws_security_group.g${other}.id`, `aws_security_group.g${other}`]),
      ]),
    );
    const vpc = { vpc_id: ["aws_vpc.main.id", "aws_vpc.main"] };
    if (ids === undefined) {
      // Terraform writes what a set holds that is known after apply only as unknown in part.
      const values = { ...common, ...this.blocks([...rules, ...added]) };
      return planned(address, values, { names: vpc });
    }
    const [before, after] = [rules, [...rules, ...added]].map((all) => ({
      id: ids.groups[n],
      ...common,
      vpc_id: ids.vpc,
      ...this.blocks(all),
    }));
    const actions = added.length === 0 ? ["no-op"] : ["update"];
    return withoutUnknown(planned(address, after ?? {}, { actions, before: before ?? {}, names: { ...names, ...vpc } }));
  }

  private blocks(rules: readonly Rule[]): object {
    const block = ({ protocol, from, to, peer, description }: Rule) => ({
      protocol,
      from_port: protocol === "-1" ? 0 : from,
      to_port: protocol === "-1" ? 0 : to,
      description,
      cidr_blocks: "cidr" in peer && !isIpv6(peer.cidr) ? [peer.cidr] : [],
      ipv6_cidr_blocks: "cidr" in peer && isIpv6(peer.cidr) ? [peer.cidr] : [],
      prefix_list_ids: [],
      security_groups: "group" in peer ? [this.ids?.groups[peer.group]] : [],
      self: false,
    });
    const of = (direction: Rule["direction"]) => rules.filter((rule) => rule.direction === direction).map(block);
    return { ingress: of("ingress"), egress: of("egress") };
  }

  private rule(name: string, n: number, rule: Rule, stood: boolean): Planned {
    const { address, values, names } = this.style === "older" ? this.olderRule(name, n, rule) : this.newerRule(name, n, rule);
    return stood && this.ids !== undefined ? this.standing(address, `sgr-${name}`, values, names) : this.made(address, values, names);
  }

  private newerRule(name: string, n: number, { direction, protocol, from, to, peer, description }: Rule) {
    const hasPorts = protocol !== "-1";
    return {
      address: `aws_vpc_security_group_${direction}_rule.${name}`,
      values: {
        ip_protocol: protocol,
        from_port: hasPorts ? from : null,
        to_port: hasPorts ? to : null,
        description: description === "" ? null : description,
        cidr_ipv4: "cidr" in peer && !isIpv6(peer.cidr) ? peer.cidr : null,
        cidr_ipv6: "cidr" in peer && isIpv6(peer.cidr) ? peer.cidr : null,
        prefix_list_id: null,
        ...("cidr" in peer && { referenced_security_group_id: null }),
      },
      names: {
        security_group_id: this.named(n),
        ...("group" in peer && { referenced_security_group_id: this.named(peer.group) }),
      },
    };
  }

  private olderRule(name: string, n: number, { direction, protocol, from, to, peer, description }: Rule) {
    return {
      address: `aws_security_group_rule.${name}`,
      values: {
        type: direction,
        protocol,
        from_port: protocol === "-1" ? 0 : from,
        to_port: protocol === "-1" ? 0 : to,
        description: description === "" ? null : description,
        cidr_blocks: "cidr" in peer && !isIpv6(peer.cidr) ? [peer.cidr] : null,
        ipv6_cidr_blocks: "cidr" in peer && isIpv6(peer.cidr) ? [peer.cidr] : null,
        prefix_list_ids: null,
        self: false,
        ...("cidr" in peer && { source_security_group_id: null }),
      },
      names: {
        security_group_id: this.named(n),
        ...("group" in peer && { source_security_group_id: this.named(peer.group) }),
      },
    };
  }

  private named(n: number): readonly [string, string | undefined] {
    return [`aws_security_group.g${n}`, this.ids?.groups[n]];
  }
}

function withoutUnknown({ change, block }: Planned, unknown: object = {}): Planned {
  const { change: act, ...rest } = change as { change: object };
  return { change: { ...rest, change: { ...act, after_unknown: unknown } }, block };
}
