import { guard } from "../../lib/guard/guard.ts";
import type { GuardPorts } from "../../lib/guard/guarding.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";
import { FIRST } from "./attempts.ts";
import { AT } from "./changes.ts";
import { MemoryEc2 } from "./memory-ec2.ts";
import {
  MemoryBreakers,
  MemoryBus,
  MemoryClock,
  MemoryContests,
  MemoryDirectory,
  MemoryGrants,
  MemoryLedger,
  MemoryRemainders,
  MemoryStandings,
} from "./memory-ports.ts";

export const SELF = { role: "arn:aws:iam::111122223333:role/portcullis-guard", session: "portcullis-guard" };

/** A guard with every port in memory, two seconds after the changes of test/support/changes.ts; `policy` is YAML, or has been read. */
export function guardRig(policy: string | Policy = "mode: enforce") {
  const ec2 = new MemoryEc2();
  const ledger = new MemoryLedger();
  const grants = new MemoryGrants();
  const directory = new MemoryDirectory();
  const standings = new MemoryStandings();
  const bus = new MemoryBus();
  const clock = new MemoryClock(new Date(Date.parse(AT) + 2_000).toISOString());
  const breaker = new MemoryBreakers(clock);
  const contests = new MemoryContests(clock);
  const remainders = new MemoryRemainders();
  const ports: GuardPorts = {
    policy: typeof policy === "string" ? parsePolicy(`version: 1\n${policy}`, "portcullis.yml") : policy,
    ec2For: () => ec2,
    worldOf: (api, expected) => new LiveWorld(api, clock, expected),
    ledger,
    grants,
    directory,
    standings,
    breaker,
    contests,
    remainders,
    bus,
    clock,
    ageLimit: 15 * 60_000,
    self: SELF,
  };
  return {
    ec2,
    ledger,
    grants,
    directory,
    standings,
    breaker,
    contests,
    remainders,
    bus,
    clock,
    ports,
    /** The group's ingress rules in the notation, sorted. */
    open: (group = "sg-1") =>
      ec2
        .rules(group)
        .filter(({ direction }) => direction === "ingress")
        .map(formatRule)
        .sort(),
    guard: (change: Change, attempt = FIRST) => guard(change, ports, attempt),
    /** Guards a change of one group, and insists on a decision. */
    decide: async (change: Change, attempt = FIRST): Promise<Decision> => {
      const [answer, ...others] = await guard(change, ports, attempt);
      if (answer === undefined || "ignored" in answer || others.length > 0)
        throw new Error(`no single decision: ${JSON.stringify([answer, ...others])}`);
      return answer;
    },
  };
}
