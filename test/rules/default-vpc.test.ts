import type { NetworkInterfaceFacts } from "../../lib/model/facts.ts";
import type { CallResource } from "../../lib/model/resource.ts";
import { defaultVpc } from "../../lib/rules/default-vpc.ts";
import { subnet, vpc } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const DEFAULT = vpc("vpc-1", { cidrs: ["172.31.0.0/16"], isDefault: true });
const call = (name: string, more: Partial<CallResource> = {}) => ({
  call: { name, subject: { kind: "vpc" as const, id: "vpc-1" }, ...more },
});
const bare = (facts: Partial<NetworkInterfaceFacts> = {}) => ({
  "network-interface": { id: "eni-1", groups: [], addresses: ["172.31.0.5"], ...facts },
});
const uses = (facts: Partial<NetworkInterfaceFacts> = {}) => bare({ vpc: "vpc-1", subnet: "subnet-1", ...facts });
const inDefault = { network: { vpc: [DEFAULT] } };

testResourceRule(defaultVpc, {
  valid: {
    "a VPC that is not the default one": { vpc: vpc("vpc-1"), options: { exists: true } },
    "a default VPC that merely exists": { vpc: DEFAULT },
    "a VPC known in part, of which nobody told": {
      vpc: { id: "vpc-1", cidrs: [], ipv6Cidrs: [], partial: true },
      options: { exists: true },
      unjudged: ["whether vpc-1 is the default VPC"],
    },
    "a VPC known in part that merely exists": { vpc: { id: "vpc-1", cidrs: [], ipv6Cidrs: [], partial: true } },
    "an ordinary VPC made": call("CreateVpc"),
    "an ordinary VPC deleted": call("DeleteVpc", { details: { isDefault: "false" } }),
    "a VPC deleted of which nobody told whether it was the default one": { ...call("DeleteVpc"), unjudged: ["whether vpc-1 was"] },
    "a default VPC made, which is found as it stands": { ...call("CreateDefaultVpc"), options: { exists: true } },
    "a lawful look-alike: an interface in a VPC with the default one's CIDR": {
      ...uses(),
      network: { vpc: [vpc("vpc-1", { cidrs: ["172.31.0.0/16"] })] },
    },
    "an interface beside a default VPC": { ...uses({ vpc: "vpc-2" }), network: { vpc: [DEFAULT, vpc("vpc-2")] } },
    "an interface in a VPC that is gone": uses(),
    "an interface in a VPC that nobody may read": {
      ...uses(),
      network: { unknown: { "vpc-1": "AccessDenied" } },
      unjudged: ["AccessDenied"],
    },
    "an interface in a VPC known in part": {
      ...uses(),
      network: { vpc: [{ id: "vpc-1", cidrs: [], ipv6Cidrs: [], partial: true }] },
      unjudged: ["vpc-1, of which a part is known"],
    },
    "an interface whose VPC nobody told": { ...bare(), unjudged: ["the VPC of eni-1"] },
    "an interface whose subnet is gone": { ...bare({ subnet: "subnet-1" }), ...inDefault, unjudged: ["the VPC of eni-1"] },
  },
  invalid: {
    "a default VPC made": [call("CreateDefaultVpc"), { parts: "", remedies: [], says: "user/ada created the default VPC vpc-1" }],
    "a default subnet made": [
      call("CreateDefaultSubnet", { subject: { kind: "subnet", id: "subnet-1" } }),
      { parts: "", says: "default subnet subnet-1" },
    ],
    "the default VPC deleted": [
      call("DeleteVpc", { details: { isDefault: "true" } }),
      { parts: "", says: "To have one again: aws ec2 create-default-vpc" },
    ],
    "the default VPC deleted, where its existence is found": [
      { ...call("DeleteVpc", { details: { isDefault: "true" } }), options: { exists: true } },
      "",
    ],
    "a default VPC that exists": [
      { vpc: DEFAULT, options: { exists: true } },
      { parts: "isDefault", says: "vpc-1 is a default VPC" },
    ],
    "an interface in the default VPC": [
      { ...uses({ instance: "i-1" }), ...inDefault },
      { parts: "vpc-1, subnet-1", says: "eni-1 of i-1 is in subnet-1 of the default VPC vpc-1" },
    ],
    "an IPv6 interface of a service": [
      { ...uses({ addresses: ["2001:db8::5"], description: "ELB app/web" }), ...inDefault },
      { parts: "vpc-1, subnet-1", says: "eni-1 (ELB app/web) is in" },
    ],
    "an evasion: an interface that is known by its subnet only": [
      { ...bare({ subnet: "subnet-1" }), network: { vpc: [DEFAULT], subnet: [subnet("subnet-1")] } },
      "vpc-1, subnet-1",
    ],
    "an interface of which no subnet is known": [{ ...bare({ vpc: "vpc-1" }), ...inDefault }, "vpc-1"],
    "an interface in a default VPC known in part": [
      { ...uses(), network: { vpc: [{ ...DEFAULT, partial: true }] }, unjudged: ["vpc-1"] },
      "vpc-1, subnet-1",
    ],
  },
});
