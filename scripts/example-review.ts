import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import * as z from "zod/mini";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A repository as a team would have it, with what the Action makes of its plan. */
export const EXAMPLE = join(ROOT, "examples", "pull-request");

const Inputs = z.record(z.string(), z.coerce.string());
const Workflow = z.object({
  jobs: z.object({ review: z.object({ steps: z.array(z.object({ uses: z.optional(z.string()), with: z.optional(Inputs) })) }) }),
});

/** What the example's workflow gives the Action. */
export function exampleInputs(): Readonly<Record<string, string>> {
  const workflow = Workflow.parse(parse(readFileSync(join(EXAMPLE, ".github/workflows/network-review.yml"), "utf8")));
  const step = workflow.jobs.review.steps.find(({ uses }) => uses?.includes("/portcullis@"));
  if (step?.with === undefined) throw new Error("the example's workflow has no step that uses portcullis with inputs");
  return step.with;
}

interface Made {
  readonly comment: string;
  readonly sarif: string;
}

let made: Made | undefined;

/** What the Action's review makes of the example, in a copy of it. Needs bash. */
export function exampleReview(): Made {
  made ??= review();
  return made;
}

function review(): Made {
  const temp = mkdtempSync(join(tmpdir(), "portcullis-example-"));
  try {
    const workspace = join(temp, "workspace");
    cpSync(EXAMPLE, workspace, { recursive: true });
    const { paths = "", configuration = "", "fail-on": failOn = "low" } = exampleInputs();
    const outputs = join(temp, "outputs");
    const env = {
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: outputs,
      GITHUB_STEP_SUMMARY: join(temp, "summary"),
      PATHS: paths,
      CONFIGURATION: configuration,
      FAIL_ON: failOn,
      SARIF: "portcullis.sarif",
      ...Object.fromEntries(["POLICY", "ACCOUNT", "REGION", "PARAMETERS", "COMMENT_ID", "RULE_PAGES"].map((name) => [name, ""])),
    };
    const { status, stderr } = spawnSync("bash", [join(ROOT, "action", "review.sh")], { cwd: workspace, env, encoding: "utf8" });
    if (status !== 0) throw new Error(`action/review.sh ended with ${status}:\n${stderr}`);
    const comment = /^comment-file=(.*)$/m.exec(readFileSync(outputs, "utf8"))?.[1] ?? "";
    return { comment: readFileSync(comment, "utf8"), sarif: readFileSync(join(workspace, "portcullis.sarif"), "utf8") };
  } finally {
    rmSync(temp, { recursive: true });
  }
}
