import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import * as z from "zod/mini";

const require = createRequire(import.meta.url);
const ROOT = join(import.meta.dirname, "../..");
const CACHE = join(ROOT, ".cache");
const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
// Root starts it in containers, and it shall ask nobody for updates.
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];

/** A Chromium that starts here, with the folder of the libraries that it needs; or why there is none. */
export type FoundBrowser = { readonly path: string; readonly libraries?: string } | { readonly missing: string };

/**
 * Finds a Chromium: the one that $CHROMIUM names; else the one that the npm package @sparticuz/chromium carries, for Linux on
 * x64, which is unpacked into .cache/ once (two seconds); else one of the system. Looks once and remembers.
 */
export function findBrowser(): FoundBrowser {
  found ??= look();
  return found;
}
let found: FoundBrowser | undefined;

/** Starts the Chromium that findBrowser finds. Throws when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const browser = findBrowser();
  if ("missing" in browser) throw new Error(browser.missing);
  return chromium.launch({ executablePath: browser.path, args: ARGUMENTS, env: environmentOf(browser) });
}

function look(): FoundBrowser {
  const named = process.env.CHROMIUM;
  const candidates: FoundBrowser[] =
    named === undefined ? [unpack(), ...SYSTEM.filter((path) => existsSync(path)).map((path) => ({ path }))] : [{ path: named }];
  const why: string[] = [];
  for (const candidate of candidates) {
    if ("missing" in candidate) why.push(candidate.missing);
    else if (starts(candidate)) return candidate;
    else why.push(`${candidate.path} does not start`);
  }
  return { missing: `${why.join("; ")}; CHROMIUM can name one that does` };
}

function starts(browser: { readonly path: string; readonly libraries?: string }): boolean {
  return spawnSync(browser.path, ["--version"], { env: environmentOf(browser), timeout: 20_000, stdio: "ignore" }).status === 0;
}

function environmentOf({ libraries }: { readonly libraries?: string }): Record<string, string> {
  const set = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(set), ...(libraries !== undefined && { LD_LIBRARY_PATH: libraries }) };
}

// The package unpacks into the temporary folder of its process and takes what lies there for whole, so it gets a folder of its own.
const UNPACK = `const { inflate } = await import("@sparticuz/chromium");
for (const file of process.argv.slice(1)) await inflate(file);`;

function unpack(): FoundBrowser {
  if (process.platform !== "linux" || process.arch !== "x64") return { missing: "the Chromium of @sparticuz/chromium is for Linux on x64" };
  const packed = join(dirname(require.resolve("@sparticuz/chromium")), "..");
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(packed, "package.json"), "utf8")));
  const folder = join(CACHE, `chromium-${version}`);
  const browser = { path: join(folder, "chromium"), libraries: join(folder, "al2023/lib") };
  if (existsSync(folder)) return browser;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  const files = ["chromium.br", "al2023.tar.br"].map((file) => join(packed, "bin", file));
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", UNPACK, ...files], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", TMPDIR: draft },
    encoding: "utf8",
  });
  // Whole or not at all: an interrupted unpacking is never taken for a finished one, and another process may have been faster.
  if (status === 0 && !existsSync(folder)) renameSync(draft, folder);
  else rmSync(draft, { recursive: true, force: true });
  return existsSync(folder) ? browser : { missing: `the Chromium of @sparticuz/chromium cannot be unpacked: ${stderr.trim()}` };
}
