import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { emulatorPython } from "./python-venv.ts";

const BIN = join(import.meta.dirname, "../../node_modules/.bin");

/** The AWS CLI as somebody has it set up, and the environment in which it is found. */
export interface AwsCli {
  readonly env: Readonly<Record<string, string>>;
  /** Runs `aws` in an account; resolves to what its JSON holds, or to undefined when it says nothing. Throws with what it printed. */
  call(account: string, region: string, ...args: readonly string[]): Promise<unknown>;
}

/** Puts `aws` on the PATH of a home, with profiles for accounts. Emulators take the number of an account for its access key. */
export async function setUpAwsCli(
  home: string,
  endpoints: Readonly<Record<string, string>>,
  profiles: Readonly<Record<string, string>>,
): Promise<AwsCli> {
  const bin = join(home, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "aws"), `#!/bin/sh\nexec "${await emulatorPython()}" -m awscli "$@"\n`);
  await chmod(join(bin, "aws"), 0o755);
  const config = Object.entries(profiles).map(
    ([name, account]) => `[profile ${name}]\naws_access_key_id = ${account}\naws_secret_access_key = testing\n`,
  );
  await writeFile(join(home, "config"), config.join(""));
  const env = {
    PATH: [bin, BIN, process.env.PATH].join(delimiter),
    HOME: home,
    AWS_CONFIG_FILE: join(home, "config"),
    NO_COLOR: "1",
    npm_config_update_notifier: "false",
    // osls looks after its stack every five seconds unless told otherwise (milliseconds).
    SLS_AWS_MONITORING_FREQUENCY: "500",
    ...endpoints,
  };
  const run = promisify(execFile);
  return {
    env,
    call: async (account, region, ...args) => {
      const keys = { AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: "testing", AWS_DEFAULT_REGION: region };
      const { stdout } = await run(join(bin, "aws"), [...args, "--output", "json"], { env: { ...env, ...keys } });
      return stdout.trim() === "" ? undefined : JSON.parse(stdout);
    },
  };
}
