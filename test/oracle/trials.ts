import { type AclCase, describeAcl, someAcl } from "./acl-case.ts";
import type { Block } from "./addresses.ts";
import { aclDisagreementOn } from "./check-acl.ts";
import { disagreementOn, disagreementOnRules } from "./check-group.ts";
import { setsDisagreementOn } from "./check-sets.ts";
import { describeGroup, type From, type GroupCase, someGroup } from "./group-case.ts";
import { SHAPES, type Shape } from "./services.ts";
import { lackingOne, type Trial, withOneSmaller } from "./trial.ts";

/** Security groups: the sets of the model, the fewest rules, the rule no-public-ingress, and what narrowing leaves. */
export const GROUPS: Trial<GroupCase> = {
  name: "security groups",
  make: someGroup,
  disagreement: async (given, see) => setsDisagreementOn(given) ?? disagreementOnRules(given) ?? (await disagreementOn(given, see)),
  describe: describeGroup,
  smaller: (given) => [
    ...lackingOne(given.rules).map((rules) => ({ ...given, rules })),
    ...lackingOne(given.allow).map((allow) => ({ ...given, allow })),
    ...withOneSmaller(given.rules, ({ shape, from }) => [
      ...halves(shape).map((less) => ({ shape: less, from })),
      ...smallerFrom(from).map((less) => ({ shape, from: less })),
    ]).map((rules) => ({ ...given, rules })),
    ...withOneSmaller(given.allow, ({ shape, from }) => [
      ...halves(shape).map((less) => ({ shape: less, from })),
      ...(from === undefined ? [] : lackingOne(from).map((less) => ({ shape, from: less }))),
    ]).map((allow) => ({ ...given, allow })),
  ],
};

/** Network ACLs: the first entry that matches, the rule no-open-network-acl, and what the entries leave that deny. */
export const ACLS: Trial<AclCase> = {
  name: "network ACLs",
  make: someAcl,
  disagreement: aclDisagreementOn,
  describe: describeAcl,
  smaller: (given) => [
    ...lackingOne(given.entries).map((entries) => ({ ...given, entries })),
    ...lackingOne(given.allow).map((allow) => ({ ...given, allow })),
    ...withOneSmaller(given.entries, (entry) => [
      ...halves(entry.shape).map((shape) => ({ ...entry, shape })),
      ...halvesOf(entry.block).map((block) => ({ ...entry, block })),
    ]).map((entries) => ({ ...given, entries })),
  ],
};

function smallerFrom(from: From): From[] {
  if (from.kind === "cidr") return halvesOf(from.block).map((block) => ({ kind: "cidr", block }));
  return from.kind === "list" ? lackingOne(from.blocks).map((blocks) => ({ kind: "list", blocks })) : [];
}

function halvesOf({ family, first, size }: Block): Block[] {
  return size === 1 ? [] : [0, size / 2].map((offset) => ({ family, first: first + offset, size: size / 2 }));
}

// The largest shapes inside of one.
function halves({ cells }: Shape): Shape[] {
  const inside = SHAPES.filter((shape) => shape.cells.length < cells.length && shape.cells.every((cell) => cells.includes(cell)));
  return inside.filter(
    (shape) => !inside.some((other) => other.cells.length > shape.cells.length && shape.cells.every((cell) => other.cells.includes(cell))),
  );
}
