import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a program says of one event: handler entered and left (CLOCK_MONOTONIC, nanoseconds), and its most memory so far (bytes). */
export interface Handled {
  readonly entered: number;
  readonly left: number;
  readonly peak: number;
}

/** How to start a program that takes events, one a line, and tells of each when it was handled. */
export interface Recipe {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PATIENCE_MS = 60_000;

/** A program that closes what events tell of. */
export class Program {
  /** When its process was started (CLOCK_MONOTONIC, nanoseconds). */
  readonly started: number;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private errors = "";

  constructor({ command, args, cwd, env }: Recipe) {
    this.started = Number(process.hrtime.bigint());
    this.child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    if (this.child.stdout === null) throw new Error(`${command} has no output`);
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.errors = (this.errors + chunk).slice(-4_000);
    });
  }

  /** Throws where the program ends, says something else, or nothing for a minute. */
  async handle(event: object): Promise<Handled> {
    this.child.stdin?.write(`${JSON.stringify(event)}\n`);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), PATIENCE_MS);
    for (;;) {
      const { value: line, done } = await this.lines.next();
      if (done === true) throw new Error(`the program ended or was silent for a minute:\n${this.errors}`);
      // Logs go there as well.
      if (!line.startsWith('{"entered"')) continue;
      clearTimeout(timer);
      const handled: Handled & { readonly failed?: number } = JSON.parse(line);
      if ((handled.failed ?? 0) > 0) throw new Error(`the program failed on the event: ${line}\n${this.errors}`);
      return handled;
    }
  }

  /** Ends the process and waits for it. */
  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(timer);
  }
}
