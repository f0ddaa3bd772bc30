import * as z from "zod/mini";
import type { SubnetTest } from "./subnet-use.ts";
import { hasTag, Tag } from "./tag.ts";

const SubnetId = () =>
  z.string("expected the id of a subnet").check(z.regex(/^subnet-/, "expected the id of a subnet, such as subnet-0abc"));

/** The options by which a rule knows private subnets. */
export const PrivateSubnets = () => ({
  private: z._default(
    Tag().check(z.describe("The tag of private subnets. Whoever may take it from a subnet makes that public: guard it.")),
    {
      key: "tier",
      value: "private",
    },
  ),
  subnets: z._default(z.array(SubnetId()).check(z.describe("Subnets that are private whatever their tags, by id.")), []),
});

/** Which subnets these options call private. */
export function privateSubnets(options: { readonly private: Tag; readonly subnets: readonly string[] }): SubnetTest {
  const ids = new Set(options.subnets);
  return { named: (id) => ids.has(id), is: (facts) => hasTag(options.private, facts) };
}
