import type { Source } from "../guard/explaining/sources.ts";
import type { SecurityGroupRule } from "../model/security-group-rule.ts";

const MOST_IDS = 3;

/** Who a source is, and its exact addresses: `office: 198.51.100.0/24`. */
export function sourceText({ kind, peers, name, list = "", entries = 0, part, unknown }: Source): string {
  switch (kind) {
    case "internet":
      return `the internet: ${peers}`;
    case "network":
      return `${part ? "in " : ""}${name}: ${peers}`;
    case "prefix-list": {
      const named = name === undefined ? list : `${list} (${name})`;
      if (peers.addresses.isEmpty()) return `${named}: ${unknown === undefined ? "no entries" : "entries not known"}`;
      const open = unknown === undefined ? "" : ", others not known";
      return `${part ? "part of " : ""}${named}, ${entries === 1 ? "1 entry" : `${entries} entries`}${open}: ${peers.addresses}`;
    }
    case "group":
      return name === undefined ? String(peers) : `${peers} (${name})`;
    default:
      return `${kind}: ${peers}`;
  }
}

/** The ids of rules, one a line; of many, the first. `unnamed` stands for one that is not known. */
export function ruleIds(rules: readonly SecurityGroupRule[], unnamed: string): string[] {
  const ids = [...Map.groupBy(rules, ({ id = unnamed }) => id).keys()];
  const more = ids.length - MOST_IDS;
  return more > 1 ? [...ids.slice(0, MOST_IDS), `and ${more} more`] : ids;
}
