import type { EndpointFacts, PeeringSide } from "../model/facts.ts";
import type { Attributes } from "./attributes.ts";
import { exchanged, ownerOf, type Reader, type Readers, TYPES, told } from "./reading.ts";

const peering: Reader = ({ attributes, source, id, network, open }) => {
  const requester = attributes.ref("vpc_id", TYPES.vpc);
  const accepter = attributes.ref("peer_vpc_id", TYPES.vpc);
  const { region } = source;
  const given = attributes.text("peer_owner_id");
  const account = source.account ?? (given === undefined ? SAME_ACCOUNT : undefined);
  // Without an owner, the accepter is in the account of the requester, and without a region in its region.
  const own = told({ vpc: requester, account, region });
  const other = told({ vpc: accepter, account: given ?? account, region: attributes.text("peer_region") ?? region });
  const status = attributes.text("accept_status") ?? (attributes.flag("auto_accept") === true ? "active" : "pending-acceptance");
  network.add(
    "peering",
    {
      ...told({ tags: attributes.tags() }),
      id,
      status,
      requester: { cidrs: [], ...own, ...resolving(attributes, "requester") },
      accepter: { cidrs: [], ...other, ...resolving(attributes, "accepter") },
    },
    source,
    open,
  );
  // Only the account of a VPC can request a peering for it.
  if (requester !== undefined) network.meet("vpc", requester);
};

// Stands for an account that no plan tells, on both sides of a connection within it.
const SAME_ACCOUNT = "of the plan";

function resolving(attributes: Attributes, side: "requester" | "accepter"): Pick<PeeringSide, "resolvesDns"> {
  const [options] = attributes.blocks(side) ?? [];
  const resolves = options?.flag("allow_remote_vpc_dns_resolution");
  return resolves === undefined ? {} : { resolvesDns: resolves };
}

const acceptance: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const owner = ownerOf(attributes, "vpc_peering_connection_id", TYPES.peering);
  const accepts = attributes.flag("auto_accept") === true;
  const own = resolving(attributes, "accepter");
  network.fold("peering", owner, source, open, (facts) => {
    if (way === "out") return facts;
    return { ...facts, ...(accepts && { status: "active" }), accepter: { ...facts.accepter, ...own } };
  });
};

const endpoint: Reader = ({ attributes, source, id, network, open }) => {
  const type = TYPES_OF_ENDPOINT.find((name) => name === attributes.text("vpc_endpoint_type")) ?? "Gateway";
  const facts = told({
    vpc: attributes.ref("vpc_id", TYPES.vpc),
    service: attributes.text("service_name"),
    policy: attributes.text("policy"),
    tags: attributes.tags(),
  });
  const routeTables = attributes.refs("route_table_ids", TYPES.table);
  const subnets = attributes.refs("subnet_ids", TYPES.subnet);
  network.add("endpoint", { ...facts, id, type, routeTables, subnets }, source, open);
};
const TYPES_OF_ENDPOINT: readonly NonNullable<EndpointFacts["type"]>[] = [
  "Gateway",
  "Interface",
  "GatewayLoadBalancer",
  "Resource",
  "ServiceNetwork",
];

const endpointPart =
  (list: "routeTables" | "subnets", name: string, types: readonly string[]): Reader =>
  (reading) => {
    const { attributes, source, network, open, way } = reading;
    const [owner, item] = [ownerOf(attributes, "vpc_endpoint_id", TYPES.endpoint), attributes.ref(name, types)];
    const own = item === undefined ? [] : [item];
    network.fold("endpoint", owner, source, open, (facts) => ({ ...facts, [list]: exchanged(facts[list], String, way, own) }));
  };

const endpointService: Reader = ({ attributes, source, id, network, open }) => {
  const facts = told({
    name: attributes.text("service_name"),
    acceptanceRequired: attributes.flag("acceptance_required"),
    tags: attributes.tags(),
  });
  network.add("endpoint-service", { ...facts, id, principals: attributes.texts("allowed_principals") }, source, open);
};

const allowedPrincipal: Reader = (reading) => {
  const { attributes, source, network, open, way } = reading;
  const [owner, principal] = [ownerOf(attributes, "vpc_endpoint_service_id", TYPES.service), attributes.text("principal_arn")];
  const own = principal === undefined ? [] : [principal];
  network.fold("endpoint-service", owner, source, open, (facts) => ({
    ...facts,
    principals: exchanged(facts.principals, String, way, own),
  }));
};

export const CONNECTION_READERS: Readers = {
  aws_vpc_peering_connection: peering,
  aws_vpc_endpoint: endpoint,
  aws_vpc_endpoint_service: endpointService,
};
export const CONNECTION_PART_READERS: Readers = {
  aws_vpc_peering_connection_accepter: acceptance,
  aws_vpc_endpoint_route_table_association: endpointPart("routeTables", "route_table_id", TYPES.table),
  aws_vpc_endpoint_subnet_association: endpointPart("subnets", "subnet_id", TYPES.subnet),
  aws_vpc_endpoint_service_allowed_principal: allowedPrincipal,
};
