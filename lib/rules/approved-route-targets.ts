import * as z from "zod/mini";
import type { RouteTableFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import type { CallResource } from "../model/resource.ts";
import { formatRoute, TARGET_KINDS, type TargetKind, targetKind } from "../model/route.ts";
import { defineRule } from "./rule.ts";
import { nameFew } from "./terms/name-few.ts";
import { routeRemedies } from "./terms/route-findings.ts";

const CALLS = ["CreateTransitGatewayRoute", "ReplaceTransitGatewayRoute"];

const KINDS_TEXT = `expected kinds of targets: ${TARGET_KINDS.join(", ")}`;
// What a VPC's own traffic needs; the rest leads to machines and networks that somebody has to know.
const USUAL: TargetKind[] = ["local", "internet-gateway", "egress-only-internet-gateway", "nat-gateway", "endpoint"];

export const approvedRouteTargets = defineRule({
  meta: {
    id: "approved-route-targets",
    title: "Routes lead to the kinds of targets, and to the targets, that the policy approves",
    resource: ["route-table", "call"],
    severity: "medium",
    finds:
      "Routes to a target that is neither of a kind in `kinds` nor named in `targets`: an interface or instance, a peering, a VPN or transit gateway, or a target of a kind that is not known. `local` is always approved. Calls that make or replace a route of a transit gateway are judged by the attachment, which `targets` must name; routes that drop their traffic have none and are left alone. Propagated routes are told and not remedied.",
    rationale:
      "Whoever sets a route chooses who sees the traffic. A route to an unknown machine or network copies or diverts it, and nothing in the VPC looks broken.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html",
    avoid: "aws ec2 replace-route --route-table-id rtb-... --destination-cidr-block 0.0.0.0/0 --network-interface-id eni-...",
    prefer: "approved-route-targets: { targets: [pcx-0abc, tgw-0abc, tgw-attach-0abc] }",
    remedies: ["delete-route", "restore-route"],
    remedy: "none",
    enabled: false,
    calls: CALLS,
  },
  options: () =>
    z.strictObject({
      kinds: z._default(
        z.array(z.enum(TARGET_KINDS, KINDS_TEXT), KINDS_TEXT).check(z.describe("Kinds of targets that are always approved.")),
        USUAL,
      ),
      targets: z._default(
        z
          .array(z.string("expected the id of a target").check(z.minLength(1, "expected the id of a target")), "expected a list of ids")
          .check(z.describe("Targets that are approved by id, and attachments of transit gateways (`tgw-attach-...`).")),
        [],
      ),
    }),

  prepare: ({ kinds, targets }) => {
    const approved = { kinds: new Set<TargetKind>(["local", ...kinds]), targets: new Set(targets) };
    return { ...approved, isApproved: (target: string) => approved.targets.has(target) || approved.kinds.has(targetKind(target)) };
  },

  check: async (resource, _, { targets, isApproved }) =>
    resource.kind === "call" ? checkCall(resource, targets) : checkTable(resource.facts, isApproved),
});

function checkTable(table: RouteTableFacts, isApproved: (target: string) => boolean): RuleFinding[] {
  const strange = table.routes.filter(({ target }) => !isApproved(target));
  const [propagated, own] = [strange.filter(isPropagated), strange.filter((route) => !isPropagated(route))];
  return [
    ...own.map((route) => ({
      parts: [route.destination, route.target],
      message: `${formatRoute(route)} leads to ${kindText(route.target)} that the policy does not approve: lead it elsewhere, or have ${route.target} approved`,
      ...routeRemedies(table.id, route, isApproved),
    })),
    // A gateway propagates as many routes as its other side announces: they are one finding.
    ...[...Map.groupBy(propagated, ({ target }) => target)].map(([target, routes]) => ({
      parts: [...routes.map(({ destination }) => destination), target],
      message: `${target} propagates routes (${nameFew(routes.map(({ destination }) => destination))}), and is ${kindText(target)} that the policy does not approve: stop the propagation, or have ${target} approved`,
      remedy: "none" as const,
    })),
  ];
}

function isPropagated({ origin }: { readonly origin?: string }): boolean {
  return origin === "propagated";
}

function kindText(target: string): string {
  const kind = targetKind(target);
  if (kind === "other") return "a target of an unknown kind";
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind.replaceAll("-", " ")}`;
}

function checkCall({ name, details, subject }: CallResource, targets: ReadonlySet<string>): RuleFinding[] {
  const { transitGatewayAttachmentId: attachment, destinationCidrBlock: destination = "a destination" } = details;
  if (!CALLS.includes(name) || attachment === undefined || targets.has(attachment)) return [];
  return [
    {
      parts: [],
      message: `${name} leads ${destination} of ${subject.id} to ${attachment}, which the policy does not approve: take the route back, or have ${attachment} approved`,
    },
  ];
}
