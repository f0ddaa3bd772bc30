import { cidrBlocks } from "./cidr.ts";
import { expandLoop, isLoop } from "./for-each.ts";
import { isList, isSame, isValues, NotKnown, notKnownIn, textOf, type Value, type Values } from "./value.ts";

/** What the names in a template stand for. `at` is the call that names them, for the line of an error. */
export interface Names {
  /** A parameter, resource or pseudo parameter; undefined for AWS::NoValue. */
  ref(name: string, at: Values): Value | undefined;
  attribute(resource: string, attribute: string, at: Values): Value;
  condition(name: string, at: Values): boolean | NotKnown;
  /** The values of a mapping, undefined where there is no such mapping. */
  mapping(name: string): Value | undefined;
  exported(name: string): Value;
}

type Answer = Value | undefined;
type Intrinsic = (argument: Value, names: Names, at: Values) => Answer;

/** What a value becomes when its intrinsics are evaluated; undefined for AWS::NoValue. What is not known stays so. */
export function evaluate(value: Value, names: Names): Answer {
  if (isList(value)) return value.flatMap((item) => evaluated(item, names));
  const call = isValues(value) ? callIn(value) : undefined;
  const answer = isValues(value) ? (call === undefined ? evaluateEach(value, names) : answerTo(call, names, value)) : value;
  return typeof answer === "string" && answer.includes("{{resolve:") ? new NotKnown("a dynamic reference") : answer;
}

// A list in a list stays one.
function evaluated(item: Value, names: Names): Value[] {
  const answer = evaluate(item, names);
  return answer === undefined ? [] : [answer];
}

function evaluateEach(values: Values, names: Names): Answer {
  const entries: (readonly [string, Value])[] = [];
  for (const [name, item] of Object.entries(values)) {
    const found = isLoop(name) ? expandLoop(item, (collection) => evaluate(collection, names)) : [[name, item] as const];
    if (found instanceof NotKnown) return found;
    for (const [key, inner] of found) for (const answer of evaluated(inner, names)) entries.push([key, answer]);
  }
  return Object.fromEntries(entries);
}

function answerTo([name, argument]: readonly [string, Value], names: Names, at: Values): Answer {
  if (name === "Fn::Transform") return new NotKnown(`what the macro ${macroOf(argument)} makes of it`);
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  return intrinsic === undefined ? new NotKnown(`what ${name} gives, which is not known here`) : intrinsic(argument, names, at);
}

/** Evaluates what stands in a place of conditions. Three-valued: what depends on something unknown is unknown. */
export function evaluateCondition(value: Value | undefined, names: Names): boolean | NotKnown {
  if (value === undefined) return new NotKnown("a condition that is not there");
  if (value instanceof NotKnown) return value;
  if (isValues(value)) {
    const { Condition: named } = value;
    if (typeof named === "string") return names.condition(named, value);
    const terms = (name: string) => (isList(value[name]) ? value[name].map((term) => evaluateCondition(term, names)) : []);
    if (Object.hasOwn(value, "Fn::And")) return allOf(terms("Fn::And"));
    if (Object.hasOwn(value, "Fn::Or")) return negated(allOf(terms("Fn::Or").map(negated)));
    if (Object.hasOwn(value, "Fn::Not")) return negated(terms("Fn::Not")[0] ?? new NotKnown("Fn::Not of nothing"));
    if (Object.hasOwn(value, "Fn::Equals")) return equals(evaluate(value["Fn::Equals"] ?? null, names));
  }
  const text = textOf(evaluate(value, names));
  return text === "true" || text === "false" ? text === "true" : new NotKnown("a condition that cannot be read");
}

/** The name of the macro that Fn::Transform or Transform calls. */
export function macroOf(argument: Value | undefined): string {
  const name = isValues(argument) ? argument.Name : argument;
  return textOf(name) ?? "without a name";
}

function callIn(value: Values): readonly [string, Value] | undefined {
  const entries = Object.entries(value);
  const call = entries.find(([name]) => name === "Ref" || (name.startsWith("Fn::") && !isLoop(name)));
  // A macro is told the values beside its call, and may change them.
  return call !== undefined && (entries.length === 1 || call[0] === "Fn::Transform") ? call : undefined;
}

function allOf(terms: readonly (boolean | NotKnown)[]): boolean | NotKnown {
  if (terms.includes(false)) return false;
  return terms.find((term) => term instanceof NotKnown) ?? terms.length > 0;
}

function negated(term: boolean | NotKnown): boolean | NotKnown {
  return term instanceof NotKnown ? term : !term;
}

function equals(pair: Answer): boolean | NotKnown {
  const open = notKnownIn(pair);
  if (open !== undefined) return open;
  if (!isList(pair) || pair.length !== 2) return new NotKnown("Fn::Equals without two values");
  const [a, b] = pair;
  const [left, right] = [textOf(a), textOf(b)];
  return left === undefined || right === undefined ? isSame(a, b) : left === right;
}

// Most intrinsics want their argument evaluated, and are unknown when any of it is.
const known =
  (apply: (argument: Value) => Answer): Intrinsic =>
  (argument, names) => {
    const given = evaluate(argument, names) ?? null;
    return notKnownIn(given) ?? apply(given);
  };

const unreadable = (name: string) => new NotKnown(`what ${name} gives for a value that it does not take`);

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, names, at) => (typeof argument === "string" ? names.ref(argument, at) : unreadable("Ref")),

  "Fn::GetAtt": (argument, names, at) => {
    const [resource, ...rest] = typeof argument === "string" ? argument.split(".") : isList(argument) ? argument : [];
    const path = rest.map((part) => evaluate(part, names));
    const attribute = path.map((part) => textOf(part)).join(".");
    const open = path.find((part) => part instanceof NotKnown);
    if (open !== undefined) return open;
    return typeof resource !== "string" || path.length === 0 ? unreadable("Fn::GetAtt") : names.attribute(resource, attribute, at);
  },

  "Fn::If": (argument, names, at) => {
    const [condition, yes = null, no = null] = isList(argument) ? argument : [];
    if (typeof condition !== "string") return unreadable("Fn::If");
    const met = names.condition(condition, at);
    if (!(met instanceof NotKnown)) return evaluate(met ? yes : no, names);
    const [either, other] = [evaluate(yes, names), evaluate(no, names)];
    const same = isSame(either, other) && notKnownIn(either) === undefined;
    return same ? either : new NotKnown(`condition ${condition}: ${met.why}`);
  },

  "Fn::Sub": (argument, names, at) => {
    const [text, given = {}] = isList(argument) ? argument : [argument];
    if (typeof text !== "string" || !isValues(given)) return unreadable("Fn::Sub");
    return substitute(text, (name) => {
      if (Object.hasOwn(given, name)) return evaluate(given[name] ?? null, names);
      const dot = name.indexOf(".");
      return dot < 0 ? names.ref(name, at) : names.attribute(name.slice(0, dot), name.slice(dot + 1), at);
    });
  },

  "Fn::Join": (argument, names) => {
    const [separator, parts] = evaluatedPair(argument, names);
    const open = notKnownIn(separator) ?? notKnownIn(parts);
    if (open !== undefined) return open;
    const texts = isList(parts) ? parts.map(textOf) : [];
    return typeof separator !== "string" || !isList(parts) || texts.includes(undefined) ? unreadable("Fn::Join") : texts.join(separator);
  },

  // One of a list may be known where another is not.
  "Fn::Select": (argument, names) => {
    const [index, list] = evaluatedPair(argument, names);
    if (index instanceof NotKnown) return index;
    if (list instanceof NotKnown) return list;
    const at = Number(textOf(index) ?? "");
    if (!isList(list) || !Number.isInteger(at)) return unreadable("Fn::Select");
    // An item that may be left out moves those behind it.
    return list.slice(0, at).find((item) => item instanceof NotKnown) ?? list[at] ?? unreadable("Fn::Select");
  },

  "Fn::Split": known((argument) => {
    const [separator, text] = isList(argument) ? argument : [];
    return typeof separator === "string" && separator !== "" && typeof text === "string" ? text.split(separator) : unreadable("Fn::Split");
  }),

  "Fn::FindInMap": (argument, names) => {
    const [map, first, second, options] = isList(argument) ? argument.map((part) => evaluate(part, names) ?? null) : [];
    const open = notKnownIn(map) ?? notKnownIn(first) ?? notKnownIn(second);
    if (open !== undefined) return open;
    const rows = names.mapping(textOf(map) ?? "");
    const row = isValues(rows) ? own(rows, textOf(first)) : undefined;
    const found = isValues(row) ? own(row, textOf(second)) : undefined;
    return found ?? (isValues(options) ? options.DefaultValue : undefined) ?? unreadable("Fn::FindInMap");
  },

  "Fn::Base64": known((argument) => (typeof argument === "string" ? Buffer.from(argument).toString("base64") : unreadable("Fn::Base64"))),

  "Fn::Cidr": known((argument) => {
    const [block, count, bits] = isList(argument) ? argument.map(textOf) : [];
    if (block === undefined || count === undefined || bits === undefined) return unreadable("Fn::Cidr");
    try {
      return cidrBlocks(block, Number(count), Number(bits)) ?? unreadable("Fn::Cidr");
    } catch {
      return unreadable("Fn::Cidr");
    }
  }),

  "Fn::ImportValue": (argument, names) => {
    const name = evaluate(argument, names);
    return name instanceof NotKnown ? name : typeof name === "string" ? names.exported(name) : unreadable("Fn::ImportValue");
  },

  "Fn::GetAZs": () => new NotKnown("the availability zones of the region"),
  "Fn::Length": known((argument) => (isList(argument) ? argument.length : unreadable("Fn::Length"))),
  "Fn::ToJsonString": known((argument) => JSON.stringify(argument)),
};

function evaluatedPair(argument: Value, names: Names): readonly [Answer, Answer] {
  const [first, second] = isList(argument) ? argument : [];
  return [first === undefined ? first : evaluate(first, names), second === undefined ? second : evaluate(second, names)];
}

function own(values: Values, name: string | undefined): Value | undefined {
  return name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

// `${!Literal}` stands for `${Literal}`.
function substitute(text: string, standsFor: (name: string) => Answer): Answer {
  let open: NotKnown | undefined;
  const substituted = text.replaceAll(/\$\{([^}]*)\}/g, (whole, name: string) => {
    if (name.startsWith("!")) return `\${${name.slice(1)}}`;
    const value = standsFor(name.trim());
    const part = textOf(value);
    if (part === undefined) open ??= value instanceof NotKnown ? value : unreadable("Fn::Sub");
    return part ?? whole;
  });
  return open ?? substituted;
}
