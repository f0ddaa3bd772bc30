// Licences as packages name them: expressions of https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/.

/** Whether an expression can be met with these licences alone. What is no expression of names, AND, OR and brackets never can. */
export function canBeMet(expression: string, allowed: ReadonlySet<string>): boolean {
  const words = expression.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  // AND binds closer than OR. Both sides are read, whatever the first says.
  const any = (): boolean => {
    let met = all();
    while (words[at] === "OR") {
      at++;
      met = all() || met;
    }
    return met;
  };
  const all = (): boolean => {
    let met = one();
    while (words[at] === "AND") {
      at++;
      met = one() && met;
    }
    return met;
  };
  const one = (): boolean => {
    const word = words[at++];
    if (word !== "(") return word !== undefined && allowed.has(word);
    const met = any();
    return words[at++] === ")" && met;
  };
  return any() && at === words.length;
}
