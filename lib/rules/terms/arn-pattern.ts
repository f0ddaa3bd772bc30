import * as z from "zod/mini";
import type { Actor } from "../../model/change.ts";

const EXPECTED = 'expected a name or an arn, in which "*" stands for any text';

/** A name or an arn as a policy gives it; `*` stands for any text, slashes and colons included. */
export const Pattern = () => z.string(EXPECTED).check(z.minLength(1, EXPECTED));

/** Whether the whole text is what one of the patterns says. */
export function isNamed(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => fits(text, pattern));
}

/**
 * Whether the caller is one of these. An assumed role is known by the arn of the role: whoever assumes it chooses the name of
 * the session, so the arn of the session counts only for patterns that are about sessions.
 */
export function isCaller({ arn, role }: Actor, patterns: readonly string[]): boolean {
  if (role === undefined) return isNamed(arn, patterns);
  const aboutSessions = patterns.filter((pattern) => pattern.includes(":assumed-role/"));
  return isNamed(role, patterns) || isNamed(arn, aboutSessions);
}

/** Who made a call, for people. */
export function nameOfCaller({ arn, invokedBy }: Actor): string {
  return invokedBy === undefined ? arn : `${arn} through ${invokedBy}`;
}

// Looks for the pieces between the stars one after the other: no pattern can make that slow.
function fits(text: string, pattern: string): boolean {
  const [start = "", ...pieces] = pattern.split("*");
  const end = pieces.pop();
  if (end === undefined) return text === start;
  if (!text.startsWith(start)) return false;
  let at = start.length;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.endsWith(end) && text.length - end.length >= at;
}
