import { suggest } from "../messages/nearest.ts";
import { plannedId } from "../planned/ids.ts";
import { expandLoop, isLoop, typesIn } from "./for-each.ts";
import { evaluate, evaluateCondition, macroOf, type Names } from "./intrinsics.ts";
import { lineOf } from "./position.ts";
import { idFor, isIdAttribute, madeWithVpc } from "./references.ts";
import { type Declared, declared, type Template } from "./template.ts";
import { TemplateError } from "./template-error.ts";
import { isValues, NotKnown, textOf, type Value, type Values } from "./value.ts";

/** Where and with what a template is to be deployed, as far as that is known. */
export interface Deployment {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** The name of the stack, which then stands before the names of its resources. */
  readonly stack?: string | undefined;
  /** Values of parameters; undefined for those that are not given. */
  readonly parameters?: ((name: string) => Value | undefined) | undefined;
  /** Ids of resources that stand already, by their logical ids. */
  readonly physical?: ReadonlyMap<string, string> | undefined;
  /** What other stacks export; undefined where none that is known does. */
  readonly exported?: ((name: string) => Value | undefined) | undefined;
  /** The stacks that resources of this one are. */
  readonly nested?: ReadonlyMap<string, Stack> | undefined;
}

/** What was left out, since what it is was not to be known. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
  readonly line: number | undefined;
  /** The types of what is left out, where they are told. */
  readonly types?: readonly string[] | undefined;
}

// The macros of AWS that leave what they do not know as it is.
const LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions";
const SERVERLESS = /^AWS::Serverless-/;
const OUTPUTS = "Outputs.";
/** Why AWS::AccountId is not known. */
export const THE_ACCOUNT = "the account";

/** A template as one deployment of it: what its names stand for, and which of its resources there are. */
export class Stack implements Names {
  readonly template: Template;
  readonly deployment: Deployment;
  readonly resources = new Map<string, Declared>();
  readonly leftOut: LeftOut[] = [];
  /** Macros that may change anything that is written here. */
  readonly macros: readonly string[];
  private readonly conditions = new Map<string, boolean | NotKnown>();
  private readonly underway = new Set<string>();
  private readonly needs = new Map<string, Set<string>>();
  private readonly paths = new Map<string, string>();
  private evaluating = "";

  /** Throws TemplateError. */
  constructor(template: Template, deployment: Deployment) {
    this.template = template;
    this.deployment = deployment;
    this.macros = template.macros.filter((macro) => macro !== LANGUAGE_EXTENSIONS && !SERVERLESS.test(macro));
    for (const [name, value, line] of this.entriesOf(template.resources)) {
      if (name === "Fn::Transform") this.leftOut.push({ name, why: `what the macro ${macroOf(value)} adds`, line });
      else if (this.resources.has(name))
        throw new TemplateError(template.file, line, `found resource ${name} a second time, expected it once`);
      else this.resources.set(name, declared(name, value, line, template.file));
    }
    const byPath = Map.groupBy(this.resources.values(), constructOf);
    for (const [path, [only, ...others]] of byPath) {
      if (path !== undefined && only !== undefined && others.length === 0) this.paths.set(only.name, path);
    }
  }

  /** The properties of a resource, evaluated. */
  propertiesOf(resource: Declared): Values | NotKnown {
    this.evaluating = resource.name;
    const evaluated = evaluate(resource.properties, this);
    this.evaluating = "";
    return evaluated instanceof NotKnown || isValues(evaluated) ? evaluated : {};
  }

  /** The id of a resource: the real one where it stands already. */
  idOf({ name, type }: Declared): string | undefined {
    return this.deployment.physical?.get(name) ?? idFor(type, this.addressOf(name));
  }

  /** What people call a resource: the path of CDK's construct where that is told, else its logical id behind the name of the stack. */
  addressOf(name: string): string {
    const { stack } = this.deployment;
    return this.paths.get(name) ?? (stack === undefined ? name : `${stack}/${name}`);
  }

  ref(name: string, at: Values): Value | undefined {
    if (name.startsWith("AWS::")) return this.pseudo(name, at);
    if (Object.hasOwn(this.template.parameters, name)) return this.parameter(name);
    const resource = this.resource(name, at);
    if (resource instanceof NotKnown) return resource;
    return this.missing(resource) ?? this.idOf(resource) ?? new NotKnown(`what AWS gives ${name}`);
  }

  attribute(name: string, attribute: string, at: Values): Value {
    const resource = this.resource(name, at);
    if (resource instanceof NotKnown) return resource;
    const id = this.idOf(resource);
    const missing = this.missing(resource);
    if (missing !== undefined) return missing;
    const unknown = new NotKnown(`what AWS gives ${name}.${attribute}`);
    if (resource.type === "AWS::CloudFormation::Stack" && attribute.startsWith(OUTPUTS)) {
      return this.deployment.nested?.get(name)?.output(attribute.slice(OUTPUTS.length)) ?? unknown;
    }
    if (id === undefined) return unknown;
    if (isIdAttribute(resource.type, attribute)) return id;
    if (resource.type === "AWS::EC2::VPC" && attribute === "DefaultSecurityGroup") {
      return plannedId("sg-", madeWithVpc(this.addressOf(name)).group);
    }
    if (resource.type === "AWS::EC2::VPC" && attribute === "DefaultNetworkAcl") {
      return plannedId("acl-", madeWithVpc(this.addressOf(name)).acl);
    }
    const property = Object.hasOwn(resource.properties, attribute) ? resource.properties[attribute] : undefined;
    if (property === undefined) return unknown;
    return this.once(`${name}.${attribute}`, at, () => evaluate(property, this)) ?? unknown;
  }

  condition(name: string, at: Values): boolean | NotKnown {
    const { conditions, file } = this.template;
    const earlier = this.conditions.get(name);
    if (earlier !== undefined) return earlier;
    if (!Object.hasOwn(conditions, name)) {
      if (this.macros.length > 0) return new NotKnown(`condition ${name}, which the template does not have before its macros`);
      throw new TemplateError(
        file,
        lineOf(at),
        `found condition ${name}, which the template does not have: ${suggest(name, Object.keys(conditions))}`,
      );
    }
    const met = this.once(`condition ${name}`, at, () => evaluateCondition(conditions[name], this));
    this.conditions.set(name, met);
    return met;
  }

  mapping(name: string): Value | undefined {
    return Object.hasOwn(this.template.mappings, name) ? this.template.mappings[name] : undefined;
  }

  exported(name: string): Value {
    return this.deployment.exported?.(name) ?? new NotKnown(`export ${name} of another stack`);
  }

  /** What the stack tells under this name; undefined where it tells nothing. */
  output(name: string): Value | undefined {
    const { outputs } = this.template;
    const told = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    return isValues(told) && told.Value !== undefined
      ? this.once(`output ${name}`, told, () => evaluate(told.Value ?? null, this))
      : undefined;
  }

  /** The output that the stack exports under this name; undefined where it exports none. */
  exports(name: string): Value | undefined {
    for (const [output, told] of Object.entries(this.template.outputs)) {
      const { Export: exported } = isValues(told) ? told : {};
      const exportName = isValues(exported) && exported.Name !== undefined ? evaluate(exported.Name, this) : undefined;
      if (exportName === name) return this.output(output);
    }
    return undefined;
  }

  /** Throws TemplateError for resources that need each other. Tells only of those whose properties were asked for. */
  checkCircles(): void {
    const done = new Set<string>();
    const visit = (name: string, path: readonly string[]): void => {
      if (done.has(name)) return;
      if (path.includes(name)) {
        const circle = [...path.slice(path.indexOf(name)), name].join(" -> ");
        throw new TemplateError(
          this.template.file,
          this.resources.get(name)?.line,
          `found a circular dependency, ${circle}, expected none`,
        );
      }
      const needs = [...(this.needs.get(name) ?? []), ...(this.resources.get(name)?.dependsOn ?? [])];
      for (const need of needs) visit(need, [...path, name]);
      done.add(name);
    };
    for (const name of this.resources.keys()) visit(name, []);
  }

  private *entriesOf(section: Values): Generator<readonly [string, Value, number | undefined]> {
    for (const [name, value] of Object.entries(section)) {
      const line = lineOf(section, name);
      const expanded = isLoop(name) ? expandLoop(value, (collection) => evaluate(collection, this)) : [[name, value] as const];
      if (expanded instanceof NotKnown) this.leftOut.push({ name, why: expanded.why, line, types: typesIn(value) });
      else for (const [key, inner] of expanded) yield [key, inner, isLoop(name) ? (lineOf(inner) ?? line) : line];
    }
  }

  private resource(name: string, at: Values): Declared | NotKnown {
    const found = this.resources.get(name);
    if (found !== undefined) {
      const needs = this.needs.get(this.evaluating) ?? new Set();
      this.needs.set(this.evaluating, needs.add(name));
      return found;
    }
    if (this.template.macros.some((macro) => macro !== LANGUAGE_EXTENSIONS) || this.leftOut.length > 0)
      return new NotKnown(`${name}, which the template does not have before its macros and loops`);
    const names = [...this.resources.keys(), ...Object.keys(this.template.parameters)];
    throw new TemplateError(
      this.template.file,
      lineOf(at),
      `found a reference to ${name}, which is no parameter and no resource: ${suggest(name, names)}`,
    );
  }

  // What its condition leaves out has no id.
  private missing({ name, condition }: Declared): NotKnown | undefined {
    const met = condition === undefined ? true : this.condition(condition, {});
    return met === false ? new NotKnown(`${name}, which condition ${condition} leaves out`) : undefined;
  }

  private parameter(name: string): Value {
    const given = this.deployment.parameters?.(name);
    if (given !== undefined && textOf(given) === undefined) return given;
    const parameter = this.template.parameters[name];
    const { Type: type, Default: preset } = isValues(parameter) ? parameter : {};
    const kind = textOf(type) ?? "String";
    const text = textOf(given) ?? (kind.startsWith("AWS::SSM::Parameter::Value<") ? undefined : textOf(preset));
    if (text === undefined) return new NotKnown(`parameter ${name}${kind.startsWith("AWS::SSM::") ? ", which SSM holds" : ""}`);
    const isMany = /^(?:List<|CommaDelimitedList$|AWS::SSM::Parameter::Value<(?:List<|CommaDelimitedList))/.test(kind);
    return isMany ? text.split(",").map((item) => item.trim()) : text;
  }

  private pseudo(name: string, at: Values): Value | undefined {
    const { account, region, stack } = this.deployment;
    switch (name) {
      case "AWS::NoValue":
        return undefined;
      case "AWS::AccountId":
        return account ?? new NotKnown(THE_ACCOUNT);
      case "AWS::Region":
        return region ?? new NotKnown("the region");
      case "AWS::Partition":
        return region === undefined ? new NotKnown("the region") : partitionOf(region);
      case "AWS::URLSuffix":
        return region === undefined ? new NotKnown("the region") : partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
      case "AWS::StackName":
        return stack ?? new NotKnown("the name of the stack");
      case "AWS::StackId":
      case "AWS::NotificationARNs":
        return new NotKnown(name);
      default:
        throw new TemplateError(this.template.file, lineOf(at), `found ${name}, which is no pseudo parameter: ${suggest(name, PSEUDO)}`);
    }
  }

  private once<A>(what: string, at: Values, ask: () => A): A {
    if (this.underway.has(what))
      throw new TemplateError(this.template.file, lineOf(at), `found that ${what} depends on itself, expected no circle`);
    this.underway.add(what);
    try {
      return ask();
    } finally {
      this.underway.delete(what);
    }
  }
}

const PSEUDO = [
  "AWS::AccountId",
  "AWS::NoValue",
  "AWS::NotificationARNs",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
];

// `WebStack/Web/Resource` is the resource of the construct Web.
function constructOf({ metadata }: Declared): string | undefined {
  return textOf(metadata["aws:cdk:path"])?.replace(/\/Resource$/, "");
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
