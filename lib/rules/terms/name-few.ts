const FEW = 3;

/** The first names of a list that may be long: `a, b, c and 4 more`. */
export function nameFew(names: readonly string[]): string {
  const more = names.length - FEW;
  return more > 0 ? `${names.slice(0, FEW).join(", ")} and ${more} more` : names.join(", ");
}
