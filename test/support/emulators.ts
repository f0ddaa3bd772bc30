import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { emulatorPython } from "./python-venv.ts";

const ROOT = join(import.meta.dirname, "../..");
const SERVE = join(ROOT, "test/emulator/serve.py");
const PATIENCE_MS = 60_000;
const LOG_LINES = 400;

export const REGION = "eu-west-1";
/** The account of requests signed with the dummy credentials, in both emulators. */
export const ACCOUNT = "123456789012";
const CREDENTIALS = { accessKeyId: "testing", secretAccessKey: "testing" };

/** One emulator that answers on `url`. */
export interface Emulator {
  readonly url: string;
  /** What SDK clients are made of: `new EC2Client(emulator.client)`. */
  readonly client: { readonly endpoint: string; readonly region: string; readonly credentials: typeof CREDENTIALS };
  /** The last lines that it printed, for the message of a failed test. */
  log(): string;
  /** Ends the process and waits for it. */
  stop(): Promise<void>;
}

/** Dummy credentials and region, as the environment of a process that talks to the emulators. */
export const EMULATOR_ENV = {
  AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
  AWS_REGION: REGION,
} as const;

/** EC2, STS and Organizations: moto on a free loopback port, empty. */
export function startMoto(): Promise<Emulator> {
  return start("moto", "/moto-api/");
}

/** Everything else: MiniStack on a free loopback port, empty. Its Lambda runs the Node of node_modules, with this in its environment. */
export function startMinistack(env: Environment = {}): Promise<Emulator> {
  return start("ministack", "/_ministack/ready", env);
}

type Environment = Readonly<Record<string, string>>;

async function start(name: "moto" | "ministack", health: string, env: Environment = {}): Promise<Emulator> {
  const python = await emulatorPython();
  const scratch = await mkdtemp(join(tmpdir(), `portcullis-${name}-`));
  const child = spawn(python, [SERVE, name], {
    cwd: scratch,
    stdio: ["pipe", "pipe", "pipe"],
    // Ctrl-C goes to this process alone, which then stops the emulators in order.
    detached: true,
    // Nothing of this process' environment: the functions that MiniStack starts would inherit it, NODE_OPTIONS and all.
    env: {
      PATH: [join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter),
      HOME: scratch,
      TMPDIR: scratch,
      STATE_DIR: scratch,
      S3_DATA_DIR: scratch,
      PYTHONUNBUFFERED: "1",
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      ...EMULATOR_ENV,
      ...env,
    },
  });
  const lines: string[] = [];
  const keep = (chunk: Buffer) => {
    lines.push(...chunk.toString().split("\n"));
    lines.splice(0, lines.length - LOG_LINES);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const log = () => lines.join("\n");
  const stop = async () => {
    await end(child);
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const url = `http://127.0.0.1:${await announcedPort(child, name, log)}`;
    const answer = await fetch(`${url}${health}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(`${name} answered ${answer.status} on ${health}: ${await answer.text()}`);
    return { url, client: { endpoint: url, region: REGION, credentials: CREDENTIALS }, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function announcedPort(child: ChildProcess, name: string, log: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} named no port within ${PATIENCE_MS} ms:\n${log()}`)), PATIENCE_MS);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code} before it was ready:\n${log()}`)));
    child.stdout?.on("data", () => {
      const port = /^\{"port": (\d+)\}$/m.exec(log())?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("exit", () => clearTimeout(timer));
    child.stdout?.once("data", () => clearTimeout(timer));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  // serve.py ends when its standard input does.
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await gone;
  clearTimeout(timer);
}
