import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type LocalOrganization, type OrganizationSettings, startOrganization } from "../support/organization.ts";
import type { Backlog } from "../support/queues.ts";
import { start as startSlack } from "../support/slack-server.ts";
import { type Change, carryOut, type Groups } from "./changes.ts";
import { Faults } from "./faults.ts";
import { Lag } from "./lag.ts";
import { entryText, type Observed, observe } from "./observe.ts";
import type { Plan, Step } from "./plan.ts";
import type { Trace } from "./trace.ts";
import { startWire, type Weather } from "./wire.ts";

const POLICY = join(import.meta.dirname, "chaos.yml");
const DIE = pathToFileURL(join(import.meta.dirname, "die.ts")).href;
// Shorter than a function may run, so that what hangs is worked on twice at once.
const VISIBILITY_SECONDS = 20;
// Changes go on while others are being guarded; this many messages may wait.
const MOST_WAITING = 40;
// The longest rest of a message that failed is five minutes.
const PATIENCE_MS = 400_000;
const LOOK_MS = 250;
const LOOK_EVERY = 5;
// Between two queues a decision is in neither.
const QUIET_LOOKS = 6;

/** How a run goes on. */
export interface Progress {
  readonly phase: string;
  /** Steps that were taken. */
  readonly steps: number;
  /** Messages in queues. */
  readonly waiting: number;
  readonly faults: ReadonlyMap<string, number>;
}

export interface StormSettings {
  readonly plan: Plan;
  /** Takes all that happens. */
  readonly trace: Trace;
  readonly tell?: (progress: Progress) => void;
}

/** What a run was and how everything stood at its end. */
export interface Storm {
  readonly observed: Observed;
  readonly faults: ReadonlyMap<string, number>;
}

/**
 * Starts an organization on the emulators whose functions meet faults, carries out the plan, has its events reported, waits until the
 * queues are empty, sweeps once, and looks at everything. Throws when the queues do not run empty.
 */
export async function storm({ plan, trace, tell = () => undefined }: StormSettings): Promise<Storm> {
  const luck = new Faults(plan.seed);
  const counted = new Map<string, number>();
  const lag = new Lag(plan.seed);
  const running: (() => Promise<void>)[] = [];
  const weather: Weather = {
    lag,
    trace,
    next: (key) => {
      const fault = luck.next(key);
      if (fault !== undefined) counted.set(fault, (counted.get(fault) ?? 0) + 1);
      return fault;
    },
  };
  const between: OrganizationSettings["between"] = async (called, url) => {
    const wire = await startWire(called, url, weather);
    running.push(wire.close);
    return wire.url;
  };
  let phase = "starting";
  let steps = 0;
  const report = (waiting: number) => tell({ phase, steps, waiting, faults: new Map([...counted, ["stale read", lag.count]]) });
  try {
    const slack = await startSlack();
    running.push(slack.close);
    report(0);
    const organization = await startOrganization(POLICY, {
      between,
      slack,
      environment: { NODE_OPTIONS: `--enable-source-maps --import ${DIE}` },
      visibility: VISIBILITY_SECONDS,
    });
    running.push(organization.stop);
    const groups = await createGroups(organization, plan, trace);
    const changes: Change[] = [];
    phase = "changing";
    const look = async () => {
      const backlog = await organization.backlog();
      report(backlog.alive);
      return backlog;
    };
    for await (const change of carryOutAll(plan, organization, groups, { trace, lag, look, step: () => void steps++ }))
      changes.push(change);
    phase = "draining";
    await drained(look, organization.ministack.log);
    phase = "sweeping";
    await organization.askForSweep(`chaos-${plan.seed}`);
    trace.note("a sweep was asked for", []);
    await drained(look, organization.ministack.log);
    phase = "looking";
    const observed = await observe(organization, { changes, groups, messages: slack.messages });
    for (const entry of observed.ledger) trace.note(`the ledger has ${entryText(entry)}`, trace.namedIn(entry.id));
    return { observed, faults: new Map([...counted, ["stale read", lag.count]]) };
  } finally {
    for (const end of running.splice(0).reverse()) await end();
  }
}

async function createGroups(organization: LocalOrganization, { places, groups: count }: Plan, trace: Trace): Promise<Groups> {
  if (organization.places.length !== places) throw new Error(`there are ${organization.places.length} places, expected ${places}`);
  const groups: (readonly string[])[] = [];
  for (const [number, place] of organization.places.entries()) {
    const ids = await organization.createGroups(place, count);
    for (const [n, id] of ids.entries()) trace.name(id, `group ${n} of place ${number} (${place.region})`);
    groups.push(ids);
  }
  return groups;
}

interface Hands {
  readonly trace: Trace;
  readonly lag: Lag;
  readonly look: () => Promise<Backlog>;
  readonly step: () => void;
}

/** Takes every step, and has each event reported when its time comes: after the steps that it was planned after. */
async function* carryOutAll(
  { steps }: Plan,
  organization: LocalOrganization,
  groups: Groups,
  { trace, lag, look, step: count }: Hands,
): AsyncGenerator<Change> {
  const made = new Map<number, Change>();
  let reports: { readonly due: number; readonly change: Change; readonly copy: number }[] = [];
  const reportDue = async (time: number) => {
    const due = reports.filter((one) => one.due <= time);
    reports = reports.filter((one) => !due.includes(one));
    for (const { change, copy } of due.sort((a, b) => a.due - b.due)) {
      trace.note(`change ${change.step.number} is reported${copy === 0 ? "" : `, again (${copy + 1})`}`, [change.event, change.group]);
      await organization.report(change.place, change.record);
    }
  };
  for (const step of steps) {
    // Looking costs as much as a change: now and then is enough.
    if (step.number % LOOK_EVERY === 0) while ((await look()).changes > MOST_WAITING) await sleep(LOOK_MS);
    if (step.lag !== undefined) await lag.begin(groups[step.place]?.[step.group] ?? "", step.lag.milliseconds, step.lag.percent);
    const change = await carryOut(step, organization, groups, made);
    count();
    const group = groups[step.place]?.[step.group] ?? "";
    if (change === undefined) trace.note(`change ${step.number} was refused by EC2: ${inWords(step)}`, [group]);
    else {
      made.set(step.number, change);
      trace.name(change.event, `change ${step.number}`);
      trace.note(`change ${step.number} is made: ${inWords(step)}`, [change.event, group]);
      reports.push(...step.reports.map((after, copy) => ({ due: step.number + after, change, copy })));
      yield change;
    }
    await reportDue(step.number);
  }
  await reportDue(Number.POSITIVE_INFINITY);
}

async function drained(look: () => Promise<Backlog>, log: () => string): Promise<void> {
  let [before, since] = [-1, Date.now()];
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const { alive } = await look();
    if (alive !== before) [before, since] = [alive, Date.now()];
    else if (Date.now() - since > PATIENCE_MS && alive > 0) {
      throw new Error(`${alive} messages wait, and none was taken for ${PATIENCE_MS / 1000} seconds. MiniStack said:\n${log()}`);
    }
    quiet = alive === 0 ? quiet + 1 : 0;
    await sleep(LOOK_MS);
  }
}

/** `hole: tcp 10007 from 0.0.0.0/0`. */
function inWords({ kind, protocol, from, to, cidrs, modifies }: Step): string {
  const ports = from === to ? `${from}` : `${from}-${to}`;
  const turned = modifies === undefined ? "" : `, into which the rule of change ${modifies} is turned`;
  return `${kind}: ${protocol} ${ports} from ${cidrs.join(" and ")}${turned}`;
}
