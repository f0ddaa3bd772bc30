import type { Around } from "../support/port-calls.ts";

// Nothing here waits for anything but these calls, turns of the event loop, and code that loads when it is first asked for.
const TURNS = 3;

/** A call that an actor waits for. */
interface Pending {
  readonly actor: string;
  readonly name: string;
  /** Whether it can be made now: some wait for the world to be so. */
  readonly isDue: () => boolean;
  readonly make: () => Promise<void>;
}

/**
 * Holds back every port call of several actors that run at once, and lets one of them through at a time. What an actor does next
 * depends on nothing but what its calls answered, so those answers are its state.
 */
export class Scheduler {
  private pending: Pending[] = [];
  private readonly histories = new Map<string, string[]>();
  private readonly dead = new Set<string>();

  /** The calls that can be let through now, in an order that is the same whenever the calls before were. */
  due(): readonly Pending[] {
    return this.pending.filter(({ isDue }) => isDue());
  }

  /** Lets one call through, and waits until every actor waits again. */
  async step(call: Pending): Promise<void> {
    this.pending = this.pending.filter((other) => other !== call);
    await call.make();
    await this.settle();
  }

  /** Resolves when every actor waits. */
  async settle(): Promise<void> {
    for (let still = 0, waiting = -1; still < TURNS; still++) {
      if (this.pending.length !== waiting) still = 0;
      waiting = this.pending.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Holds back what an actor calls; `at once` are calls that would come to the same whenever they are made. */
  around(actor: string, atOnce: (name: string) => boolean = () => false): Around {
    return (name, act) => (atOnce(name) ? act() : this.hold(actor, name, act));
  }

  /** Waits for its turn, and for the world to be so. */
  async wait(actor: string, name: string, isDue: () => boolean, act: () => void = () => {}): Promise<void> {
    await this.hold(actor, name, async () => act(), isDue);
  }

  /** From now on the actor does nothing more, whatever it waits for. */
  kill(actor: string): void {
    this.dead.add(actor);
    this.pending = this.pending.filter((call) => call.actor !== actor);
    this.histories.set(actor, ["dead"]);
  }

  isAlive(actor: string): boolean {
    return this.histories.has(actor) && !this.dead.has(actor) && this.pending.some((call) => call.actor === actor);
  }

  /** What every actor knows, as text: equal for two schedules after which all of them go on in the same way. */
  state(): string {
    return [...this.histories]
      .map(([actor, history]) => `${actor}\n${history.join("\n")}`)
      .sort()
      .join("\n\n");
  }

  private hold(actor: string, name: string, act: () => Promise<unknown>, isDue = () => true): Promise<unknown> {
    if (this.dead.has(actor)) return new Promise(() => {});
    const history = this.histories.get(actor) ?? [];
    this.histories.set(actor, history);
    const place = history.push(`${name} ...`) - 1;
    const note = (text: string) => {
      history[place] = `${name} ${text}`;
    };
    return new Promise((resolve, reject) => {
      const make = async () => {
        try {
          const answer = await act();
          note(textOf(answer));
          resolve(answer);
        } catch (error) {
          note(String(error));
          reject(error);
        }
      };
      this.pending.push({ actor, name, isDue, make });
    });
  }
}

/** Values as text, without the ids that EC2 gives to rules: they differ with the order in which rules were made, and nothing hangs on them. */
export function textOf(value: unknown): string {
  return (JSON.stringify(value) ?? "").replaceAll(/sgr-\d+/g, "sgr");
}
