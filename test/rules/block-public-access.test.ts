import { BLOCK_PUBLIC_ACCESS, type BlockPublicAccessExclusion, type BlockPublicAccessFacts } from "../../lib/model/facts.ts";
import { blockPublicAccess } from "../../lib/rules/block-public-access.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const stands = (facts: Partial<BlockPublicAccessFacts> = {}) => ({
  [BLOCK_PUBLIC_ACCESS]: { id: BLOCK_PUBLIC_ACCESS, mode: "block-ingress" as const, exclusions: [], ...facts },
});
const unknownMode = (exclusions: readonly BlockPublicAccessExclusion[] = []) => ({
  [BLOCK_PUBLIC_ACCESS]: { id: BLOCK_PUBLIC_ACCESS, exclusions, partial: true },
});
const exclusion = (facts: Partial<BlockPublicAccessExclusion> = {}) => ({
  id: "vpcbpa-exclude-1",
  resource: "vpc-1",
  mode: "allow-bidirectional",
  ...facts,
});
const call = (name: string, details: Readonly<Record<string, string>> = {}) => ({
  call: { name, subject: { kind: BLOCK_PUBLIC_ACCESS, id: BLOCK_PUBLIC_ACCESS } as const, details },
});
const MODIFY = "ModifyVpcBlockPublicAccessOptions";
const EXCLUDE = "CreateVpcBlockPublicAccessExclusion";
const WIDEN = "ModifyVpcBlockPublicAccessExclusion";
const both = { options: { atLeast: "block-bidirectional" } };
const ingress = { options: { atLeast: "block-ingress" } };

testResourceRule(blockPublicAccess, {
  valid: {
    "an account that never used it": stands({ mode: "off" }),
    "exclusions, where the policy asks for nothing": stands({ mode: "off", exclusions: [exclusion()] }),
    "boundary: the mode that the policy asks for": { ...stands(), ...ingress },
    "a stricter one": { ...stands({ mode: "block-bidirectional" }), ...ingress },
    "an exclusion that the policy names": {
      ...stands({ exclusions: [exclusion()] }),
      options: { atLeast: "block-ingress", exclusions: ["vpc-1"] },
    },
    "an exclusion of a subnet that the policy names, by its arn": {
      ...stands({ exclusions: [exclusion({ resource: "arn:aws:ec2:eu-central-1:111122223333:subnet/subnet-1" })] }),
      options: { atLeast: "block-ingress", exclusions: ["subnet-1"] },
    },
    "an exclusion for egress only, where ingress alone must be blocked": {
      ...stands({ mode: "block-bidirectional", exclusions: [exclusion({ mode: "allow-egress" })] }),
      ...ingress,
    },
    "a mode that nobody told": { ...unknownMode(), ...ingress, unjudged: ["the mode of VPC block public access"] },
    "a mode that nobody told and the policy does not ask for": unknownMode(),
    "an exclusion of something that nobody told": {
      ...stands({ exclusions: [{ id: "vpcbpa-exclude-1", mode: "allow-bidirectional" }] }),
      options: { atLeast: "block-ingress", exclusions: ["vpc-2"] },
      unjudged: ["what the exclusion vpcbpa-exclude-1"],
    },
    "an exclusion in a mode that nobody told": {
      ...stands({ exclusions: [{ id: "vpcbpa-exclude-1", resource: "vpc-1" }] }),
      ...ingress,
      unjudged: ["the mode of the exclusion vpcbpa-exclude-1"],
    },
    "a call that switches it on": call(MODIFY, { internetGatewayBlockMode: "block-ingress" }),
    "a call whose mode nobody told": { ...call(MODIFY), unjudged: ["the mode that VPC block public access was given"] },
    "a call that switches it off, where what stands is found": { ...call(MODIFY, { internetGatewayBlockMode: "off" }), ...ingress },
    "an exclusion made, where what stands is found": { ...call(EXCLUDE, { vpcId: "vpc-1" }), ...ingress },
    "an exclusion made that the policy names": { ...call(EXCLUDE, { subnetId: "subnet-1" }), options: { exclusions: ["subnet-1"] } },
    "a lawful look-alike: an exclusion narrowed to egress": call(WIDEN, { internetGatewayExclusionMode: "allow-egress" }),
    "an exclusion modified, and nobody told how": { ...call(WIDEN, { exclusionId: "vpcbpa-exclude-1" }), unjudged: ["vpcbpa-exclude-1"] },
    "an exclusion deleted": call("DeleteVpcBlockPublicAccessExclusion"),
  },
  invalid: {
    off: [
      { ...stands({ mode: "off" }), ...ingress },
      { parts: "mode", remedies: ["set VPC block public access from off to block-ingress"], says: "is off, and the policy asks for" },
    ],
    "weaker than asked for": [
      { ...stands(), ...both },
      { parts: "mode", remedies: ["set VPC block public access from block-ingress to block-bidirectional"] },
    ],
    "an exclusion that the policy does not name": [
      { ...stands({ exclusions: [exclusion(), exclusion({ id: "vpcbpa-exclude-2", resource: "subnet-1" })] }), ...ingress },
      [
        { parts: "vpcbpa-exclude-1, vpc-1", remedies: ["delete the exclusion vpcbpa-exclude-1 of vpc-1"] },
        { parts: "vpcbpa-exclude-2, subnet-1", remedies: ["delete the exclusion vpcbpa-exclude-2 of subnet-1"] },
      ],
    ],
    "an exclusion for egress only, where both directions must be blocked": [
      { ...stands({ mode: "block-bidirectional", exclusions: [exclusion({ mode: "allow-egress" })] }), ...both },
      "vpcbpa-exclude-1, vpc-1",
    ],
    "both at once": [{ ...stands({ mode: "off", exclusions: [exclusion()] }), ...both }, ["mode", "vpcbpa-exclude-1, vpc-1"]],
    "an exclusion, where nobody told the mode": [
      { ...unknownMode([exclusion()]), ...ingress, unjudged: ["the mode of VPC block public access"] },
      "vpcbpa-exclude-1, vpc-1",
    ],
    "an exclusion of something that nobody told, where none may be": [
      { ...stands({ exclusions: [{ id: "vpcbpa-exclude-1", mode: "allow-bidirectional" }] }), ...ingress },
      "vpcbpa-exclude-1",
    ],
    "an evasion: an id that begins with an approved one": [
      { ...stands({ exclusions: [exclusion({ resource: "vpc-12" })] }), options: { atLeast: "block-ingress", exclusions: ["vpc-1"] } },
      "vpcbpa-exclude-1, vpc-12",
    ],
    "switched off": [
      call(MODIFY, { internetGatewayBlockMode: "off" }),
      { parts: "", remedies: [], says: "user/ada switched VPC block public access off" },
    ],
    "an exclusion made": [
      call(EXCLUDE, { vpcId: "vpc-1", internetGatewayExclusionMode: "allow-egress" }),
      { parts: "", says: "user/ada excluded vpc-1 from VPC block public access (allow-egress)" },
    ],
    "an exclusion made of something that nobody told": [call(EXCLUDE), { parts: "", says: "excluded what a new exclusion names" }],
    "an exclusion widened": [
      call(WIDEN, { exclusionId: "vpcbpa-exclude-1", internetGatewayExclusionMode: "allow-bidirectional" }),
      { parts: "", says: "let in both directions what vpcbpa-exclude-1 names" },
    ],
  },
});
