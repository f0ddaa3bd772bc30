import * as z from "zod/mini";
import { defineRule } from "./rule.ts";
import { isCaller, nameOfCaller, Pattern } from "./terms/arn-pattern.ts";

// What each call did to the connection, and what that means for its keys.
const CALLS = {
  CreateVpnConnection: ["created", "its answer holds the keys of both tunnels"],
  ModifyVpnConnection: ["gave another gateway to", "its tunnels now end elsewhere"],
  ModifyVpnConnectionOptions: ["changed which networks may use", "its tunnels now carry other traffic"],
  ModifyVpnTunnelOptions: ["changed a tunnel of", "this can replace its pre-shared key, and the answer holds the keys"],
  ModifyVpnTunnelCertificate: ["replaced the certificate of a tunnel of", "it is now proven by another key"],
  GetVpnConnectionDeviceSampleConfiguration: ["downloaded the device configuration of", "it holds the keys of both tunnels"],
} as const;

export const vpnCredentials = defineRule({
  meta: {
    id: "vpn-credentials",
    title: "The keys of VPN connections are handled by their operators alone",
    resource: "call",
    severity: "medium",
    finds:
      "Calls that create a VPN connection, change it or its tunnels, or download its device configuration, by anybody whom `operators` does not name. Deleting a connection is left alone. So is DescribeVpnConnections: it returns the keys too, but every console page and inventory tool makes it, so who may make it is a matter for IAM.",
    rationale:
      "Whoever has the pre-shared keys can pose as your end of the tunnel. A compromised connection must be deleted and created anew; nothing else is sure to give it new keys and addresses.",
    source: "https://docs.aws.amazon.com/vpn/latest/s2svpn/CompromisedCredentials.html",
    avoid: "aws ec2 get-vpn-connection-device-sample-configuration, run by a person with broad rights",
    prefer: "vpn-credentials: { operators: [arn:aws:iam::111122223333:role/vpn-operator] }",
    remedies: [],
    remedy: "none",
    enabled: true,
    calls: Object.keys(CALLS),
  },
  options: () =>
    z.strictObject({
      operators: z._default(
        z.array(Pattern()).check(z.describe("Who may handle VPN connections: arns of roles and users, in which * stands for any text.")),
        [],
      ),
    }),

  prepare: ({ operators }) => operators,

  check: async ({ name, actor, subject }, _, operators) => {
    if (!isKnown(name) || isCaller(actor, operators)) return [];
    const [did, means] = CALLS[name];
    const connection = subject.kind === "vpn-connection" ? subject.id : "a VPN connection";
    return [
      {
        parts: [],
        message: `${nameOfCaller(actor)} ${did} ${connection}: ${means}. If that was not expected, take the connection for compromised: delete it (aws ec2 delete-vpn-connection) and create another one`,
      },
    ];
  },
});

function isKnown(name: string): name is keyof typeof CALLS {
  return Object.hasOwn(CALLS, name);
}
