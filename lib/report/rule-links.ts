import { RULES } from "../rules/index.ts";
import type { AnyRule } from "../rules/rule.ts";

/** Where a rule is explained: its page below `pages` where that is known, otherwise what AWS says. Undefined for a rule of which nobody knows. */
export function linkOf(id: string, pages: string | undefined): string | undefined {
  const source = metaOf(id)?.source;
  if (source === undefined || pages === undefined) return source;
  return `${pages.replace(/\/+$/, "")}/${id}.md`;
}

export function metaOf(id: string): AnyRule["meta"] | undefined {
  return RULES.find(({ meta }) => meta.id === id)?.meta;
}
