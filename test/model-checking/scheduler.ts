import type { Around } from "../support/port-calls.ts";

// Nothing here waits for anything but these calls, turns of the event loop, and code that loads when it is first asked for.
const TURNS = 3;

/** What of the world a call looks at or changes. */
export interface Touch {
  readonly what: string;
  readonly isRead: boolean;
}

/** A call that an actor waits for. */
export interface Pending {
  /** The same in every run in which the actor came to this call by the same answers. */
  readonly id: string;
  readonly actor: string;
  readonly name: string;
  /** Undefined where it may have to do with anything, but for what `ends` says. */
  readonly touches: Touch | undefined;
  /** The one actor that it has to do with, if it ends one. */
  readonly ends: (() => string | undefined) | undefined;
  /** Whether it can be made now: some wait for the world to be so. */
  readonly isDue: () => boolean;
  readonly make: () => Promise<void>;
}

/** Whether two calls come to the same in either order, and neither keeps the other from being made. */
export function commute(a: Pending, b: Pending): boolean {
  if (a.actor === b.actor) return false;
  if (a.ends !== undefined) return b.touches !== undefined && a.ends() !== b.actor;
  if (b.ends !== undefined) return commute(b, a);
  if (a.touches === undefined || b.touches === undefined) return false;
  return a.touches.what !== b.touches.what || (a.touches.isRead && b.touches.isRead);
}

/** How the calls of an actor's ports are to be taken. */
export interface Ways {
  /** Calls that would come to the same whenever they are made. */
  readonly atOnce?: (name: string) => boolean;
  readonly touches?: (name: string, args: readonly unknown[]) => Touch;
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

  /** Holds back what an actor calls. */
  around(actor: string, { atOnce = () => false, touches }: Ways = {}): Around {
    return (name, act, args) => (atOnce(name) ? act() : this.hold(actor, { name, act, touches: touches?.(name, args) }));
  }

  /** Waits for its turn, and for the world to be so. */
  async wait(actor: string, name: string, { act, ...how }: Turn): Promise<void> {
    await this.hold(actor, { name, act: async () => act(), ...how });
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

  private hold(actor: string, { name, act, touches, ends, isDue = () => true }: Held): Promise<unknown> {
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
      this.pending.push({ id: `${actor} ${place}`, actor, name, touches, ends, isDue, make });
    });
  }
}

/** What an actor does when it is let through; `touches` and `ends` as in Pending. */
interface Turn {
  readonly act: () => void;
  /** Whether the world is so that it can be done; it always is unless given. */
  readonly isDue?: () => boolean;
  readonly touches?: Touch | undefined;
  readonly ends?: () => string | undefined;
}
interface Held extends Omit<Turn, "act"> {
  readonly name: string;
  readonly act: () => Promise<unknown>;
}

/** Values as text, without the ids that EC2 gives to rules: they differ with the order in which rules were made, and nothing hangs on them. */
export function textOf(value: unknown): string {
  return (JSON.stringify(value) ?? "").replaceAll(/sgr-\d+/g, "sgr");
}
