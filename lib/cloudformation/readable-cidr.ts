import { canonicalCidr, InvalidCidrError } from "../model/cidr.ts";
import type { Properties } from "./properties.ts";

/** The CIDR of a property in canonical form; undefined, and noted, where it is none. */
export function cidrAt(properties: Properties, name: string): string | undefined {
  const text = properties.text(name);
  return text === undefined ? undefined : cidrsIn(properties, name, [text])[0];
}

/** Those of these texts that are CIDRs, in canonical form; the others are noted. */
export function cidrsIn(properties: Properties, name: string, texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    try {
      return canonicalCidr(text);
    } catch (error) {
      if (!(error instanceof InvalidCidrError)) throw error;
      properties.refuse(error.message, name);
      return [];
    }
  });
}
