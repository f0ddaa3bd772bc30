import type { Subject } from "../../model/change.ts";
import { member, textOf } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, type Shape, subjectsOf } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

const DETAILS = ["publicIp", "allocationId", "networkInterfaceId", "instanceId"];
const named = ({ request }: Call) => Object.fromEntries(DETAILS.map((name) => [name, textOf(member(request, name))]));

/** AssociateAddress: about the interface or instance that gets the address, as far as the request names one. */
const associate: Shape = {
  kind: "network-interface",
  tells: "the interface or instance that gets a public address",
  subjects: ({ request }): readonly Subject[] => {
    const places = [
      subjectsOf("network-interface", member(request, "networkInterfaceId")),
      subjectsOf("instance", member(request, "instanceId")),
      subjectsOf("address", member(request, "publicIp") ?? member(request, "allocationId")),
    ];
    return places.find((found) => found.length > 0) ?? [];
  },
  claim: () => undefined,
  details: named,
};

export const addressCalls = watch(EC2, {
  AllocateAddress: callShape("address", "the address", {
    subject: ({ answer }) => member(answer, "publicIp") ?? member(answer, "carrierIp") ?? member(answer, "allocationId"),
    details: ({ request, answer }) => ({
      domain: textOf(member(answer, "domain")) ?? textOf(member(request, "domain")),
      allocationId: textOf(member(answer, "allocationId")),
    }),
  }),
  AssociateAddress: associate,
  DisassociateAddress: callShape("address", "the address, or its association, and not whose it was", {
    subject: ({ request }) => member(request, "publicIp") ?? member(request, "associationId"),
  }),
});
