import { describe, expect, test } from "@jest/globals";
import { INVERSES, remediesAskedBy, remediesOfRules, undoing } from "../../lib/guard/acting/asked-remedies.ts";
import { plan } from "../../lib/guard/acting/plan.ts";
import type { Finding } from "../../lib/model/finding.ts";
import { inverse, narrowRules, type Remedy, type RemedyKind, revokeRules } from "../../lib/model/remedy.ts";
import { resourceOf } from "../../lib/model/resource.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { loadPolicy } from "../../lib/policy/load.ts";
import { remedyChoices } from "../../lib/policy/remedies.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { RULES } from "../../lib/rules/index.ts";
import { AT, place, policy, whole } from "../policy/policies.ts";
import { finding, rule } from "../support/decisions.ts";
import { networkOf } from "../support/network.ts";
import { NETWORK_REMEDIES } from "../support/network-remedies.ts";

const asked = (text: string) => [...remediesAskedBy(policy(text))].sort();

describe("the remedies that a policy can ask for", () => {
  test("are those of the remedy that it chose, for every rule that runs", () => {
    expect(asked("rules: { no-public-ingress: true }")).toEqual(["revoke-ingress"]);
    expect(asked("rules: { no-public-ingress: { remedy: none }, no-public-main-table: { remedy: delete } }")).toEqual(["delete-route"]);
  });

  test("hold what stands in for one that cannot be", () => {
    expect(asked("rules: { no-public-ingress: { remedy: narrow } }")).toEqual(["narrow-ingress", "revoke-ingress"]);
    const restored = "rules: { no-public-ingress: false, no-public-main-table: { remedy: restore } }";
    expect(asked(restored)).toEqual(["delete-route", "restore-route"]);
  });

  test("are none of a rule that is off, told only, or whose mode is off", () => {
    expect(asked("rules: { no-public-ingress: false }")).toEqual([]);
    expect(asked("rules: { no-public-ingress: { remedy: none } }")).toEqual([]);
    expect(asked("rules: { no-public-ingress: { mode: off } }")).toEqual([]);
    expect(asked("mode: off")).toEqual([]);
  });

  test("are those of every scope, with its own mode and remedies", () => {
    const scope = (text: string) => `mode: off\nscopes: [{ when: { accounts: ["111122223333"] }, ${text} }]`;
    expect(asked(scope("mode: enforce"))).toEqual(["revoke-ingress"]);
    expect(asked(scope("rules: { no-public-ingress: { mode: enforce } }"))).toEqual(["revoke-ingress"]);
    expect(asked(scope("mode: dry-run, rules: { no-public-ingress: false, no-internet-gateway: { remedy: detach } }"))).toEqual([
      "detach-internet-gateway",
    ]);
  });

  test("are, of the default policy, the revocation of ingress", () => {
    expect([...remediesAskedBy(loadPolicy("portcullis.yml"))]).toEqual(["revoke-ingress"]);
  });
});

const CHOICES = RULES.flatMap((one) => remedyChoices(one).map((choice) => [one.meta.id, choice] as const));

describe.each(CHOICES)("%s with the remedy %s", (id, choice) => {
  // On by default, and with a remedy.
  const besides = ["no-public-ingress"].filter((other) => other !== id).map((other) => `${other}: false, `);
  const chosen = policy(`rules: { ${besides.join("")}${id}: { remedy: ${choice} } }`);

  test("is planned by the remedies that the policy asks for, by all of them and no other", async () => {
    const meta = RULES.find((one) => one.meta.id === id)?.meta;
    const ruling = whole(rulingFor(chosen, place(), AT));
    const planned = new Set<RemedyKind>();
    for (const found of findingsThatCallFor(id, meta?.remedies ?? [])) {
      const resource = found.rules.length > 0 ? GROUP : resourceOf("vpc", { id: "vpc-1", cidrs: [], ipv6Cidrs: [] });
      for (const { remedy } of await plan(resource, networkOf({}), [found], ruling)) planned.add(remedy.kind);
    }
    expect([...planned].sort()).toEqual([...remediesAskedBy(chosen)].sort());
  });
});

const GROUP = new SecurityGroup({ id: "sg-1", rules: [rule("all from 0.0.0.0/0"), rule("all to 0.0.0.0/0")] });

/** Findings of a rule that offers these: each alone and all together, on a part of what a security group rule admits, and on all of it. */
function findingsThatCallFor(id: string, offered: readonly RemedyKind[]): Finding[] {
  const directions = ["from", "to"].filter((word) => offered.some((kind) => kind.endsWith(word === "from" ? "-ingress" : "-egress")));
  const onGroups = directions.flatMap((word) =>
    [`tcp 22 ${word} 0.0.0.0/0`, `all ${word} 0.0.0.0/0`].map((text) =>
      finding(text, { rule: id, rules: [rule(`all ${word} 0.0.0.0/0`)] }),
    ),
  );
  const remedies = Object.values(NETWORK_REMEDIES).filter(({ kind }) => offered.includes(kind));
  const bare = { rule: id, rules: [], traffic: TrafficSet.EMPTY };
  const onOthers = [...remedies.map((one) => [one]), remedies].map((some) => finding("", { ...bare, remedies: some }));
  return [...onGroups, ...onOthers];
}

describe("undoing", () => {
  const [open, office] = [[rule("tcp 22 from 0.0.0.0/0")], [rule("tcp 22 from 10.0.0.0/8")]];
  const outward = [rule("all to 0.0.0.0/0")];
  const doing: readonly Remedy[] = [
    revokeRules("sg-1", open),
    revokeRules("sg-1", outward),
    narrowRules("sg-1", open, office),
    narrowRules("sg-1", outward, [rule("tcp 443 to 0.0.0.0/0")]),
    ...Object.values(NETWORK_REMEDIES),
  ];

  test("is what the inverse of each remedy does", () => {
    const found = new Map<RemedyKind, Set<RemedyKind>>();
    for (const remedy of [...doing, ...doing.map(inverse)]) {
      const known = found.get(remedy.kind) ?? new Set();
      found.set(remedy.kind, known.add(inverse(remedy).kind));
    }
    expect(Object.fromEntries([...found].map(([kind, inverses]) => [kind, [...inverses].sort()]))).toEqual(
      Object.fromEntries(Object.entries(INVERSES).map(([kind, inverses]) => [kind, inverses.toSorted()])),
    );
  });

  test("begins from every remedy that a rule offers", () => {
    const offered = remediesOfRules();
    expect([...offered].sort()).toEqual(doing.map(({ kind }) => kind).sort());
    expect(undoing(["revoke-ingress", "delete-route"])).toEqual(new Set(["restore-ingress", "create-route"]));
  });

  test("leaves out what would come back as another", () => {
    expect(undoing(["delete-peering", "delete-exclusion"])).toEqual(new Set());
  });
});
