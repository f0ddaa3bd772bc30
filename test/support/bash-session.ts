import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";

/** One bash that runs scripts one after the other: variables, functions and the folder stay. */
export interface BashSession {
  /** Runs a script; resolves to what it printed. Throws with that when a command of it fails, and the session is over then. */
  run(script: string): Promise<string>;
  end(): Promise<void>;
}

/** Starts bash in a folder, with this environment and no other, so strict that the first failure ends it. */
export function startBash(cwd: string, env: Readonly<Record<string, string>>): BashSession {
  const child = spawn("bash", ["--noprofile", "--norc"], { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let output = "";
  let looking: (() => void) | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      looking?.();
    });
  }
  // Whoever writes to a bash that is gone learns it by its end.
  child.stdin.on("error", () => undefined);
  child.stdin.write("exec 2>&1; set -euo pipefail\n");
  return {
    run: async (script) => {
      const mark = `-- ${randomUUID()}`;
      const begin = output.length;
      const done = new Promise<void>((resolve) => {
        looking = () => output.includes(mark, begin) && resolve();
      });
      // What a command reads is nothing, instead of the rest of the script.
      child.stdin.write(`{ ${script}\n} < /dev/null\necho "${mark}"\n`);
      await Promise.race([done, ended]);
      const said = output.slice(begin);
      if (!said.includes(mark)) throw new Error(`bash ended with ${child.exitCode ?? child.signalCode}:\n${said}\nafter\n${script}`);
      return said.slice(0, said.indexOf(mark));
    },
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}
