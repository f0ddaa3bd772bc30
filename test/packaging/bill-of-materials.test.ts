import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod/mini";
import { type BillOfMaterials, billOfMaterials, productionOf } from "../../scripts/bill-of-materials.ts";
import { bundleService } from "../../scripts/bundle.ts";
import { Lock, packageAt } from "../../scripts/lock-file.ts";
import { copyService } from "../support/package-service.ts";

const ROOT = join(import.meta.dirname, "../..");
const Metafile = z.object({ inputs: z.record(z.string(), z.unknown()) });
// The main points of https://cyclonedx.org/docs/1.5/json/.
const Hash = z.object({ alg: z.literal("SHA-512"), content: z.string().check(z.regex(/^[0-9a-f]{128}$/)) });
const Licence = z.union([z.object({ license: z.object({ id: z.string() }) }), z.object({ expression: z.string() })]);
const Component = z.looseObject({
  type: z.literal("library"),
  name: z.string().check(z.minLength(1)),
  version: z.string().check(z.regex(/^\d+\.\d+\.\d+/)),
  "bom-ref": z.string(),
  purl: z.string().check(z.regex(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+/)),
  scope: z.literal("required"),
  hashes: z.array(Hash).check(z.minLength(1)),
  licenses: z.array(Licence).check(z.minLength(1)),
});

describe("the bill of materials", () => {
  let bill: BillOfMaterials;
  let lock: Lock;
  beforeAll(() => {
    bill = billOfMaterials();
    lock = Lock.parse(JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")));
  });

  test("is CycloneDX in its main points, each package with version, address, checksum and licence", () => {
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5", version: 1 });
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(bill.metadata.component).toMatchObject({ type: "application", name: "portcullis" });
    expect(z.array(Component).safeParse(bill.components).error).toBeUndefined();
  });

  test("names each package once, and depends on nothing that it does not name", () => {
    const refs = [bill.metadata.component, ...bill.components].map((one) => one["bom-ref"]);
    expect(new Set(refs).size).toBe(refs.length);
    expect(bill.dependencies.map(({ ref }) => ref).sort()).toEqual(refs.sort());
    expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([]);
  });

  test("has all packages of production, and no other", () => {
    const names = bill.components.map(({ name, version }) => `${name}@${version}`);
    expect(names.sort()).toEqual([...productionOf(lock)].sort());
    expect(names).toEqual(expect.arrayContaining([expect.stringMatching(/^zod@/), expect.stringMatching(/^@aws-sdk\/client-ec2@/)]));
    expect(names.filter((name) => /^(jest|esbuild|osls)@/.test(name))).toEqual([]);
  });

  test("is the same for the same lock file", () => {
    expect(billOfMaterials()).toEqual(bill);
  });

  describe("of the bundles", () => {
    let service: Awaited<ReturnType<typeof copyService>>;
    let bundled: readonly string[];
    beforeAll(async () => {
      service = await copyService(join(ROOT, "portcullis.yml"));
      const bundles = await bundleService(service.folder);
      const inputs = bundles.flatMap(({ name }) => {
        const metafile: unknown = JSON.parse(readFileSync(join(service.folder, "dist", name, "meta.json"), "utf8"));
        return Object.keys(Metafile.parse(metafile).inputs);
      });
      const places = inputs.flatMap((input) => /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
      bundled = [...new Set(places)].map((place) => `${packageAt(place, lock.packages[place])}@${lock.packages[place]?.version}`);
      // Bundling takes five seconds, on two cores that have nothing else to do.
    }, 300_000);
    afterAll(() => service.remove());

    test("names every package that any of them holds", () => {
      const names = new Set(bill.components.map(({ name, version }) => `${name}@${version}`));
      expect(bundled.length).toBeGreaterThan(20);
      expect(bundled.filter((one) => !names.has(one))).toEqual([]);
    });
  });
});
