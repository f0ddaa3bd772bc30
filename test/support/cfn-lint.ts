import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emulatorPython } from "./python-venv.ts";

const LINT = "import sys; from cfnlint.runner import main; sys.exit(main())";

/** What cfn-lint says about a template but for the checks that are named: nothing, or its faults. */
export async function lint(template: string, ...ignored: readonly string[]): Promise<string> {
  const python = await emulatorPython();
  const folder = await mkdtemp(join(tmpdir(), "portcullis-lint-"));
  const file = join(folder, "template.yml");
  await writeFile(file, template);
  const ignore = ignored.length === 0 ? [] : ["--ignore-checks", ...ignored];
  const { status, stdout, stderr } = spawnSync(python, ["-c", LINT, ...ignore, "--", file], { encoding: "utf8" });
  await rm(folder, { recursive: true });
  return status === 0 ? `${stdout}${stderr}` : `cfn-lint ended with ${status}:\n${stdout}${stderr}`;
}
