import type * as z from "zod/mini";
import type { AddressSet } from "../model/address-set.ts";
import type { FindingDraft, Severity } from "../model/finding.ts";
import type { RemedyKind } from "../model/remedy.ts";
import type { SecurityGroup } from "../model/security-group.ts";
import type { World } from "../model/world.ts";

/** The resources that rules judge, by kind. */
interface Resources {
  "security-group": SecurityGroup;
}
export type ResourceKind = keyof Resources;

/** Notes what a rule would have to know to judge something, where no answer of the world says so itself. */
type NoteUnjudged = (needs: string) => void;

/** What the policy can ask for when a rule finds something. */
export type RemedyChoice = "revoke" | "narrow" | "none";

interface RuleMeta<Kind extends ResourceKind = ResourceKind> {
  /** The file's name; `no-` forbids, a bare name requires. */
  readonly id: string;
  /** What is true when the rule is content. */
  readonly title: string;
  readonly resource: Kind;
  readonly severity: Severity;
  /** What it finds, exactly: where the border is, and what is left alone. */
  readonly finds: string;
  /** Why it matters, for the person whose port was closed. */
  readonly rationale: string;
  /** Where AWS documents it. */
  readonly source: string;
  /** The controls of public catalogues that ask for the same: `Security Hub EC2.2`. */
  readonly controls?: readonly string[];
  /** The remedies that the policy may choose from. */
  readonly remedies: readonly Exclude<RemedyKind, `restore-${string}`>[];
  /** The remedy unless the policy chooses another. */
  readonly remedy: RemedyChoice;
  /** Whether the rule runs when the policy does not name it. */
  readonly enabled: boolean;
}

/** Named address ranges of the policy, resolved. Throws UnknownNetworkError for a name that the policy does not define. */
export interface Networks {
  /** The addresses of a network name, a CIDR or a bare address. */
  resolve(nameOrCidr: string): AddressSet;
}

/**
 * A rule: a pure function from a resource in a world to findings. It reads no clock, environment or network but through
 * `world`, and never throws. `prepare` turns the policy's options into what `check` needs, once a policy.
 */
export interface Rule<Kind extends ResourceKind = ResourceKind, Options = unknown, Prepared = unknown> {
  readonly meta: RuleMeta<Kind>;
  /** The options as the policy writes them; every one has a default. */
  readonly options: z.ZodMiniType<Options>;
  prepare(options: Options, networks: Networks): Prepared;
  check(resource: Resources[Kind], world: World, prepared: Prepared, unjudged: NoteUnjudged): Promise<readonly FindingDraft[]>;
}

/** A rule whose options have been prepared: all that the judge needs. */
export interface PreparedRule {
  readonly meta: RuleMeta;
  check(resource: Resources[ResourceKind], world: World, unjudged?: NoteUnjudged): Promise<readonly FindingDraft[]>;
}

/** A rule as the registry holds it: its option types are known to itself alone. */
export interface AnyRule {
  readonly meta: RuleMeta;
  readonly options: z.ZodMiniType;
  /** Options are parsed first, so this throws zod's error for options that do not fit, and what `resolve` throws. */
  withOptions(options: unknown, networks: Networks): PreparedRule;
}

/** Declares a rule; one file, one export, one table of cases. */
export function defineRule<Kind extends ResourceKind, Options, Prepared>(rule: Rule<Kind, Options, Prepared>): AnyRule {
  return {
    meta: rule.meta,
    options: rule.options,
    withOptions: (options, networks) => {
      const prepared = rule.prepare(rule.options.parse(options), networks);
      return {
        meta: rule.meta,
        check: async (resource, world, unjudged = () => {}) =>
          isOfKind(resource, rule.meta.resource) ? rule.check(resource, world, prepared, unjudged) : [],
      };
    },
  };
}

function isOfKind<Kind extends ResourceKind>(resource: Resources[ResourceKind], kind: Kind): resource is Resources[Kind] {
  return resource.kind === kind;
}
