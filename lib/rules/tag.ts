import * as z from "zod/mini";
import type { SecurityGroupFacts } from "../model/facts.ts";

const text = (expected: string) => z.string(`expected ${expected}`).check(z.minLength(1, `expected ${expected}`));

/** The key of a tag. */
export const TagKey = text("the key of a tag");

/** A tag by which a rule knows a group: `{ key: role, value: bastion }`. */
export const Tag = z.strictObject({ key: TagKey, value: text("the value of the tag") });
export type Tag = z.infer<typeof Tag>;

/** The value that the group has for this tag, if any; "unknown" where the world has not seen the group's tags. */
export function tagOf(key: string, { tags, partial }: SecurityGroupFacts): { readonly value: string | undefined } | "unknown" {
  if (tags === undefined && partial === true) return "unknown";
  return { value: tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined };
}

/** Whether the group has this tag. */
export function hasTag({ key, value }: Tag, group: SecurityGroupFacts): boolean | "unknown" {
  const found = tagOf(key, group);
  return found === "unknown" ? found : found.value === value;
}
