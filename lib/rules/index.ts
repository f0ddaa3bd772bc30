import { noOpenDefaultGroup } from "./no-open-default-group.ts";
import { noPublicIngress } from "./no-public-ingress.ts";
import { noStaleReference } from "./no-stale-reference.ts";
import { preferGroupSource } from "./prefer-group-source.ts";
import type { AnyRule } from "./rule.ts";

/** Every rule, in the order of the catalogue. */
export const RULES: readonly AnyRule[] = [noPublicIngress, noOpenDefaultGroup, noStaleReference, preferGroupSource];
