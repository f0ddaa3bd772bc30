import type { Log, Messenger } from "../guard/notify-ports.ts";
import type { Clock, GrantBook } from "../guard/ports.ts";
import { type Decision, isPassedDrill } from "../model/decision.ts";
import { type Digest, digestOf } from "../slack/lists.ts";
import { postedEarlier } from "./earlier.ts";

const DAY = 86_400_000;

/** What a digest needs from outside. Without a messenger or a channel it goes to the log only. */
export interface DigestPorts {
  readonly decisions: { on(day: string): Promise<readonly Decision[]> };
  readonly grants: Pick<GrantBook, "all">;
  readonly messenger?: Pick<Messenger, "find" | "post">;
  readonly channel?: string;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * Tells once what happened on the day before (UTC), and which exceptions end within the next. A day is found by its date, so
 * telling it again tells nothing. Throws what the ledger or Slack throws.
 */
export async function tellDigest({ decisions, grants, messenger, channel, clock, log }: DigestPorts): Promise<void> {
  const now = clock.now();
  const day = new Date(now - DAY).toISOString().slice(0, 10);
  const made = await decisions.on(day);
  const [drills, others] = [made.filter(isPassedDrill), made.filter((one) => !isPassedDrill(one))];
  const digest = digestOf({ ...sorted(others), drills: drills.flatMap(secondsToClosed), ending: await endingIn(grants, now) }, day);
  if (messenger === undefined || channel === undefined) {
    return log.info(`Digest not posted, for want of a ${messenger === undefined ? "Slack token" : "channel"}: ${digest.text}`, { day });
  }
  const about = `digest/${day}`;
  if ((await postedEarlier({ messenger, log }, channel, about)) === undefined) await messenger.post(channel, digest, { about });
}

function sorted(decisions: readonly Decision[]): Omit<Digest, "ending"> {
  const enforced = (outcome: string) => decisions.filter((one) => one.mode !== "dry-run" && one.outcome === outcome);
  const wouldAct = decisions.filter(({ mode, outcome }) => outcome === "would-act" || (mode === "dry-run" && outcome === "acted"));
  const held = decisions.filter((decision) => decision.held !== undefined);
  return { acted: enforced("acted"), failed: enforced("failed"), contested: enforced("contested"), held, wouldAct };
}

// Seconds from the call to the hole closed; none where the guard closed nothing.
function secondsToClosed({ latency: { eventAge, toClosed } }: Decision): number[] {
  return toClosed === undefined ? [] : [(eventAge + toClosed) / 1000];
}

async function endingIn(grants: DigestPorts["grants"], now: number) {
  return (await grants.all()).filter(({ until }) => Date.parse(until) > now && Date.parse(until) <= now + DAY);
}
