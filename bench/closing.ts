import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import type { Bundle } from "../scripts/bundle.ts";
import { startMoto } from "../test/support/emulators.ts";
import { type All, figuresOf, type Measured } from "./closing-figures.ts";
import { type Cost, costsOf } from "./costs.ts";
import { sshOpened } from "./event.ts";
import type { Figure } from "./figures.ts";
import { type Call, type Front, startFront } from "./front.ts";
import { median } from "./measure.ts";
import { type Handled, Program, type Recipe } from "./program.ts";
import type { Say } from "./progress.ts";
import { COMPILED, COMPILING, recipesIn } from "./recipes.ts";

const SSH = [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
// The engine compiles what has run often: a process that has handled a hundred events is warm.
const WARM_UP = 100;
const ROUNDS = 30;
const IN_A_ROW = 3;
const COLD = 9;

/** Figures, and what the calls that were counted cost. */
interface Closing {
  readonly figures: readonly Figure[];
  readonly costs: readonly Cost[];
}

// Where Cloud Custodian could not be installed: what it does according to its source.
const THEIR_CALLS = 2;

/** What closing one hole takes: the packaged guard, Cloud Custodian, and a bare revocation with the SDK, by turns before the same emulator. */
export async function benchClosing(guard: Bundle, say: Say): Promise<Closing> {
  const scratch = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  const moto = await startMoto();
  const front = await startFront(moto.url);
  const ec2 = new EC2Client(moto.client);
  try {
    const recipes = await recipesIn(scratch, guard, front.url);
    const measured = await measureAll(recipes, ec2, front, say);
    const calls = measured.programs.get("guard")?.all ?? [];
    const theirCalls = measured.programs.get("custodian")?.calls.length ?? THEIR_CALLS;
    return { figures: figuresOf(measured), costs: costsOf(calls, theirCalls) };
  } finally {
    ec2.destroy();
    await front.close();
    await moto.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Opens a group, has the program close it, and sees that it is closed. */
type Close = (program: Program) => Promise<Closed>;
interface Closed {
  readonly handled: Handled;
  readonly calls: readonly Call[];
  readonly answered: number;
  readonly before: readonly string[];
}

async function measureAll(recipes: ReadonlyMap<string, Recipe>, ec2: EC2Client, front: Front, say: Say): Promise<All> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const { GroupId: group = "" } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: "bench", Description: "bench", VpcId: Vpc?.VpcId }),
  );
  const close: Close = async (program) => {
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group, IpPermissions: SSH }));
    front.take();
    const handled = await program.handle(sshOpened(group));
    const calls = front.take();
    const { SecurityGroups: [found] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
    if ((found?.IpPermissions ?? []).length > 0) throw new Error("the program left the group open");
    return { handled, calls, ...untilClosed(calls) };
  };
  const cold = await measureCold(recipes, close, say);
  // Once it runs, whoever compiled it is the same.
  const other = [...recipes].filter(([name]) => name !== COMPILED && name !== COMPILING);
  const programs = new Map(other.map(([name, recipe]) => [name, new Program(recipe)]));
  try {
    say(`${WARM_UP} events to warm up, then ${ROUNDS * IN_A_ROW} each, twice`);
    for (const program of programs.values()) for (let event = 0; event < WARM_UP; event++) await close(program);
    // Two by two: what a third does to the caches of the machine is none of theirs.
    const besideBare = await measureWarm(programs, ["guard", "bare"], close);
    const beside = programs.has("custodian") ? await measureWarm(programs, ["guard", "custodian"], close) : besideBare;
    const compiled = cold.get(COMPILED)?.milliseconds;
    return {
      besideBare: { guard: besideBare.get("guard")?.milliseconds ?? Number.NaN, bare: besideBare.get("bare")?.milliseconds ?? Number.NaN },
      programs: new Map(
        [...beside].map(([name, { milliseconds, last }]): [string, Measured] => [
          name,
          {
            warm: milliseconds,
            cold: cold.get(name)?.milliseconds ?? Number.NaN,
            peak: last.handled.peak,
            calls: last.before,
            coldCalls: cold.get(name)?.last.before ?? [],
            all: last.calls,
          },
        ]),
      ),
      coldCompiling: cold.get(COMPILING)?.milliseconds ?? Number.NaN,
      ...(compiled !== undefined && { coldCompiled: compiled }),
    };
  } finally {
    await Promise.all([...programs.values()].map((program) => program.end()));
  }
}

/** The median time of each (milliseconds), and its last event. */
type Timed = ReadonlyMap<string, { readonly milliseconds: number; readonly last: Closed }>;

async function measureCold(recipes: ReadonlyMap<string, Recipe>, close: Close, say: Say): Promise<Timed> {
  const all: (readonly [string, number, Closed])[] = [];
  for (let round = 0; round < COLD; round++) {
    say(`cold start ${round + 1} of ${COLD}`);
    for (const [name, recipe] of recipes) {
      const program = new Program(recipe);
      try {
        const closed = await close(program);
        all.push([name, closed.answered - program.started, closed]);
      } finally {
        await program.end();
      }
    }
  }
  return timed(all);
}

async function measureWarm(programs: ReadonlyMap<string, Program>, names: readonly string[], close: Close): Promise<Timed> {
  const all: (readonly [string, number, Closed])[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const program = programs.get(name);
      for (let event = 0; program !== undefined && event < IN_A_ROW; event++) {
        const closed = await close(program);
        all.push([name, closed.answered - closed.handled.entered, closed]);
      }
    }
  }
  return timed(all);
}

function timed(all: readonly (readonly [name: string, nanoseconds: number, closed: Closed])[]): Timed {
  const byName = Map.groupBy(all, ([name]) => name);
  return new Map(
    [...byName].flatMap(([name, own]) => {
      const last = own.at(-1)?.[2];
      return last === undefined ? [] : [[name, { milliseconds: median(own.map(([, nanoseconds]) => nanoseconds / 1e6)), last }] as const];
    }),
  );
}

/** When the revocation was answered, and the calls to EC2 and STS until then, itself among them. Throws where there was none. */
function untilClosed(calls: readonly Call[]): { readonly answered: number; readonly before: readonly string[] } {
  const at = calls.findIndex(({ action }) => action === "RevokeSecurityGroupIngress");
  const revoked = calls[at];
  if (revoked === undefined) throw new Error("nothing was revoked");
  const before = calls.slice(0, at + 1).filter(({ service }) => service === "ec2 and sts");
  return { answered: revoked.answered, before: before.map(({ action }) => action) };
}
