import * as z from "zod/mini";
import type { VpcFacts } from "../../model/facts.ts";
import { hasTag, Tag } from "./tag.ts";

/** The tag by which a rule knows the VPCs that it is about; `value` unless the policy names another. */
export function VpcTag(value: string) {
  return z._default(
    Tag().check(
      z.describe(`The tag of these VPCs. Whoever may take it off escapes the rule: guard it, by IAM or a service control policy.`),
    ),
    { key: "network", value },
  );
}

/** Ids of VPCs, whatever they are tagged. */
export const VpcIds = () =>
  z._default(
    z
      .array(
        z.string("expected the id of a VPC").check(z.startsWith("vpc-", "expected the id of a VPC, such as vpc-0abc")),
        "expected a list of ids",
      )
      .check(z.describe("Ids of VPCs that are meant too, whatever their tags.")),
    [],
  );

/** The VPCs that a rule is about: those with a tag, and those that the policy names. */
interface MeantVpcs {
  readonly tag: Tag;
  readonly ids: ReadonlySet<string>;
}

/** Whether the rule is about this VPC; "unknown" where its tags are not known. */
export function isMeant(vpc: VpcFacts, { tag, ids }: MeantVpcs): boolean | "unknown" {
  return ids.has(vpc.id) || hasTag(tag, vpc);
}

/** What would have to be known of a VPC to tell whether the rule is about it. */
export function tagsNeeded({ id }: VpcFacts, { tag }: MeantVpcs): string {
  return `the tag ${tag.key} of ${id}, which no record tells`;
}
