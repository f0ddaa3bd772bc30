// package.json, package-lock.json and what is installed, as far as anybody here looks into them.
import * as z from "zod/mini";

const Versions = z.optional(z.record(z.string(), z.string()));

/** package.json, as far as it says what is installed. */
export const Manifest = z.object({
  name: z.string(),
  version: z.string(),
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  peerDependencies: Versions,
  allowScripts: z._default(z.record(z.string(), z.boolean()), {}),
});
export type Manifest = z.infer<typeof Manifest>;

const Locked = z.object({
  /** The package's own name, where it is installed by another. */
  name: z.optional(z.string()),
  version: z.optional(z.string()),
  resolved: z.optional(z.string()),
  integrity: z.optional(z.string()),
  license: z.optional(z.string()),
  link: z.optional(z.boolean()),
  dev: z.optional(z.boolean()),
  /** It comes within the package of its parent. */
  inBundle: z.optional(z.boolean()),
  hasInstallScript: z.optional(z.boolean()),
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
  peerDependencies: Versions,
});
export type Locked = z.infer<typeof Locked>;
/** package-lock.json in its third form; the entry "" is the project itself. */
export const Lock = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), Locked) });
export type Lock = z.infer<typeof Lock>;

/** An installed package's package.json. Old ones name their licence in other ways; then the lock file's word stands. */
export const Installed = z.object({
  version: z.string(),
  license: z.optional(z.unknown()),
  scripts: z.optional(z.record(z.string(), z.unknown())),
});
export type Installed = z.infer<typeof Installed>;

/** The package at a place in the lock file: `node_modules/a/node_modules/@b/c` is `@b/c`, unless the entry names another. */
export function packageAt(place: string, { name }: Pick<Locked, "name"> = {}): string {
  return name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** All packages of a lock file, by their places; the project itself is none. */
export function packagesOf({ packages }: Lock): readonly (readonly [place: string, Locked])[] {
  return Object.entries(packages).filter(([place]) => place !== "");
}
