import * as z from "zod/mini";
import type { BlockPublicAccessExclusion, BlockPublicAccessFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import type { PublicAccessMode } from "../model/remedy.ts";
import type { CallResource } from "../model/resource.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { nameOfCaller } from "./terms/arn-pattern.ts";

// From weakest to strictest.
const MODES = ["off", "block-ingress", "block-bidirectional"] as const satisfies readonly PublicAccessMode[];
const EGRESS_ONLY = "allow-egress";

export const blockPublicAccess = defineRule({
  meta: {
    id: "block-public-access",
    title: "VPC block public access is as strict as the policy asks, without unapproved exclusions",
    resource: ["block-public-access", "call"],
    severity: "high",
    finds:
      "A mode weaker than `atLeast`, and exclusions of VPCs and subnets that `exclusions` does not name; one for egress only is left alone where `block-ingress` is enough. Where the policy asks for nothing (`off`, the default), nothing that stands is found, but the calls are: switching it off, making an exclusion, and widening one to both directions.",
    rationale:
      "Block public access keeps a region's VPCs off the internet whatever their gateways, routes and groups say. Loosening it, or excluding a VPC, takes that away at once.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",
    controls: ["Security Hub EC2.172"],
    avoid: "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode off",
    prefer: "aws ec2 modify-vpc-block-public-access-options --internet-gateway-block-mode block-ingress",
    remedies: ["restore-public-access", "delete-exclusion"],
    remedy: "none",
    enabled: true,
    calls: ["ModifyVpcBlockPublicAccessOptions", "CreateVpcBlockPublicAccessExclusion", "ModifyVpcBlockPublicAccessExclusion"],
  },
  options: () =>
    z.strictObject({
      atLeast: z._default(
        z
          .enum(MODES, `expected one of ${MODES.join(", ")}`)
          .check(z.describe("The weakest mode that the policy accepts; off asks for nothing.")),
        "off",
      ),
      exclusions: z._default(
        z.array(z.string("expected the id of a VPC or subnet")).check(z.describe("VPCs and subnets that may be excluded, by their ids.")),
        [],
      ),
    }),

  prepare: (options) => options,

  // With a mode to ask for, what stands tells what a call did; without one, only the call does. Nothing is found twice.
  check: async (resource, _, options, unjudged) => {
    const asks = options.atLeast !== "off";
    if (resource.kind === "call") return asks ? [] : judgeCall(resource, options.exclusions, unjudged);
    if (!asks) return [];
    const { exclusions } = resource.facts;
    return [
      ...judgeMode(resource.facts, options.atLeast, unjudged),
      ...exclusions.flatMap((exclusion) => judgeExclusion(exclusion, options, unjudged)),
    ];
  },
});

interface Demand {
  readonly atLeast: PublicAccessMode;
  readonly exclusions: readonly string[];
}

function judgeMode({ mode }: BlockPublicAccessFacts, atLeast: PublicAccessMode, unjudged: NoteUnjudged): RuleFinding[] {
  if (mode === undefined) {
    unjudged("the mode of VPC block public access");
    return [];
  }
  if (MODES.indexOf(mode) >= MODES.indexOf(atLeast)) return [];
  return [
    {
      parts: ["mode"],
      message: `VPC block public access is ${mode}, and the policy asks for ${atLeast}: set it back, or find out who needs less`,
      remedies: [{ kind: "restore-public-access", from: mode, to: atLeast }],
    },
  ];
}

function judgeExclusion(exclusion: BlockPublicAccessExclusion, { atLeast, exclusions }: Demand, unjudged: NoteUnjudged): RuleFinding[] {
  const { id, resource, mode } = exclusion;
  if (resource !== undefined && exclusions.includes(nameIn(resource))) return [];
  if (mode === EGRESS_ONLY && atLeast === "block-ingress") return [];
  if (resource === undefined && exclusions.length > 0) {
    unjudged(`what the exclusion ${id} of VPC block public access leaves out`);
    return [];
  }
  if (mode === undefined && atLeast === "block-ingress") {
    unjudged(`the mode of the exclusion ${id} of VPC block public access`);
    return [];
  }
  return [
    {
      parts: [id, ...(resource === undefined ? [] : [nameIn(resource)])],
      message: `${id} excludes ${resource === undefined ? "a VPC or subnet" : nameIn(resource)} from VPC block public access (${mode ?? "in a mode that nobody told"}): delete it, or name what it excludes in the policy`,
      remedies: [{ kind: "delete-exclusion", exclusion }],
    },
  ];
}

function judgeCall({ name, actor, details, subject }: CallResource, approved: readonly string[], unjudged: NoteUnjudged): RuleFinding[] {
  const who = nameOfCaller(actor);
  if (name === "ModifyVpcBlockPublicAccessOptions") {
    if (details.internetGatewayBlockMode === undefined) unjudged("the mode that VPC block public access was given");
    if (details.internetGatewayBlockMode !== "off") return [];
    return told(`${who} switched VPC block public access off: internet gateways of the region let everything through again`);
  }
  const makes = name === "CreateVpcBlockPublicAccessExclusion";
  if (!makes && name !== "ModifyVpcBlockPublicAccessExclusion") return [];
  const { internetGatewayExclusionMode: mode, subnetId, vpcId, resourceArn, exclusionId } = details;
  const excluded = [subnetId, vpcId, resourceArn && nameIn(resourceArn)].find((id) => id !== undefined && id !== "");
  if (excluded !== undefined && approved.includes(excluded)) return [];
  // There are two modes, so an exclusion that is now for egress only was wider before.
  if (!makes && mode === EGRESS_ONLY) return [];
  if (!makes && mode === undefined) {
    unjudged(`the mode that the exclusion ${exclusionId ?? subject.id} of VPC block public access was given`);
    return [];
  }
  const what = excluded ?? `what ${exclusionId ?? "a new exclusion"} names`;
  return told(
    `${who} ${makes ? "excluded" : "let in both directions"} ${what}${makes ? ` from VPC block public access (${mode ?? "in a mode that nobody told"})` : ", which VPC block public access excludes"}: internet gateways serve it whatever the mode is`,
  );
}

function told(message: string): RuleFinding[] {
  return [{ parts: [], message }];
}

/** The id in an arn, or the id itself. */
function nameIn(resource: string): string {
  return resource.slice(resource.lastIndexOf("/") + 1);
}
