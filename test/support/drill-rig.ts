import { drill } from "../../lib/guard/drilling/drill.ts";
import { DRILL_GROUP } from "../../lib/guard/drilling/drill-group.ts";
import type { DrillPorts } from "../../lib/guard/drilling/drill-ports.ts";
import { Ec2Error } from "../../lib/guard/ports.ts";
import { formatRule, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { granting } from "./changes.ts";
import { guardRig, SELF } from "./guard-rig.ts";

/** The role under which the drill acts. */
const DRILL_ROLE = "arn:aws:iam::111122223333:role/portcullis-dev-drill";
const ACTOR = { arn: "arn:aws:sts::111122223333:assumed-role/portcullis-dev-drill/portcullis-dev-drill", role: DRILL_ROLE };
const LAMBDA_TIMEOUT = 15 * 60_000;

type Call = "named" | "create" | "get" | "list" | "authorize" | "revoke";

/**
 * A drill with every port in memory, and the guard that it is to prove: it hears of what the drill opens after a while, on the
 * same clock. What goes wrong here goes wrong for the drill's calls alone.
 */
export class DrillRig {
  /** Where the guard announces what it decided. */
  readonly bus;
  readonly ec2;
  readonly clock;
  readonly counted: { readonly closed: number[]; failed: number } = { closed: [], failed: 0 };
  /** The drill's own calls in order. */
  readonly calls: Call[] = [];
  /** Whether the drill's reads show no rules. */
  blind = false;
  private readonly guardChange: ReturnType<typeof guardRig>["guard"];
  private hears: number | undefined;
  private due: { readonly at: number; readonly act: () => Promise<unknown> }[] = [];
  private trouble: { readonly call: Call; readonly error: Error; readonly takesEffect: boolean; times: number }[] = [];
  private end: { readonly call: number; readonly when: "before" | "after" } | undefined;
  private dead = false;
  private made = 0;

  constructor(policy = "mode: enforce") {
    const rig = guardRig(policy);
    Object.assign(rig.ports, { self: { ...SELF, drills: [DRILL_ROLE] } });
    this.guardChange = rig.guard;
    this.bus = rig.bus;
    this.ec2 = rig.ec2;
    this.clock = rig.clock;
  }

  drill(timeLeft = LAMBDA_TIMEOUT): Promise<void> {
    return drill(this.ports, () => timeLeft);
  }

  /** From now on the guard hears of each opening after so many milliseconds. */
  guardHears(after: number): void {
    this.hears = after;
  }

  after(milliseconds: number, act: () => Promise<unknown>): void {
    this.due.push({ at: this.clock.time + milliseconds, act });
  }

  /** The next calls of this name are refused; without a number, all. */
  refuse(call: Call, error: Error, times = Number.POSITIVE_INFINITY): void {
    this.trouble.push({ call, error, times, takesEffect: false });
  }

  /** The next call of this name takes effect, and its answer never arrives. */
  loseAnswer(call: Call): void {
    this.trouble.push({ call, error: new Ec2Error("throttled", "TimeoutError", "no answer"), times: 1, takesEffect: true });
  }

  /** The drill ends at once at its nth call, and does nothing more. */
  killAt(call: number, when: "before" | "after"): void {
    this.end = { call, when };
  }

  /** What is killed can run again. */
  revive(): void {
    [this.dead, this.end] = [false, undefined];
  }

  /** Makes the drill's group, or with other tags one that only has its name; resolves to its id. */
  async makeGroup(tags: Readonly<Record<string, string>> = { "portcullis:drill": "true" }, vpc = "vpc-1"): Promise<string> {
    const id = `sg-${++this.made}`;
    this.ec2.createGroup(id, [], { name: DRILL_GROUP, vpc, tags });
    return id;
  }

  async group() {
    return (await this.ec2.list("security-group", { vpc: "vpc-1" })).find(({ name }) => name === DRILL_GROUP);
  }

  /** All rules of the drill's group, in the notation. */
  async open(): Promise<readonly string[]> {
    return ((await this.group())?.rules ?? []).map(formatRule).sort();
  }

  /** Somebody else opens a rule in the drill's group, and the guard hears of it. */
  async somebodyOpens(rule: string): Promise<void> {
    const group = (await this.group())?.id ?? "";
    this.ec2.grant(group, rule);
    await this.guardChange({ ...granting(rule), subject: { kind: "security-group", id: group } });
  }

  get ports(): DrillPorts {
    const { ec2, clock } = this;
    return {
      place: { account: "111122223333", region: "eu-central-1", vpc: "vpc-1" },
      ec2: {
        get: (kind, id) =>
          this.on("get", async () => {
            const facts = await ec2.get(kind, id);
            return facts !== undefined && this.blind ? { ...facts, rules: [] } : facts;
          }),
        list: (kind, where) => this.on("list", () => ec2.list(kind, where)),
        revoke: (group, rules) => this.on("revoke", () => ec2.revoke(group, rules)),
        authorize: (group, rules) => this.on("authorize", () => this.authorize(group, rules)),
      },
      groups: {
        named: (vpc, name) =>
          this.on("named", async () => (await ec2.list("security-group", { vpc })).find((group) => group.name === name)),
        create: ({ vpc, name, tags }) =>
          this.on("create", async () => {
            const standing = (await ec2.list("security-group", { vpc })).some((group) => group.name === name);
            if (standing) throw new Ec2Error("duplicate", "InvalidGroup.Duplicate", `The security group '${name}' already exists`);
            return this.makeGroup(tags, vpc);
          }),
      },
      metrics: { closed: (seconds) => void this.counted.closed.push(seconds), failed: () => void this.counted.failed++ },
      clock: { now: () => clock.now(), sleep: (milliseconds) => this.sleep(milliseconds) },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      patience: 10 * 60_000,
      newRun: () => `run-${++this.made}`,
    };
  }

  private async authorize(group: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    await this.ec2.authorize(group, rules);
    if (this.hears === undefined) return;
    const change = { ...granting(...rules), at: new Date(this.clock.time).toISOString(), actor: ACTOR };
    this.after(this.hears, () => this.guardChange({ ...change, subject: { kind: "security-group", id: group } }));
    await this.pass(this.clock.time);
  }

  private async on<Answer>(call: Call, act: () => Promise<Answer>): Promise<Answer> {
    this.calls.push(call);
    const isLast = this.end?.call === this.calls.length;
    if (this.dead || (isLast && this.end?.when === "before")) this.die();
    const trouble = this.trouble.find((one) => one.call === call && one.times > 0);
    if (trouble !== undefined) trouble.times--;
    if (trouble?.takesEffect === false) throw trouble.error;
    const answer = await act();
    if (isLast) this.die();
    if (trouble !== undefined) throw trouble.error;
    return answer;
  }

  private async sleep(milliseconds: number): Promise<void> {
    if (this.dead) this.die();
    await this.pass(this.clock.time + milliseconds);
  }

  private async pass(until: number): Promise<void> {
    for (const one of this.due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)) {
      this.due = this.due.filter((other) => other !== one);
      this.clock.time = Math.max(this.clock.time, one.at);
      await one.act();
    }
    this.clock.time = Math.max(this.clock.time, until);
  }

  private die(): never {
    this.dead = true;
    throw new Error("killed");
  }
}
