import { member, textOf } from "../fields.ts";
import type { Call } from "../record.ts";
import { callShape, type Shape } from "../shape.ts";
import { EC2, type WatchedCall, watch } from "../watched.ts";

/** The values of a request that tell which ends a VPN has and whose configuration was asked for; none of them is a key. */
const named = ({ request }: Call) =>
  Object.fromEntries(
    [
      "customerGatewayId",
      "vpnGatewayId",
      "transitGatewayId",
      "vpcId",
      "vpnTunnelOutsideIpAddress",
      "vpnConnectionDeviceTypeId",
      "ipAddress",
      "publicIp",
    ].map((name) => [name, textOf(member(request, name))]),
  );

const connection = (tells: string): Shape =>
  callShape("vpn-connection", tells, { subject: ({ request }) => member(request, "vpnConnectionId"), details: named });
const gateway = (tells: string, subject: (call: Call) => unknown): Shape => callShape("vpn-gateway", tells, { subject, details: named });
const vpnGateway = ({ request }: Call) => member(request, "vpnGatewayId");

export const vpnCalls: readonly WatchedCall[] = [
  ...watch(EC2, {
    CreateVpnGateway: gateway("that there is a virtual private gateway", ({ answer }) =>
      member(member(answer, "vpnGateway"), "vpnGatewayId"),
    ),
    AttachVpnGateway: gateway("the VPC that the gateway is attached to", vpnGateway),
    DetachVpnGateway: gateway("the VPC that the gateway leaves", vpnGateway),
    DeleteVpnGateway: gateway("that the gateway is gone", vpnGateway),
    CreateCustomerGateway: gateway("the address of the other end", ({ answer }) =>
      member(member(answer, "customerGateway"), "customerGatewayId"),
    ),
    DeleteCustomerGateway: gateway("that the other end is gone", ({ request }) => member(request, "customerGatewayId")),
    CreateVpnConnection: callShape("vpn-connection", "the two ends of the connection", {
      subject: ({ answer }) => member(member(answer, "vpnConnection"), "vpnConnectionId"),
      details: named,
    }),
    ModifyVpnConnection: connection("the ends that it has from now on"),
    ModifyVpnConnectionOptions: connection("that its options change"),
    ModifyVpnTunnelOptions: connection("the tunnel whose options change, which may be its key"),
    ModifyVpnTunnelCertificate: connection("the tunnel that gets another certificate"),
    DeleteVpnConnection: connection("that the connection is gone"),
  }),
  // The configuration that it answers with holds the keys of the tunnels.
  {
    source: EC2,
    name: "GetVpnConnectionDeviceSampleConfiguration",
    shape: connection("the device for which the configuration, with its keys, was downloaded"),
    reads: true,
  },
];
