/** One thing that happened: a change, a report, or a call of a function and what went wrong with it. */
export interface Happening {
  /** Milliseconds since the run began. */
  readonly at: number;
  readonly what: string;
  /** Ids of groups, changes and decisions that it was about. */
  readonly about: ReadonlySet<string>;
}

const ID = /\bsg-[0-9a-f]{8,17}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bswept-[0-9a-f]{32}\b/g;

/** Everything that happened in a run, in order, and the names that its ids have in every run of the same seed. */
export class Trace {
  readonly happenings: Happening[] = [];
  private readonly began = performance.now();
  private readonly names = new Map<string, string>();

  name(id: string, name: string): void {
    this.names.set(id, name);
  }

  nameOf(id: string): string {
    return this.names.get(id) ?? id;
  }

  /** The ids in a text that have names, sorted by these. */
  namedIn(text: string): readonly string[] {
    const ids = new Set(text.match(ID));
    return [...ids].filter((id) => this.names.has(id)).sort((a, b) => this.nameOf(a).localeCompare(this.nameOf(b)));
  }

  note(what: string, about: Iterable<string>): void {
    this.happenings.push({ at: Math.round(performance.now() - this.began), what, about: new Set(about) });
  }

  /** What happened about any of these, a line each: `12.345 s  guard ec2:RevokeSecurityGroupIngress of change 7 ...`. */
  about(ids: readonly string[]): readonly string[] {
    return this.happenings.filter(({ about }) => ids.some((id) => about.has(id))).map((one) => this.line(one));
  }

  line({ at, what, about }: Happening): string {
    const names = [...about].map((id) => this.nameOf(id));
    return `${(at / 1000).toFixed(3).padStart(9)} s  ${what}${names.length === 0 ? "" : `, about ${names.join(", ")}`}`;
  }
}
