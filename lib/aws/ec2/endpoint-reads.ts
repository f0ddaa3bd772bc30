import {
  DescribeVpcEndpointServiceConfigurationsCommand,
  DescribeVpcEndpointServicePermissionsCommand,
  DescribeVpcEndpointsCommand,
  type EC2Client,
  type VpcEndpoint as Ec2Endpoint,
  type ServiceConfiguration,
} from "@aws-sdk/client-ec2";
import type { EndpointFacts, EndpointServiceFacts } from "../../model/facts.ts";
import { isMet } from "../../model/world.ts";
import { tags } from "./ec2-permissions.ts";
import { type Asked, everyPage, filters, type Reader, readerOf } from "./reader.ts";

const PAGE = 1000;

/** VPC endpoints with their policies; one that is deleted stays in EC2's answers for a while, and is none. */
export function endpointReader(client: EC2Client): Reader<"endpoint"> {
  return readerOf("endpoint", async (asked) => {
    const request = "id" in asked ? { VpcEndpointIds: [asked.id] } : { Filters: filters({ "vpc-id": asked.where.vpc }), MaxResults: PAGE };
    const found = await everyPage(async (token) => {
      const answer = await client.send(new DescribeVpcEndpointsCommand({ ...request, ...token }));
      return [answer.VpcEndpoints, answer.NextToken];
    });
    return found.filter(({ State }) => !isGone(State)).map(endpointFacts);
  });
}

// EC2 answers in lower case, its reference says otherwise.
function isGone(state: string | undefined): boolean {
  return /^delet(ed|ing)$/i.test(state ?? "");
}

const TYPES: Readonly<Record<string, EndpointFacts["type"]>> = {
  Gateway: "Gateway",
  Interface: "Interface",
  GatewayLoadBalancer: "GatewayLoadBalancer",
  Resource: "Resource",
  ServiceNetwork: "ServiceNetwork",
};

function endpointFacts(found: Ec2Endpoint): EndpointFacts {
  const type = TYPES[found.VpcEndpointType ?? ""];
  return {
    id: found.VpcEndpointId ?? "",
    ...(found.VpcId !== undefined && { vpc: found.VpcId }),
    ...(found.ServiceName !== undefined && { service: found.ServiceName }),
    ...(type !== undefined && { type }),
    routeTables: found.RouteTableIds ?? [],
    subnets: found.SubnetIds ?? [],
    ...(found.PolicyDocument !== undefined && { policy: found.PolicyDocument }),
    ...tags(found.Tags),
  };
}

/** The services that this account offers, each with all its permissions. */
export function endpointServiceReader(client: EC2Client): Reader<"endpoint-service"> {
  const configurations = (asked: Asked) => {
    const request = "id" in asked ? { ServiceIds: [asked.id] } : { MaxResults: PAGE };
    return everyPage(async (token) => {
      const answer = await client.send(new DescribeVpcEndpointServiceConfigurationsCommand({ ...request, ...token }));
      return [answer.ServiceConfigurations, answer.NextToken];
    });
  };
  const principals = async (service: string) => {
    const found = await everyPage(async (token) => {
      const answer = await client.send(
        new DescribeVpcEndpointServicePermissionsCommand({ ServiceId: service, MaxResults: PAGE, ...token }),
      );
      return [answer.AllowedPrincipals, answer.NextToken];
    });
    return found.flatMap(({ Principal }) => Principal ?? []);
  };
  return readerOf("endpoint-service", async (asked) => {
    const found = (await configurations(asked)).filter(({ ServiceState }) => !isGone(ServiceState)).map(serviceFacts);
    const wanted = found.filter((facts) => "id" in asked || isMet("endpoint-service", facts, asked.where));
    return Promise.all(wanted.map(async (facts) => ({ ...facts, principals: await principals(facts.id) })));
  });
}

function serviceFacts({ ServiceId, ServiceName, AcceptanceRequired, Tags }: ServiceConfiguration): EndpointServiceFacts {
  return {
    id: ServiceId ?? "",
    ...(ServiceName !== undefined && { name: ServiceName }),
    ...(AcceptanceRequired !== undefined && { acceptanceRequired: AcceptanceRequired }),
    principals: [],
    ...tags(Tags),
  };
}
