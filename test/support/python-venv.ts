import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = join(import.meta.dirname, "../..");
const CACHE = join(ROOT, ".cache");
const REQUIREMENTS = join(ROOT, "test/emulator/requirements.txt");
const PYTHONS = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
const OLDEST: readonly [number, number] = [3, 10];
const VERSION = `import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])`;

/** A Python that can make virtual environments, or why there is none. */
export type Python = { readonly command: string } | { readonly missing: string };

/** Finds a Python of at least 3.10 with `venv`; looks once and remembers. */
export function findPython(): Python {
  found ??= look();
  return found;
}
let found: Python | undefined;

function look(): Python {
  const seen: string[] = [];
  for (const command of PYTHONS) {
    const { status, stdout, stderr, error } = spawnSync(command, ["-c", VERSION], { encoding: "utf8" });
    if (error !== undefined) continue;
    if (status !== 0) {
      seen.push(`${command}: ${stderr.trim().split("\n").at(-1) ?? "failed"} (on Debian and Ubuntu: apt-get install python3-venv)`);
      continue;
    }
    const [major = 0, minor = 0] = stdout.trim().split(" ").map(Number);
    if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return { command };
    seen.push(`${command} is ${major}.${minor}`);
  }
  const what = seen.length === 0 ? "no python3 on the PATH" : seen.join("; ");
  return { missing: `${what}; expected Python ${OLDEST.join(".")} or later with venv` };
}

/** The `python` of the emulators' virtual environment; see venvPython. */
export function emulatorPython(): Promise<string> {
  return venvPython("emulators", REQUIREMENTS, "the AWS emulators (once, about half a minute)");
}

/**
 * The `python` of a virtual environment under .cache/, which is made when the requirements, or the constraints.txt beside them, are new (progress on stderr).
 * Processes that ask at the same time wait for the first. Throws when there is no Python or pip fails.
 */
export async function venvPython(name: string, requirements: string, what: string): Promise<string> {
  const python = findPython();
  if ("missing" in python) throw new Error(python.missing);
  const constraints = join(dirname(requirements), "constraints.txt");
  const version = createHash("sha256").update(readFileSync(requirements)).update(readFileSync(constraints)).digest("hex").slice(0, 12);
  const venv = join(CACHE, `${name}-${version}`);
  const interpreter = join(venv, "bin/python");
  if (existsSync(interpreter)) return interpreter;
  await mkdir(CACHE, { recursive: true });
  await alone(join(CACHE, `${name}.lock`), async () => {
    if (existsSync(interpreter)) return;
    process.stderr.write(`Installing ${what} into .cache/ ...\n`);
    const draft = `${venv}.${process.pid}`;
    try {
      await run(python.command, ["-m", "venv", draft]);
      const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      await run(join(draft, "bin/python"), [...install, "-r", requirements, "-c", constraints]);
      // Whole or not at all: an interrupted installation is never taken for a finished one.
      await rename(draft, venv);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
    process.stderr.write("Installed.\n");
  });
  return interpreter;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", 2, 2] });
  const code = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}; its output is above`);
}

// A lock between processes: a folder, which only one can create, with the pid of its owner, who may have died.
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  const owner = join(lock, "pid");
  while (!(await created(lock))) {
    const pid = Number(await readFile(owner, "utf8").catch(() => ""));
    if (pid > 0 && !isRunning(pid)) await rm(lock, { recursive: true, force: true });
    else await sleep(200);
  }
  try {
    await writeFile(owner, String(process.pid));
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function created(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

// Not by `instanceof Error`: Node's own errors are of another realm than a test's.
function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
