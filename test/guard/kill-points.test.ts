import { afterAll, describe, expect, test } from "@jest/globals";
import { approve } from "../../lib/guard/answering/approve.ts";
import { changeToJudgeAgain, judgeAgainEvent } from "../../lib/guard/answering/judge-again.ts";
import { guard } from "../../lib/guard/guard.ts";
import type { GuardPorts } from "../../lib/guard/guarding.ts";
import type { Attempt } from "../../lib/guard/ports.ts";
import { encodeDecision } from "../../lib/guard/records/decision-record.ts";
import { sweep } from "../../lib/guard/sweeping/sweep.ts";
import type { SweepPorts } from "../../lib/guard/sweeping/sweep-ports.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Effect } from "../../lib/model/effect.ts";
import { notifyAll } from "../../lib/telling/notify.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";
import { WholeWorld } from "../../lib/worlds/whole.ts";
import { change, granting } from "../support/changes.ts";
import { grant } from "../support/grants.ts";
import { guardRig } from "../support/guard-rig.ts";
import { type Play, walk } from "../support/kill-points.ts";
import { type Around, surrounded } from "../support/port-calls.ts";
import { respondRig } from "../support/respond-rig.ts";
import { HUB, REGION } from "../support/sweep-rig.ts";
import { eventOf, plenty, TellingRig } from "../support/telling-rig.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const RDP = "tcp 3389 from 0.0.0.0/0";
const LAWFUL = "tcp 22 from 10.0.0.0/8";
const NARROW = "mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }";
// Each is half of a /8 and lawful by itself.
const [HALF, OTHER_HALF, REST] = ["tcp 22 from 8.0.0.0/9", "tcp 22 from 8.128.0.0/9", "tcp 22 from 9.0.0.0/32"];

type Rig = ReturnType<typeof guardRig>;
// `npm run kill-points` ends two attempts, one after the other, at every two calls.
const DEATHS = Number(process.env.DEATHS ?? 1);
let points = 0;

function attemptOf(number: number): Attempt {
  return { message: "message-1", number };
}

function portsOf(rig: Rig, around: Around): GuardPorts {
  const ec2 = surrounded("ec2", rig.ec2, around);
  const clock = surrounded("clock", rig.clock, around);
  return {
    ...rig.ports,
    ec2For: () => ec2,
    worldOf: (api, expected) => new LiveWorld(api, clock, expected),
    ledger: surrounded("ledger", rig.ledger, around),
    grants: surrounded("grants", rig.grants, around),
    directory: surrounded("directory", rig.directory, around),
    standings: surrounded("standings", rig.standings, around),
    breaker: surrounded("breaker", rig.breaker, around),
    contests: surrounded("contests", rig.contests, around),
    remainders: surrounded("remainders", rig.remainders, around),
    bus: surrounded("bus", rig.bus, around),
    clock,
  };
}

/** What is to hold in the end. */
interface Due {
  /** The rules of each group. */
  readonly open: Readonly<Record<string, readonly string[]>>;
  /** Of each change that was guarded: its resource and what its decision came to. */
  readonly outcomes: readonly (readonly [subject: string, outcome: string])[];
}

async function check(rig: Rig, { open, outcomes }: Due): Promise<void> {
  for (const [group, rules] of Object.entries(open)) expect([group, rig.open(group)]).toEqual([group, [...rules].sort()]);
  const decisions = rig.ledger.decisions();
  expect(decisions.map(({ change: { subject }, outcome }) => [subject.id, outcome]).sort()).toEqual([...outcomes].sort());
  expect([...rig.ledger.entries.values()].map(({ state }) => state)).toEqual(decisions.map(() => "published"));
  const telling = new TellingRig();
  for (const decision of decisions)
    telling.ledger.entries.set(decision.id, { state: "published", decision: encodeDecision(decision), revision: 0 });
  for (const decision of rig.bus.published) expect(await notifyAll(telling.ports(), [eventOf(decision)], plenty)).toEqual([]);
  const told = decisions.map((decision) => [decision.change.subject.id, telling.tellings(decision)]);
  expect(told.sort()).toEqual(decisions.map(({ change: { subject }, outcome }) => [subject.id, outcome === "clean" ? 0 : 1]).sort());
}

/** Guards a change of a world that `set` has prepared. */
function guarding(policy: string | undefined, set: (rig: Rig) => Change | Promise<Change>, due: Due) {
  return async (): Promise<Play> => {
    const rig = guardRig(policy);
    const made = await set(rig);
    return {
      deliver: async (around, attempt) => void (await guard(made, portsOf(rig, around), attemptOf(attempt))),
      check: () => check(rig, due),
    };
  };
}

const opened =
  (...rules: readonly string[]) =>
  (rig: Rig): Change => {
    rig.ec2.createGroup("sg-1", [LAWFUL, ...rules]);
    return granting(...rules.slice(-1));
  };
const acted = [["sg-1", "acted"]] as const;

describe("a guard that dies, or hears no answer, at any of its calls leaves nothing open, takes nothing lawful, and decides and tells once", () => {
  test.each<[string, () => Promise<Play>]>([
    ["a forbidden rule", guarding(undefined, opened(SSH), { open: { "sg-1": [LAWFUL] }, outcomes: acted })],
    [
      "a rule that is narrowed",
      guarding(NARROW, opened("tcp 443-444 from 0.0.0.0/0"), { open: { "sg-1": [LAWFUL, "tcp 443 from 0.0.0.0/0"] }, outcomes: acted }),
    ],
    ["an old hole beside the new", guarding(undefined, opened(RDP, SSH), { open: { "sg-1": [LAWFUL] }, outcomes: acted })],
    ["a dry run", guarding("mode: dry-run", opened(SSH), { open: { "sg-1": [LAWFUL, SSH] }, outcomes: [["sg-1", "would-act"]] })],
    [
      "an alert",
      guarding("mode: enforce\nrules: { no-public-ingress: { remedy: none } }", opened(SSH), {
        open: { "sg-1": [LAWFUL, SSH] },
        outcomes: [["sg-1", "alert"]],
      }),
    ],
    [
      "what a tag decides about",
      guarding(
        "trust: { tags: [team] }\nscopes: [{ when: { tags: { team: web } }, mode: enforce }]",
        (rig) => {
          rig.ec2.createGroup("sg-1", [LAWFUL, SSH], { tags: { team: "web" } });
          return granting(SSH);
        },
        { open: { "sg-1": [LAWFUL] }, outcomes: acted },
      ),
    ],
    [
      "what somebody granted",
      guarding(
        undefined,
        async (rig) => {
          await rig.grants.add(grant());
          return opened(SSH)(rig);
        },
        { open: { "sg-1": [LAWFUL, SSH] }, outcomes: [["sg-1", "excepted"]] },
      ),
    ],
    [
      "the end of what was granted",
      guarding(
        undefined,
        async (rig) => {
          const ended = grant({ until: new Date(rig.clock.time - 1_000).toISOString() });
          await rig.grants.add(ended);
          rig.ec2.createGroup("sg-1", [LAWFUL, SSH]);
          const made = changeToJudgeAgain(judgeAgainEvent(ended));
          if (made === undefined) throw new Error("no change");
          return made;
        },
        { open: { "sg-1": [LAWFUL] }, outcomes: acted },
      ),
    ],
    ["rules that offend in sum", guarding(undefined, opened(HALF, OTHER_HALF, REST), { open: { "sg-1": [LAWFUL] }, outcomes: acted })],
    [
      "a lawful rule",
      guarding(undefined, opened("tcp 443 from 0.0.0.0/0"), {
        open: { "sg-1": [LAWFUL, "tcp 443 from 0.0.0.0/0"] },
        outcomes: [["sg-1", "clean"]],
      }),
    ],
  ])("%s", async (_, prepare) => {
    const walked = await walk(prepare, DEATHS);
    expect(walked.calls.length).toBeGreaterThan(4);
    points += walked.points;
  });
});

// A group that lost the rule that names the list is not found by the list any more.
test("the same for a prefix list that two groups name", async () => {
  const list = guarding(
    undefined,
    (rig) => {
      rig.ec2.createPrefixList("pl-1", "0.0.0.0/0");
      for (const group of ["sg-1", "sg-2"]) rig.ec2.createGroup(group, [LAWFUL, "tcp 22 from pl-1"]);
      return change({
        call: { source: "ec2.amazonaws.com", name: "ModifyManagedPrefixList" },
        subject: { kind: "prefix-list", id: "pl-1" },
      });
    },
    {
      open: { "sg-1": [LAWFUL], "sg-2": [LAWFUL] },
      outcomes: [
        ["sg-1", "acted"],
        ["sg-2", "acted"],
      ],
    },
  );
  points += (await walk(list, DEATHS)).points;
});

const ROUTE = { destination: "0.0.0.0/0", target: "igw-1", origin: "created" } as const;
const ADDED: Effect = { op: "put", kind: "route-table", id: "rtb-1", list: "routes", items: [ROUTE] };

test("a guard that dies at any call on the way to a route's removal removes it, and decides and tells once", async () => {
  const { points: walked } = await walk(async () => {
    const rig = guardRig("mode: enforce\nrules: { no-public-main-table: { remedy: delete } }");
    rig.ec2.put("internet-gateway", { id: "igw-1", vpc: "vpc-1" });
    rig.ec2.put("route-table", { id: "rtb-1", vpc: "vpc-1", routes: [ROUTE], associations: [{ id: "a-1", main: true }], propagating: [] });
    const made = change({
      call: { source: "ec2.amazonaws.com", name: "CreateRoute" },
      subject: { kind: "route-table", id: "rtb-1" },
      claim: { kind: "effects", effects: [ADDED] },
    });
    return {
      deliver: async (around, attempt) => void (await guard(made, portsOf(rig, around), attemptOf(attempt))),
      check: async () => {
        expect((await rig.ec2.get("route-table", "rtb-1"))?.routes).toEqual([]);
        await check(rig, { open: {}, outcomes: [["rtb-1", "acted"]] });
      },
    };
  }, DEATHS);
  points += walked;
});

function sweepPortsOf(rig: Rig, around: Around): SweepPorts {
  const ports = portsOf(rig, around);
  return {
    ...ports,
    grants: surrounded("grants", rig.grants, around),
    standings: surrounded("standings", rig.standings, around),
    wholeWorldOf: (api) => new WholeWorld(ports.worldOf(api)),
    state: surrounded("state", rig.standings, around),
    readOrganization: async () => ({ accounts: [], ous: [] }),
    home: HUB,
    regions: [REGION],
    ask: async () => {},
    timeLeft: () => 300_000,
    meter: { add: () => {} },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
}

test("a sweep that dies at any call closes what no event told of, and tells of each once, by its next run at the latest", async () => {
  const { points: walked, calls } = await walk(async () => {
    const rig = guardRig();
    rig.ec2.createGroup("sg-1", [LAWFUL, SSH]).createGroup("sg-2", [RDP]).createGroup("sg-3", [LAWFUL]);
    // Was told, and has gone since.
    await rig.standings.keep(HUB, REGION, {
      subject: { kind: "security-group", id: "sg-3" },
      keys: ["0123456789abcdef"],
      outcome: "alert",
    });
    let run = 0;
    return {
      deliver: async (around, attempt) => {
        await sweep(
          { run: `run-${++run}`, at: new Date(rig.clock.time).toISOString(), account: HUB, region: REGION },
          sweepPortsOf(rig, around),
        );
        if (attemptOf(attempt)) run = 1;
      },
      check: async () => {
        for (const [group, rules] of [
          ["sg-1", [LAWFUL]],
          ["sg-2", []],
          ["sg-3", [LAWFUL]],
        ] as const)
          expect([group, rig.open(group)]).toEqual([group, rules]);
        expect(await rig.standings.in(HUB, REGION)).toEqual([]);
        const told = new Map(rig.bus.published.map(({ id, change: { subject }, outcome }) => [id, `${subject.id} ${outcome}`]));
        expect([...told.values()].sort()).toEqual(["sg-1 acted", "sg-2 acted", "sg-3 clean"]);
      },
    };
  }, DEATHS);
  expect(calls.length).toBeGreaterThan(20);
  points += walked;
});

describe("answering people, dead at any of its calls, comes to one answer, and to one exception for what is back", () => {
  test.each([
    ["undo", [LAWFUL, SSH], 1],
    ["allow", [LAWFUL, SSH], 1],
    ["snooze", [LAWFUL], 1],
  ] as const)(
    "%s",
    async (asked, open, granted) => {
      const { points: walked } = await walk(async () => {
        const rig = guardRig("mode: enforce\nslack: { approvers: [U0APPROVER] }");
        rig.ec2.createGroup("sg-1", [LAWFUL, SSH]);
        const decision = await rig.decide(granting(SSH));
        const desk = respondRig(rig);
        const until = new Date(rig.clock.time + 3_600_000).toISOString();
        const request = asked === "allow" ? desk.ask(asked, decision, { until, reason: "needed" }) : desk.ask(asked, decision);
        return {
          deliver: async (around) => {
            const { clock, directory } = portsOf(rig, around);
            const ec2 = surrounded("ec2", rig.ec2, around);
            await approve(request, {
              ...desk.ports,
              ec2For: () => ec2,
              clock,
              directory,
              decisions: surrounded("decisions", desk.ports.decisions, around),
              grants: surrounded("grants", rig.grants, around),
              schedules: surrounded("schedules", desk.ports.schedules, around),
              answers: surrounded("answers", desk.ports.answers, around),
            });
          },
          check: async () => {
            expect(rig.open("sg-1")).toEqual([...open].sort());
            expect(await rig.grants.all()).toHaveLength(granted);
            expect(new Set(desk.schedules.map(({ id }) => id)).size).toBe(granted);
            expect([...desk.answers.values()].map(({ id, result }) => [id, ["done", "moot"].includes(result)])).toEqual([
              [request.id, true],
            ]);
            // What is back is not closed again by a guard that hears of it late.
            await rig.guard(granting(SSH));
            if (asked !== "snooze") expect(rig.open("sg-1")).toEqual([...open].sort());
          },
        };
      });
      points += walked;
    },
    DEATHS,
  );
});

afterAll(() => {
  // So many calls are there to die at.
  expect(points).toBeGreaterThan(0);
  process.stdout.write(`Kill points walked: ${points}.\n`);
});
