import { setTimeout as sleep } from "node:timers/promises";
import { type Luck, luckOf } from "../fuzz/random.ts";

/** How a read of one group lags behind. */
interface Window {
  /** As of when the group is shown; milliseconds since the epoch, as `until`. */
  readonly since: number;
  readonly until: number;
  readonly percent: number;
}

const LONGEST_MS = 10_000;
// Of what functions change themselves, so many of a hundred are shown late.
const PERCENT = 15;
const READS = /^DescribeSecurityGroup(s|Rules)$/;
const WRITES = /^(Authorize|Revoke)SecurityGroup/;

/** EC2's eventual consistency: for some seconds, some reads of a group show it as it stood before a change. */
export class Lag {
  private readonly windows = new Map<string, Window>();
  private readonly luck: Luck;
  private stale = 0;

  constructor(seed: number) {
    this.luck = luckOf(seed, -1);
  }

  /** How many reads were answered late. */
  get count(): number {
    return this.stale;
  }

  /** From now on, and for so long, so many reads of a hundred show the group as it stands now. */
  async begin(group: string, milliseconds: number, percent: number): Promise<void> {
    const since = Date.now();
    if ((this.windows.get(group)?.until ?? 0) > since) return;
    this.windows.set(group, { since, until: since + milliseconds, percent });
    // What is changed now must have a later time than this.
    await sleep(2);
  }

  /** What a read must show as it stood: the header by which test/emulator/stale.py is asked for it, if it is to be late. */
  asOf(action: string, body: string): string | undefined {
    if (!READS.test(action)) return undefined;
    const now = Date.now();
    const late = [...this.windows].filter(
      ([group, { until, percent }]) => until > now && isAbout(body, group) && this.luck.percent(percent),
    );
    if (late.length === 0) return undefined;
    this.stale++;
    return JSON.stringify(Object.fromEntries(late.map(([group, { since }]) => [group, since / 1000])));
  }

  /** Before a function changes a group: the reads after it may be late. To be told how that went. */
  before(action: string, body: string): (done: boolean) => void {
    const group = WRITES.test(action) ? new URLSearchParams(body).get("GroupId") : null;
    if (group === null || !this.luck.percent(PERCENT)) return () => undefined;
    const [milliseconds, percent] = [this.luck.below(LONGEST_MS), this.luck.pick([50, 100])];
    const since = Date.now() - 1;
    return (done) => {
      if (done && (this.windows.get(group)?.until ?? 0) <= since) this.windows.set(group, { since, until: since + milliseconds, percent });
    };
  }
}

// A read that names no group is of all.
function isAbout(body: string, group: string): boolean {
  return !body.includes("sg-") || body.includes(group);
}
