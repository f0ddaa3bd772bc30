import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const LISTS = ["test/emulator/requirements.txt", "bench/custodian/requirements.txt"];
const HELP = `npm run pin:python: writes constraints.txt beside each list of Python packages, with the version of everything that they build on.

Run it after a change of a requirements.txt. The versions hold for the minor version of the python3 that runs this; another takes what its
own pip finds. Lists: ${LISTS.join(", ")}
`;

const run = promisify(execFile);
if (parseArgs({ options: { help: { type: "boolean", short: "h" } } }).values.help) process.stdout.write(HELP);
else for (const list of LISTS) await pin(list);

async function pin(list: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "pin-python-"));
  try {
    process.stderr.write(`Installing what ${list} asks for ...\n`);
    await run("python3", ["-m", "venv", scratch]);
    const python = join(scratch, "bin/python");
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", join(ROOT, list)]);
    const { stdout: version } = await run(python, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]);
    const { stdout: frozen } = await run(python, ["-m", "pip", "freeze", "--disable-pip-version-check"]);
    const lines = frozen.trim().split("\n");
    const file = join(dirname(list), "constraints.txt");
    const pinned = lines.map((line) => `${line} ; python_version == "${version.trim()}"\n`).join("");
    await writeFile(join(ROOT, file), `# Written by npm run pin:python: all that requirements.txt builds on.\n${pinned}`);
    process.stderr.write(`${file}: ${lines.length} packages.\n`);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
