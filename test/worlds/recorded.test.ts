import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Change, Claim } from "../../lib/model/change.ts";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import { narrowRules, revokeRules } from "../../lib/model/remedy.ts";
import { formatRule, parseRule, ruleKey, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { isUnknown } from "../../lib/model/world.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";
import { change } from "../support/changes.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const WEB = "tcp 443 from 0.0.0.0/0";
const OFFICE = "tcp 22 from 198.51.100.0/24";

const rule = (notation: string, more: Partial<SecurityGroupRule> = {}): SecurityGroupRule => ({ ...parseRule(notation), ...more });
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace(".000Z", "Z");

const granted = (...rules: SecurityGroupRule[]): Claim => ({ kind: "rules-granted", rules });
const revoked = (...rules: SecurityGroupRule[]): Claim => ({ kind: "rules-revoked", rules, ruleIds: [] });
const revokedById = (...ruleIds: string[]): Claim => ({ kind: "rules-revoked", rules: [], ruleIds });
const created = (...rules: SecurityGroupRule[]): Claim => ({
  kind: "group-created",
  group: { id: "sg-1", name: "web", vpc: "vpc-1", rules },
});
const DELETED: Claim = { kind: "group-deleted" };
function modified(...values: [id: string, notation: string, description?: string][]): Claim {
  return {
    kind: "rules-modified",
    rules: values.map(([id, notation, description]) => {
      const { direction: _, ...value } = parseRule(notation);
      return { ...value, id, ...(description !== undefined && { description }) };
    }),
  };
}

/** Plays claims about sg-1, one a second unless they carry a second of their own, and tells what each introduced. */
function play(...claims: (Claim | readonly [number, Claim])[]) {
  const world = new RecordedWorld();
  const introduced = claims.map((item, i) => {
    const [second, claim] = "kind" in item ? [i, item] : item;
    return [...world.apply(change({ at: at(second), claim })).introduced];
  });
  return { world, introduced };
}

async function groupIn(
  world: RecordedWorld,
  { account, region }: Pick<Change, "account" | "region"> = change(),
): Promise<SecurityGroupFacts> {
  const group = await world.at(account, region).get("security-group", "sg-1");
  if (group === undefined || isUnknown(group)) throw new Error(`expected sg-1 to be known, found ${JSON.stringify(group)}`);
  return group;
}

async function rulesAfter(...claims: Parameters<typeof play>): Promise<string[]> {
  return (await groupIn(play(...claims).world)).rules.map(formatRule).sort();
}

describe("a group", () => {
  test("that was created in the records is known whole", async () => {
    const facts = await groupIn(play(created(rule("all to 0.0.0.0/0")), granted(rule(SSH))).world);
    expect(facts).toMatchObject({ name: "web", vpc: "vpc-1" });
    expect(facts.partial).toBeUndefined();
    expect(facts.rules.map(formatRule)).toEqual(["all to 0.0.0.0/0", SSH]);
  });

  test("first met in mid-life is known in part, and what is known can be judged", async () => {
    const facts = await groupIn(play(granted(rule(SSH))).world);
    expect(facts).toEqual({ id: "sg-1", partial: true, rules: [rule(SSH)] });
  });

  test("first met by its name has that name from then on", async () => {
    const byName: Claim = { kind: "rules-granted", rules: [rule(SSH)], groupName: "default" };
    expect(await groupIn(play(byName, granted(rule(WEB))).world)).toEqual({
      id: "sg-1",
      name: "default",
      partial: true,
      rules: [rule(SSH), rule(WEB)],
    });
  });

  test.each([
    ["with IPv6 sends everything over IPv6 too, and its creation introduced that", ["2001:db8::/56"], ["all to 0.0.0.0/0", "all to ::/0"]],
    ["without IPv6 does not", [], ["all to 0.0.0.0/0"]],
  ])("created in a VPC %s", async (_, ipv6Cidrs, expected) => {
    const world = new RecordedWorld();
    const facts = { id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs };
    const made: Claim = { kind: "effects", effects: [{ op: "create", kind: "vpc", id: "vpc-1", facts }] };
    world.apply(change({ at: at(0), subject: { kind: "vpc", id: "vpc-1" }, claim: made }));
    const { introduced } = world.apply(change({ at: at(1), claim: created(rule("all to 0.0.0.0/0")) }));
    const { rules } = await groupIn(world);
    expect(rules.map(formatRule)).toEqual(expected);
    expect([...introduced]).toEqual(rules.map(ruleKey));
  });

  test("of another account or region with the same id is another group", async () => {
    const world = new RecordedWorld();
    const here = change({ claim: granted(rule(SSH)) });
    const there = change({ account: "444455556666", claim: granted(rule(WEB)) });
    const elsewhere = change({ region: "us-east-1", claim: granted(rule(OFFICE)) });
    for (const each of [here, there, elsewhere]) world.apply(each);
    for (const [place, notation] of [
      [here, SSH],
      [there, WEB],
      [elsewhere, OFFICE],
    ] as const) {
      expect((await groupIn(world, place)).rules.map(formatRule)).toEqual([notation]);
    }
  });

  test("that no record tells of is unknown, and so are prefix lists", async () => {
    const place = new RecordedWorld().at("111122223333", "eu-central-1");
    expect(await place.get("security-group", "sg-2")).toEqual({ unknown: "the rules of sg-2, which no record tells" });
    expect(await place.get("prefix-list", "pl-1")).toEqual({ unknown: "the entries of pl-1, which no record tells" });
  });

  test("that was deleted does not exist", async () => {
    const { world } = play(granted(rule(SSH)), DELETED);
    expect(await world.at("111122223333", "eu-central-1").get("security-group", "sg-1")).toBeUndefined();
  });

  test("that was deleted stays so for what came in the same second", async () => {
    const { world } = play([5, DELETED], [5, granted(rule(SSH))]);
    expect(await world.at("111122223333", "eu-central-1").get("security-group", "sg-1")).toBeUndefined();
  });

  test("whose id appears again after its deletion is known by what is told from then on", async () => {
    expect(await rulesAfter(granted(rule(SSH)), DELETED, created(), granted(rule(WEB)))).toEqual([WEB]);
    const revived = await groupIn(play(created(rule(SSH)), DELETED, granted(rule(WEB))).world);
    expect(revived).toEqual({ id: "sg-1", partial: true, rules: [rule(WEB)] });
  });

  test("keeps what was granted in the second of its creation, whatever the order of the records", async () => {
    const facts = await groupIn(play([3, granted(rule(SSH))], [3, created(rule("all to 0.0.0.0/0"))]).world);
    expect(facts.partial).toBeUndefined();
    expect(facts.rules.map(formatRule).sort()).toEqual(["all to 0.0.0.0/0", SSH]);
  });
});

describe("a failed call", () => {
  test("changes nothing, and does not make a group known", async () => {
    const world = new RecordedWorld();
    const attempt = change({ claim: granted(rule(SSH)), failed: "Client.UnauthorizedOperation" });
    expect([...world.apply(attempt).introduced]).toEqual([]);
    expect(await world.at(attempt.account, attempt.region).get("security-group", "sg-1")).toHaveProperty("unknown");
  });
});

describe("grants and revokes", () => {
  test("a revoke by value takes that value only", async () => {
    expect(await rulesAfter(granted(rule(SSH), rule(WEB)), revoked(rule(SSH)))).toEqual([WEB]);
  });

  test("a revoke by rule id takes the value that has the id now", async () => {
    const start = granted(rule(SSH, { id: "sgr-1" }), rule(WEB, { id: "sgr-2" }));
    expect(await rulesAfter(start, revokedById("sgr-1"))).toEqual([WEB]);
    expect(await rulesAfter(start, modified(["sgr-1", OFFICE]), revokedById("sgr-1"))).toEqual([WEB]);
  });

  test("a value that is granted again has its new id and description only", async () => {
    const { world } = play(
      granted(rule(SSH, { id: "sgr-1", description: "old" })),
      granted(rule(SSH, { id: "sgr-2", description: "new" })),
      revokedById("sgr-1"),
    );
    expect((await groupIn(world)).rules).toEqual([rule(SSH, { id: "sgr-2", description: "new" })]);
  });

  test("a value granted twice is one rule, and one revoke takes it", async () => {
    expect(await rulesAfter(granted(rule(SSH)), granted(rule(SSH)))).toEqual([SSH]);
    expect(await rulesAfter(granted(rule(SSH)), granted(rule(SSH)), revoked(rule(SSH)))).toEqual([]);
  });

  test("ingress and egress of one value are two rules", async () => {
    expect(await rulesAfter(granted(rule(WEB), rule("tcp 443 to 0.0.0.0/0")), revoked(rule(WEB)))).toEqual(["tcp 443 to 0.0.0.0/0"]);
  });

  test("a revoke by an id that was never told leaves the group known in part", async () => {
    const start = [created(rule("all to 0.0.0.0/0")), granted(rule(SSH), rule(WEB))] as const;
    const facts = await groupIn(play(...start, revokedById("sgr-9")).world);
    expect(facts.partial).toBe(true);
  });

  test("a revoke by an unknown id takes the only rule that it can mean", async () => {
    expect(await rulesAfter(created(rule("all to 0.0.0.0/0")), granted(rule(SSH, { id: "sgr-1" })), revokedById("sgr-9"))).toEqual([SSH]);
  });

  test("a grant introduces its rules; a revoke introduces nothing", () => {
    expect(play(granted(rule(SSH)), revoked(rule(SSH))).introduced).toEqual([[ruleKey(rule(SSH))], []]);
  });
});

describe("within one second, in which records have no order", () => {
  const orders = (a: Claim, b: Claim) => [
    [a, b],
    [b, a],
  ];

  test.each(orders(granted(rule(SSH)), revoked(rule(SSH))))("a value that was not there before is gone", async (first, second) => {
    expect(await rulesAfter([1, created()], [2, first], [2, second])).toEqual([]);
  });

  test.each(orders(granted(rule(SSH)), revoked(rule(SSH))))("a value that was there before stands again", async (first, second) => {
    expect(await rulesAfter([1, created(rule(SSH))], [2, first], [2, second])).toEqual([SSH]);
  });

  test("a value of a group known in part may have stood before, so it stands", async () => {
    expect(await rulesAfter([1, granted(rule(WEB))], [2, revoked(rule(SSH))], [2, granted(rule(SSH))])).toEqual([SSH, WEB]);
  });

  test("a rule that was revoked by an id told only later is gone", async () => {
    expect(await rulesAfter([1, granted(rule(WEB))], [2, revokedById("sgr-1")], [2, granted(rule(SSH, { id: "sgr-1" }))])).toEqual([WEB]);
  });

  test("the next second starts afresh", async () => {
    expect(await rulesAfter([1, granted(rule(SSH))], [1, revoked(rule(SSH))], [2, granted(rule(SSH))], [3, revoked(rule(SSH))])).toEqual(
      [],
    );
  });
});

describe("ModifySecurityGroupRules", () => {
  test("gives the rule of this id another value, direction and tags kept", async () => {
    const { world, introduced } = play(
      granted(rule(OFFICE, { id: "sgr-1", tags: { team: "a" }, description: "old" }), rule("tcp 25 to 0.0.0.0/0", { id: "sgr-2" })),
      modified(["sgr-1", SSH, "new"], ["sgr-2", "tcp 587 from 0.0.0.0/0"]),
    );
    expect((await groupIn(world)).rules).toEqual([
      rule(SSH, { id: "sgr-1", tags: { team: "a" }, description: "new" }),
      rule("tcp 587 to 0.0.0.0/0", { id: "sgr-2" }),
    ]);
    expect(introduced[1]).toEqual([ruleKey(rule(SSH)), ruleKey(rule("tcp 587 to 0.0.0.0/0"))]);
  });

  test("blames nobody for a value that was there before: only the description changed", () => {
    expect(play(granted(rule(SSH, { id: "sgr-1" })), modified(["sgr-1", SSH, "for the audit"])).introduced[1]).toEqual([]);
  });

  test("two rules may swap their values", async () => {
    const { world } = play(granted(rule(SSH, { id: "sgr-1" }), rule(WEB, { id: "sgr-2" })), modified(["sgr-1", WEB], ["sgr-2", SSH]));
    expect((await groupIn(world)).rules).toEqual([rule(WEB, { id: "sgr-1" }), rule(SSH, { id: "sgr-2" })]);
  });

  test("of a rule that no record tells counts as ingress, and says that this is assumed", async () => {
    const { world, introduced } = play(modified(["sgr-1", SSH]));
    expect((await groupIn(world)).rules).toEqual([rule(SSH, { id: "sgr-1" })]);
    expect(world.at("111122223333", "eu-central-1").directionUnknown("sg-1")).toEqual([rule(SSH, { id: "sgr-1" })]);
    expect(introduced).toEqual([[ruleKey(rule(SSH))]]);
  });

  test.each([
    ["a later modification", modified(["sgr-1", OFFICE]), [OFFICE]],
    ["a revoke by id", revokedById("sgr-1"), []],
    ["a revoke of its value as egress", revoked(rule("tcp 22 to 0.0.0.0/0")), []],
    ["a revoke of its value as ingress", revoked(rule(SSH)), []],
  ])("an assumed rule ends with %s", async (_, claim, left) => {
    expect(await rulesAfter(modified(["sgr-1", SSH]), claim)).toEqual(left);
  });

  test("of the egress rule with which a group is created is known as egress", async () => {
    const { world } = play(
      created(rule("all to 0.0.0.0/0")),
      granted(rule(WEB, { id: "sgr-1" })),
      modified(["sgr-0", "tcp 22 from 0.0.0.0/0"]),
    );
    expect((await groupIn(world)).rules.map(formatRule).sort()).toEqual(["tcp 22 to 0.0.0.0/0", WEB]);
    expect(world.at("111122223333", "eu-central-1").directionUnknown("sg-1")).toEqual([]);
  });
});

describe("descriptions", () => {
  const described = (rules: SecurityGroupRule[], descriptions: { ruleId: string; description: string }[] = []): Claim => ({
    kind: "rules-described",
    rules,
    descriptions,
  });

  test("are set and cleared by value and by id, and introduce nothing", async () => {
    const start = granted(rule(SSH, { id: "sgr-1", description: "a" }), rule(WEB, { id: "sgr-2" }));
    const { world, introduced } = play(start, described([rule(SSH)], [{ ruleId: "sgr-2", description: "b" }]));
    expect((await groupIn(world)).rules).toEqual([rule(SSH, { id: "sgr-1" }), rule(WEB, { id: "sgr-2", description: "b" })]);
    expect(introduced[1]).toEqual([]);
  });

  test("of a rule that no record granted tell that it exists", async () => {
    const { world, introduced } = play(described([rule(SSH, { description: "found" })]));
    expect((await groupIn(world)).rules).toEqual([rule(SSH, { description: "found" })]);
    expect(introduced).toEqual([[]]);
  });
});

describe("carrying out", () => {
  const place = ["111122223333", "eu-central-1"] as const;

  test("a revocation takes values, and one that is gone already is no error", async () => {
    const { world } = play(granted(rule(SSH), rule(WEB)));
    world.carryOut(...place, revokeRules("sg-1", [rule(SSH)]));
    world.carryOut(...place, revokeRules("sg-1", [rule(SSH)]));
    expect((await groupIn(world)).rules.map(formatRule)).toEqual([WEB]);
  });

  test("a narrowing leaves the remainder", async () => {
    const { world } = play(granted(rule("tcp 22-443 from 0.0.0.0/0")));
    world.carryOut(...place, narrowRules("sg-1", [rule("tcp 22-443 from 0.0.0.0/0")], [rule(WEB)]));
    expect((await groupIn(world)).rules.map(formatRule)).toEqual([WEB]);
  });

  test("a rule that a remedy took and somebody modified later is ingress still", async () => {
    const { world } = play(granted(rule(SSH, { id: "sgr-1" })));
    world.carryOut(...place, revokeRules("sg-1", [rule(SSH)]));
    world.apply(change({ at: at(9), claim: modified(["sgr-1", WEB]) }));
    expect((await groupIn(world)).rules.map(formatRule)).toEqual([WEB]);
    expect(world.at(...place).directionUnknown("sg-1")).toEqual([]);
  });
});

describe("any history", () => {
  const values = [SSH, WEB, OFFICE, "udp 53 from ::/0", "tcp 22 to 0.0.0.0/0"];
  const step = fc.record({ group: fc.constantFrom("sg-1", "sg-2"), value: fc.constantFrom(...values), grant: fc.boolean() });

  test("of grants and revokes leaves what a plain list of them leaves", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new RecordedWorld();
        const model: { group: string; value: string }[] = [];
        for (const [i, { group, value, grant }] of steps.entries()) {
          const claim = grant ? granted(rule(value)) : revoked(rule(value));
          world.apply(change({ at: at(i), subject: { kind: "security-group", id: group }, claim }));
          const standing = model.findIndex((held) => held.group === group && held.value === value);
          if (grant && standing < 0) model.push({ group, value });
          if (!grant && standing >= 0) model.splice(standing, 1);
        }
        for (const id of new Set(steps.map(({ group }) => group))) {
          const group = await world.at("111122223333", "eu-central-1").get("security-group", id);
          const found = group === undefined || isUnknown(group) ? [] : group.rules.map(formatRule).sort();
          expect(found).toEqual(
            model
              .filter((held) => held.group === id)
              .map(({ value }) => value)
              .sort(),
          );
        }
      }),
    );
  });
});
