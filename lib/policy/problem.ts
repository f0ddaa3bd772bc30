/** The way to a value inside a policy document, from the top. */
export type Path = readonly (string | number)[];

/** Something wrong with a policy document, by the way to it; `key` when it is the key that is wrong and not its value. */
export interface Fault {
  readonly path: Path;
  readonly key?: boolean;
  readonly message: string;
}

/** Something wrong with a policy file. Line and column count from 1; both are 0 where there is no text, as in a snapshot. */
export interface PolicyProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Thrown for a policy that cannot be used; its message has one line a problem, `file:line:column: found, expected`. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly problems: readonly PolicyProblem[];
  constructor(problems: readonly PolicyProblem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join("\n"), options);
    this.problems = problems;
  }
}

function formatProblem({ file, line, column, message }: PolicyProblem): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

/** A path as people write it: `scopes[0].when.accounts`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}
