import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Command } from "commander";
import { portcullisCommand } from "../../cli/commands.ts";
import { ROOT, runCli } from "./run-cli.ts";

const NAMES = portcullisCommand().commands.map((command) => command.name());
const WIDTH = 120;

const helps = new Map<string, Promise<string>>();
function helpOf(name: string): Promise<string> {
  const help = helps.get(name) ?? runCli([...(name === "" ? [] : [name]), "--help"]).then(({ out }) => out);
  helps.set(name, help);
  return help;
}

/** The commands of the examples, continued lines joined. */
async function examplesOf(name: string): Promise<string[]> {
  const [, examples = ""] = (await helpOf(name)).split("\nExamples:\n");
  return examples
    .replaceAll("\\\n", " ")
    .split("\n")
    .flatMap((line) => /^ {4}\$ (.*)$/.exec(line)?.[1] ?? []);
}

/** The arguments of each portcullis in a line of shell, as bash itself splits it; every other command does nothing. */
function callsIn(line: string): string[][] {
  const script = `
    portcullis() { printf '%s\\0' "$@" >> "$CALLS"; printf '\\1' >> "$CALLS"; }
    command_not_found_handle() { return 0; }
    aws() { :; }; npx() { :; }; terraform() { :; }; jq() { :; }; source() { cat "$@" > /dev/null; }
    cd "$(mktemp -d)"; HOME=$PWD; CALLS=$PWD/calls; : > "$CALLS"
    mkdir -p ~/.zfunc ~/.local/share/bash-completion/completions ~/.config/fish/completions
    eval "$1"; wait
    cat "$CALLS"; rm -rf "$PWD"`;
  const out = execFileSync("bash", ["--norc", "-c", script, "bash", line], { encoding: "utf8" });
  return out.split("\u0001").flatMap((call) => (call === "" ? [] : [call.split("\0").slice(0, -1)]));
}

/** Throws where commander would refuse these arguments; nothing is carried out. */
async function parse(args: readonly string[]): Promise<Command | undefined> {
  const program = portcullisCommand();
  let ran: Command | undefined;
  for (const command of program.commands) {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    command.action(() => {
      ran = command;
    });
  }
  await program.parseAsync(args, { from: "user" });
  return ran;
}

describe.each(["", ...NAMES])("the help of portcullis %s", (name) => {
  test("ends with examples, each with a line that says what it is for", async () => {
    const text = await helpOf(name);
    const [, examples = ""] = text.split("\nExamples:\n");
    expect(examples).not.toBe("");
    expect(examples).not.toMatch(/^\S/m);
    for (const block of examples.trim().split("\n\n")) expect(block).toMatch(/^ {0,2}\S.*[:?]\n {4}\$ /);
  });

  test("has lines that fit on a screen", async () => {
    const long = (await helpOf(name)).split("\n").filter((line) => line.length > WIDTH);
    expect(long).toEqual([]);
  });

  test("has examples that parse, some of them of this command", async () => {
    const calls = (await examplesOf(name)).flatMap(callsIn);
    expect(calls.length).toBeGreaterThan(0);
    for (const args of calls) expect((await parse(args))?.name()).toBe(args[0]);
    if (name !== "") expect(calls.map(([command]) => command)).toContain(name);
  });
});

test.each(NAMES)("%s says its exit codes, and describes itself in a sentence", async (name) => {
  expect(await helpOf(name)).toMatch(/\nExit code:\n {2}0 {2}\S/);
  const command = portcullisCommand().commands.find((one) => one.name() === name);
  expect(command?.description()).toMatch(/^[A-Z][a-z]+s .*\.$/);
  expect(command?.summary()).toMatch(/^[a-z].*[^.]$/);
});

test("--version prints that of the package, and nothing else", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(await runCli(["--version"])).toMatchObject({ code: 0, out: `${version}\n`, err: "" });
});

test("an example that does not parse would be found", async () => {
  expect(callsIn("aws x | portcullis review - --no-such 'a b'")).toEqual([["review", "-", "--no-such", "a b"]]);
  await expect(parse(["review", "-", "--no-such"])).rejects.toThrow("unknown option");
  await expect(parse(["rules", "no-such-rule"])).rejects.toThrow("expected one of");
});
