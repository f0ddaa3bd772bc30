import { guard } from "../../lib/guard/guard.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import type { SweepRequest } from "../../lib/guard/records/sweep-record.ts";
import { sweep } from "../../lib/guard/sweeping/sweep.ts";
import type { Organization, SweepPorts } from "../../lib/guard/sweeping/sweep-ports.ts";
import type { Change } from "../../lib/model/change.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";
import { WholeWorld } from "../../lib/worlds/whole.ts";
import { FIRST } from "./attempts.ts";
import { guardRig } from "./guard-rig.ts";
import { MemoryEc2 } from "./memory-ec2.ts";

export const HUB = "111122223333";
export const REGION = "eu-central-1";

/** An organization in memory with a guard and a sweep that share it; `policy` is YAML. The queue is an array. */
export function sweepRig(policy = "mode: enforce", regions: readonly string[] = [REGION]) {
  const rig = guardRig(policy);
  const places = new Map<string, MemoryEc2>();
  const ec2 = (account = HUB, region = REGION): MemoryEc2 => {
    const key = `${account}/${region}`;
    const known = places.get(key) ?? new MemoryEc2();
    places.set(key, known);
    return known;
  };
  const queue: SweepRequest[] = [];
  const log: { readonly level: string; readonly message: string; readonly details: Readonly<Record<string, unknown>> }[] = [];
  const counts: Record<string, number> = {};
  const note = (level: string) => (message: string, details: Readonly<Record<string, unknown>>) =>
    void log.push({ level, message, details });
  const settings = { timeLeft: 300_000, organization: undefined as Organization | undefined };
  const ports: SweepPorts = {
    ...rig.ports,
    grants: rig.grants,
    ec2For: (account, region) => ec2(account, region),
    wholeWorldOf: (api) => new WholeWorld(new LiveWorld(api, rig.clock)),
    standings: rig.standings,
    state: rig.standings,
    readOrganization: async () => {
      if (settings.organization === undefined) throw new Ec2Error("denied", "AccessDeniedException", "You don't have permissions");
      return settings.organization;
    },
    home: HUB,
    regions,
    ask: async (requests) => void queue.push(...requests),
    timeLeft: () => settings.timeLeft,
    meter: {
      add: (metric, value, ..._by) => {
        counts[metric] = (counts[metric] ?? 0) + value;
      },
    },
    log: { info: note("info"), warn: note("warn"), error: note("error") },
  };
  let runs = 0;
  const ask = (request: Partial<SweepRequest> = {}): SweepRequest => ({
    run: `run-${++runs}`,
    at: new Date(rig.clock.now()).toISOString(),
    ...request,
  });
  return {
    ...rig,
    ports,
    ec2,
    queue,
    log,
    counts,
    settings,
    ask,
    /** The group's ingress rules in the notation, sorted. */
    open: (group: string, account = HUB, region = REGION) =>
      ec2(account, region)
        .rules(group)
        .filter(({ direction }) => direction === "ingress")
        .map(formatRule)
        .sort(),
    guard: (change: Change) => guard(change, ports, FIRST),
    sweep: (request: SweepRequest) => sweep(request, ports),
    sweepUnder: (policy: Policy, request: SweepRequest) => sweep(request, { ...ports, policy }),
    /** Sweeps one place. */
    sweepPlace: (account = HUB, region = REGION) => sweep(ask({ account, region }), ports),
    /** Sweeps everything: asks, and works through the queue. */
    sweepAll: async () => {
      await sweep(ask(), ports);
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) await sweep(next, ports);
    },
  };
}
