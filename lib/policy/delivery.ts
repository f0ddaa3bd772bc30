import { PolicyReader, type PolicySource, type ValidDelivery } from "./delivered.ts";
import { parsePolicy } from "./load.ts";
import type { Policy } from "./policy.ts";

/** The last good policy, as the ledger keeps it. */
export interface KeptPolicy {
  readonly version: string;
  /** The source that delivered it, and what that calls this edition. */
  readonly source: string;
  readonly revision?: string;
  /** The document as it was delivered. */
  readonly text: string;
  /** When the read began that brought it (milliseconds since the epoch): the document is at least as new. */
  readonly readAt: number;
}

/** Where the last good policy outlives those who use it. Both methods answer or throw within a second. */
export interface PolicyShelf {
  read(): Promise<KeptPolicy | undefined>;
  /** Keeps a policy, unless the same version is there or one that was read later. Safe to repeat. */
  keep(policy: KeptPolicy): Promise<void>;
}

/** What delivering a policy needs from outside. */
export interface DeliveryPorts {
  readonly source: PolicySource;
  readonly shelf: PolicyShelf;
  /** The policy that was packed with the code. */
  readonly bundled: () => Promise<Policy>;
  /** Hears of every read that brought no valid policy, and raises the alarm. */
  readonly rejected: (error: unknown) => Promise<void>;
  readonly clock: { now(): number };
  readonly log: DeliveryLog;
}

interface DeliveryLog {
  info(message: string, details: Readonly<Record<string, unknown>>): void;
  warn(message: string, details: Readonly<Record<string, unknown>>): void;
  error(message: string, details: Readonly<Record<string, unknown>>): void;
}

/** Thrown where there is nothing to judge by: the source and the ledger fail, and the bundled policy may be outdated. */
class NoPolicyError extends Error {
  override readonly name = "NoPolicyError";
}

/** The policy in use. `readAt` is 0 for the bundled one: older than all that was ever delivered. */
interface Standing {
  readonly policy: Policy;
  readonly readAt: number;
}

// Milliseconds.
const LONGEST_READ = 2_000;
const READ_EVERY = 60_000;
// Lambda freezes what has nothing to do, for hours at times: what was not looked after for so long is read before it is used.
const LONGEST_UNREAD = 600_000;

/**
 * The policy of a source, read at most once a minute. What is invalid or out of reach is rejected aloud, and the last good one
 * goes on to be used: the one in use, or that of the ledger where it is newer. The bundled one is used only until the source has
 * delivered a good one.
 */
export class PolicyDelivery {
  private readonly ports: DeliveryPorts;
  private readonly reader: PolicyReader;
  private standing: Standing | undefined;
  private reading: Promise<void> | undefined;
  /** When the last read began, whatever it brought. */
  private attempted = Number.NEGATIVE_INFINITY;
  /** What the ledger has not taken yet, and the attempt that is under way. */
  private unkept: KeptPolicy | undefined;
  private keeping: Promise<void> | undefined;

  /** `longestRead` in milliseconds. */
  constructor(ports: DeliveryPorts, longestRead: number = LONGEST_READ) {
    this.ports = ports;
    this.reader = new PolicyReader(ports.source, longestRead);
  }

  /**
   * The policy to judge by, the same object for the same version. Waits for a read only where there is none yet, or where nobody
   * asked for ten minutes. Throws NoPolicyError, and never again once there was a good one.
   */
  async current(): Promise<Policy> {
    if (this.standing === undefined || !this.wasReadWithin(LONGEST_UNREAD)) await this.renewOnce();
    if (this.standing !== undefined) return this.standing.policy;
    const { name } = this.ports.source;
    throw new NoPolicyError(
      `no policy to judge by: neither ${name} nor the last good policy in the ledger can be used, and the bundled one may be outdated; the log says why`,
    );
  }

  /** The policy for work that can wait for a read: no older than a minute where the source answers. Throws as `current` does. */
  async latest(): Promise<Policy> {
    await this.keepUp();
    return this.current();
  }

  /**
   * Reads the source where that is due. For the end of an invocation, which waits for it: what still runs after that is frozen.
   * Never throws.
   */
  async keepUp(): Promise<void> {
    if (this.standing !== undefined && !this.wasReadWithin(READ_EVERY)) {
      this.keep();
      await this.keeping;
      await this.renewOnce();
    }
    await this.keeping;
  }

  // A clock that was set back is no reason not to read.
  private wasReadWithin(milliseconds: number): boolean {
    const age = this.ports.clock.now() - this.attempted;
    return age >= 0 && age < milliseconds;
  }

  private renewOnce(): Promise<void> {
    this.reading ??= this.renew().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async renew(): Promise<void> {
    const readAt = this.ports.clock.now();
    const delivered = this.wasReadWithin(READ_EVERY) ? undefined : await this.read(readAt);
    if (delivered === undefined) return this.fallBack();
    const { policy, text, revision } = delivered;
    const before = this.standing;
    this.use(policy, readAt);
    if (before !== undefined && before.readAt > 0 && before.policy === this.standing?.policy) return;
    const edition = { version: policy.version, source: this.ports.source.name, ...(revision !== undefined && { revision }) };
    this.ports.log.info("A delivered policy is used from now on", { ...edition, before: before?.policy.version });
    this.unkept = { ...edition, text, readAt };
    // Nobody waits for this before the end of the invocation.
    this.keep();
  }

  private async read(readAt: number): Promise<ValidDelivery | undefined> {
    const { rejected, log } = this.ports;
    this.attempted = readAt;
    try {
      return await this.reader.read();
    } catch (error) {
      await rejected(error).catch((cause: unknown) => log.error("No alarm about a rejected policy", { error: cause }));
      return undefined;
    }
  }

  private async fallBack(): Promise<void> {
    const { source, shelf, bundled, log } = this.ports;
    const { standing } = this;
    try {
      const kept = await shelf.read();
      if (kept === undefined) {
        if (standing !== undefined) return;
        const policy = await bundled();
        this.use(policy, 0);
        return log.warn(`${source.name} has never delivered a valid policy: the bundled one is used`, { version: policy.version });
      }
      // Others may have read one that came and went while this one was frozen; those of another source are another matter.
      const isNewer = standing === undefined || standing.readAt === 0 || (kept.source === source.name && kept.readAt > standing.readAt);
      if (!isNewer) return;
      const { text, readAt, ...edition } = kept;
      this.use(parsePolicy(text, `policy/current from ${kept.source}`), readAt);
      log.warn("The last good policy of the ledger is used", { ...edition, readAt: new Date(readAt).toISOString() });
    } catch (error) {
      log.error("The last good policy in the ledger cannot be used", { error });
    }
  }

  // Much is remembered by the policy's object, so the same version stays the same object.
  private use(policy: Policy, readAt: number): void {
    const same = this.standing?.policy.version === policy.version ? this.standing.policy : policy;
    this.standing = { policy: same, readAt };
  }

  private keep(): void {
    const { unkept } = this;
    if (unkept === undefined || this.keeping !== undefined) return;
    this.keeping = this.ports.shelf
      .keep(unkept)
      .then(() => {
        if (this.unkept === unkept) this.unkept = undefined;
      })
      .catch((error: unknown) => this.ports.log.error("The ledger did not keep the policy; it is asked again in a minute", { error }))
      .finally(() => {
        this.keeping = undefined;
      });
  }
}
