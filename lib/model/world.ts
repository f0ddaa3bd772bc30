import type { PrefixLists, Unknown } from "./prefix-list.ts";
import type { SecurityGroup } from "./security-group.ts";

/**
 * What rules may ask about the network of one account and region, be it live, recorded or planned.
 * Reads are lazy and memoized for one judgement. `undefined` means that the resource does not exist.
 */
export interface World extends PrefixLists {
  securityGroup(id: string): Promise<SecurityGroup | Unknown | undefined>;
}
