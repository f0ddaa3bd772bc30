import { copyFile, cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { parsePolicy } from "../lib/policy/load.ts";
import type { Bundle } from "../scripts/bundle.ts";
import { EMULATOR_ENV, startMoto } from "../test/support/emulators.ts";
import { venvPython } from "../test/support/python-venv.ts";
import { sshOpened } from "./event.ts";
import type { Figure } from "./figures.ts";
import { type Call, type Front, startFront } from "./front.ts";
import { GUARD_ENV } from "./guard-env.ts";
import { median } from "./measure.ts";
import { type Handled, Program, type Recipe } from "./program.ts";

const SSH = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
// The engine compiles what has run often: a process that has handled a hundred events is warm.
const WARM_UP = 100;
const ROUNDS = 30;
const IN_A_ROW = 3;
const COLD = 9;
const COMPILED = "custodian, compiled";
const CUSTODIAN = join(import.meta.dirname, "custodian");
const DRIVERS = join(import.meta.dirname, "drivers");

/** What was measured of one program; milliseconds and bytes, medians. */
interface Measured {
  readonly warm: number;
  readonly cold: number;
  readonly peak: number;
  /** The calls of the last warm event until the revocation was answered, and of the first event of a process. */
  readonly calls: readonly string[];
  readonly coldCalls: readonly string[];
  /** All calls of a warm event, those after the revocation too. */
  readonly all: readonly Call[];
}

/** Figures, and for the cost model all calls of the guard for one change, and Cloud Custodian's calls to EC2. */
interface Closing {
  readonly figures: readonly Figure[];
  readonly calls: readonly Call[];
  readonly theirCalls: number;
}

// Where Cloud Custodian could not be installed: what it does according to its source.
const THEIR_CALLS = 2;

interface All {
  readonly programs: ReadonlyMap<string, Measured>;
  /** Cloud Custodian's cold start where Python has compiled it before; milliseconds. */
  readonly coldCompiled?: number;
}

/** What closing one hole takes: the packaged guard, Cloud Custodian, and a bare revocation with the SDK, by turns before the same emulator. */
export async function benchClosing(guard: Bundle): Promise<Closing> {
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  const moto = await startMoto();
  const front = await startFront(moto.url);
  const ec2 = new EC2Client(moto.client);
  try {
    const recipes = await recipesIn(scratch, guard, front.url);
    const measured = await measureAll(recipes, ec2, front);
    return {
      figures: figuresOf(measured),
      calls: measured.programs.get("guard")?.all ?? [],
      theirCalls: measured.programs.get("custodian")?.calls.length ?? THEIR_CALLS,
    };
  } finally {
    ec2.destroy();
    await front.close();
    await moto.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function recipesIn(scratch: string, guard: Bundle, url: string): Promise<ReadonlyMap<string, Recipe>> {
  const policy = join(scratch, "policy.json");
  // The breaker counts the acts of the bench as it would those of a bad policy.
  const { document } = parsePolicy("version: 1\nmode: enforce\nbreaker: { acts: 100000 }", "bench");
  await writeFile(policy, JSON.stringify(document));
  await copyFile(join(CUSTODIAN, "config.json"), join(scratch, "config.json"));
  const env = { ...EMULATOR_ENV, PATH: process.env.PATH, AWS_DEFAULT_REGION: EMULATOR_ENV.AWS_REGION, AWS_ENDPOINT_URL: url };
  const node = (driver: string, more: Readonly<Record<string, string>> = {}): Recipe => ({
    command: process.execPath,
    args: [join(DRIVERS, driver)],
    cwd: scratch,
    env: { ...env, ...more },
  });
  const recipes = new Map<string, Recipe>([
    ["guard", node("guard.mjs", { ...GUARD_ENV, BUNDLE: guard.file, POLICY_FILE: policy })],
    ["bare", node("bare.mjs")],
  ]);
  try {
    const python = await venvPython("custodian", join(CUSTODIAN, "requirements.txt"), "Cloud Custodian (once, about a minute)");
    const custodian: Recipe = { command: python, args: [join(CUSTODIAN, "serve.py")], cwd: scratch, env: { ...env, HOME: scratch } };
    const archive = { PYTHONPATH: await archiveIn(scratch, python), PYTHONDONTWRITEBYTECODE: "1" };
    recipes.set("custodian", { ...custodian, env: { ...custodian.env, ...archive } });
    recipes.set(COMPILED, custodian);
  } catch (error) {
    process.stderr.write(`Cloud Custodian could not be installed from the package index, so it is left out. Offline? ${String(error)}\n`);
  }
  return recipes;
}

/** Cloud Custodian as its archive for Lambda has it: source alone (c7n.mu takes no *.pyc), where nothing can be written. */
async function archiveIn(scratch: string, python: string): Promise<string> {
  const library = join(dirname(dirname(python)), "lib");
  const [version = ""] = await readdir(library);
  const archive = join(scratch, "archive");
  await cp(join(library, version, "site-packages/c7n"), join(archive, "c7n"), {
    recursive: true,
    filter: (path) => !path.includes("__pycache__"),
  });
  return archive;
}

async function measureAll(recipes: ReadonlyMap<string, Recipe>, ec2: EC2Client, front: Front): Promise<All> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const { GroupId: group = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "bench", Description: "bench", VpcId: Vpc?.VpcId }),
  );
  /** Opens the group, has the program close it, and sees that it is closed. */
  const close = async (program: Program) => {
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: SSH }));
    front.take();
    const handled = await program.handle(sshOpened(group));
    const calls = front.take();
    const { SecurityGroups: [found] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
    if ((found?.IpPermissions ?? []).length > 0) throw new Error("the program left the group open");
    return { handled, calls, ...untilClosed(calls) };
  };
  const names = [...recipes.keys()];
  const warm = new Map(names.map((name): [string, number[]] => [name, []]));
  const cold = new Map(names.map((name): [string, number[]] => [name, []]));
  const coldCalls = new Map<string, readonly string[]>();
  const last = new Map<string, { readonly handled: Handled; readonly calls: readonly Call[]; readonly before: readonly string[] }>();

  for (let round = 0; round < COLD; round++) {
    for (const [name, recipe] of recipes) {
      const program = new Program(recipe);
      try {
        const { answered, before } = await close(program);
        cold.get(name)?.push((answered - program.started) / 1e6);
        coldCalls.set(name, before);
      } finally {
        await program.end();
      }
    }
  }
  // Once it runs, it is the same.
  const warmed = [...recipes].filter(([name]) => name !== COMPILED);
  const programs = new Map(warmed.map(([name, recipe]) => [name, new Program(recipe)]));
  try {
    for (const program of programs.values()) for (let event = 0; event < WARM_UP; event++) await close(program);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, program] of programs) {
        for (let event = 0; event < IN_A_ROW; event++) {
          const { handled, calls, answered, before } = await close(program);
          warm.get(name)?.push((answered - handled.entered) / 1e6);
          last.set(name, { handled, calls, before });
        }
      }
    }
  } finally {
    await Promise.all([...programs.values()].map((program) => program.end()));
  }
  const programsMeasured = [...last].map(([name, { handled, calls, before }]): [string, Measured] => [
    name,
    {
      warm: median(warm.get(name) ?? []),
      cold: median(cold.get(name) ?? []),
      peak: handled.peak,
      calls: before,
      coldCalls: coldCalls.get(name) ?? [],
      all: calls,
    },
  ]);
  const compiled = cold.get(COMPILED);
  return { programs: new Map(programsMeasured), ...(compiled !== undefined && { coldCompiled: median(compiled) }) };
}

/** When the revocation was answered, and the calls to EC2 and STS until then, itself among them. Throws where there was none. */
function untilClosed(calls: readonly Call[]): { readonly answered: number; readonly before: readonly string[] } {
  const at = calls.findIndex(({ action }) => action === "RevokeSecurityGroupIngress");
  const revoked = calls[at];
  if (revoked === undefined) throw new Error("nothing was revoked");
  const before = calls.slice(0, at + 1).filter(({ service }) => service === "ec2 and sts");
  return { answered: revoked.answered, before: before.map(({ action }) => action) };
}

function figuresOf({ programs, coldCompiled }: All): readonly Figure[] {
  const [guard, bare, custodian] = ["guard", "bare", "custodian"].map((name) => programs.get(name));
  if (guard === undefined || bare === undefined) throw new Error("nothing was measured");
  const calls = ({ calls: warm }: Measured) => `${warm.length} (${warm.join(", ")})`;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const MB = (value: number) => `${(value / 1e6).toFixed(0)} MB`;
  const ratio = guard.warm / bare.warm;
  const figures: Figure[] = [
    {
      id: "calls",
      what: "calls to EC2 and STS until the hole is closed, in a warm process",
      ours: calls(guard),
      theirs: custodian && calls(custodian),
      ratio: custodian && custodian.calls.length / guard.calls.length,
      goal: "1 call",
      met: guard.calls.length === 1,
    },
    {
      id: "cold-calls",
      what: "the same with the first event of a process",
      ours: String(guard.coldCalls.length),
      theirs: custodian && `${custodian.coldCalls.length} (${custodian.coldCalls.join(", ")})`,
      goal: "1 call",
      met: guard.coldCalls.length === 1,
    },
    {
      id: "warm",
      what: "handler entered to revocation answered, warm",
      ours: ms(guard.warm),
      theirs: custodian && ms(custodian.warm),
      ratio: custodian && custodian.warm / guard.warm,
    },
    {
      id: "warm-bare",
      what: "the same, against one bare SDK revocation",
      ours: `${ms(guard.warm)} / ${ms(bare.warm)} = ${ratio.toFixed(2)} x`,
      ratio,
      goal: "at most 1.5 x",
      met: ratio <= 1.5,
    },
    {
      id: "cold",
      what: "process started to revocation answered (first decision)",
      ours: ms(guard.cold),
      theirs: custodian && ms(custodian.cold),
      ratio: custodian && custodian.cold / guard.cold,
      goal: "at most a fifth of theirs",
      met: custodian && guard.cold <= custodian.cold / 5,
    },
    ...(coldCompiled === undefined
      ? []
      : [
          {
            id: "cold-compiled",
            what: "the same, had Python compiled Cloud Custodian before, which its archive for Lambda does without",
            ours: ms(guard.cold),
            theirs: ms(coldCompiled),
            ratio: coldCompiled / guard.cold,
          },
        ]),
    {
      id: "memory",
      what: `peak memory of the process after ${WARM_UP + ROUNDS * IN_A_ROW} events`,
      ours: MB(guard.peak),
      theirs: custodian && MB(custodian.peak),
      ratio: custodian && custodian.peak / guard.peak,
    },
  ];
  return figures;
}
