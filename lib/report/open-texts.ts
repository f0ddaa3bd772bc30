import type { NotJudged } from "../model/decision.ts";

/** What was not judged, one text for each thing that is wanting: `no-public-ingress could not be judged: it needs the rules of sg-1`. */
export function openTexts(notJudged: readonly NotJudged[], most = 3): string[] {
  return [...Map.groupBy(notJudged, ({ needs }) => needs)].map(([needs, all]) => {
    const rules = [...new Set(all.map(({ rule }) => rule))];
    return `${listed(rules, most)} could not be judged: ${rules.length === 1 ? "it needs" : "they need"} ${needs}`;
  });
}

function listed(names: readonly string[], most: number): string {
  const [shown, more] = names.length > most ? [names.slice(0, most - 1), names.length - most + 1] : [names, 0];
  if (more > 0) return `${shown.join(", ")} and ${more} more rules`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
