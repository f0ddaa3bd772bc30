import type { EndpointFacts } from "../../lib/model/facts.ts";
import { privateEndpoints } from "../../lib/rules/private-endpoints.ts";
import { vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const lockedDown = vpc("vpc-1", { tags: { network: "locked-down" } });
const endpoint = (service: string, facts: Partial<EndpointFacts> = {}): EndpointFacts => ({
  id: `vpce-${service.replaceAll(".", "-")}`,
  vpc: "vpc-1",
  service: `com.amazonaws.eu-central-1.${service}`,
  type: "Interface",
  routeTables: [],
  subnets: ["subnet-1"],
  ...facts,
});
const s3 = endpoint("s3", { type: "Gateway", routeTables: ["rtb-1"], subnets: [] });
const given = (...endpoints: EndpointFacts[]) => ({ vpc: lockedDown, network: { endpoint: endpoints } });
const demand = ["s3", "ecr.api", "kms"];

testResourceRule(privateEndpoints, {
  valid: {
    "a gateway endpoint for S3": given(s3),
    "an interface endpoint for S3": given(endpoint("s3")),
    "all that the policy demands": { ...given(s3, endpoint("ecr.api"), endpoint("kms")), options: { demand } },
    "a full name": {
      ...given(endpoint("", { service: "aws.sagemaker.eu-central-1.notebook" })),
      options: { demand: ["aws.sagemaker.eu-central-1.notebook"] },
    },
    "China, whose names begin another way": given(endpoint("s3", { service: "cn.com.amazonaws.cn-north-1.s3" })),
    "GovCloud, whose regions have longer names": given(endpoint("s3", { service: "com.amazonaws.us-gov-west-1.s3" })),
    "an endpoint that no route table uses beside one that some do": given(endpoint("s3", { type: "Gateway", subnets: [] }), s3),
    "an endpoint of a type that nobody knows, in a route table": given({
      id: "vpce-1",
      vpc: "vpc-1",
      service: "com.amazonaws.eu-central-1.s3",
      routeTables: ["rtb-1"],
      subnets: [],
    }),
    "IPv6 in a VPC that has what it needs": {
      vpc: vpc("vpc-1", { tags: { network: "locked-down" }, ipv6Cidrs: ["2001:db8::/56"] }),
      network: { endpoint: [s3] },
    },
    "a VPC that is not locked down": { vpc: vpc("vpc-1") },
    "a lawful look-alike: another value of the tag": { vpc: vpc("vpc-1", { tags: { network: "locked-down-soon" } }) },
    "a policy that demands nothing": { ...given(), options: { demand: [] } },
    "endpoints that nobody may read": {
      vpc: lockedDown,
      network: { unknown: { endpoint: "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a VPC whose tags nobody knows": { vpc: vpc("vpc-1", { partial: true }), unjudged: ["the tag network of vpc-1"] },
    "a VPC known in part, which may have others": {
      vpc: { ...lockedDown, partial: true },
      network: { endpoint: [endpoint("kms")] },
      unjudged: ["every endpoint of vpc-1"],
    },
    "a VPC known in part that has what it needs": { vpc: { ...lockedDown, partial: true }, network: { endpoint: [s3] } },
    "an endpoint of whose service nothing is known": {
      ...given({ id: "vpce-1", vpc: "vpc-1", routeTables: ["rtb-1"], subnets: [], partial: true }),
      unjudged: ["the service and place of vpce-1"],
    },
    "an endpoint of whose route tables nothing is known": {
      ...given({ ...s3, routeTables: [], partial: true }),
      unjudged: ["the service and place of vpce-s3"],
    },
  },
  invalid: {
    "no endpoint": [given(), { parts: "s3", remedies: [], says: "has no endpoint in use for s3: create" }],
    "no endpoint in a VPC of IPv6": [
      { vpc: vpc("vpc-1", { tags: { network: "locked-down" }, cidrs: [], ipv6Cidrs: ["2001:db8::/56"] }) },
      "s3",
    ],
    "boundary: one of three is missing": [{ ...given(s3, endpoint("ecr.api")), options: { demand } }, "kms"],
    "a service that is demanded twice is missing once": [{ ...given(s3), options: { demand: ["kms", "kms"] } }, "kms"],
    "an evasion: an endpoint that no route table uses": [
      given({ ...s3, routeTables: [] }),
      { parts: "s3, vpce-s3", says: "vpce-s3 is in no route table or subnet" },
    ],
    "an evasion: an interface endpoint in no subnet": [given(endpoint("s3", { subnets: [] })), "s3, vpce-s3"],
    "look-alikes: services whose names end or begin alike": [
      given(endpoint("tables3"), endpoint("s3express"), endpoint("s3-global.accesspoint")),
      "s3",
    ],
    "a look-alike: somebody's own service that is called so": [
      given(endpoint("s3", { service: "com.amazonaws.vpce.eu-central-1.vpce-svc-0abc" })),
      "s3",
    ],
    "a look-alike: the endpoint of another VPC": [given({ ...s3, vpc: "vpc-10" }), "s3"],
    "a full name that is missing": [
      { ...given(s3), options: { demand: ["com.amazonaws.eu-central-1.kms"] } },
      "com.amazonaws.eu-central-1.kms",
    ],
    "a VPC that the policy names": [{ vpc: vpc("vpc-1"), options: { vpcs: ["vpc-1"] } }, "s3"],
  },
});
