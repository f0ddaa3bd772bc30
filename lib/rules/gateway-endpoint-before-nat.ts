import * as z from "zod/mini";
import type { EndpointFacts, RouteTableFacts } from "../model/facts.ts";
import { formatRoute } from "../model/route.ts";
import { askedOf, isUnknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { defaultRoutes } from "./terms/default-routes.ts";

// The services that have gateway endpoints, by the last word of their names.
const SERVICES = { s3: "S3", dynamodb: "DynamoDB" } as const;
const SERVICE_NAMES = ["s3", "dynamodb"] as const satisfies readonly (keyof typeof SERVICES)[];
type Service = (typeof SERVICE_NAMES)[number];

export const gatewayEndpointBeforeNat = defineRule({
  meta: {
    id: "gateway-endpoint-before-nat",
    title: "Tables that lead to a NAT gateway have gateway endpoints for S3 and DynamoDB",
    resource: "route-table",
    severity: "info",
    finds:
      "Tables with a default route to a NAT gateway, alone or in halves, and without the gateway endpoint of S3, of DynamoDB, or of both: there is none in the VPC, or it does not serve the table. Interface endpoints do not count, since they are billed by the hour and by the GB. Tables without a NAT gateway are left alone.",
    rationale:
      "A NAT gateway bills every GB that it carries, also to S3 and DynamoDB in the same region. Gateway endpoints carry that for nothing, and keep it off the internet.",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
    avoid: "a NAT gateway as the only way to S3 and DynamoDB",
    prefer: "aws ec2 create-vpc-endpoint --vpc-id vpc-... --service-name com.amazonaws.<region>.s3 --route-table-ids rtb-...",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["DeleteVpcEndpoints", "ModifyVpcEndpoint"],
  },
  options: () => z.strictObject({}),

  prepare: () => undefined,

  check: async ({ facts }, world, _, unjudged) => {
    const routes = (await defaultRoutes(facts, world)).byKind[4].get("nat-gateway");
    if (routes === undefined) return [];
    if (facts.vpc === undefined) {
      unjudged(`the VPC of ${facts.id}`);
      return [];
    }
    const endpoints = await world.list("endpoint", { vpc: facts.vpc });
    if (isUnknown(endpoints)) return [];
    const missing = SERVICE_NAMES.filter((service) => {
      if (endpoints.some((endpoint) => isFor(service, endpoint) && endpoint.routeTables.includes(facts.id))) return false;
      const doubtful = endpoints.find((endpoint) => mayBeFor(service, endpoint));
      if (doubtful !== undefined) unjudged(`${askedOf("endpoint", doubtful.id)}, of which a part is known`);
      return doubtful === undefined;
    });
    if (missing.length === 0) return [];
    const services = missing.map((service) => SERVICES[service]).join(" and ");
    const commands = missing.map((service) => commandFor(service, facts, endpoints)).join("; ");
    return [
      {
        parts: [...routes.map(({ destination }) => destination), ...missing],
        message: `${routes.map(formatRoute).join(", ")} carries what goes from ${facts.id} to ${services}, and the NAT gateway bills each GB of it (0.045 USD in us-east-1, beside as much an hour). A gateway endpoint carries it for nothing: ${commands}`,
      },
    ];
  },
});

function isFor(service: Service, endpoint: EndpointFacts): boolean {
  return endpoint.type === "Gateway" && endpoint.service?.endsWith(`.${service}`) === true;
}

// An endpoint known in part may be the one that is missed, or may serve tables that no record tells.
function mayBeFor(service: Service, { type, service: name, partial }: EndpointFacts): boolean {
  return partial === true && (type ?? "Gateway") === "Gateway" && (name ?? `.${service}`).endsWith(`.${service}`);
}

function commandFor(service: Service, { id, vpc = "vpc-..." }: RouteTableFacts, endpoints: readonly EndpointFacts[]): string {
  const standing = endpoints.find((endpoint) => isFor(service, endpoint));
  if (standing !== undefined) return `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${standing.id} --add-route-table-ids ${id}`;
  return `aws ec2 create-vpc-endpoint --vpc-id ${vpc} --service-name com.amazonaws.<region>.${service} --route-table-ids ${id}`;
}
