import type { Figure } from "./figures.ts";
import type { Call } from "./front.ts";

/** What was measured of one program; milliseconds and bytes, medians. */
export interface Measured {
  readonly warm: number;
  readonly cold: number;
  readonly peak: number;
  /** The calls of the last warm event until the revocation was answered, and of the first event of a process. */
  readonly calls: readonly string[];
  readonly coldCalls: readonly string[];
  /** All calls of a warm event, those after the revocation too. */
  readonly all: readonly Call[];
}

/** Everything that was measured of closing. */
export interface All {
  /** The guard and the bare revocation by turns; milliseconds. */
  readonly besideBare: { readonly guard: number; readonly bare: number };
  readonly programs: ReadonlyMap<string, Measured>;
  /** The guard's cold start in another Node than the one that packaged it; milliseconds. */
  readonly coldCompiling: number;
  /** Cloud Custodian's cold start where Python has compiled it before; milliseconds. */
  readonly coldCompiled?: number;
}

/** The figures of the section. */
export function figuresOf({ besideBare, programs, coldCompiling, coldCompiled }: All): readonly Figure[] {
  const [guard, custodian] = ["guard", "custodian"].map((name) => programs.get(name));
  if (guard === undefined) throw new Error("nothing was measured");
  const calls = ({ calls: warm }: Measured) => `${warm.length} (${warm.join(", ")})`;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const MB = (value: number) => `${(value / 1e6).toFixed(0)} MB`;
  const ratio = besideBare.guard / besideBare.bare;
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
      ours: `${ms(besideBare.guard)} / ${ms(besideBare.bare)} = ${ratio.toFixed(2)} x`,
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
    {
      id: "cold-compiling",
      what: "the same, where Lambda runs another Node than the one that packaged the guard, which then compiles its code",
      ours: ms(coldCompiling),
      theirs: custodian && ms(custodian.cold),
      ratio: custodian && custodian.cold / coldCompiling,
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
      what: "peak memory of the warm process",
      ours: MB(guard.peak),
      theirs: custodian && MB(custodian.peak),
      ratio: custodian && custodian.peak / guard.peak,
    },
  ];
  return figures;
}
