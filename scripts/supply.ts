// What Portcullis is made of, and whether it is exactly what was meant: versions, checksums, licences, scripts of installations.
import { canBeMet } from "./licences.ts";
import { type Installed, type Lock, type Manifest, packageAt, packagesOf } from "./lock-file.ts";
import type { InstallScript, LicenceException } from "./supply-exceptions.ts";

export interface Supply {
  readonly manifest: Manifest;
  readonly lock: Lock;
  /** Packages as they are installed, by their place in the lock file; those of other platforms are not. */
  readonly installed: ReadonlyMap<string, Installed>;
  /** What scripts of installations have fetched, `name@version`, with its checksum. */
  readonly fetched: ReadonlyMap<string, string>;
  /** Lists of Python packages, by file: what is asked for, `requirements.txt`, and beside it all that this builds on, `constraints.txt`. */
  readonly requirements: ReadonlyMap<string, string>;
  readonly licences: ReadonlySet<string>;
  readonly licenceExceptions: Readonly<Record<string, LicenceException>>;
  readonly installScripts: Readonly<Record<string, InstallScript>>;
  readonly fetchedByScripts: Readonly<Record<string, string>>;
}

/** What is wrong, a line each. */
export function problemsOfSupply(supply: Supply): string[] {
  return [
    ...problemsOfManifest(supply),
    ...problemsOfLock(supply),
    ...problemsOfLicences(supply),
    ...problemsOfScripts(supply),
    ...[...supply.requirements].flatMap(([file, text]) => problemsOfRequirements(file, text)),
    ...[...supply.requirements.keys()].flatMap((file) => problemsOfConstraints(file, supply.requirements)),
  ];
}

const WANTED = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;
const EXACT = /^(?:npm:(?<name>(?:@[\w.-]+\/)?[\w.-]+)@)?(?<version>\d+\.\d+\.\d+(?:-[\w.-]+)?)$/;

function problemsOfManifest({ manifest, lock: { packages } }: Supply): string[] {
  const root = packages[""] ?? {};
  const problems = ["name", "version"].flatMap((key) => {
    const [here, there] = key === "name" ? [manifest.name, root.name] : [manifest.version, root.version];
    return here === there ? [] : [`package.json has the ${key} ${here}, package-lock.json ${there}: run "npm install --package-lock-only"`];
  });
  for (const kind of WANTED) {
    const [here, there] = [manifest[kind] ?? {}, root[kind] ?? {}];
    for (const name of new Set([...Object.keys(here), ...Object.keys(there)])) {
      if (here[name] !== there[name])
        problems.push(
          `${name}: package.json asks for ${here[name]}, package-lock.json for ${there[name]}: run "npm install --package-lock-only"`,
        );
    }
    for (const [name, wanted] of Object.entries(here)) {
      const { name: other, version } = EXACT.exec(wanted)?.groups ?? {};
      const place = `node_modules/${name}`;
      const locked = packages[place];
      if (version === undefined)
        problems.push(`${name}: package.json asks for ${wanted}; expected one version, such as ${locked?.version ?? "1.2.3"}`);
      else if (locked?.version !== version || packageAt(place, locked) !== (other ?? name))
        problems.push(
          `${name}: package.json asks for ${wanted}, package-lock.json has ${locked && packageAt(place, locked)}@${locked?.version}`,
        );
    }
  }
  return problems;
}

const CHECKSUM = /^sha512-[A-Za-z0-9+/]{86}==$/;

function problemsOfLock({ lock }: Supply): string[] {
  return packagesOf(lock).flatMap(([place, locked]) => {
    const { version, resolved, integrity, link, inBundle } = locked;
    if (link === true) return [`${place} is a link to a folder: expected a package with a version and a checksum`];
    const problems: string[] = [];
    if (version === undefined) problems.push(`${place} has no version in package-lock.json`);
    // npm leaves it out for packages of a registry (.npmrc); what is left comes from elsewhere.
    if (resolved !== undefined)
      problems.push(`${place} comes from ${resolved}: expected a package of a registry, by name, version and checksum`);
    // What comes within another package has that one's checksum.
    if (inBundle === true) {
      if (!isWithinAnother(place, lock)) problems.push(`${place} is said to come within another package, and is in none with a checksum`);
    } else if (!CHECKSUM.test(integrity ?? "")) problems.push(`${place} has ${integrity ? "a weak" : "no"} checksum: expected sha512`);
    return problems;
  });
}

function isWithinAnother(place: string, lock: Lock): boolean {
  const parent = place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/")));
  const locked = lock.packages[parent];
  if (parent === "" || locked === undefined) return false;
  return CHECKSUM.test(locked.integrity ?? "") || (locked.inBundle === true && isWithinAnother(parent, lock));
}

function problemsOfLicences({ lock, installed, licences, licenceExceptions }: Supply): string[] {
  const used = new Set<string>();
  const problems = packagesOf(lock).flatMap(([place, locked]) => {
    const { license, dev } = locked;
    const own = installed.get(place)?.license;
    if (license === undefined) return [`${place} names no licence: find it out, and name the package in scripts/supply-exceptions.ts`];
    if (typeof own === "string" && own !== license) return [`${place} is under ${own}, package-lock.json says ${license}`];
    if (canBeMet(license, licences)) return [];
    const name = packageAt(place, locked);
    const exception = licenceExceptions[name];
    if (exception === undefined || !exception.licence.split(" OR ").includes(license))
      return [`${place} is under ${license}: expected ${[...licences].join(", ")}, or an exception in scripts/supply-exceptions.ts`];
    used.add(name);
    return dev === true ? [] : [`${place} is under ${license}, which is excepted for development alone, and is installed in production`];
  });
  const stray = Object.keys(licenceExceptions).filter((name) => !used.has(name));
  return [...problems, ...stray.map((name) => `${name} is excepted for its licence, and nothing needs that: strike it from the list`)];
}

const AT_INSTALL = ["preinstall", "install", "postinstall"];

function problemsOfScripts({ manifest, lock, installed, fetched, installScripts, fetchedByScripts }: Supply): string[] {
  const used = new Set<string>();
  const problems = packagesOf(lock).flatMap(([place, locked]) => {
    const runs = AT_INSTALL.filter((script) => installed.get(place)?.scripts?.[script] !== undefined);
    if (locked.hasInstallScript !== true)
      return runs.length === 0 ? [] : [`${place} has a script of ${runs.join(", ")}, package-lock.json says that it has none`];
    const name = packageAt(place, locked);
    used.add(name);
    if (locked.dev !== true) return [`${place} runs a script when it is installed: in production none may`];
    return name in installScripts
      ? []
      : [`${place} runs a script when it is installed: say what it does, and whether it may, in scripts/supply-exceptions.ts`];
  });
  for (const name of new Set([...Object.keys(installScripts), ...Object.keys(manifest.allowScripts)])) {
    const [meant, allowed] = [installScripts[name]?.runs, manifest.allowScripts[name]];
    if (meant !== allowed) problems.push(`${name}: allowScripts of package.json says ${allowed}, scripts/supply-exceptions.ts ${meant}`);
    if (!used.has(name)) problems.push(`${name} is named for a script, and runs none when it is installed: strike it from the list`);
  }
  const locked = new Map(packagesOf(lock).map(([place, one]) => [`${packageAt(place, one)}@${one.version}`, one.integrity]));
  for (const [what, checksum] of fetched) {
    const meant = locked.get(what) ?? fetchedByScripts[what];
    if (meant !== undefined && meant !== checksum) problems.push(`${what} was fetched with the checksum ${checksum}: expected ${meant}`);
  }
  return problems;
}

/** What was fetched by scripts and is checked against nothing. */
export function uncheckedOf({ lock, fetched, fetchedByScripts }: Supply): string[] {
  const locked = new Set(packagesOf(lock).map(([place, one]) => `${packageAt(place, one)}@${one.version}`));
  return [...fetched.keys()].filter((what) => !locked.has(what) && !(what in fetchedByScripts));
}

const PINNED = /^(?<name>[\w.-]+)(\[[\w,-]+\])?==(?<version>\d+(\.\d+)*((a|b|rc|\.post|\.dev)\d+)?)( ; python_version == "3\.\d+")?$/;

function problemsOfRequirements(file: string, text: string): string[] {
  return wantedIn(text).flatMap(({ line, wanted }) =>
    PINNED.test(wanted) ? [] : [`${file}:${line} asks for ${wanted}: expected name==version`],
  );
}

function problemsOfConstraints(file: string, lists: Supply["requirements"]): string[] {
  if (!file.endsWith("requirements.txt")) return [];
  const beside = file.replace(/requirements\.txt$/, "constraints.txt");
  const pinned = versionsIn(lists.get(beside) ?? "");
  return [...versionsIn(lists.get(file) ?? "")].flatMap(([name, version]) =>
    pinned.get(name) === version
      ? []
      : [`${file} asks for ${name} ${version}, ${beside} has ${pinned.get(name)}: run "npm run pin:python"`],
  );
}

function wantedIn(text: string): { readonly line: number; readonly wanted: string }[] {
  const lines = text.split("\n").map((line, n) => ({ line: n + 1, wanted: line.replace(/(^|\s)#.*$/, "").trim() }));
  return lines.filter(({ wanted }) => wanted !== "");
}

function versionsIn(text: string): ReadonlyMap<string | undefined, string | undefined> {
  return new Map(
    wantedIn(text).map(({ wanted }) => {
      const { name, version } = PINNED.exec(wanted)?.groups ?? {};
      return [name?.toLowerCase(), version];
    }),
  );
}
