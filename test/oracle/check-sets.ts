import { AddressSet } from "../../lib/model/address-set.ts";
import { canonicalRule, trafficOf } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { type Bits, type Block, bitsOf, bitsOfRange, cidrOf, numbersIn } from "./addresses.ts";
import { type GroupCase, grantedBy } from "./group-case.ts";
import { FAMILIES, isNone, isSame, type Points, pointsOf, shared, unionOf, without } from "./points.ts";

/** Where the sets of the model and plain bits say different things about the rules and blocks of a case; undefined where they agree. */
export function setsDisagreementOn(given: GroupCase): string | undefined {
  const blocks = [...given.rules, ...given.allow].flatMap(({ from }) =>
    from === undefined ? [] : "kind" in from ? (from.kind === "cidr" ? [from.block] : from.kind === "list" ? from.blocks : []) : from,
  );
  const half = Math.ceil(blocks.length / 2);
  for (const family of FAMILIES) {
    const of = (some: readonly Block[]) => some.filter((block) => block.family === family);
    const wrong = wrongOnAddresses(of(blocks.slice(0, half)), of(blocks.slice(half)), given.universe[family]);
    if (wrong !== undefined) return `AddressSet: ${wrong}`;
  }
  const byAddress = given.rules.filter(({ from }) => from.kind === "cidr");
  const middle = Math.ceil(byAddress.length / 2);
  const wrong = wrongOnTraffic(byAddress.slice(0, middle), byAddress.slice(middle), given.universe);
  return wrong === undefined ? undefined : `TrafficSet: ${wrong}`;
}

function wrongOnAddresses(these: readonly Block[], those: readonly Block[], space: GroupCase["universe"][4 | 6]): string | undefined {
  const [a, b] = [these, those].map((blocks) => AddressSet.of(...blocks.map((block) => cidrOf(block, space))));
  const [left, right] = [these, those].map((blocks) => blocks.reduce((bits, block) => bits | bitsOf(block), 0n));
  if (a === undefined || b === undefined || left === undefined || right === undefined) return undefined;
  const bits = (set: AddressSet): Bits | undefined => {
    const ranges = [...set.v4.map(([first, last]) => [BigInt(first), BigInt(last)] as const), ...set.v6];
    const parts = ranges.map(([first, last]) => bitsOfRange(first, last, space));
    return parts.reduce((all, one) => (all === undefined || one === undefined ? undefined : all | one), 0n);
  };
  const size = (set: AddressSet) => (space.family === 4 ? set.size().v4 : set.size().v6);
  const same: Record<string, boolean> = {
    of: bits(a) === left,
    union: bits(a.union(b)) === (left | right),
    "union of many": bits(AddressSet.union([a, b, a])) === (left | right),
    intersection: bits(a.intersection(b)) === (left & right),
    difference: bits(a.difference(b)) === (left & ~right),
    covers: a.covers(b) === ((right & ~left) === 0n),
    overlaps: a.overlaps(b) === ((left & right) !== 0n),
    equals: a.equals(b) === (left === right),
    isEmpty: a.isEmpty() === (left === 0n),
    size: size(a) === BigInt(numbersIn(left).length) << BigInt(space.shift),
    "cidrs, read back": bits(AddressSet.of(...a.cidrs())) === left,
    "cidrs, the fewest": a.cidrs().length === fewestBlocks(left),
  };
  return Object.keys(same).find((law) => same[law] === false);
}

function fewestBlocks(bits: Bits, first = 0, size = 256): number {
  const block = bitsOf({ family: 4, first, size });
  if ((bits & block) === 0n) return 0;
  if ((bits & block) === block) return 1;
  return fewestBlocks(bits, first, size / 2) + fewestBlocks(bits, first + size / 2, size / 2);
}

function wrongOnTraffic(these: GroupCase["rules"], those: GroupCase["rules"], universe: GroupCase["universe"]): string | undefined {
  const [a, b] = [these, those].map((rules) => TrafficSet.of(rules.flatMap((rule) => trafficOf(ruleOf(rule, universe)).boxes())));
  const [left, right] = [these, those].map((rules) => unionOf(rules.map(grantedBy)));
  if (a === undefined || b === undefined || left === undefined || right === undefined) return undefined;
  const is = (traffic: TrafficSet, due: Points) => {
    const points = pointsOf(traffic, universe);
    return points !== undefined && isSame(points, due);
  };
  const same: Record<string, boolean> = {
    of: is(a, left),
    union: is(a.union(b), unionOf([left, right])),
    intersection: is(a.intersection(b), shared(left, right)),
    difference: is(a.difference(b), without(left, right)),
    covers: a.covers(b) === isNone(without(right, left)),
    overlaps: a.overlaps(b) === !isNone(shared(left, right)),
    equals: a.equals(b) === isSame(left, right),
    isEmpty: a.isEmpty() === isNone(left),
    "lines, which say the same": is(TrafficSet.of(a.lines()), left),
    "toString, read back": is(TrafficSet.parse(a.toString()), left),
  };
  return Object.keys(same).find((law) => same[law] === false);
}

function ruleOf({ shape: { protocol, from: fromPort, to: toPort }, from }: GroupCase["rules"][number], universe: GroupCase["universe"]) {
  if (from.kind !== "cidr") throw new Error("only rules with a CIDR have addresses of their own");
  const peer = { kind: "cidr", cidr: cidrOf(from.block, universe[from.block.family]) } as const;
  return canonicalRule({ direction: "ingress", protocol, fromPort, toPort, peer });
}
