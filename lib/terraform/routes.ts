import { canonicalCidr } from "../model/cidr.ts";
import type { Route, RouteTableAssociation } from "../model/facts.ts";
import type { Attributes } from "./attributes.ts";
import { exchanged, ownerOf, type Reader, type Readers, type Reading, TYPES, told } from "./reading.ts";

/** The attributes that name the target of a route, and the types that each can mean. */
const TARGETS: Readonly<Record<string, readonly string[]>> = {
  gateway_id: TYPES.gateway,
  nat_gateway_id: TYPES.nat,
  egress_only_gateway_id: TYPES.egressOnly,
  vpc_peering_connection_id: TYPES.peering,
  transit_gateway_id: TYPES.transit,
  network_interface_id: TYPES.interface,
  instance_id: TYPES.instance,
  vpc_endpoint_id: TYPES.endpoint,
  local_gateway_id: TYPES.local,
  carrier_gateway_id: TYPES.carrier,
  core_network_arn: TYPES.core,
};

const table: Reader = (reading) => {
  const { attributes, source, id, network, open } = reading;
  const routes = inlineRoutes(id, reading);
  const facts = told({ vpc: attributes.ref("vpc_id", TYPES.vpc), tags: attributes.tags() });
  network.add(
    "route-table",
    { ...facts, id, routes, associations: [], propagating: attributes.refs("propagating_vgws", TYPES.vpn) },
    source,
    open,
  );
};

// It takes the main table of a VPC over; its own id is that of the table.
const defaultTable: Reader = (reading) => {
  const { attributes, source, id, network, open } = reading;
  const routes = inlineRoutes(id, reading);
  const vpc = attributes.text("vpc_id") ?? attributes.ref("default_route_table_id", TYPES.vpc);
  const associations = [{ id: `${id}/main`, main: true }];
  network.add(
    "route-table",
    { ...told({ vpc, tags: attributes.tags() }), id, routes, associations, propagating: attributes.refs("propagating_vgws", TYPES.vpn) },
    source,
    open,
  );
};

function inlineRoutes(id: string, { attributes, source, network }: Reading): Route[] {
  const blocks = attributes.blocks("route");
  if (blocks === undefined && !network.hasNoBlocks("route-table", id, source)) attributes.note("route");
  return (blocks ?? []).flatMap((block) => routeOf(block, ["cidr_block", "ipv6_cidr_block", "destination_prefix_list_id"]) ?? []);
}

const route: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const owner = ownerOf(attributes, "route_table_id", TYPES.table);
  const own = routeOf(attributes, ["destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"]);
  network.fold("route-table", owner, source, open, (facts) => ({
    ...facts,
    routes: exchanged(facts.routes, ({ destination }) => destination, way, own === undefined ? [] : [own]),
  }));
};

function routeOf(attributes: Attributes, [v4 = "", v6 = "", list = ""]: readonly string[]): Route | undefined {
  const cidr = attributes.text(v4) ?? attributes.text(v6);
  const destination = cidr === undefined ? attributes.ref(list, TYPES.list) : canonicalCidr(cidr);
  const targets = Object.entries(TARGETS).flatMap(([name, types]) => attributes.ref(name, types) ?? []);
  const [target] = targets;
  if (destination === undefined || target === undefined) {
    // Some expression must name both.
    const missing = destination === undefined ? v4 : "target";
    attributes.note(missing);
    return undefined;
  }
  return { destination, target };
}

const association: Reader = (reading) => {
  const { attributes, id } = reading;
  const [subnet, gateway] = [attributes.ref("subnet_id", TYPES.subnet), attributes.ref("gateway_id", TYPES.gateway)];
  associate(reading, { id, ...told({ subnet, gateway }) });
};

const mainAssociation: Reader = (reading) => associate(reading, { id: reading.id, main: true });

function associate(reading: Reading, own: RouteTableAssociation): void {
  const { attributes, source, network, open, way } = reading;
  const owner = ownerOf(attributes, "route_table_id", TYPES.table);
  network.fold("route-table", owner, source, open, (facts) => ({
    ...facts,
    associations: exchanged(facts.associations, ({ id }) => id, way, [own]),
  }));
}

const propagation: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const [owner, gateway] = [ownerOf(attributes, "route_table_id", TYPES.table), attributes.ref("vpn_gateway_id", TYPES.vpn)];
  network.fold("route-table", owner, source, open, (facts) => ({
    ...facts,
    propagating: exchanged(facts.propagating, String, way, gateway === undefined ? [] : [gateway]),
  }));
};

export const ROUTE_READERS: Readers = { aws_route_table: table, aws_default_route_table: defaultTable };
export const ROUTE_PART_READERS: Readers = {
  aws_route: route,
  aws_route_table_association: association,
  aws_main_route_table_association: mainAssociation,
  aws_vpn_gateway_route_propagation: propagation,
};
