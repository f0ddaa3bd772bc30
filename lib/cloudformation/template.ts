import { macroOf } from "./intrinsics.ts";
import { lineOf } from "./position.ts";
import { Source } from "./source.ts";
import { TemplateError } from "./template-error.ts";
import { isList, isValues, textOf, type Value, type Values } from "./value.ts";

/** A template as it is written: its sections, and the macros that will change it before it is deployed. */
export interface Template {
  readonly file: string;
  readonly parameters: Values;
  readonly mappings: Values;
  readonly conditions: Values;
  readonly resources: Values;
  readonly outputs: Values;
  readonly macros: readonly string[];
}

/** One resource of a template. */
export interface Declared {
  readonly name: string;
  readonly type: string;
  readonly properties: Values;
  readonly condition: string | undefined;
  readonly metadata: Values;
  readonly dependsOn: readonly string[];
  readonly line: number | undefined;
  /** A macro that is called beside its properties. */
  readonly macro: string | undefined;
}

interface ReadOptions {
  /** CDK writes templates without resources, which CloudFormation refuses. */
  readonly mayBeEmpty?: boolean;
}

/** Reads a template, JSON or YAML. Throws TemplateError. */
export function readTemplate(text: string, file: string, { mayBeEmpty = false }: ReadOptions = {}): Template {
  const { value } = new Source(text, file);
  // What `aws cloudformation get-template` answers, which knows JSON, and YAML as text.
  const body = isValues(value) && value.Resources === undefined ? value.TemplateBody : undefined;
  if (typeof body === "string") return templateOf(new Source(body, file).value, file, { mayBeEmpty });
  return templateOf(body ?? value, file, { mayBeEmpty });
}

/** The template that this value is. Throws TemplateError. */
export function templateOf(value: Value, file: string, { mayBeEmpty = false }: ReadOptions = {}): Template {
  if (!isValues(value))
    throw new TemplateError(file, 1, `found ${kindOf(value)}, expected a CloudFormation template: a map with "Resources"`);
  const section = (name: string): Values => {
    const found = Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined || found === null) return {};
    if (!isValues(found)) throw new TemplateError(file, lineOf(value, name), `found ${kindOf(found)} under ${name}, expected a map`);
    return found;
  };
  const resources = section("Resources");
  if (Object.keys(resources).length === 0 && !mayBeEmpty) {
    throw new TemplateError(
      file,
      lineOf(value, "Resources"),
      'found no resources, expected a CloudFormation template with some under "Resources"',
    );
  }
  const { Transform: transform } = value;
  return {
    file,
    resources,
    parameters: section("Parameters"),
    mappings: section("Mappings"),
    conditions: section("Conditions"),
    outputs: section("Outputs"),
    macros: [
      ...(transform === undefined || transform === null ? [] : isList(transform) ? transform.map(macroOf) : [macroOf(transform)]),
      ...(value["Fn::Transform"] === undefined ? [] : [macroOf(value["Fn::Transform"])]),
    ],
  };
}

/** One resource as it is declared. Throws TemplateError. */
export function declared(name: string, value: Value, line: number | undefined, file: string): Declared {
  if (!isValues(value)) throw new TemplateError(file, line, `found ${kindOf(value)} for resource ${name}, expected a map with "Type"`);
  const { Type: type, Properties: properties = {}, Condition: condition, Metadata: metadata, DependsOn: dependsOn } = value;
  if (typeof type !== "string" || type === "")
    throw new TemplateError(file, line, `found resource ${name} without "Type", expected one such as AWS::EC2::VPC`);
  if (properties !== null && !isValues(properties)) {
    throw new TemplateError(file, lineOf(value, "Properties"), `found ${kindOf(properties)} for the properties of ${name}, expected a map`);
  }
  const transform = value["Fn::Transform"];
  return {
    name,
    type,
    properties: properties ?? {},
    condition: textOf(condition),
    metadata: isValues(metadata) ? metadata : {},
    dependsOn: (isList(dependsOn) ? dependsOn : [dependsOn]).flatMap((one) => textOf(one) ?? []),
    line,
    macro: transform === undefined ? undefined : macroOf(transform),
  };
}

function kindOf(value: Value | undefined): string {
  if (value === undefined || value === null) return "nothing";
  return isList(value) ? "a list" : isValues(value) ? "a map" : `"${String(value).slice(0, 60)}"`;
}
