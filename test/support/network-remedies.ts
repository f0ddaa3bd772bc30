import type { NetworkAclEntry } from "../../lib/model/facts.ts";
import type { NetworkRemedy } from "../../lib/model/remedy.ts";

const entry: NetworkAclEntry = {
  direction: "ingress",
  number: 90,
  action: "deny",
  protocol: "tcp",
  fromPort: 22,
  toPort: 22,
  cidr: "0.0.0.0/0",
};
const side = { vpc: "vpc-1", account: "111122223333", region: "eu-central-1", cidrs: ["10.0.0.0/16"] };
const settings = { destination: "arn:aws:s3:::flow-logs", trafficType: "ALL" } as const;

/** One remedy of each kind that a rule can ask for of anything but the rules of a group. */
export const NETWORK_REMEDIES = {
  "delete-route": { kind: "delete-route", table: "rtb-1", route: { destination: "0.0.0.0/0", target: "igw-1" } },
  "restore-route": { kind: "restore-route", table: "rtb-1", destination: "0.0.0.0/0", from: "igw-1", to: "nat-1" },
  "create-flow-logs": { kind: "create-flow-logs", vpc: "vpc-1", settings, ids: ["fl-1"] },
  "delete-peering": { kind: "delete-peering", peering: "pcx-1", requester: side, accepter: { ...side, vpc: "vpc-2" } },
  "detach-internet-gateway": { kind: "detach-internet-gateway", gateway: "igw-1", vpc: "vpc-1" },
  "reset-permissions": { kind: "reset-permissions", service: "vpce-svc-1", principals: ["*"], acceptance: true },
  "unset-public-ip": { kind: "unset-public-ip", subnet: "subnet-1" },
  "deny-acl-traffic": { kind: "deny-acl-traffic", acl: "acl-1", entries: [entry] },
  "delete-acl-entry": { kind: "delete-acl-entry", acl: "acl-1", entry: { ...entry, action: "allow" } },
  "restore-public-access": { kind: "restore-public-access", from: "off", to: "block-ingress" },
  "delete-exclusion": { kind: "delete-exclusion", exclusion: { id: "vpcbpa-exclude-1", resource: "vpc-1", mode: "allow-egress" } },
} as const satisfies Partial<{ readonly [K in NetworkRemedy["kind"]]: NetworkRemedy & { readonly kind: K } }>;
