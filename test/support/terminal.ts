import { spawn } from "node:child_process";

/** What a person types when this text stands on the screen. */
export interface Typed {
  readonly at: string;
  readonly keys: string;
}

export interface TerminalRun {
  readonly code: number | null;
  readonly screen: string;
}

// A terminal of its own for the program: a pseudo-terminal, which Node cannot make and Python can.
const PTY = `
import json, os, pty, sys
typed, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, master = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
screen, seen = b"", 0
while True:
    try:
        chunk = os.read(master, 4096)
    except OSError:
        break
    if not chunk:
        break
    screen += chunk
    while typed and typed[0]["at"].encode() in screen[seen:]:
        seen = screen.index(typed[0]["at"].encode(), seen) + len(typed[0]["at"].encode())
        os.write(master, typed.pop(0)["keys"].encode())
sys.stdout.write(screen.decode(errors="replace"))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** Runs a program in a terminal, and types. Needs python3 3.9 or later. */
export function runInTerminal(command: readonly string[], typed: readonly Typed[], cwd: string): Promise<TerminalRun> {
  const env = { ...process.env, TERM: "xterm", NO_COLOR: "1" };
  const child = spawn("python3", ["-c", PTY, JSON.stringify(typed), ...command], { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  const out: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, screen: Buffer.concat(out).toString() }));
  });
}
