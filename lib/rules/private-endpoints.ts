import * as z from "zod/mini";
import type { EndpointFacts } from "../model/facts.ts";
import { isUnknown } from "../model/world.ts";
import { defineRule } from "./rule.ts";
import { isMeant, tagsNeeded, VpcIds, VpcTag } from "./terms/tagged-vpc.ts";

// What AWS puts in front of the name of a service: com.amazonaws.eu-west-1., in China cn.com.amazonaws.cn-north-1.
const PREFIX = /^(?:cn\.)?com\.amazonaws\.[a-z]{2,}(?:-[a-z0-9]+)+\./;

export const privateEndpoints = defineRule({
  meta: {
    id: "private-endpoints",
    title: "A VPC that is tagged as locked down has the endpoints that the policy demands",
    resource: "vpc",
    severity: "medium",
    finds:
      "VPCs that have the tag `locked_down` or are among `vpcs` and lack an endpoint, gateway or interface, for a service in `demand`. A gateway endpoint that no route table uses does not count, nor one of another type in no subnet. Other VPCs are left alone.",
    rationale:
      "A network without a way to the internet reaches AWS by endpoints alone. Where one is missing, sooner or later somebody opens the internet instead.",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/what-is-privatelink.html",
    avoid: "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids <the one for S3>",
    prefer:
      "aws ec2 create-vpc-endpoint --vpc-id vpc-... --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-...   # costs nothing",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["DeleteVpcEndpoints", "ModifyVpcEndpoint"],
  },
  options: () =>
    z.strictObject({
      locked_down: VpcTag("locked-down"),
      vpcs: VpcIds(),
      demand: z._default(
        z
          .array(
            z.string("expected names of services").check(z.minLength(1, "expected the name of a service")),
            "expected a list of names of services",
          )
          .check(
            z.describe("Services that need an endpoint, by the end of their names as in `s3`, `ecr.api`, `kms`, or by their full names."),
          ),
        ["s3"],
      ),
    }),

  prepare: ({ locked_down, vpcs, demand }) => ({ meant: { tag: locked_down, ids: new Set(vpcs) }, demand: [...new Set(demand)] }),

  check: async (vpc, world, { meant, demand }, unjudged) => {
    const lockedDown = isMeant(vpc.facts, meant);
    if (lockedDown === false || demand.length === 0) return [];
    const endpoints = await world.list("endpoint", { vpc: vpc.id });
    if (isUnknown(endpoints)) return [];
    const missing = demand.filter((service) => !endpoints.some((endpoint) => serves(endpoint, service) && isUsed(endpoint)));
    if (missing.length === 0) return [];
    const untold = endpoints.find((endpoint) => isUntold(endpoint, missing));
    if (lockedDown === "unknown") unjudged(tagsNeeded(vpc.facts, meant));
    else if (vpc.facts.partial === true) unjudged(`every endpoint of ${vpc.id}, of which a part is known`);
    else if (untold !== undefined) unjudged(`the service and place of ${untold.id}, of which a part is known`);
    else {
      const unused = endpoints.filter((endpoint) => missing.some((service) => serves(endpoint, service)));
      const idle = unused.length === 0 ? "" : ` (${unused.map(({ id }) => id).join(", ")} is in no route table or subnet)`;
      const message = `${vpc.id} is locked down and has no endpoint in use for ${missing.join(", ")}${idle}: create what is missing`;
      return [{ parts: [...missing, ...unused.map(({ id }) => id)], message }];
    }
    return [];
  },
});

function serves({ service }: EndpointFacts, wanted: string): boolean {
  return service !== undefined && (service === wanted || service.replace(PREFIX, "") === wanted);
}

function isUsed({ type, routeTables, subnets }: EndpointFacts): boolean {
  if (type === undefined) return routeTables.length + subnets.length > 0;
  return type === "Gateway" ? routeTables.length > 0 : subnets.length > 0;
}

// What is known of an endpoint in part may lack just what would make it serve.
function isUntold(endpoint: EndpointFacts, missing: readonly string[]): boolean {
  if (endpoint.partial !== true) return false;
  return endpoint.service === undefined || missing.some((service) => serves(endpoint, service));
}
