// What Portcullis is made of is exactly what was meant: one version of everything, each with its checksum, licences that are taken,
// no script at installation but those named, in lib as in development. Ends with 1 when something is wrong. Needs no network.
import { globSync, readFileSync } from "node:fs";
import * as z from "zod/mini";
import { Installed, Lock, Manifest, packageAt } from "./lock-file.ts";
import { problemsOfSupply, type Supply, uncheckedOf } from "./supply.ts";
import { FETCHED_BY_SCRIPTS, INSTALL_SCRIPTS, LICENCE_EXCEPTIONS, LICENCES } from "./supply-exceptions.ts";

// What npm writes of an installation, here of one that a script has begun.
const Fetched = z.object({ packages: z.record(z.string(), z.object({ version: z.string(), integrity: z._default(z.string(), "none") })) });

const lock = Lock.parse(json("package-lock.json"));
const places = Object.keys(lock.packages).filter((place) => place !== "");
const supply: Supply = {
  manifest: Manifest.parse(json("package.json")),
  lock,
  installed: new Map(
    places.flatMap((place) => read(`${place}/package.json`, (text) => [[place, Installed.parse(JSON.parse(text))] as const])),
  ),
  fetched: new Map(
    places.flatMap((place) =>
      read(`${place}/node_modules/.package-lock.json`, (text) =>
        Object.entries(Fetched.parse(JSON.parse(text)).packages).map(
          ([inner, { version, integrity }]) => [`${packageAt(inner)}@${version}`, integrity] as const,
        ),
      ),
    ),
  ),
  requirements: new Map(
    globSync("*/**/{requirements,constraints}*.txt", { cwd: new URL("..", import.meta.url), exclude: ["node_modules", ".cache"] }).map(
      (file) => [file, read(file, (text) => [text]).join("")],
    ),
  ),
  licences: LICENCES,
  licenceExceptions: LICENCE_EXCEPTIONS,
  installScripts: INSTALL_SCRIPTS,
  fetchedByScripts: FETCHED_BY_SCRIPTS,
};

const problems = problemsOfSupply(supply);
for (const problem of problems) console.error(problem);
for (const what of uncheckedOf(supply)) console.error(`note: ${what} was fetched by a script, and its checksum is not known here`);
console.log(`${places.length} packages, ${supply.installed.size} of them installed, ${supply.requirements.size} lists of Python packages`);
if (problems.length > 0) process.exitCode = 1;

function json(file: string): unknown {
  return JSON.parse(readFileSync(at(file), "utf8"));
}

/** What is made of a file's text; nothing where there is no such file. */
function read<T>(file: string, make: (text: string) => readonly T[]): readonly T[] {
  try {
    return make(readFileSync(at(file), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function at(file: string): URL {
  return new URL(`../${file}`, import.meta.url);
}
