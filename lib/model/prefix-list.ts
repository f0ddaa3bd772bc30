import type { AddressSet } from "./address-set.ts";

/** What a world cannot tell, and why: rules then leave the matter open and the decision lists it as not judged. */
export interface Unknown {
  readonly unknown: string;
}

export function isUnknown(answer: object | undefined): answer is Unknown {
  return answer !== undefined && "unknown" in answer;
}

/** A managed prefix list as addresses, all pages of it. */
export interface PrefixList {
  readonly id: string;
  readonly addresses: AddressSet;
}

/** Where prefix lists are looked up; `undefined` means that there is no such list. */
export interface PrefixLists {
  prefixList(id: string): Promise<PrefixList | Unknown | undefined>;
}
