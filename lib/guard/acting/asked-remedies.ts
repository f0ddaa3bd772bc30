import { type RemedyKind, verbOf } from "../../model/remedy.ts";
import type { Direction } from "../../model/traffic.ts";
import type { Policy } from "../../policy/policy.ts";
import { settingsFor } from "../../policy/settings.ts";
import { RULES } from "../../rules/index.ts";
import type { AnyRule, RemedyChoice } from "../../rules/rule.ts";
import { COMES_BACK_AS_ANOTHER } from "../answering/undo.ts";
import { INSTEAD } from "./plan.ts";

/**
 * The kinds of remedy that plan() can come to under a policy: of every rule that runs in some scope or outside of all, those of the
 * remedy that is chosen there. Dry runs count, since they ask EC2 about the same; a rule whose mode is off asks for nothing.
 */
export function remediesAskedBy({ document }: Policy): ReadonlySet<RemedyKind> {
  const places = [undefined, ...document.scopes];
  return new Set(
    places.flatMap((scope) =>
      RULES.flatMap((rule) => {
        const settings = settingsFor(rule, document, scope);
        const mode = settings?.mode ?? scope?.mode ?? document.mode;
        return settings === undefined || mode === "off" ? [] : kindsChosen(rule, settings.remedy);
      }),
    ),
  );
}

/** The kinds of remedy that any policy can ask for. */
export function remediesOfRules(): ReadonlySet<RemedyKind> {
  return new Set(RULES.flatMap(({ meta }) => meta.remedies));
}

/** The kinds that undo these, but for what comes back as another: that is never undone. */
export function undoing(kinds: Iterable<RemedyKind>): ReadonlySet<RemedyKind> {
  return new Set([...kinds].filter((kind) => !COMES_BACK_AS_ANOTHER.has(kind)).flatMap((kind) => INVERSES[kind]));
}

function kindsChosen({ meta }: AnyRule, choice: RemedyChoice): readonly RemedyKind[] {
  return meta.remedies.filter((kind) => verbOf(kind) === choice || verbOf(kind) === INSTEAD[choice]);
}

const restored = (direction: Direction): readonly RemedyKind[] => [`revoke-${direction}`, `narrow-${direction}`];

/** What inverse() makes of each kind. */
export const INVERSES: Readonly<Record<RemedyKind, readonly RemedyKind[]>> = {
  "revoke-ingress": ["restore-ingress"],
  "revoke-egress": ["restore-egress"],
  "narrow-ingress": ["restore-ingress"],
  "narrow-egress": ["restore-egress"],
  "restore-ingress": restored("ingress"),
  "restore-egress": restored("egress"),
  "delete-route": ["create-route"],
  "create-route": ["delete-route"],
  "restore-route": ["restore-route"],
  "create-flow-logs": ["delete-flow-logs"],
  "delete-flow-logs": ["create-flow-logs"],
  "delete-peering": ["request-peering"],
  "request-peering": ["delete-peering"],
  "detach-internet-gateway": ["attach-internet-gateway"],
  "attach-internet-gateway": ["detach-internet-gateway"],
  "reset-permissions": ["grant-permissions"],
  "grant-permissions": ["reset-permissions"],
  "unset-public-ip": ["set-public-ip"],
  "set-public-ip": ["unset-public-ip"],
  "deny-acl-traffic": ["undeny-acl-traffic"],
  "undeny-acl-traffic": ["deny-acl-traffic"],
  "delete-acl-entry": ["create-acl-entry"],
  "create-acl-entry": ["delete-acl-entry"],
  "restore-public-access": ["restore-public-access"],
  "delete-exclusion": ["create-exclusion"],
  "create-exclusion": ["delete-exclusion"],
};
