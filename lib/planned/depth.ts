/** Whether lists and objects stand in one another more than so many levels deep. Takes any depth. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let level: readonly object[] = isNested(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === levels) return true;
    level = level.flatMap((inner) => Object.values(inner).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
