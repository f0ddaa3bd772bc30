/** An account as its organization tells of it. */
export interface Account {
  readonly id: string;
  readonly name?: string;
  /** Ids of its organizational units from the account upwards, the root (`r-...`) last. */
  readonly ous: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}
