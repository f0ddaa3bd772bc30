import { approvedRouteTargets } from "../../lib/rules/approved-route-targets.ts";
import { route, routeTable } from "../support/facts.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const table = (...routes: Parameters<typeof route>[0][]) => routeTable("rtb-1", { routes });
const ATTACHED = { transitGatewayAttachmentId: "tgw-attach-1", destinationCidrBlock: "10.9.0.0/16" };
const toAttachment = { name: "CreateTransitGatewayRoute", details: ATTACHED };

testResourceRule(approvedRouteTargets, {
  valid: {
    "the usual kinds": {
      "route-table": table("0.0.0.0/0 to igw-1", "::/0 to eigw-1", "8.0.0.0/8 to nat-1", "pl-1 to vpce-1"),
    },
    "local, whatever the policy names": { "route-table": table(), options: { kinds: [] } },
    "a target that is approved by id": { "route-table": table("10.2.0.0/16 to pcx-1"), options: { targets: ["pcx-1"] } },
    "a kind that is approved": { "route-table": table("10.0.0.0/8 to tgw-1", "::/0 to tgw-2"), options: { kinds: ["transit-gateway"] } },
    "a kind that is not known, and approved": { "route-table": table("10.0.0.0/8 to newgw-1"), options: { kinds: ["other"] } },
    "IPv4 addresses mapped into IPv6, to a usual target": { "route-table": table("::ffff:0:0/96 to igw-1") },
    "a transit gateway's route to an approved attachment": { call: toAttachment, options: { targets: ["tgw-attach-1"] } },
    "a transit gateway's route that drops its traffic": {
      call: { name: "CreateTransitGatewayRoute", details: { blackhole: "true", destinationCidrBlock: "10.9.0.0/16" } },
    },
    "another call that names an attachment": { call: { name: "DeleteTransitGatewayRoute", details: ATTACHED } },
  },
  invalid: {
    "a network interface": [
      { "route-table": table("0.0.0.0/0 to eni-1") },
      {
        parts: "0.0.0.0/0, eni-1",
        remedies: ["delete the route 0.0.0.0/0 to eni-1 of rtb-1"],
        says: "leads to a network interface that the policy does not approve",
      },
    ],
    "an instance, over IPv6": [{ "route-table": table("::/0 to i-1") }, { parts: "::/0, i-1", says: "leads to an instance" }],
    "boundary: the target beside the approved one": [
      { "route-table": table("10.2.0.0/16 to pcx-1", "10.3.0.0/16 to pcx-10"), options: { targets: ["pcx-1"] } },
      "10.3.0.0/16, pcx-10",
    ],
    "an evasion: a route to a single address": [{ "route-table": table("10.0.5.5/32 to eni-1") }, "10.0.5.5/32, eni-1"],
    "carrier, local and VPN gateways, a core network, and a kind that nobody knows": [
      {
        "route-table": table(
          "0.0.0.0/0 to cagw-1",
          "10.1.0.0/16 to lgw-1",
          "10.2.0.0/16 to vgw-1",
          "10.3.0.0/16 to arn:aws:networkmanager::111122223333:core-network/core-network-1",
          "10.4.0.0/16 to newgw-1",
        ),
      },
      [
        "0.0.0.0/0, cagw-1",
        "10.1.0.0/16, lgw-1",
        "10.2.0.0/16, vgw-1",
        "10.3.0.0/16, arn:aws:networkmanager::111122223333:core-network/core-network-1",
        { parts: "10.4.0.0/16, newgw-1", says: "a target of an unknown kind" },
      ],
    ],
    "a usual kind that the policy leaves out": [
      { "route-table": table("0.0.0.0/0 to igw-1"), options: { kinds: ["nat-gateway"] } },
      "0.0.0.0/0, igw-1",
    ],
    "a route that led to an approved target before": [
      { "route-table": routeTable("rtb-1", { routes: [route("0.0.0.0/0 to eni-1", { previous: "nat-1" })] }) },
      {
        parts: "0.0.0.0/0, eni-1",
        remedies: ["delete the route 0.0.0.0/0 to eni-1 of rtb-1", "lead 0.0.0.0/0 of rtb-1 from eni-1 back to nat-1"],
      },
    ],
    "a route that led to another strange target before": [
      { "route-table": routeTable("rtb-1", { routes: [route("0.0.0.0/0 to eni-1", { previous: "eni-2" })] }) },
      { parts: "0.0.0.0/0, eni-1", remedies: ["delete the route 0.0.0.0/0 to eni-1 of rtb-1"] },
    ],
    "a local route that was led through a machine, which cannot be deleted": [
      {
        "route-table": routeTable("rtb-1", {
          routes: [route("10.1.0.0/16 to eni-1", { origin: "table", previous: "local" })],
        }),
      },
      { parts: "10.1.0.0/16, eni-1", remedies: ["lead 10.1.0.0/16 of rtb-1 from eni-1 back to local"] },
    ],
    "propagated routes, all of a gateway in one": [
      {
        "route-table": routeTable("rtb-1", {
          routes: [
            route("10.1.0.0/16 to vgw-1", { origin: "propagated" }),
            route("10.2.0.0/16 to vgw-1", { origin: "propagated" }),
            "10.3.0.0/16 to vgw-1",
          ],
        }),
      },
      [
        { parts: "10.3.0.0/16, vgw-1", remedies: ["delete the route 10.3.0.0/16 to vgw-1 of rtb-1"] },
        { parts: "10.1.0.0/16, 10.2.0.0/16, vgw-1", remedies: [] },
      ],
    ],
    "a gateway endpoint that is not approved, whose route cannot be deleted": [
      { "route-table": table("pl-1 to vpce-1"), options: { kinds: [] } },
      { parts: "pl-1, vpce-1", remedies: [] },
    ],
    "a table known in part, by the route that is told": [
      { "route-table": routeTable("rtb-1", { routes: ["10.2.0.0/16 to pcx-1"], partial: true }) },
      "10.2.0.0/16, pcx-1",
    ],
    "a transit gateway's route": [{ call: toAttachment }, { parts: "", remedies: [], says: "leads 10.9.0.0/16 of" }],
    "a transit gateway's route, though the kind is approved: attachments are approved one by one": [
      { call: { ...toAttachment, name: "ReplaceTransitGatewayRoute" }, options: { kinds: ["transit-gateway"] } },
      { parts: "", says: "tgw-attach-1" },
    ],
    "a transit gateway's route, of which the record tells the attachment alone": [
      { call: { name: "CreateTransitGatewayRoute", details: { transitGatewayAttachmentId: "tgw-attach-1" } } },
      { parts: "", says: "leads a destination" },
    ],
  },
});
