import type { Decision } from "../../model/decision.ts";
import { KIND_NAMES, type Kind } from "../../model/facts.ts";
import { compareSeverity, type Finding } from "../../model/finding.ts";
import type { Grant } from "../../model/grant.ts";
import { placeOf, type Standing as Resource, resourceOf } from "../../model/resource.ts";
import { isUnknown, type World } from "../../model/world.ts";
import { interestsOf, type Ruling } from "../../policy/policy.ts";
import { rulingFor } from "../../policy/ruling.ts";
import { plan } from "../acting/plan.ts";
import { guard } from "../guard.ts";
import { ousFrom } from "../judging/decide.ts";
import { judge } from "../judging/judge.ts";
import { type SweepOfPlace, sweptChange } from "../judging/swept.ts";
import { findingKey, type Standing, stillFound } from "./standing.ts";
import type { SweepPorts } from "./sweep-ports.ts";

// Resources that are guarded at once: EC2 throttles an account and region as a whole.
const AT_ONCE = 4;
// What is left when the time runs out is asked for again (milliseconds).
const SPARE = 45_000;

/** A resource on which something is found. */
interface Found {
  readonly resource: Resource;
  readonly findings: readonly Finding[];
  /** Whether the policy asks for an act. */
  readonly enforced: boolean;
}

/**
 * Judges everything in one account and region by the rules that its mode gives, and guards what is found as if a call had just
 * brought it: acts where the policy says so, publishes what is new, and closes what has gone. A kind of resource that cannot be
 * read hides none of the others. Throws when it should be tried again; what was done until then is not done again.
 */
export async function sweepPlace(sweep: SweepOfPlace, ports: SweepPorts): Promise<void> {
  await new PlaceSweep(sweep, ports).run();
}

class PlaceSweep {
  private readonly sweep: SweepOfPlace;
  private readonly ports: SweepPorts;
  private readonly at: string;
  private readonly world: World;
  private readonly unread = new Map<Kind, string>();
  private readonly failures: unknown[] = [];
  private standing = new Map<string, Standing>();
  private told = 0;

  constructor(sweep: SweepOfPlace, ports: SweepPorts) {
    this.sweep = sweep;
    this.ports = ports;
    this.at = new Date(ports.clock.now()).toISOString();
    this.world = ports.wholeWorldOf(ports.ec2For(sweep.account, sweep.region));
  }

  async run(): Promise<void> {
    const { account, region } = this.sweep;
    const { standings, policy, meter, log } = this.ports;
    const before = await standings.in(account, region);
    this.standing = new Map(before.map((one) => [keyOf(one.subject), one]));
    const found = await this.judgeAll();
    const there = new Map(found.map((one) => [keyOf(one.resource), one]));
    const work = [
      // What died on the way may have acted and told nobody.
      ...before.filter(({ begun }) => begun !== undefined).map((one) => () => this.resume(one)),
      ...found.filter((one) => this.isWork(one)).map((one) => () => this.guard(one)),
      ...before.filter((one) => this.isGone(one, there)).map((one) => () => this.close(one)),
    ];
    const done = await this.workThrough(work);
    for (const one of found) if (!this.isWork(one)) await this.shrink(one);
    meter.add(this.unread.size === 0 ? "SweptRegions" : "UnsweptRegions", 1);
    meter.add("SweepFindings", this.told);
    const about = { ...this.sweep, policyVersion: policy.version, found: found.length, guarded: done, told: this.told };
    if (this.unread.size > 0) log.warn("Swept in part", { ...about, unread: Object.fromEntries(this.unread) });
    else log.info("Swept", about);
    if (done < work.length && this.failures.length === 0) {
      log.info("Out of time: the rest is asked for again", { ...this.sweep, left: work.length - done });
      await this.ports.ask([this.sweep]);
    }
    if (this.failures.length > 0) {
      throw new AggregateError(
        this.failures,
        `${this.failures.length} parts of the sweep of ${account}, ${region} failed: ${this.failures[0]}`,
      );
    }
  }

  /** All resources on which something is found, the worst first. */
  private async judgeAll(): Promise<Found[]> {
    const { account } = this.sweep;
    const ous = await ousFrom(this.ports.directory)(account);
    const grants = Map.groupBy(await this.ports.grants.all(), ({ subject }) => keyOf(subject));
    const found: Found[] = [];
    const { kinds } = interestsOf(this.ports.policy);
    for (const kind of KIND_NAMES.filter((one) => kinds.has(one))) {
      try {
        found.push(...(await this.judgeKind(kind, ous, grants)));
      } catch (error) {
        this.unread.set(kind, String(error));
        this.failures.push(error);
      }
    }
    return found.sort((a, b) => compareSeverity(worstOf(a), worstOf(b)));
  }

  private async judgeKind<K extends Kind>(
    kind: K,
    ous: readonly string[] | undefined,
    grants: ReadonlyMap<string, readonly Grant[]>,
  ): Promise<Found[]> {
    const { account, region } = this.sweep;
    const all = await this.world.list(kind, {});
    if (isUnknown(all)) {
      this.unread.set(kind, all.unknown);
      return [];
    }
    const found: Found[] = [];
    for (const facts of all) {
      const resource: Resource = resourceOf(kind, facts);
      const here = { account, region, ...(ous !== undefined && { ous }) };
      const place = { ...here, resource: placeOf(resource), ...(kind === "security-group" && { group: facts.id }) };
      const granted = (grants.get(keyOf(resource)) ?? []).filter((grant) => grant.account === account && grant.region === region);
      const ruling = rulingFor(this.ports.policy, place, this.at, granted);
      if ("needs" in ruling) {
        this.unread.set(kind, `the ${ruling.needs}, on which the policy depends`);
        continue;
      }
      if (ruling.mode === "off") continue;
      const { findings } = await judge(resource, this.world, ruling, () => "unknown");
      if (findings.length > 0) found.push({ resource, findings, enforced: await this.isEnforced(resource, findings, ruling) });
    }
    return found;
  }

  private async isEnforced(resource: Resource, findings: readonly Finding[], ruling: Ruling): Promise<boolean> {
    if (!ruling.rules.some(({ mode }) => mode === "enforce")) return false;
    return (await plan(resource, this.world, findings, ruling)).some(({ mode }) => mode === "enforce");
  }

  // What was told and may not be acted upon is left as it is.
  private isWork({ resource, findings, enforced }: Found): boolean {
    if (this.standing.get(keyOf(resource))?.begun !== undefined) return false;
    return enforced || this.freshKeys(resource, findings).length > 0;
  }

  private freshKeys(resource: Resource, findings: readonly Finding[]): string[] {
    const known = new Set(this.standing.get(keyOf(resource))?.keys);
    return findings.map(findingKey).filter((key) => !known.has(key));
  }

  // Of a kind that could not be read nobody knows what has gone.
  private isGone({ subject, begun }: Standing, there: ReadonlyMap<string, Found>): boolean {
    return begun === undefined && !there.has(keyOf(subject)) && !KIND_NAMES.some((kind) => kind === subject.kind && this.unread.has(kind));
  }

  private async workThrough(work: readonly (() => Promise<void>)[]): Promise<number> {
    let next = 0;
    let done = 0;
    const worker = async () => {
      while (next < work.length && this.ports.timeLeft() > SPARE) {
        const task = work[next++];
        try {
          await task?.();
          done++;
        } catch (error) {
          this.failures.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return done;
  }

  private async guard({ resource, findings }: Found): Promise<void> {
    const { kind, id } = resource;
    const before = this.standing.get(keyOf(resource));
    const begun = sweptChange(this.sweep, this.at, resource, findings);
    await this.begin({ ...before, subject: { kind, id }, keys: before?.keys ?? [], begun }, findings.map(findingKey));
  }

  // Kept before anything is done or told: a sweep that dies on the way is taken up under the same change.
  private async begin(standing: Standing, found: readonly string[]): Promise<void> {
    await this.keep(standing);
    await this.guardChange(standing, found);
  }

  private resume(standing: Standing): Promise<void> {
    return this.guardChange(standing, [], true);
  }

  private async close({ subject, ...before }: Standing): Promise<void> {
    const { kind, id } = subject;
    if (!KIND_NAMES.some((known) => known === kind)) return this.ports.standings.remove(this.sweep.account, this.sweep.region, subject);
    const change = { ...sweptChange(this.sweep, this.at, { kind, id, facts: {} } as Resource, []), subject };
    await this.begin({ ...before, subject, begun: change }, []);
  }

  private async guardChange({ begun, ...before }: Standing, found: readonly string[], again = false): Promise<void> {
    if (begun === undefined) return;
    const known = new Set(before.keys);
    const isFresh = found.some((key) => !known.has(key));
    const publish = async (decision: Decision) => {
      if (!isNews(decision, before, isFresh)) return;
      this.told++;
      await this.ports.bus.publish(decision);
    };
    const [answer] = await guard(begun, { ...this.ports, bus: { publish } }, { message: begun.id, number: again ? 2 : 1 });
    const { account, region } = this.sweep;
    const still = answer === undefined || "ignored" in answer ? [] : stillFound(answer);
    if (answer === undefined || "ignored" in answer || still.length === 0) {
      return this.ports.standings.remove(account, region, before.subject);
    }
    await this.keep({ subject: before.subject, keys: still.map(findingKey), outcome: answer.outcome, decision: answer.id });
  }

  // Of what is known to stand, a part may have gone.
  private async shrink({ resource, findings }: Found): Promise<void> {
    const before = this.standing.get(keyOf(resource));
    if (before === undefined || before.begun !== undefined) return;
    const now = new Set(findings.map(findingKey));
    const keys = before.keys.filter((key) => now.has(key));
    if (keys.length < before.keys.length) await this.keep({ ...before, keys });
  }

  private keep(standing: Standing): Promise<void> {
    return this.ports.standings.keep(this.sweep.account, this.sweep.region, standing);
  }
}

function isNews({ outcome }: Decision, before: Pick<Standing, "keys" | "outcome">, isFresh: boolean): boolean {
  if (outcome === "acted" || outcome === "contested") return true;
  if (outcome === "clean") return before.keys.length > 0;
  return isFresh || outcome !== before.outcome;
}

function worstOf({ findings }: Found) {
  return findings.map(({ severity }) => severity).sort(compareSeverity)[0] ?? "info";
}

function keyOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind}/${id}`;
}
