import { accountOf, member, textOf } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const ATTACHMENTS = ["transitGatewayVpcAttachment", "transitGatewayPeeringAttachment"];

/** The attachment in the answer, be it of a VPC or of another transit gateway. */
function answered({ answer }: Call): unknown {
  const [found] = ATTACHMENTS.flatMap((name) => member(answer, name) ?? []);
  return found;
}

const attachment = (tells: string): Shape =>
  callShape("transit-gateway-attachment", tells, {
    subject: (call) => member(answered(call), "transitGatewayAttachmentId") ?? member(call.request, "transitGatewayAttachmentId"),
    details: (call) => {
      const one = (name: string) => textOf(member(call.request, name)) ?? textOf(member(answered(call), name));
      const other = otherSide(call);
      return {
        transitGatewayId: one("transitGatewayId"),
        vpcId: one("vpcId"),
        vpcOwnerId: accountOf(member(answered(call), "vpcOwnerId")),
        peerTransitGatewayId: one("peerTransitGatewayId") ?? textOf(member(other, "transitGatewayId")),
        peerAccountId: accountOf(member(call.request, "peerAccountId")) ?? accountOf(member(other, "ownerId")),
        peerRegion: one("peerRegion") ?? textOf(member(other, "region")),
      };
    },
  });

// Of a peering, the side that is not the caller's; within one account and region, the one that was asked.
function otherSide(call: Call): unknown {
  const [accepter, requester] = ["accepterTgwInfo", "requesterTgwInfo"].map((name) => member(answered(call), name));
  const isOwn = (side: unknown) =>
    accountOf(member(side, "ownerId")) === call.account && (textOf(member(side, "region")) ?? call.region) === call.region;
  return isOwn(accepter) && requester !== undefined && !isOwn(requester) ? requester : accepter;
}

const route = (tells: string): Shape =>
  callShape("transit-gateway-route-table", tells, {
    subject: ({ request }) => member(request, "transitGatewayRouteTableId"),
    details: ({ request }) => ({
      destinationCidrBlock: textOf(member(request, "destinationCidrBlock")),
      transitGatewayAttachmentId: textOf(member(request, "transitGatewayAttachmentId")),
      blackhole: textOf(member(request, "blackhole")),
    }),
  });

export const transitGatewayCalls = watch(EC2, {
  CreateTransitGatewayVpcAttachment: attachment("the VPC and the transit gateway"),
  AcceptTransitGatewayVpcAttachment: attachment("that the VPC of another account is attached"),
  RejectTransitGatewayVpcAttachment: attachment("that the VPC of another account is not attached"),
  DeleteTransitGatewayVpcAttachment: attachment("that the VPC is attached no more"),
  CreateTransitGatewayPeeringAttachment: attachment("the two transit gateways"),
  AcceptTransitGatewayPeeringAttachment: attachment("that the transit gateways are peered"),
  RejectTransitGatewayPeeringAttachment: attachment("that the transit gateways are not peered"),
  DeleteTransitGatewayPeeringAttachment: attachment("that the transit gateways are peered no more"),
  CreateTransitGatewayRoute: route("the destination and the attachment that it is led to"),
  ReplaceTransitGatewayRoute: route("the destination and the attachment that it is led to from now on"),
  DeleteTransitGatewayRoute: route("the destination that is led nowhere any more"),
});
