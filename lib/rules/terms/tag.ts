import * as z from "zod/mini";
import type { Tags } from "../../model/facts.ts";

const text = (expected: string) => z.string(`expected ${expected}`).check(z.minLength(1, `expected ${expected}`));

/** The key of a tag. */
export const TagKey = () => text("the key of a tag");

/** A tag by which a rule knows a resource: `{ key: role, value: bastion }`. */
export const Tag = () => z.strictObject({ key: TagKey(), value: text("the value of the tag") });
export type Tag = z.infer<ReturnType<typeof Tag>>;

/** What is known of a resource's tags. */
interface Tagged {
  readonly tags?: Tags;
  readonly partial?: boolean;
}

/** The value that the resource has for this tag, if any; "unknown" where the world has not seen its tags. */
export function tagOf(key: string, { tags, partial }: Tagged): { readonly value: string | undefined } | "unknown" {
  if (tags === undefined && partial === true) return "unknown";
  return { value: tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined };
}

/** Whether the resource has this tag. */
export function hasTag({ key, value }: Tag, resource: Tagged): boolean | "unknown" {
  const found = tagOf(key, resource);
  return found === "unknown" ? found : found.value === value;
}
