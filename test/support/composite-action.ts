import { spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod/mini";

const Step = z.object({
  name: z.string(),
  id: z.optional(z.string()),
  if: z.optional(z.string()),
  shell: z.literal("bash"),
  "working-directory": z.optional(z.string()),
  env: z.optional(z.record(z.string(), z.string())),
  run: z.string(),
});
type Step = z.infer<typeof Step>;
const Value = z.object({ description: z.string(), value: z.string() });
const Input = z.object({ description: z.string(), required: z.optional(z.boolean()), default: z.optional(z.string()) });
/** The metadata of a composite action that runs bash alone (https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax). */
export const CompositeAction = z.object({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), Input),
  outputs: z.record(z.string(), Value),
  runs: z.strictObject({ using: z.literal("composite"), steps: z.array(Step) }),
});
export type CompositeAction = z.infer<typeof CompositeAction>;

export async function readAction(folder: string): Promise<CompositeAction> {
  return CompositeAction.parse(parse(await readFile(join(folder, "action.yml"), "utf8")));
}

export interface Job {
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the repository is checked out. */
  readonly workspace: string;
  /** A folder for what the steps leave. */
  readonly temp: string;
  /** `github.*` of expressions, by path. */
  readonly github: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface JobResult {
  /** The exit code of the first step that failed. */
  readonly code: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: string;
  readonly summary: string;
  /** The steps that ran. */
  readonly ran: readonly string[];
}

/** Runs a composite action as a runner does, as far as its expressions go: inputs, outputs of steps, github, and == with a word. */
export async function runAction(folder: string, job: Job): Promise<JobResult> {
  const action = await readAction(folder);
  const temp = await mkdtemp(join(job.temp, "job-"));
  const summaryFile = join(temp, "summary");
  await writeFile(summaryFile, "");
  const steps = new Map<string, Readonly<Record<string, string>>>();
  const evaluate = (text: string) => text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => meaningOf(expression));
  const inputs: Record<string, string> = {};
  const meaningOf = (expression: string): string => {
    const [, left = "", right] = /^([\w.-]+)(?: == '([^']*)')?$/.exec(expression) ?? [];
    if (left === "") throw new Error(`not an expression of this runner: ${expression}`);
    const [context, ...path] = left.split(".");
    const found =
      context === "inputs"
        ? inputs[path.join(".")]
        : context === "steps"
          ? steps.get(path[0] ?? "")?.[path.slice(2).join(".")]
          : job.github[path.join(".")];
    return right === undefined ? (found ?? "") : String(found === right);
  };
  for (const name of Object.keys(job.inputs)) if (!(name in action.inputs)) throw new Error(`the action has no input ${name}`);
  for (const [name, input] of Object.entries(action.inputs)) inputs[name] = job.inputs[name] ?? evaluate(input.default ?? "");
  let code = 0;
  let log = "";
  const ran: string[] = [];
  for (const [i, step] of action.runs.steps.entries()) {
    if (code !== 0 || (step.if !== undefined && evaluate(step.if) !== "true")) continue;
    ran.push(step.name);
    const outputFile = join(temp, `output-${i}`);
    await writeFile(outputFile, "");
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? "",
      HOME: temp,
      GITHUB_ACTION_PATH: folder,
      GITHUB_OUTPUT: outputFile,
      GITHUB_STEP_SUMMARY: summaryFile,
      RUNNER_TEMP: temp,
      ...job.env,
    };
    for (const [name, value] of Object.entries(step.env ?? {})) env[name] = evaluate(value);
    const done = await runStep(step, resolve(job.workspace, evaluate(step["working-directory"] ?? ".")), env);
    code = done.code;
    log += done.log;
    if (step.id !== undefined) steps.set(step.id, readOutputs(await readFile(outputFile, "utf8")));
  }
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, evaluate(value)]));
  return { code, outputs, log, summary: await readFile(summaryFile, "utf8"), ran };
}

// As GitHub runs "shell: bash".
function runStep({ run }: Step, cwd: string, env: Readonly<Record<string, string>>): Promise<{ code: number; log: string }> {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, log }));
  });
}

function readOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
