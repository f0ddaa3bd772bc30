/** Values in the order in which they were met first, each once, with its place among them. */
export class Places<T> {
  private readonly byKey = new Map<string, number>();
  readonly all: T[] = [];

  /** The place of the value with this key; a new one is made for the first of it. */
  of(key: string, make: () => T): number {
    const found = this.byKey.get(key);
    if (found !== undefined) return found;
    this.byKey.set(key, this.all.length);
    return this.all.push(make()) - 1;
  }
}
