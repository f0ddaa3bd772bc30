import * as z from "zod/mini";
import { isInvalidRule } from "../../model/security-group-rule.ts";
import { ServiceSet } from "../../model/service-set.ts";

const EXAMPLE = 'services such as "tcp 22, 8000-8100, udp 53" or "all"';

/** Services in the notation of reports, which ServiceSet.parse reads; `word` may stand in their place. */
export function servicesText(word?: string) {
  const expected = word === undefined ? `expected ${EXAMPLE}` : `expected ${EXAMPLE}, or "${word}"`;
  return z.string(expected).check(z.refine((text) => text === word || isReadable(text), expected));
}

function isReadable(text: string): boolean {
  try {
    return !ServiceSet.parse(text).isEmpty();
  } catch (error) {
    if (isInvalidRule(error)) return false;
    throw error;
  }
}
