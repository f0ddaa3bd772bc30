import { spawnSync } from "node:child_process";
import * as z from "zod/mini";
import { emulatorPython } from "./python-venv.ts";

const READ = `
import json, pathlib, sys, cfnlint
path = pathlib.Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json"
known = json.loads(path.read_text())
json.dump({service: known[service] for service in sys.argv[1:]}, sys.stdout)
`;
const Reference = z.record(
  z.string(),
  z.object({
    Actions: z.record(z.string(), z.object({ Resources: z.optional(z.array(z.string())) })),
    Resources: z.record(z.string(), z.object({ ARNFormats: z.array(z.string()) })),
  }),
);

/** The Service Authorization Reference as cfn-lint carries it: actions (in lower case) and resources of these services. */
export async function serviceAuthorization(...services: readonly string[]): Promise<z.infer<typeof Reference>> {
  const { stdout, stderr } = spawnSync(await emulatorPython(), ["-c", READ, ...services], { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (stdout === "") throw new Error(`cfn-lint's copy of the Service Authorization Reference cannot be read:\n${stderr}`);
  return Reference.parse(JSON.parse(stdout));
}
