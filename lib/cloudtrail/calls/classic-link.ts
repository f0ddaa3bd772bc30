import { member, textOf } from "../fields.ts";
import { callShape, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const ofVpc = (tells: string): Shape =>
  callShape("vpc", tells, {
    subject: ({ request }) => member(request, "vpcId"),
    details: ({ request }) => ({ instanceId: textOf(member(request, "instanceId")) }),
  });
const ofAddress = (tells: string): Shape => callShape("address", tells, { subject: ({ request }) => member(request, "publicIp") });

/** EC2-Classic is retired; its calls should not be heard any more, and who makes one is worth asking. */
export const classicLinkCalls = watch(EC2, {
  EnableVpcClassicLink: ofVpc("the VPC that ClassicLink is enabled for"),
  DisableVpcClassicLink: ofVpc("the VPC that ClassicLink is disabled for"),
  EnableVpcClassicLinkDnsSupport: ofVpc("the VPC whose names are resolved for linked instances"),
  DisableVpcClassicLinkDnsSupport: ofVpc("the VPC whose names are resolved for linked instances no more"),
  AttachClassicLinkVpc: ofVpc("the instance that is linked to the VPC"),
  DetachClassicLinkVpc: ofVpc("the instance that is linked to the VPC no more"),
  MoveAddressToVpc: ofAddress("the address that leaves EC2-Classic"),
  RestoreAddressToClassic: ofAddress("the address that returns to EC2-Classic"),
});
