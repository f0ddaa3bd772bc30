import type { CallResource } from "../../lib/model/resource.ts";
import { vpnCredentials } from "../../lib/rules/vpn-credentials.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const OPERATOR = "arn:aws:iam::111122223333:role/vpn-operator";
const operator = { arn: "arn:aws:sts::111122223333:assumed-role/vpn-operator/ada", role: OPERATOR, session: "ada" };
const call = (name: string, more: Partial<CallResource> = {}) => ({
  call: { name, subject: { kind: "vpn-connection" as const, id: "vpn-1" }, ...more },
});

testResourceRule(vpnCredentials, {
  valid: {
    "deleting, which is what a compromised connection needs": call("DeleteVpnConnection"),
    "a lawful look-alike: reading, which every tool does": call("DescribeVpnConnections"),
    "a customer gateway, which has no keys": call("CreateCustomerGateway", { subject: { kind: "vpn-gateway", id: "cgw-1" } }),
    "an operator, by the role": {
      ...call("GetVpnConnectionDeviceSampleConfiguration", { actor: operator }),
      options: { operators: [OPERATOR] },
    },
    "an operator, by a pattern": { ...call("CreateVpnConnection", { actor: operator }), options: { operators: ["*:role/vpn-*"] } },
    "an operator who is a user": {
      ...call("ModifyVpnTunnelOptions"),
      options: { operators: ["arn:aws:iam::111122223333:user/ada"] },
    },
    "a name that every object has": call("constructor"),
  },
  invalid: {
    created: [call("CreateVpnConnection"), { parts: "", says: "user/ada created vpn-1: its answer holds the keys" }],
    "led elsewhere": [call("ModifyVpnConnection"), { parts: "", says: "gave another gateway to vpn-1" }],
    "opened to other networks": [call("ModifyVpnConnectionOptions"), { parts: "", says: "changed which networks may use vpn-1" }],
    "a tunnel changed": [call("ModifyVpnTunnelOptions"), { parts: "", says: "pre-shared key" }],
    "a certificate replaced": [call("ModifyVpnTunnelCertificate"), { parts: "", says: "certificate" }],
    "its configuration downloaded": [
      call("GetVpnConnectionDeviceSampleConfiguration"),
      { parts: "", remedies: [], says: "delete it (aws ec2 delete-vpn-connection) and create another one" },
    ],
    "somebody else than the operators": [{ ...call("CreateVpnConnection"), options: { operators: [OPERATOR] } }, ""],
    "an evasion: a session that bears the operator's name": [
      {
        ...call("CreateVpnConnection", {
          actor: { arn: "arn:aws:sts::111122223333:assumed-role/dev/vpn-operator", role: "arn:aws:iam::111122223333:role/dev" },
        }),
        options: { operators: ["*vpn-operator"] },
      },
      "",
    ],
    "a role whose name goes on": [
      { ...call("CreateVpnConnection", { actor: { arn: `${OPERATOR}-2`, role: `${OPERATOR}-2` } }), options: { operators: [OPERATOR] } },
      "",
    ],
    "through a service": [
      call("CreateVpnConnection", { actor: { ...operator, invokedBy: "cloudformation.amazonaws.com" } }),
      { parts: "", says: "through cloudformation.amazonaws.com created vpn-1" },
    ],
    "a connection that the record does not name": [
      call("CreateVpnConnection", { subject: { kind: "vpn-gateway", id: "vgw-1" } }),
      { parts: "", says: "created a VPN connection:" },
    ],
  },
});
