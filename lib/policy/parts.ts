import * as z from "zod/mini";
import { AllowEntry } from "../rules/terms/allow.ts";
import { NETWORK_NAME } from "./networks.ts";
import { type PolicyDocument, RuleSettings, Trust } from "./schema.ts";

/** The parts of a policy that refer to each other; a part that cannot be read is undefined. */
export interface PolicyParts {
  readonly networks: PolicyDocument["networks"];
  readonly trust: Trust | undefined;
  readonly scopes: readonly { readonly when: Tagged; readonly rules?: RuleSettings }[];
  readonly rules: RuleSettings;
  readonly exceptions: readonly {
    readonly id: string | undefined;
    readonly rule: string | undefined;
    readonly when: Tagged;
    readonly allow: readonly (AllowEntry | undefined)[];
  }[];
}

/** Conditions, as far as they name tags. */
export interface Tagged {
  readonly tags?: Readonly<Record<string, unknown>>;
}

/** Whatever of a document is right by itself, so that one mistake does not hide the others. */
export function readableParts(input: unknown): PolicyParts {
  const { networks, trust, scopes, rules, exceptions } = record(input);
  return {
    // A network with a mistake keeps its name, or everything that names it would be wrong too.
    networks: Object.fromEntries(
      Object.entries(record(networks))
        .filter(([name]) => NETWORK_NAME.test(name))
        .map(([name, members]) => [name, list(members).flatMap(texts)]),
    ),
    trust: trust === undefined ? { tags: [] } : Trust.safeParse(trust).data,
    scopes: list(scopes)
      .map(record)
      .map((scope) => ({ when: tagged(scope.when), rules: readableRules(scope.rules) })),
    rules: readableRules(rules),
    exceptions: list(exceptions)
      .map(record)
      .map((exception) => ({
        id: texts(exception.id)[0],
        rule: texts(exception.rule)[0],
        when: tagged(exception.when),
        allow: list(exception.allow).map((entry) => AllowEntry().safeParse(entry).data),
      })),
  };
}

function readableRules(rules: unknown): RuleSettings {
  return Object.fromEntries(
    Object.entries(record(rules)).flatMap(([id, setting]) => {
      const whole = RuleSettings.safeParse({ [id]: setting }).data;
      if (whole !== undefined) return Object.entries(whole);
      const options = Object.entries(record(setting)).filter(
        ([key, option]) => RuleSettings.safeParse({ [id]: { [key]: option } }).success,
      );
      return Object.entries(RuleSettings.safeParse({ [id]: Object.fromEntries(options) }).data ?? {});
    }),
  );
}

const AnyRecord = z.record(z.string(), z.unknown());
const AnyList = z.array(z.unknown());
const record = (value: unknown) => AnyRecord.safeParse(value).data ?? {};
const list = (value: unknown) => AnyList.safeParse(value).data ?? [];
const texts = (value: unknown) => (typeof value === "string" ? [value] : []);
const tagged = (when: unknown): Tagged => ({ tags: record(record(when).tags) });
