import type { Change } from "../../model/change.ts";
import type { Act } from "../../model/decision.ts";
import type { Finding } from "../../model/finding.ts";
import { isGroupRemedy, type Remedy } from "../../model/remedy.ts";
import type { Standing } from "../../model/resource.ts";
import { ruleKey, type SecurityGroupRule, valueKey } from "../../model/security-group-rule.ts";
import type { World } from "../../model/world.ts";
import type { Ruling } from "../../policy/policy.ts";
import type { Attempt, Clock, Ec2 } from "../ports.ts";
import { apply, probe } from "./apply.ts";
import type { Planned } from "./plan.ts";
import type { Remainder, Remainders } from "./remainder.ts";
import { findingValue } from "./values.ts";

interface DeedPorts {
  readonly ec2: Ec2;
  readonly remainders: Remainders;
  readonly clock: Pick<Clock, "now">;
}

/** What one attempt at a change does about it, and what it did it for. */
export class Deeds {
  /** When something was done last: milliseconds since the epoch. */
  closedAt: number | undefined;
  private readonly change: Change;
  private readonly attempt: Attempt;
  private readonly ec2: Ec2;
  private readonly remainders: Remainders;
  private readonly clock: Pick<Clock, "now">;
  private narrowings = 0;
  private done: Act[] = [];
  private readonly found = new Map<string, Finding>();
  private readonly asked = new Set<string>();
  // What was granted while it was closed, and is back (ruleKey).
  private readonly restored = new Set<string>();

  constructor(change: Change, attempt: Attempt, { ec2, remainders, clock }: DeedPorts) {
    this.change = change;
    this.attempt = attempt;
    this.remainders = remainders;
    this.ec2 = ec2;
    this.clock = clock;
  }

  /** In their order; what was put back is not among them. */
  get acts(): readonly Act[] {
    return this.done;
  }

  /** Each once. */
  get findings(): readonly Finding[] {
    return [...this.found.values()];
  }

  /** Values (valueKey) that EC2 was asked to revoke: gone now, or not there before. */
  get tried(): ReadonlySet<string> {
    return this.asked;
  }

  /** Carries out what is to be enforced. */
  async enforce(planned: readonly Planned[]): Promise<readonly Act[]> {
    const acts: Act[] = [];
    for (const { remedy, mode, relies = [] } of planned) {
      if (mode !== "enforce") continue;
      if (isGroupRemedy(remedy)) for (const rule of remedy.revoke) this.asked.add(valueKey(rule));
      acts.push(await apply(remedy, this.ec2, await this.remainderOf(remedy, relies)));
    }
    if (acts.some(({ result }) => result === "done")) this.closedAt = this.clock.now();
    this.done.push(...acts);
    return acts;
  }

  private async remainderOf(remedy: Remedy, relies: readonly SecurityGroupRule[]): Promise<Remainder | undefined> {
    if (!isGroupRemedy(remedy) || remedy.authorize.length + relies.length === 0) return undefined;
    const { account, region } = this.change;
    const place = { account, region, subject: { kind: "security-group", id: remedy.group } } as const;
    const { message, number } = this.attempt;
    const by = `${message}/${number}/${++this.narrowings}`;
    const { Remainder } = await import("./remainder.ts");
    return new Remainder({ remainders: this.remainders, place, by, rules: [...remedy.authorize, ...relies] });
  }

  /** Asks AWS whether it would let us do what is planned in dry-run. */
  async probe(planned: readonly Planned[]): Promise<void> {
    for (const { remedy, mode } of planned) if (mode === "dry-run") this.done.push(await probe(remedy, this.ec2));
  }

  /** Puts back what the ruling, under what was granted since, admits. Whether that was anything. */
  async putBack(ruling: Ruling, resource: Standing | undefined, world: World): Promise<boolean> {
    let isBack = false;
    const { regrettedUnder } = await import("./put-back.ts");
    for (const { act, back, left, granted } of await regrettedUnder(ruling, this.done, this.findings, resource, world)) {
      const { result } = await apply(back, this.ec2);
      if (result !== "done" && result !== "already") continue;
      this.done = this.done.flatMap((one) => (one === act ? (left ?? []) : one));
      for (const finding of granted) this.found.delete(findingValue(finding));
      if (isGroupRemedy(back)) for (const rule of back.authorize) this.restored.add(ruleKey(rule));
      isBack = true;
    }
    return isBack;
  }

  /** Notes what was found. */
  note(findings: readonly Finding[]): void {
    for (const finding of findings) if (!this.found.has(findingValue(finding))) this.found.set(findingValue(finding), finding);
  }

  /** Notes acts that were not carried out here. */
  tell(acts: readonly Act[]): void {
    this.done.push(...acts);
  }

  /** Takes what was found done already for the doing of an attempt before this one. */
  async presume(): Promise<void> {
    const { presumed } = await import("../retrying/retrace.ts");
    this.done = this.done.map(presumed);
  }

  /** A stale read shows what somebody else closed before: that is no finding of this change, and no news. */
  async forgetGone(): Promise<void> {
    if (!this.done.some(({ result }) => result === "already")) return;
    const { foundGone } = await import("./gone.ts");
    for (const finding of foundGone(this.findings, this.done)) this.found.delete(findingValue(finding));
  }

  /** Of a modified rule both directions were tried: forgets the one in which it never stood. */
  forgetMistaken(resource: Standing | undefined): void {
    this.done = this.done.filter(
      ({ result, remedy }) => result === "done" || !isGroupRemedy(remedy) || !this.isMistaken(remedy.revoke, resource),
    );
  }

  /** Whether anything was done, as far as anybody can tell. */
  hasActed(): boolean {
    return this.done.some(({ result }) => result === "done");
  }

  /** Whether AWS itself said so. */
  hasActedForSure(): boolean {
    return this.done.some(({ result, presumed }) => result === "done" && presumed === undefined);
  }

  /** Whether all of these were granted while they were closed, and are back. */
  isPutBack(rules: readonly SecurityGroupRule[]): boolean {
    return rules.every((rule) => this.restored.has(ruleKey(rule)));
  }

  /** Whether an attempt to close one of these came to anything but that it was gone. */
  closedOrRefused(rules: readonly SecurityGroupRule[]): boolean {
    const keys = new Set(rules.map(ruleKey));
    return this.done.some(
      ({ result, remedy }) => result !== "already" && isGroupRemedy(remedy) && remedy.revoke.some((rule) => keys.has(ruleKey(rule))),
    );
  }

  /** Whether all of these are the other direction of a modified rule. */
  isMistaken(rules: readonly SecurityGroupRule[], resource: Standing | undefined): boolean {
    const standing = resource?.kind === "security-group" ? resource.rules : [];
    return rules.every((rule) => this.isOfOtherDirection(rule, standing));
  }

  // A modified rule counts in both directions until it turns out, by its id, in which of them it stands or was closed.
  private isOfOtherDirection({ id, direction }: SecurityGroupRule, standing: readonly SecurityGroupRule[]): boolean {
    if (id === undefined || this.change.claim?.kind !== "rules-modified") return false;
    const closed = this.done.flatMap(({ result, remedy }) => (result === "done" && isGroupRemedy(remedy) ? remedy.revoke : []));
    const same = [...closed, ...standing].filter((rule) => rule.id === id);
    return same.length > 0 && same.every((rule) => rule.direction !== direction);
  }
}
