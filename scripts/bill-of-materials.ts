import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { Lock, Manifest, packageAt, packagesOf } from "./lock-file.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const Component = z.looseObject({ "bom-ref": z.string(), name: z.string(), version: z.string(), purl: z.string() });
const Dependency = z.object({ ref: z.string(), dependsOn: z.array(z.string()) });
const Bill = z.looseObject({
  $schema: z.string(),
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.string(),
  version: z.number(),
  metadata: z.looseObject({ timestamp: z.string(), component: Component }),
  components: z.array(Component),
  dependencies: z.array(Dependency),
});

/** CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/), as far as it is looked into here; the rest is as npm writes it. */
export interface BillOfMaterials {
  readonly $schema: string;
  readonly bomFormat: "CycloneDX";
  readonly specVersion: string;
  readonly version: number;
  readonly serialNumber: string;
  readonly metadata: { readonly component: z.infer<typeof Component> };
  readonly components: readonly z.infer<typeof Component>[];
  readonly dependencies: readonly z.infer<typeof Dependency>[];
}

/**
 * What is installed in production by package-lock.json, as npm tells it without the network. The same for the same lock file: it
 * has no time, and its serial number is made of what it holds. Throws with npm's words when npm cannot tell.
 */
export function billOfMaterials(): BillOfMaterials {
  const args = ["sbom", "--sbom-format=cyclonedx", "--sbom-type=application", "--package-lock-only"];
  const { status, stdout, stderr, error } = spawnSync("npm", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64_000_000 });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} ended with ${status ?? error?.message}:\n${stderr}`);
  const { $schema, bomFormat, specVersion, version, metadata, components, dependencies } = Bill.parse(JSON.parse(stdout));
  const { timestamp: _, ...rest } = metadata;
  // npm takes the name of the folder for the project's.
  const component = { ...metadata.component, name: Manifest.parse(json("package.json")).name };
  // npm --omit=dev would omit too much: a package of production that something of development asks for as well.
  const kept = productionOf(Lock.parse(json("package-lock.json")));
  const isKept = (ref: string) => ref === component["bom-ref"] || kept.has(ref);
  const content = {
    version,
    metadata: { ...rest, component },
    components: components.filter((one) => isKept(one["bom-ref"])),
    dependencies: dependencies.filter(({ ref }) => isKept(ref)).map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
  };
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`, ...content };
}

/** The packages of production, as npm refers to them: `name@version`. */
export function productionOf(lock: Lock): ReadonlySet<string> {
  return new Set(packagesOf(lock).flatMap(([place, one]) => (one.dev === true ? [] : [`${packageAt(place, one)}@${one.version}`])));
}

function json(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), "utf8"));
}

// A UUID of version 8: of one's own making (RFC 9562).
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
