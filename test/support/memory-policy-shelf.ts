import type { KeptPolicy, PolicyShelf } from "../../lib/policy/delivery.ts";

/** The last good policy in memory. */
export class MemoryPolicyShelf implements PolicyShelf {
  kept: KeptPolicy | undefined;
  /** Runs before each call with its name; throws to refuse it. */
  before: (call: "read" | "keep") => void = () => {};
  /** What a write waits for. */
  hold: Promise<void> = Promise.resolve();

  constructor(kept?: KeptPolicy) {
    this.kept = kept;
  }

  async read(): Promise<KeptPolicy | undefined> {
    this.before("read");
    return this.kept;
  }

  async keep(policy: KeptPolicy): Promise<void> {
    this.before("keep");
    await this.hold;
    const { kept } = this;
    if (kept === undefined || (kept.version !== policy.version && kept.readAt < policy.readAt)) this.kept = policy;
  }
}
