import { formatRule, type SecurityGroupRule } from "../../model/security-group-rule.ts";
import type { TimeLeft } from "../notify-ports.ts";
import { Ec2Error } from "../ports.ts";
import { DRILL_GROUP, DrillError, drillGroup, expectUnattached } from "./drill-group.ts";
import type { DrillPorts } from "./drill-ports.ts";
import { isOfDrill, isOpened, ownerOf, type Run, ruleOf } from "./drill-rule.ts";
import { insist } from "./insist.ts";

// What cleaning up may take when EC2 throttles every call of it (milliseconds).
const CLEAN_UP = 240_000;
// Every second while a guard that is well closes it, then slower.
const [QUICK, QUICK_FOR, SLOW] = [1_000, 30_000, 5_000];
// EC2 is eventually consistent: a rule that no read has shown yet must be missing for longer before it counts as closed.
const [MISSING_AFTER_SEEN, MISSING_UNSEEN] = [1_000, 5_000];
const TRIES = 3;

/**
 * The fire drill: opens a forbidden rule in an unattached group and waits for the deployed guard to close it. Counts how long
 * that took, and removes the rule itself in the end whatever happened. `timeLeft` is until the function is stopped.
 * Throws DrillError, or EC2's, when the rule was not closed in time or the drill could not run; that is counted too.
 */
export async function drill(ports: DrillPorts, timeLeft: TimeLeft): Promise<void> {
  try {
    const seconds = await new Drilling(ports, timeLeft()).run();
    ports.metrics.closed(seconds);
    ports.log.info(`Fire drill: the guard closed the rule after ${seconds} s`, { ...ports.place, seconds });
  } catch (error) {
    ports.metrics.failed();
    throw error;
  }
}

/** Thrown where the rule that stands belongs to another run: touching it would make that run believe that the guard closed it. */
class OtherRunError extends DrillError {}

class Drilling {
  private readonly ports: DrillPorts;
  private readonly me: Run;
  private readonly rule: SecurityGroupRule;
  /** When the waiting must end so that there is time to clean up. */
  private readonly latest: number;

  constructor(ports: DrillPorts, timeLeft: number) {
    this.ports = ports;
    const began = ports.clock.now();
    this.me = { name: ports.newRun(), began };
    this.rule = ruleOf(this.me);
    this.latest = began + timeLeft - CLEAN_UP;
  }

  /** Resolves to the seconds that the guard took. */
  async run(): Promise<number> {
    const { clock } = this.ports;
    const group = await drillGroup(this.ports);
    await this.removeLeftovers(group);
    await expectUnattached(group, this.ports);
    const began = clock.now();
    if (began >= this.latest) throw new DrillError("no time is left to wait for the guard: the function needs a longer timeout");
    const [watched] = await Promise.allSettled([this.openAndWatch(group)]);
    if (watched.status === "rejected" && watched.reason instanceof OtherRunError) throw watched.reason;
    const waited = clock.now() - began;
    const [cleaned] = await Promise.allSettled([this.clean(group)]);
    if (cleaned.status === "rejected") throw this.uncleaned(group, cleaned.reason, watched);
    if (watched.status === "rejected") throw watched.reason;
    // EC2's answer to the write is the last word: it may find a rule that no read showed.
    if (watched.value === undefined || cleaned.value) throw this.unclosed(group, waited);
    return watched.value / 1000;
  }

  /** Resolves to how long the rule stood (milliseconds), or to undefined when it was not gone in time. */
  private async openAndWatch(group: string): Promise<number | undefined> {
    const { clock, patience } = this.ports;
    const opened = await this.open(group);
    const deadline = Math.min(opened + patience, this.latest);
    let seen = false;
    let missing: number | undefined;
    for (;;) {
      const asked = clock.now();
      const stands = await this.stands(group);
      if (stands === true) [seen, missing] = [true, undefined];
      if (stands === false) missing ??= asked;
      const now = clock.now();
      const isSure = missing !== undefined && asked - missing >= (seen ? MISSING_AFTER_SEEN : MISSING_UNSEEN);
      if (isSure || now >= deadline) return missing === undefined ? undefined : missing - opened;
      await expectUnattached(group, this.ports);
      const pause = missing !== undefined || now - opened < QUICK_FOR ? QUICK : SLOW;
      await clock.sleep(Math.min(pause, deadline - now));
    }
  }

  /** Opens the rule; resolves to when it was asked for. */
  private async open(group: string): Promise<number> {
    const { ec2, clock } = this.ports;
    const first = clock.now();
    let sent = first;
    const authorize = () => {
      sent = clock.now();
      return ec2.authorize(group, [this.rule]);
    };
    for (let tried = 1; ; tried++) {
      try {
        // A group that was made just now may not be known everywhere.
        await insist(clock, authorize, ["throttled", "group-not-found"]);
        return sent;
      } catch (error) {
        if (!(error instanceof Ec2Error) || error.refusal !== "duplicate" || tried === TRIES) throw error;
        // It stands: of a try whose answer was lost, of another run, or of one that a stale read did not show.
        const standing = (await this.drillRules(group)).find(isOpened);
        if (standing !== undefined && ownerOf(standing, this.me) === "mine") return first;
        await this.removeLeftovers(group);
      }
    }
  }

  private async removeLeftovers(group: string): Promise<void> {
    const rules = await this.drillRules(group);
    const other = rules.find((rule) => isOpened(rule) && ownerOf(rule, this.me) === "other");
    if (other !== undefined) {
      throw new OtherRunError(
        `another drill is at work, or was cut off a moment ago: ${group} has its rule "${other.description}". Drills must not overlap; the next one removes what is older than 15 minutes`,
      );
    }
    if (rules.length === 0) return;
    this.ports.log.warn(`An earlier fire drill was cut off: what it left in ${group} is removed`, { group, rules: rules.map(formatRule) });
    await this.clean(group);
  }

  /** Whether the rule stands; undefined where EC2 does not say. */
  private async stands(group: string): Promise<boolean | undefined> {
    try {
      const facts = await this.ports.ec2.get("security-group", group);
      return facts?.rules.some(isOpened);
    } catch (error) {
      if (error instanceof Ec2Error && error.refusal === "throttled") return undefined;
      throw error;
    }
  }

  /** Removes all that drills open, and what narrowing left of it; resolves to whether the opened rule stood until now. */
  private async clean(group: string): Promise<boolean> {
    const stood = await this.revoke(group, this.rule);
    for (const rule of await this.drillRules(group)) if (!isOpened(rule)) await this.revoke(group, rule);
    return stood;
  }

  private async revoke(group: string, rule: SecurityGroupRule): Promise<boolean> {
    const { ec2, clock } = this.ports;
    try {
      const { revoked, unknown } = await insist(clock, () => ec2.revoke(group, [rule]));
      return unknown.length === 0 && (revoked === undefined || revoked.length > 0);
    } catch (error) {
      if (error instanceof Ec2Error && (error.refusal === "rule-not-found" || error.refusal === "group-not-found")) return false;
      throw error;
    }
  }

  private async drillRules(group: string): Promise<readonly SecurityGroupRule[]> {
    const facts = await insist(this.ports.clock, () => this.ports.ec2.get("security-group", group));
    return facts?.rules.filter(isOfDrill) ?? [];
  }

  private unclosed(group: string, waited: number): DrillError {
    const { account, region, vpc } = this.ports.place;
    return new DrillError(
      `the guard did not close ${formatRule(this.rule)} in ${group} (${DRILL_GROUP} in ${vpc}, account ${account}, ${region}) within ${Math.round(waited / 1000)} s; ` +
        "the drill has removed it. Either the guard did not hear of it or failed, or it only reports there: then add a scope " +
        `with when: { vpcs: [${vpc}] } and mode: enforce to the policy. docs/drill.md tells where to look`,
    );
  }

  private uncleaned(group: string, cause: unknown, watched: PromiseSettledResult<number | undefined>): DrillError {
    const { region } = this.ports.place;
    const before = watched.status === "rejected" ? ` Before that, the drill failed: ${textOf(watched.reason)}.` : "";
    return new DrillError(
      `the drill could not clean up after itself: ${textOf(cause)}.${before} Unless it is gone, remove the rule by hand: ` +
        `aws ec2 revoke-security-group-ingress --region ${region} --group-id ${group} --protocol tcp --port 22 --cidr 0.0.0.0/0`,
      { cause },
    );
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
