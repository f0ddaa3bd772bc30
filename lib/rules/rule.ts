import type * as z from "zod/mini";
import type { AddressSet } from "../model/address-set.ts";
import { KINDS } from "../model/facts.ts";
import { draftOf, type FindingDraft, type RuleFinding, type Severity } from "../model/finding.ts";
import type { RemedyKind, RemedyVerb } from "../model/remedy.ts";
import type { Resource, ResourceKind, Resources } from "../model/resource.ts";
import type { World } from "../model/world.ts";

/** Notes what a rule would have to know to judge something, where no answer of the world says so itself. */
export type NoteUnjudged = (needs: string) => void;

// What undoes a remedy is no remedy of its own.
type UndoVerb = "request" | "attach" | "grant" | "set" | "undeny";
/** What the policy can ask for when a rule finds something: the first word of a remedy's kind. */
export type RemedyChoice = Exclude<RemedyVerb, UndoVerb> | "none";

interface RuleMeta<Kind extends ResourceKind = ResourceKind> {
  /** The file's name; `no-` forbids, a bare name requires. */
  readonly id: string;
  /** What is true when the rule is content. */
  readonly title: string;
  /** What it judges: resources of one kind or of several, or the calls themselves. */
  readonly resource: Kind | readonly Kind[];
  readonly severity: Severity;
  /** What it finds, exactly: where the border is, and what is left alone. */
  readonly finds: string;
  /** Why it matters, for the person whose port was closed. */
  readonly rationale: string;
  /** Where AWS documents it. */
  readonly source: string;
  /** The controls of public catalogues that ask for the same: `Security Hub EC2.2`. */
  readonly controls?: readonly string[];
  /** What to avoid and what to prefer, as lines of a configuration, a command or a policy. */
  readonly avoid: string;
  readonly prefer: string;
  /** The remedies that the policy may choose from. */
  readonly remedies: readonly RemedyKind[];
  /** The remedy unless the policy chooses another. */
  readonly remedy: RemedyChoice;
  /** Whether the rule runs when the policy does not name it. */
  readonly enabled: boolean;
  /**
   * Of a rule about calls: those that it judges. Of a rule about resources: the calls on another resource, and those that only
   * take something away, that can bring a finding about; what a call adds to the resource itself is known without.
   */
  readonly calls?: readonly string[];
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
  /** Makes the schema of the options as the policy writes them; every one has a default. Asked once, and only where options are read. */
  readonly options: () => z.ZodMiniType<Options>;
  prepare(options: Options, networks: Networks): Prepared;
  check(resource: Resources[Kind], world: World, prepared: Prepared, unjudged: NoteUnjudged): Promise<readonly RuleFinding[]>;
}

/** A rule whose options have been prepared: all that the judge needs. */
export interface PreparedRule {
  readonly meta: RuleMeta;
  check(resource: Resource, world: World, unjudged?: NoteUnjudged): Promise<readonly FindingDraft[]>;
}

/** A rule as the registry holds it: its option types are known to itself alone. */
export interface AnyRule {
  readonly meta: RuleMeta;
  readonly options: z.ZodMiniType;
  /** Options are parsed first, so this throws zod's error for options that do not fit, and what `resolve` throws. */
  withOptions(options: unknown, networks: Networks): PreparedRule;
  /** Takes the JSON of options that were parsed before. Throws what `resolve` throws. */
  withParsed(json: string, networks: Networks): PreparedRule;
}

/** Declares a rule; one file, one export, one table of cases. */
export function defineRule<Kind extends ResourceKind, Options, Prepared>(rule: Rule<Kind, Options, Prepared>): AnyRule {
  const kinds = kindsOf(rule.meta);
  let schema: z.ZodMiniType<Options> | undefined;
  // Building the schemas of all rules takes longer than closing a hole.
  const options = () => {
    schema ??= rule.options();
    return schema;
  };
  const preparedWith = (parsed: Options, networks: Networks): PreparedRule => {
    const prepared = rule.prepare(parsed, networks);
    return {
      meta: rule.meta,
      check: async (resource, world, unjudged = () => {}) =>
        isAmong(resource, kinds) ? (await rule.check(resource, world, prepared, unjudged)).map(draftOf) : [],
    };
  };
  return {
    meta: rule.meta,
    get options() {
      return options();
    },
    withOptions: (written, networks) => preparedWith(options().parse(written), networks),
    withParsed: (json, networks) => preparedWith(JSON.parse(json), networks),
  };
}

/** The kinds of resource that a rule judges. */
export function kindsOf<Kind extends ResourceKind>({ resource }: { readonly resource: Kind | readonly Kind[] }): readonly Kind[] {
  return typeof resource === "string" ? [resource] : resource;
}

/** What a rule judges, for people: `route table, VPC`. */
export function describeKinds(meta: Pick<RuleMeta, "resource">): string {
  return kindsOf(meta)
    .map((kind) => (kind === "call" ? "call" : KINDS[kind].noun))
    .join(", ");
}

function isAmong<Kind extends ResourceKind>(resource: Resource, kinds: readonly Kind[]): resource is Resource & Resources[Kind] {
  return kinds.some((kind) => kind === resource.kind);
}
