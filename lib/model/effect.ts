import type {
  BlockPublicAccessExclusion,
  Kind,
  NetworkAclEntry,
  NetworkFacts,
  PeeringSide,
  Route,
  RouteTableAssociation,
} from "./facts.ts";

/** The kinds of which calls are told as effects; security groups have claims of their own. */
export type EffectKind = Exclude<Kind, "security-group">;

/** The lists of text among a kind's facts. */
type TextList<K extends EffectKind> = {
  [Key in keyof NetworkFacts[K]]-?: NetworkFacts[K][Key] extends readonly string[] ? Key : never;
}[keyof NetworkFacts[K]] &
  string;

/** The lists whose items have a key of their own, and where they stand. */
interface KeyedItems {
  readonly "route-table":
    | { readonly list: "routes"; readonly item: Route }
    | { readonly list: "associations"; readonly item: RouteTableAssociation };
  readonly "network-acl": { readonly list: "entries"; readonly item: NetworkAclEntry };
  readonly "block-public-access": { readonly list: "exclusions"; readonly item: BlockPublicAccessExclusion };
}
type Keyed<K> = K extends keyof KeyedItems ? KeyedItems[K] : never;
type Put<K, Of> = Of extends { list: infer List; item: infer Item }
  ? { readonly op: "put"; readonly kind: K; readonly id: string; readonly list: List; readonly items: readonly Item[] }
  : never;

type Values<Facts> = { readonly [Name in keyof Facts]?: Facts[Name] extends PeeringSide ? Partial<PeeringSide> : Facts[Name] };

/** What a call did to a resource of one kind. */
export type EffectOn<K extends EffectKind> =
  | { readonly op: "create"; readonly kind: K; readonly id: string; readonly facts: NetworkFacts[K] }
  /** Gives single values anew, also of one side of a peering; what is not named stays. */
  | { readonly op: "update"; readonly kind: K; readonly id: string; readonly facts: Values<Omit<NetworkFacts[K], "id">> }
  | {
      readonly op: "add" | "remove" | "set";
      readonly kind: K;
      readonly id: string;
      readonly list: TextList<K>;
      readonly items: readonly string[];
    }
  /** The list holds something else now, and no record tells what. */
  | { readonly op: "forget"; readonly kind: K; readonly id: string; readonly list: TextList<K> }
  /** Adds items, each in the place of the one with its key (keyOf). */
  | Put<K, Keyed<K>>
  /** Takes the items with these keys. */
  | { readonly op: "drop"; readonly kind: K; readonly id: string; readonly list: Keyed<K>["list"]; readonly keys: readonly string[] }
  | { readonly op: "delete"; readonly kind: K; readonly id: string };

export const OPERATIONS = [
  "create",
  "update",
  "add",
  "remove",
  "set",
  "forget",
  "put",
  "drop",
  "delete",
] as const satisfies readonly Effect["op"][];

/** What a call did to the resources other than security groups: whole when made, in parts when changed. */
export type Effect = { [K in EffectKind]: EffectOn<K> }[EffectKind];

export function isEffectOn<K extends EffectKind>(kind: K, effect: Effect): effect is Effect & EffectOn<K> {
  return effect.kind === kind;
}

/** What finds an item of a list: a route's destination, an ACL entry's `ingress/100`, the id of anything else. */
export function keyOf(item: object): string {
  if ("destination" in item) return String(item.destination);
  if ("number" in item && "direction" in item) return `${item.direction}/${item.number}`;
  return "id" in item ? String(item.id) : JSON.stringify(item);
}

/** The facts as the effect leaves them; `before` is what was known of the resource, next to nothing when first met in mid-life. */
export function afterEffect<Facts extends { readonly id: string }>(before: Facts, effect: LooseEffect<Facts>): Facts {
  switch (effect.op) {
    case "create":
      return effect.facts;
    case "update":
      return { ...before, ...withSides(before, effect.facts) };
    case "set":
      return { ...before, [effect.list]: effect.items };
    case "forget":
      return { ...before, [effect.list]: [], partial: true };
    case "add":
      return { ...before, [effect.list]: [...new Set([...listIn(before, effect.list), ...effect.items])] };
    case "remove":
      return { ...before, [effect.list]: listIn(before, effect.list).filter((item) => !effect.items.includes(String(item))) };
    case "put": {
      const standing = new Map(objectsIn(before, effect.list).map((item) => [keyOf(item), item]));
      for (const item of effect.items) standing.set(keyOf(item), withPrevious(item, standing.get(keyOf(item))));
      return { ...before, [effect.list]: [...standing.values()] };
    }
    case "drop":
      return { ...before, [effect.list]: objectsIn(before, effect.list).filter((item) => !effect.keys.includes(keyOf(item))) };
  }
}

/** The facts as all of these effects leave them; those on other resources, and deletions, change nothing. */
export function afterEffects<K extends Kind>(kind: K, facts: NetworkFacts[K], effects: readonly Effect[]): NetworkFacts[K] {
  let after = facts;
  for (const effect of effects) if (isChangeOf(kind, effect) && effect.id === facts.id) after = afterEffect(after, effect);
  return after;
}

function isChangeOf<K extends Kind>(kind: K, effect: Effect): effect is Effect & LooseEffect<NetworkFacts[K]> {
  return effect.kind === kind && effect.op !== "delete";
}

/** Whether a read of the resource shows the effect already; EC2 is eventually consistent. */
export function isShownBy(facts: { readonly id: string } | undefined, effect: Effect): boolean {
  if (effect.op === "delete") return facts === undefined;
  if (effect.op === "forget") return true;
  if (facts === undefined) return false;
  switch (effect.op) {
    case "create":
      return true;
    case "update":
      return Object.entries(withSides(facts, effect.facts)).every(([name, value]) => isSame(Reflect.get(facts, name), value));
    case "set":
      return isSame(new Set(listIn(facts, effect.list)), new Set(effect.items));
    case "add":
      return effect.items.every((item) => listIn(facts, effect.list).includes(item));
    case "remove":
      return effect.items.every((item) => !listIn(facts, effect.list).includes(item));
    case "put": {
      const standing = new Map(objectsIn(facts, effect.list).map((item) => [keyOf(item), item]));
      return effect.items.every((item) => holds(standing.get(keyOf(item)), item));
    }
    case "drop":
      return objectsIn(facts, effect.list).every((item) => !effect.keys.includes(keyOf(item)));
  }
}

/** The parts of a resource that an effect brought or gave another value, by their keys or names; "all" for a new resource. */
export function partsBrought(effect: Effect): ReadonlySet<string> | "all" {
  switch (effect.op) {
    case "create":
      return "all";
    case "update":
      return new Set(Object.keys(effect.facts));
    case "add":
    case "set":
      return new Set(effect.items);
    case "put":
      return new Set(effect.items.map(keyOf));
    case "remove":
    case "forget":
    case "drop":
    case "delete":
      return new Set();
  }
}

/** An effect as far as folding looks at it. */
type LooseEffect<Facts> =
  | { readonly op: "create"; readonly facts: Facts }
  | { readonly op: "update"; readonly facts: object }
  | { readonly op: "add" | "remove" | "set"; readonly list: string; readonly items: readonly string[] }
  | { readonly op: "forget"; readonly list: string }
  | { readonly op: "put"; readonly list: string; readonly items: readonly object[] }
  | { readonly op: "drop"; readonly list: string; readonly keys: readonly string[] };

function listIn(facts: object, list: string): readonly unknown[] {
  const found: unknown = Reflect.get(facts, list);
  return Array.isArray(found) ? found : [];
}

function objectsIn(facts: object, list: string): readonly object[] {
  return listIn(facts, list).filter(isObject);
}

// A call on one side of a peering tells a setting of it, and not who stands there.
function withSides(before: object, facts: object): object {
  const sides = ["requester", "accepter"].flatMap((side) => {
    const values: unknown = Reflect.get(facts, side);
    return isObject(values) ? [[side, { ...objectIn(before, side), ...values }] as const] : [];
  });
  return { ...facts, ...Object.fromEntries(sides) };
}

function objectIn(facts: object, name: string): object {
  const found: unknown = Reflect.get(facts, name);
  return isObject(found) ? found : {};
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

// What a route led to before is what undoing would want back.
function withPrevious(item: object, replaced: object | undefined): object {
  const previous: unknown = replaced !== undefined && "target" in replaced ? replaced.target : undefined;
  if (typeof previous !== "string" || !("target" in item) || item.target === previous) return item;
  return { ...item, previous };
}

function holds(found: object | undefined, wanted: object): boolean {
  if (found === undefined) return false;
  return Object.entries(wanted).every(
    ([name, value]) => name === "state" || (name === "target" && isInstance(value)) || isSame(Reflect.get(found, name), value),
  );
}

// A route to an instance leads to its interface, and that is what a read shows.
function isInstance(target: unknown): boolean {
  return typeof target === "string" && target.startsWith("i-");
}

function isSame(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) => JSON.stringify(value instanceof Set ? [...value].sort() : value);
  return plain(a) === plain(b);
}
