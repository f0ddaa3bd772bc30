import type { Desk, Request, RespondPorts } from "../../lib/guard/answering/respond-ports.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Grant } from "../../lib/model/grant.ts";
import type { guardRig } from "./guard-rig.ts";
import { MemoryMeter } from "./memory-ports.ts";

type Rig = ReturnType<typeof guardRig>;
export type RespondRig = ReturnType<typeof respondRig>;
type Allowing = { readonly until: string; readonly reason: string };

/** Those who answer people, around a guard in memory: they share its EC2, ledger, grants and clock. */
export function respondRig(rig: Rig) {
  const schedules: Grant[] = [];
  const answers = new Map<string, Parameters<RespondPorts["answers"]["record"]>[0]>();
  const told: string[] = [];
  const meter = new MemoryMeter();
  let asked = 0;
  const desk: Desk & { readonly groups: Record<string, readonly string[]>; readonly emails: Record<string, string> } = {
    groups: {},
    emails: {},
    post: async (channel, { text }) => {
      told.push(text);
      return { channel, ts: String(told.length) };
    },
    update: async () => {},
    find: async () => undefined,
    userByEmail: async (email) => desk.emails[email],
    membersOf: async (group) => desk.groups[group] ?? [],
    openView: async () => {},
    answer: async (_, { text }) => void told.push(text),
  };
  const ports: RespondPorts = {
    policy: rig.ports.policy,
    ec2For: rig.ports.ec2For,
    worldOf: (ec2) => rig.ports.worldOf(ec2),
    home: { account: "111122223333", region: "eu-central-1" },
    decisions: { read: async (id) => rig.ledger.decisions().find((decision) => decision.id === id) },
    grants: rig.grants,
    directory: rig.directory,
    breakers: rig.breaker,
    schedules: { judgeAgain: async (grant) => void schedules.push(grant) },
    answers: { answered: async (id) => answers.get(id), record: async (answer) => void answers.set(answer.id, answer) },
    desk,
    tell: async (_, { text }) => void told.push(text),
    clock: rig.clock,
    meter,
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  function ask(what: "allow", decision: Decision, allowing: Allowing): Request & { ask: "allow" };
  function ask(what: "undo" | "snooze", decision: Decision): Request & { ask: "undo" | "snooze" };
  function ask(what: "undo" | "snooze" | "allow", { id }: Decision, allowing?: Allowing) {
    const who = { user: "U0APPROVER", id: `press-${++asked}`, answerTo: "http://127.0.0.1/response", decision: id };
    return allowing === undefined ? { ...who, ask: what } : { ...who, ask: "allow", ...allowing };
  }
  return { rig, ports, schedules, answers, told, desk, grants: rig.grants, ask };
}
