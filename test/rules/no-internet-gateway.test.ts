import type { InternetGatewayFacts } from "../../lib/model/facts.ts";
import { noInternetGateway } from "../../lib/rules/no-internet-gateway.ts";
import { vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const isolated = vpc("vpc-1", { tags: { network: "isolated" } });
const igw: InternetGatewayFacts = { id: "igw-1", vpc: "vpc-1", egressOnly: false };
const eigw: InternetGatewayFacts = { id: "eigw-1", vpc: "vpc-1", egressOnly: true };
const gateways = (...all: InternetGatewayFacts[]) => ({ "internet-gateway": all });

testResourceRule(noInternetGateway, {
  valid: {
    "an isolated VPC without a gateway": { vpc: isolated },
    "a gateway of another VPC, and one of none": {
      vpc: isolated,
      network: gateways({ id: "igw-2", vpc: "vpc-10" }, { id: "igw-3" }),
    },
    "a VPC that is not isolated": { vpc: vpc("vpc-1", { tags: { network: "public" } }), network: gateways(igw, eigw) },
    "a VPC without tags": { vpc: vpc("vpc-1"), network: gateways(igw) },
    "boundary: the tag in another case": { vpc: vpc("vpc-1", { tags: { network: "Isolated" } }), network: gateways(igw) },
    "egress only by IPv6, where that is allowed": { vpc: isolated, network: gateways(eigw), options: { egress_only: true } },
    "another tag than the policy's": {
      vpc: isolated,
      network: gateways(igw),
      options: { isolated: { key: "zone", value: "vault" } },
    },
    "gateways that nobody may read": {
      vpc: isolated,
      network: { unknown: { "internet-gateway": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "a VPC known in part, whose tags nobody knows": {
      vpc: vpc("vpc-1", { partial: true }),
      network: gateways(igw),
      unjudged: ["the tag network of vpc-1"],
    },
    "tags that nobody knows, and nothing hangs on them": {
      vpc: vpc("vpc-1", { partial: true }),
      network: gateways(eigw),
      options: { egress_only: true },
    },
  },
  invalid: {
    "an internet gateway": [
      { vpc: isolated, network: gateways(igw) },
      { parts: "igw-1", remedies: ["detach igw-1 from vpc-1"], says: "is attached to vpc-1, which is isolated" },
    ],
    "IPv6: an egress-only one, which cannot be detached": [
      { vpc: isolated, network: gateways(eigw) },
      { parts: "eigw-1", remedies: [], says: "by IPv6" },
    ],
    "an egress-only one that only its id tells": [
      { vpc: isolated, network: gateways({ id: "eigw-1", vpc: "vpc-1" }) },
      { parts: "eigw-1", remedies: [] },
    ],
    both: [{ vpc: isolated, network: gateways(eigw, igw) }, ["eigw-1", "igw-1"]],
    "an evasion: an internet gateway beside the egress-only one that is allowed": [
      { vpc: isolated, network: gateways(eigw, igw), options: { egress_only: true } },
      "igw-1",
    ],
    "an evasion: the tag was taken off a VPC that the policy names": [
      { vpc: vpc("vpc-1", { tags: {} }), network: gateways(igw), options: { vpcs: ["vpc-1"] } },
      "igw-1",
    ],
    "a VPC that the policy names, whatever is known of it": [
      { vpc: vpc("vpc-1", { partial: true }), network: gateways(igw), options: { vpcs: ["vpc-1"] } },
      "igw-1",
    ],
    "the policy's own tag": [
      {
        vpc: vpc("vpc-1", { tags: { zone: "vault", network: "public" } }),
        network: gateways(igw),
        options: { isolated: { key: "zone", value: "vault" } },
      },
      "igw-1",
    ],
  },
});
