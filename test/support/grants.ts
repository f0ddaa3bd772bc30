import type { Grant } from "../../lib/model/grant.ts";
import { AT } from "./changes.ts";

let made = 0;

/** A grant of tcp 22 from the internet on sg-1, four hours from the changes of test/support/changes.ts, unless told otherwise. */
export function grant(overrides: Partial<Grant> = {}): Grant {
  return {
    id: `grant-${++made}`,
    account: "111122223333",
    region: "eu-central-1",
    subject: { kind: "security-group", id: "sg-1" },
    admits: [{ rule: "no-public-ingress", allow: [{ protocol: "tcp", ports: "22", from: ["0.0.0.0/0"] }], parts: [] }],
    until: new Date(Date.parse(AT) + 4 * 3_600_000).toISOString(),
    reason: "the vendor's night shift",
    approvedBy: "U0APPROVER",
    grantedAt: AT,
    decision: "00000000-0000-4000-8000-000000000001/sg-1",
    ...overrides,
  };
}
