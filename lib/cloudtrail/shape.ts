import type { Claim, Effect, Subject } from "../model/change.ts";
import { canonicalCidr, InvalidCidrError } from "../model/cidr.ts";
import type { Kind } from "../model/facts.ts";
import { textOf, UnreadableError } from "./fields.ts";
import type { Call } from "./record.ts";

/** How to read one shape of record. Both functions throw UnreadableError. */
export interface Shape {
  /** The kind of resource that the call is about. */
  readonly kind: Kind;
  /** What its claim tells, for people: `the rules that it grants`. */
  readonly tells: string;
  /** The resource that the call is about; undefined where the record names it nowhere. */
  subject(call: Call): Subject | undefined;
  claim(call: Call, subject: Subject): Claim;
}

const IDS: Readonly<Record<Kind, readonly [field: string, prefix: string]>> = {
  "security-group": ["groupId", "sg"],
  "prefix-list": ["prefixListId", "pl"],
  vpc: ["vpcId", "vpc"],
  "network-interface": ["networkInterfaceId", "eni"],
};

/** The subject with this id; undefined where there is none. Throws UnreadableError for what is no id of that kind. */
export function subjectOf(kind: Kind, value: unknown): Subject | undefined {
  const id = textOf(value);
  if (id === undefined) return undefined;
  const [field, prefix] = IDS[kind];
  if (!new RegExp(`^${prefix}-[\\w-]+$`).test(id)) {
    throw new UnreadableError(`its ${field} is "${id}": expected an id such as ${prefix}-0123456789abcdef0`);
  }
  return { kind, id };
}

/** A shape whose claim is what the call did to resources other than groups; `subject` finds the id. */
export function effectsShape(
  kind: Kind,
  tells: string,
  { subject, effects }: { readonly subject: (call: Call) => unknown; readonly effects: (call: Call, id: string) => readonly Effect[] },
): Shape {
  return {
    kind,
    tells,
    subject: (call) => subjectOf(kind, subject(call)),
    claim: (call, { id }) => ({ kind: "effects", effects: effects(call, id) }),
  };
}

/** A CIDR as AWS stores it. Throws UnreadableError. */
export function readCidr(text: string): string {
  try {
    return canonicalCidr(text);
  } catch (error) {
    if (error instanceof InvalidCidrError) throw new UnreadableError(error.message, { cause: error });
    throw error;
  }
}
