import type { EndpointFacts } from "../../lib/model/facts.ts";
import { gatewayEndpointBeforeNat } from "../../lib/rules/gateway-endpoint-before-nat.ts";
import { route, routeTable } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes });
const endpoint = (service: string, facts: Partial<EndpointFacts> = {}): EndpointFacts => ({
  id: `vpce-${service}`,
  vpc: "vpc-1",
  service: `com.amazonaws.eu-central-1.${service}`,
  type: "Gateway",
  routeTables: ["rtb-1"],
  subnets: [],
  ...facts,
});
const both = { endpoint: [endpoint("s3"), endpoint("dynamodb")] };

testResourceRule(gatewayEndpointBeforeNat, {
  valid: {
    "both endpoints": { "route-table": table("0.0.0.0/0 to nat-1"), network: both },
    "no NAT gateway": { "route-table": table("0.0.0.0/0 to igw-1", "::/0 to eigw-1") },
    "NAT64 alone": { "route-table": table("64:ff9b::/96 to nat-1") },
    "IPv4 addresses mapped into IPv6": { "route-table": table("::ffff:0:0/96 to nat-1") },
    "IPv6 to a NAT gateway, which carries none": { "route-table": table("::/0 to nat-1") },
    "a lawful look-alike: a NAT gateway for one partner": { "route-table": table("198.51.100.0/24 to nat-1") },
    "boundary: nearly all of IPv4": { "route-table": table("0.0.0.0/1 to nat-1", "128.0.0.0/2 to nat-1") },
    "endpoints that nobody may list": {
      "route-table": table("0.0.0.0/0 to nat-1"),
      network: { unknown: { endpoint: "AccessDenied" } },
      unjudged: ["VPC endpoints: AccessDenied"],
    },
    "a table whose VPC nobody told": {
      "route-table": { id: "rtb-1", routes: [route("0.0.0.0/0 to nat-1")], associations: [], propagating: [], partial: true },
      unjudged: ["the VPC of rtb-1"],
    },
    "an endpoint known in part, which may be either": {
      "route-table": table("0.0.0.0/0 to nat-1"),
      network: { endpoint: [{ id: "vpce-1", vpc: "vpc-1", routeTables: [], subnets: [], partial: true }] },
      unjudged: ["vpce-1, of which a part is known"],
    },
  },
  invalid: {
    "no endpoint": [
      { "route-table": table("0.0.0.0/0 to nat-1") },
      {
        parts: "0.0.0.0/0, s3, dynamodb",
        remedies: [],
        says: "aws ec2 create-vpc-endpoint --vpc-id vpc-1 --service-name com.amazonaws.<region>.s3 --route-table-ids rtb-1",
      },
    ],
    "what it costs": [{ "route-table": table("0.0.0.0/0 to nat-9") }, { parts: "0.0.0.0/0, s3, dynamodb", says: "0.045 USD in us-east-1" }],
    "S3 only": [
      { "route-table": table("0.0.0.0/0 to nat-1"), network: { endpoint: [endpoint("s3")] } },
      { parts: "0.0.0.0/0, dynamodb", says: "to DynamoDB," },
    ],
    "an endpoint that serves another table": [
      {
        "route-table": table("0.0.0.0/0 to nat-1"),
        network: { endpoint: [endpoint("s3", { routeTables: ["rtb-2"] }), endpoint("dynamodb")] },
      },
      { parts: "0.0.0.0/0, s3", says: "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-s3 --add-route-table-ids rtb-1" },
    ],
    "an endpoint of another VPC": [
      { "route-table": table("0.0.0.0/0 to nat-1"), network: { endpoint: [endpoint("s3", { vpc: "vpc-2" }), endpoint("dynamodb")] } },
      "0.0.0.0/0, s3",
    ],
    "an interface endpoint": [
      { "route-table": table("0.0.0.0/0 to nat-1"), network: { endpoint: [endpoint("s3", { type: "Interface" }), endpoint("dynamodb")] } },
      "0.0.0.0/0, s3",
    ],
    "an evasion of names: S3 Express is another service": [
      { "route-table": table("0.0.0.0/0 to nat-1"), network: { endpoint: [endpoint("s3express"), endpoint("dynamodb")] } },
      "0.0.0.0/0, s3",
    ],
    "a default in halves": [{ "route-table": table("0.0.0.0/1 to nat-1", "128.0.0.0/1 to nat-2") }, "0.0.0.0/1, 128.0.0.0/1, s3, dynamodb"],
    "a default by a prefix list": [
      { "route-table": table("pl-1 to nat-1"), network: { "prefix-list": [{ id: "pl-1", cidrs: ["0.0.0.0/0"] }] } },
      "pl-1, s3, dynamodb",
    ],
    "an endpoint known in part, which is another service's": [
      {
        "route-table": table("0.0.0.0/0 to nat-1"),
        network: { endpoint: [endpoint("dynamodb"), endpoint("ec2", { type: "Interface", partial: true })] },
      },
      "0.0.0.0/0, s3",
    ],
  },
});
