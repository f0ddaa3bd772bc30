import { withLinesOf } from "./position.ts";
import { isList, isValues, NotKnown, textOf, type Value, type Values } from "./value.ts";

const LOOP = "Fn::ForEach::";
// CloudFormation takes at most 500 resources; loops in loops would fill the memory.
const MOST_ENTRIES = 5000;

export function isLoop(name: string): boolean {
  return name.startsWith(LOOP);
}

type Entry = readonly [string, Value];

/**
 * The entries that Fn::ForEach stands for, loops in it too
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html).
 * NotKnown where its collection is not known. `evaluate` gives the collection.
 */
export function expandLoop(loop: Value, evaluate: (value: Value) => Value | undefined): readonly Entry[] | NotKnown {
  const [identifier, collection, body] = isList(loop) ? loop : [];
  if (typeof identifier !== "string" || collection === undefined || !isValues(body)) return new NotKnown("Fn::ForEach that cannot be read");
  const over = evaluate(collection);
  const open = over instanceof NotKnown ? over : isList(over) ? over.find((item) => item instanceof NotKnown) : undefined;
  if (open instanceof NotKnown) return open;
  const items = isList(over) ? over.map(textOf) : [];
  const entries: Entry[] = [];
  for (const item of items) {
    if (item === undefined) return new NotKnown("Fn::ForEach over something that is no text");
    for (const [name, value] of Object.entries(replaced(body, identifier, item))) {
      const inner: readonly Entry[] | NotKnown = isLoop(name) ? expandLoop(value, evaluate) : [[name, value]];
      if (inner instanceof NotKnown) return inner;
      entries.push(...inner);
      if (entries.length > MOST_ENTRIES) return new NotKnown(`Fn::ForEach that makes more than ${MOST_ENTRIES} of something`);
    }
  }
  return isList(over) ? entries : new NotKnown("Fn::ForEach over something that is no list");
}

/** The types of the resources that Fn::ForEach makes, whatever it loops over; undefined where any of them is not told. */
export function typesIn(loop: Value): readonly string[] | undefined {
  const [, , body] = isList(loop) ? loop : [];
  if (!isValues(body)) return undefined;
  const types = Object.entries(body).map(([name, value]) => (isLoop(name) ? typesIn(value) : isValues(value) ? typeOf(value) : undefined));
  return types.includes(undefined) ? undefined : types.flatMap((one) => one ?? []);
}

function typeOf({ Type: type }: Values): readonly string[] | undefined {
  return typeof type === "string" && !type.includes("{") ? [type] : undefined;
}

// `${Name}` as it is, `&{Name}` with letters and digits only, and !Ref Name.
function replaced(values: Values, identifier: string, item: string): Values {
  const plain = item.replaceAll(/[^A-Za-z0-9]/g, "");
  const text = (value: string) => value.replaceAll(`\${${identifier}}`, item).replaceAll(`&{${identifier}}`, plain);
  const replace = (value: Value): Value => {
    if (typeof value === "string") return text(value);
    if (isList(value)) return withLinesOf(value, value.map(replace));
    if (!isValues(value)) return value;
    const entries = Object.entries(value);
    if (entries.length === 1 && value.Ref === identifier) return item;
    return withLinesOf(value, Object.fromEntries(entries.map(([name, inner]) => [text(name), replace(inner)])));
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [text(name), replace(value)]));
}
