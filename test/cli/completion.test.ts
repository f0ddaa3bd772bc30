import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { portcullisCommand } from "../../cli/commands.ts";
import { FORMATS } from "../../cli/outputs.ts";
import { SEVERITIES } from "../../lib/model/finding.ts";
import { RULES } from "../../lib/rules/index.ts";
import { ROOT, runCli } from "./run-cli.ts";

const RULE_IDS = RULES.map(({ meta }) => meta.id);
const has = (shell: string) => spawnSync(shell, ["-c", "exit"]).status === 0;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "portcullis-completion-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out } = await runCli(["completion", shell]);
    expect(code).toBe(0);
    await writeFile(join(folder, shell), out);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test("another shell is refused", async () => {
  const { code, err } = await runCli(["completion", "tcsh"]);
  expect(code).toBe(2);
  expect(err).toContain("bash, zsh, fish");
});

/** What real bash offers after these words, as it splits them itself. */
function inBash(...words: readonly string[]): string[] {
  const script = `
    source "$1"; shift
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _portcullis
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync("bash", ["--norc", "-uc", script, "bash", join(folder, "bash"), "portcullis", ...words], { encoding: "utf8" });
  return out.split("\n").filter((line) => line !== "");
}

describe("bash", () => {
  const commands = portcullisCommand().commands.map((command) => command.name());

  test("completes commands", () => {
    expect(inBash("")).toEqual([...commands, "help"]);
    expect(inBash("re")).toEqual(["review"]);
    expect(inBash("help", "sw")).toEqual(["sweep"]);
  });

  test("completes every option of every command", () => {
    for (const command of portcullisCommand().commands) {
      const long = command.options.flatMap((option) => option.long ?? []);
      expect(inBash(command.name(), "--")).toEqual([...long, "--help"]);
    }
  });

  test.each([
    [["review", "--format", ""], FORMATS],
    [
      ["review", "--format", "j"],
      ["json", "jsonl", "junit"],
    ],
    [["review", "--format", "=", "mark"], ["markdown"]],
    [["review", "--format", "="], FORMATS],
    [["review", "--format=mark"], ["--format=markdown"]],
    [
      ["review", "AWSLogs", "--fail-on", ""],
      [...SEVERITIES, "never"],
    ],
    [["review", "--output", "s"], ["sarif="]],
    [["rules", ""], RULE_IDS],
    [["rules", "no-public-ingress", "no-public-m"], ["no-public-main-table"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
  ])("completes values after %j", (words, expected) => {
    expect(inBash(...words)).toEqual([...expected]);
  });

  test.each([[["review", ""]], [["review", "--policy", ""]], [["review", "--output", "sarif", "=", "a"]], [["init", "--from", "a", ""]]])(
    "leaves files after %j to bash",
    (words) => {
      expect(inBash(...words)).toEqual([]);
      const how = execFileSync("bash", ["--norc", "-c", 'source "$1"; complete -p portcullis', "bash", join(folder, "bash")], {
        encoding: "utf8",
      });
      expect(how).toContain("-o default -F _portcullis portcullis");
    },
  );

  test("offers nothing where nothing can be known", () => {
    expect(inBash("review", "--since", "")).toEqual([]);
    expect(inBash("no-such-command", "")).toEqual([]);
  });
});

(has("zsh") ? describe : describe.skip)("zsh", () => {
  test("takes the script", () => {
    execFileSync("zsh", [
      "-f",
      "-c",
      'autoload -U compinit; compinit -u -D; source "$1"; [[ $_comps[portcullis] == _portcullis ]]',
      "zsh",
      join(folder, "zsh"),
    ]);
  });
});

(has("fish") ? describe : describe.skip)("fish", () => {
  function inFish(line: string): string[] {
    const out = execFileSync("fish", ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", join(folder, "fish"), line], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    });
    return out.split("\n").flatMap((one) => (one === "" ? [] : [one.split("\t")[0] ?? ""]));
  }

  test("completes commands, options, values, and files elsewhere", () => {
    expect(inFish("portcullis re")).toEqual(["review"]);
    expect(inFish("portcullis review --form")).toEqual(["--format"]);
    expect(inFish("portcullis review --format ").sort()).toEqual([...FORMATS].sort());
    expect(inFish("portcullis rules ").sort()).toEqual([...RULE_IDS].sort());
    expect(inFish("portcullis review READ")).toEqual(["README.md"]);
    expect(inFish("portcullis review --output sarif=READ")).toEqual(["sarif=README.md"]);
    expect(inFish("portcullis rules --policy portcullis.y")).toEqual(["portcullis.yml"]);
  });
});
