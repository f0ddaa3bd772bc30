// Writes what a release is made of as CycloneDX JSON (npm run sbom): every package in production, with version, licence and checksum.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { billOfMaterials } from "./bill-of-materials.ts";

const { values } = parseArgs({ options: { out: { type: "string", default: "sbom.cdx.json" } } });
const bill = billOfMaterials();
writeFileSync(values.out, `${JSON.stringify(bill, undefined, 2)}\n`);
console.log(`wrote ${values.out}: ${bill.components.length} packages`);
