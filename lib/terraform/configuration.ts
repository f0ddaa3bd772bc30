import { type ModuleStep, moduleAddress, modulesOf, type Step, stepsOf } from "./address.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A resource of a plan as references find it. */
export interface Instance {
  readonly address: string;
  readonly module: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number | undefined;
}

/** What an expression leads to: a resource, and which attribute of it where that is told; or a text that it says itself. */
export type Lead = { readonly instance: Instance; readonly attribute?: string } | { readonly literal: string };

/** The leads of an expression, and whether they are all that it is made of. */
export interface Leads {
  readonly leads: readonly Lead[];
  readonly whole: boolean;
}

/** Where an expression stands: in which module, and in which instance of a resource. */
interface Scope {
  readonly modules: readonly ModuleStep[];
  readonly index?: string | number | undefined;
  readonly types: readonly string[];
  /** What the instances of the resource are made for, where it has for_each. */
  readonly forEach?: unknown;
}

const NONE: Leads = { leads: [], whole: false };
// Of values these tell nothing; what they choose is known by the key of the instance.
const KEYS = /^(?:each\.(?:key|value)|count\.index|each|count|path|terraform|self)\b/;
const DEEPEST = 32;

/**
 * The configuration that a plan was made from. It tells which resource an expression names, so that resources hold together whose
 * ids are known after apply only (https://developer.hashicorp.com/terraform/internals/json-format#expression-representation).
 */
export class Configuration {
  private readonly root: unknown;
  private readonly variables: Readonly<Record<string, { readonly value?: unknown }>>;
  private readonly instances: ReadonlyMap<string, readonly Instance[]>;
  private readonly byType: ReadonlyMap<string, readonly Instance[]>;
  private readonly resources = new Map<unknown, ReadonlyMap<string, Fields>>();
  /** Addresses of modules by that of the module that calls them and their name. */
  private readonly calls = new Map<string, Set<string>>();

  constructor(root: unknown, variables: Readonly<Record<string, { readonly value?: unknown }>>, instances: readonly Instance[]) {
    this.root = root;
    this.variables = variables;
    this.instances = Map.groupBy(instances, ({ module, mode, type, name }) => `${module}|${localAddress(mode, type, name)}`);
    this.byType = Map.groupBy(instances, ({ module, type }) => `${module}|${type}`);
    for (const module of new Set(instances.map((instance) => instance.module))) this.noteCalls(module);
  }

  /** The expressions of a resource; undefined where the configuration does not have it. */
  expressionsOf(instance: Instance): Fields | undefined {
    const resource = this.blockOf(instance);
    return resource === undefined ? undefined : fieldsOf(resource.expressions);
  }

  /** The key of the provider that makes a resource, `aws.west`. */
  providerOf(instance: Instance): string | undefined {
    const key = this.blockOf(instance)?.provider_config_key;
    return typeof key === "string" ? key : undefined;
  }

  private blockOf({ module, mode, type, name }: Instance): Fields | undefined {
    return this.resourceOf(this.moduleAt(modulesOf(module)), localAddress(mode, type, name));
  }

  /** What an expression of this resource leads to, where an id of one of these types is wanted. */
  leadsOf(expression: unknown, instance: Instance, types: readonly string[]): Leads {
    const { module, index } = instance;
    const forEach = this.blockOf(instance)?.for_each_expression;
    return this.follow(expression, { modules: modulesOf(module), index, types, forEach }, new Set());
  }

  private follow(expression: unknown, scope: Scope, seen: ReadonlySet<unknown>): Leads {
    const { constant_value: constant, references } = fieldsOf(expression);
    if (constant !== undefined) {
      const texts = (Array.isArray(constant) ? constant : [constant]).filter((item) => typeof item === "string");
      return { leads: texts.map((literal) => ({ literal })), whole: true };
    }
    if (!Array.isArray(references) || seen.has(expression) || seen.size > DEEPEST) return NONE;
    const texts = [...new Set(references.filter((one) => typeof one === "string"))];
    // `aws_vpc.this.id` comes with `aws_vpc.this`, which says less.
    const whole = texts.filter(
      (text) => !texts.some((other) => other !== text && (other.startsWith(`${text}.`) || other.startsWith(`${text}[`))),
    );
    const keyed = texts.some((text) => KEYS.test(text));
    const inner = new Set([...seen, expression]);
    // One resource for each of others has theirs as each.value.
    const value = texts.find((text) => /^each\.value\.\w+$/.test(text));
    if (value !== undefined && whole.every((text) => KEYS.test(text))) return this.followEach(nameOf(stepsOf(value)[2]), scope, inner);
    const found = whole.filter((text) => !KEYS.test(text)).map((text) => this.followReference(stepsOf(text), scope, keyed, inner));
    return {
      leads: found.flatMap(({ leads }) => leads),
      whole: found.length > 0 && found.every((one) => one.whole && one.leads.length > 0),
    };
  }

  private followReference(steps: readonly Step[], scope: Scope, keyed: boolean, seen: ReadonlySet<unknown>): Leads {
    const [first, second] = steps;
    const head = nameOf(first);
    const name = nameOf(second);
    if (head === undefined || name === undefined) return NONE;
    if (head === "var") return this.followVariable(name, scope, seen);
    if (head === "local") return this.guessLocal(scope);
    if (head === "module") return this.followOutput(name, steps.slice(2), scope, keyed, seen);
    return head === "data" ? this.findInstances("data", steps.slice(1), scope, keyed) : this.findInstances("managed", steps, scope, keyed);
  }

  private followEach(attribute: string | undefined, { forEach, ...scope }: Scope, seen: ReadonlySet<unknown>): Leads {
    const { leads, whole } = this.follow(forEach, scope, seen);
    const own = leads.filter((lead) => "instance" in lead && lead.instance.index === scope.index);
    return { leads: own.map((lead) => ("instance" in lead && attribute !== undefined ? { ...lead, attribute } : lead)), whole };
  }

  private followVariable(name: string, { modules, types }: Scope, seen: ReadonlySet<unknown>): Leads {
    const call = modules.at(-1);
    if (call === undefined) {
      const value = this.variables[name]?.value;
      return typeof value === "string" ? { leads: [{ literal: value }], whole: true } : NONE;
    }
    const outer = modules.slice(0, -1);
    const expressions = fieldsOf(this.callAt(outer, call.name).expressions);
    return this.follow(expressions[name], { modules: outer, index: call.key, types }, seen);
  }

  private followOutput(call: string, rest: readonly Step[], scope: Scope, keyed: boolean, seen: ReadonlySet<unknown>): Leads {
    const key = rest[0] !== undefined && "key" in rest[0] ? rest[0].key : undefined;
    const output = nameOf(rest[key === undefined ? 0 : 1]);
    const all = [...(this.calls.get(`${moduleAddress(scope.modules)}|${call}`) ?? [])].map(modulesOf);
    const called = choose(all, (modules) => modules.at(-1)?.key, key, keyed ? scope.index : undefined);
    if (output === undefined || called.length === 0) return NONE;
    const found = called.map((modules) => {
      const { expression } = fieldsOf(fieldsOf(fieldsOf(this.moduleAt(modules)).outputs)[output]);
      return this.follow(expression, { modules, types: scope.types }, seen);
    });
    return { leads: found.flatMap(({ leads }) => leads), whole: found.every(({ whole }) => whole) };
  }

  // No plan tells what a local is. In a module that makes one resource of the type that is wanted, it is that one.
  private guessLocal({ modules, types }: Scope): Leads {
    const module = moduleAddress(modules);
    const found = types.flatMap((type) => this.byType.get(`${module}|${type}`) ?? []).filter(({ mode }) => mode === "managed");
    return found.length === 1 ? { leads: found.map((instance) => ({ instance })), whole: false } : NONE;
  }

  private findInstances(mode: string, [type, name, ...rest]: readonly Step[], scope: Scope, keyed: boolean): Leads {
    const local = localAddress(mode, nameOf(type) ?? "", nameOf(name) ?? "");
    const key = rest[0] !== undefined && "key" in rest[0] ? rest[0].key : undefined;
    const attribute = nameOf(rest[key === undefined ? 0 : 1]);
    const all = this.instances.get(`${moduleAddress(scope.modules)}|${local}`) ?? [];
    const found = choose(all, ({ index }) => index, key, keyed ? scope.index : undefined);
    return { leads: found.map((instance) => ({ instance, ...(attribute !== undefined && { attribute }) })), whole: found.length > 0 };
  }

  private noteCalls(module: string): void {
    const modules = modulesOf(module);
    for (let depth = 1; depth <= modules.length; depth++) {
      const key = `${moduleAddress(modules.slice(0, depth - 1))}|${modules[depth - 1]?.name}`;
      const known = this.calls.get(key) ?? new Set<string>();
      known.add(moduleAddress(modules.slice(0, depth)));
      this.calls.set(key, known);
    }
  }

  private callAt(modules: readonly ModuleStep[], name: string): Fields {
    return fieldsOf(fieldsOf(fieldsOf(this.moduleAt(modules)).module_calls)[name]);
  }

  private moduleAt(modules: readonly ModuleStep[]): unknown {
    return modules.reduce<unknown>(
      (module, { name }) => fieldsOf(fieldsOf(fieldsOf(module).module_calls)[name]).module,
      fieldsOf(this.root).root_module,
    );
  }

  private resourceOf(module: unknown, local: string): Fields | undefined {
    const known =
      this.resources.get(module) ??
      new Map(listOf(fieldsOf(module).resources).map((one) => [String(fieldsOf(one).address), fieldsOf(one)]));
    this.resources.set(module, known);
    return known.get(local);
  }
}

// By the key that a reference names, or that of the instance whose expression it is; otherwise all.
function choose<T>(
  all: readonly T[],
  keyOf: (one: T) => string | number | undefined,
  key: string | number | undefined,
  own: string | number | undefined,
): readonly T[] {
  if (key !== undefined) return all.filter((one) => keyOf(one) === key);
  const twin = own === undefined ? [] : all.filter((one) => keyOf(one) === own);
  return twin.length > 0 ? twin : all;
}

function localAddress(mode: string, type: string, name: string): string {
  return mode === "data" ? `data.${type}.${name}` : `${type}.${name}`;
}

function nameOf(step: Step | undefined): string | undefined {
  return step !== undefined && "name" in step ? step.name : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The members of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
