/**
 * What happened to each value within one second, in which records have no order. EC2 grants no value twice and revokes none
 * that is missing, so a value stands if it was there before or was granted, less how often it was revoked.
 */
export class Second {
  private at = "";
  private readonly standing = new Map<string, number>();
  private readonly revokedIds = new Set<string>();

  begin(at: string): void {
    if (at !== this.at) this.forget();
    this.at = at;
  }

  forget(): void {
    this.standing.clear();
    this.revokedIds.clear();
  }

  /** Counts a grant (1) or a revoke (-1) of a value; the value stands when more than none is left. */
  add(key: string, step: 1 | -1, stood: boolean): number {
    const count = (this.standing.get(key) ?? (stood ? 1 : 0)) + step;
    this.standing.set(key, count);
    return count;
  }

  noteRevoked(id: string): void {
    this.revokedIds.add(id);
  }

  /** True for the id of a rule that was revoked in this second before any record told its value. */
  hasRevoked(id: string | undefined): boolean {
    return id !== undefined && this.revokedIds.has(id);
  }
}
