import { createHash } from "node:crypto";
import { RULES } from "../rules/index.ts";
import type { ParsedOptions, Policy } from "./policy.ts";
import type { PolicyDocument } from "./schema.ts";
import { settingsFor } from "./settings.ts";

/** What packaging knows of a policy that it has checked. */
interface Checked {
  readonly version: string;
  readonly parsed: ParsedOptions;
  /** The SHA-256 of all this and the build: another build may have other rules, other options and other checks. */
  readonly seal: string;
}

/** A policy's document as packaging writes it beside a bundle, with what it found. */
type Snapshot = PolicyDocument & { readonly checked?: Checked };

/** The text of a snapshot that the functions of the same build take without another check. */
export function sealed({ version, document }: Policy, build: string): string {
  const parsed = parsedOptions(document);
  const checked: Checked = { version, parsed, seal: sealOf(build, document, version, parsed) };
  const snapshot: Snapshot = { ...document, checked };
  return `${JSON.stringify(snapshot, undefined, 2)}\n`;
}

/** The policy of a snapshot whose seal is whole and of this build; of every other text the document, to be checked. Throws for what is no JSON. */
export function unsealed(text: string, build: string | undefined): Policy | { readonly document: unknown; readonly version?: never } {
  const snapshot: unknown = JSON.parse(text);
  if (!isSnapshot(snapshot)) return { document: snapshot };
  const { checked, ...document } = snapshot;
  if (build === undefined || checked?.seal !== sealOf(build, document, checked?.version, checked?.parsed)) return { document };
  return { version: checked.version, document, parsed: checked.parsed };
}

// What the rest of it is, the seal says.
function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sealOf(build: string, ...parts: readonly unknown[]): string {
  return createHash("sha256")
    .update(JSON.stringify([build, ...parts]))
    .digest("hex");
}

// Rules run with what the policy says, and in each scope with what that puts in its place.
function parsedOptions(document: PolicyDocument): ParsedOptions {
  const places = [undefined, ...document.scopes];
  return Object.fromEntries(
    RULES.map((rule) => {
      const written = places.flatMap((scope) => settingsFor(rule, document, scope)?.options ?? []);
      return [
        rule.meta.id,
        Object.fromEntries(written.map((options) => [JSON.stringify(options), JSON.stringify(rule.options.parse(options))])),
      ];
    }),
  );
}
