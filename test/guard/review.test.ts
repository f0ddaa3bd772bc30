import { describe, expect, test } from "@jest/globals";
import { type Reviewed, review, withMode } from "../../lib/guard/reviewing/review.ts";
import type { Change, Claim } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { Effect } from "../../lib/model/effect.ts";
import { formatRemedy } from "../../lib/model/remedy.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";
import { change, granting, modifying } from "../support/changes.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const OFFICE = "tcp 22 from 198.51.100.0/24";

const describing = (claim: Claim, more: Partial<Change> = {}) => change({ claim, ...more });
const deleting = () => describing({ kind: "group-deleted" });
const revoking = (...rules: string[]) => describing({ kind: "rules-revoked", rules: rules.map(parseRule), ruleIds: [] });
const creating = (more: { vpc?: string; tags?: Record<string, string> } = {}) =>
  describing({ kind: "group-created", group: { id: "sg-1", name: "web", rules: [], ...more } });

/** Reviews the changes in this order, a minute apart. */
async function reviewAll(policy: string, changes: readonly Change[], mode?: "dry-run" | "enforce"): Promise<Reviewed[]> {
  const parsed = parsePolicy(`version: 1\n${policy}`, "portcullis.yml");
  const inOrder = async function* () {
    for (const [i, each] of changes.entries()) yield { ...each, at: new Date(Date.UTC(2026, 10, 2, 0, i)).toISOString() };
  };
  const options = { policy: mode === undefined ? parsed : withMode(parsed, mode), world: new RecordedWorld() };
  const reviewed: Reviewed[] = [];
  for await (const each of review(inOrder(), options)) reviewed.push(each);
  return reviewed;
}

async function decide(policy: string, changes: readonly Change[], mode?: "dry-run" | "enforce"): Promise<Decision[]> {
  return (await reviewAll(policy, changes, mode)).map((each) => {
    if (each.kind === "ignored") throw new Error(`ignored: ${each.reason}`);
    return each.decision;
  });
}

const outcomes = (decisions: readonly Decision[]) => decisions.map(({ outcome }) => outcome);
const acts = ({ acts: list }: Decision) => list.map(({ remedy, result }) => `${result}: ${formatRemedy(remedy)}`);
const blame = ({ findings }: Decision) => findings.map(({ introduced, traffic }) => `${introduced}: ${traffic}`);

describe("a dry run", () => {
  test("says what the guard would have closed, and the hole stands for those who come later", async () => {
    const [opened, touched, closed] = await decide("mode: dry-run", [granting(SSH), granting("tcp 443 from 0.0.0.0/0"), revoking(SSH)]);
    expect(opened && acts(opened)).toEqual([`would: revoke ${SSH} on sg-1`]);
    expect(opened && blame(opened)).toEqual([`now: ${SSH}`]);
    expect(touched && blame(touched)).toEqual([`earlier: ${SSH}`]);
    expect(touched?.outcome).toBe("would-act");
    expect(closed?.outcome).toBe("clean");
  });
});

describe("enforcing", () => {
  test("is simulated: later changes meet the world that the guard would have left", async () => {
    const decisions = await decide("mode: enforce", [granting(SSH), granting("tcp 443 from 0.0.0.0/0"), granting(SSH)]);
    expect(outcomes(decisions)).toEqual(["acted", "clean", "acted"]);
    expect(decisions.map(acts)).toEqual([[`done: revoke ${SSH} on sg-1`], [], [`done: revoke ${SSH} on sg-1`]]);
  });

  test("leaves the remainder where the policy narrows", async () => {
    const [narrowed, after] = await decide("mode: enforce\nrules: { no-public-ingress: { remedy: narrow } }", [
      granting("tcp 22-443 from 0.0.0.0/0"),
      revoking(OFFICE),
    ]);
    expect(narrowed && acts(narrowed)).toEqual([
      "done: narrow tcp 22-443 from 0.0.0.0/0 to tcp 80 from 0.0.0.0/0; tcp 443 from 0.0.0.0/0 on sg-1",
    ]);
    expect(after?.outcome).toBe("clean");
  });

  test("in one scope leaves the others dry", async () => {
    const policy = 'mode: dry-run\nscopes: [{ when: { accounts: ["444455556666"] }, mode: enforce }]';
    const there = { ...granting(SSH), account: "444455556666" };
    const decisions = await decide(policy, [granting(SSH), there]);
    expect(decisions.map(({ mode, outcome }) => [mode, outcome])).toEqual([
      ["dry-run", "would-act"],
      ["enforce", "acted"],
    ]);
  });
});

describe("a mode of the caller's", () => {
  const POLICY = `mode: "off"
scopes: [{ when: { regions: [eu-central-1] }, mode: dry-run, rules: { no-public-ingress: { mode: "off" } } }]
rules: { no-public-ingress: { mode: dry-run, severity: high } }`;

  test("goes before every mode of the policy and changes nothing else", async () => {
    const decisions = await decide(POLICY, [granting(SSH)], "enforce");
    expect(outcomes(decisions)).toEqual(["acted"]);
    expect(decisions[0]?.findings[0]?.severity).toBe("high");
    expect(decisions[0]?.policyVersion).toBe(parsePolicy(`version: 1\n${POLICY}`, "p").version);
  });

  test("does not switch on a rule that the policy switched off", async () => {
    const [reviewed] = await reviewAll("rules: { no-public-ingress: false }", [granting(SSH)], "enforce");
    expect(reviewed).toMatchObject({
      kind: "ignored",
      reason: "no rule of the policy judges what a change to a security group can bring about",
    });
  });
});

describe("no decision is made about", () => {
  test("a failed call, which also leaves the world as it was", async () => {
    const [failed, next] = await reviewAll("mode: dry-run", [
      { ...granting(SSH), failed: "Client.UnauthorizedOperation" },
      granting("tcp 443 from 0.0.0.0/0"),
    ]);
    expect(failed).toMatchObject({ kind: "ignored", reason: "the call failed and changed nothing" });
    expect(next).toMatchObject({ kind: "decided", decision: { outcome: "clean" } });
  });

  test("a place where the policy's mode is off, but its groups stay known", async () => {
    const policy = 'mode: dry-run\nscopes: [{ when: { vpcs: [vpc-1] }, mode: "off" }]';
    const reviewed = await reviewAll(policy, [creating({ vpc: "vpc-1" }), granting(SSH)]);
    expect(reviewed).toMatchObject([
      { kind: "ignored", reason: "the policy's mode is off there" },
      { kind: "ignored", reason: "the policy's mode is off there" },
    ]);
  });
});

describe("what is known in part", () => {
  test("is judged as far as it is known, and the decision says so", async () => {
    const [whole, part] = await Promise.all([
      decide("mode: dry-run", [creating(), granting(SSH)]),
      decide("mode: dry-run", [granting("tcp 443 from 0.0.0.0/0")]),
    ]);
    expect(whole.map(({ partial }) => partial)).toEqual([false, false]);
    expect(part.map(({ partial, outcome }) => [partial, outcome])).toEqual([[true, "clean"]]);
  });

  test("a prefix list leaves an otherwise clean change an alert", async () => {
    const [decision] = await decide("mode: dry-run", [granting("tcp 22 from pl-0abc")]);
    expect(decision).toMatchObject({
      outcome: "alert",
      notJudged: [{ rule: "no-public-ingress", needs: "the entries of pl-0abc, which no record tells" }],
    });
  });

  test("the policy asks for the tags of a group in mid-life: judged as untagged, and said", async () => {
    const policy = "mode: dry-run\ntrust: { tags: [tier] }\nscopes: [{ when: { tags: { tier: lab } }, mode: enforce }]";
    const [known] = (await decide(policy, [creating({ tags: { tier: "lab" } }), granting(SSH)])).slice(1);
    expect(known).toMatchObject({ outcome: "acted", notJudged: [] });
    const [unknown, clean] = await decide(policy, [granting(SSH), revoking(SSH)]);
    expect(unknown).toMatchObject({
      outcome: "would-act",
      notJudged: [{ needs: "the VPC and tags of sg-1, on which the policy depends here" }],
    });
    expect(clean?.outcome).toBe("alert");
  });

  test("a modified rule of unknown direction is found, with the doubt in the message", async () => {
    const [decision] = await decide("mode: dry-run", [modifying("sgr-7", SSH)]);
    expect(decision).toMatchObject({ outcome: "would-act", partial: true, findings: [{ introduced: "now" }] });
    expect(decision?.findings[0]?.message).toBe(
      `${SSH} is open to the internet if sgr-7 is ingress, which ModifySecurityGroupRules does not record`,
    );
  });

  test("a modified rule that was granted in the records is found without doubt, also when the guard closed it before", async () => {
    const grant = granting({ ...parseRule(OFFICE), id: "sgr-7" });
    for (const mode of ["dry-run", "enforce"] as const) {
      const decisions = await decide("mode: dry-run", [grant, modifying("sgr-7", SSH), modifying("sgr-7", "tcp 23 from 0.0.0.0/0")], mode);
      expect(decisions.map(({ findings }) => findings.map(({ message }) => message))).toEqual([
        [],
        [`${SSH} is open to the internet`],
        ["tcp 23 from 0.0.0.0/0 is open to the internet"],
      ]);
    }
  });
});

test("a modification that left the value as it was is not to blame", async () => {
  const [, described] = await decide("mode: dry-run", [granting({ ...parseRule(SSH), id: "sgr-7" }), modifying("sgr-7", SSH)]);
  expect(described && blame(described)).toEqual([`earlier: ${SSH}`]);
});

test("exceptions hold at the time of the change, not today", async () => {
  const exception = (until: string) => `mode: dry-run
exceptions:
  - { id: vendor, rule: no-public-ingress, when: { groups: [sg-1] }, allow: [{ protocol: tcp, ports: "22" }], until: "${until}", reason: r, approved_by: a }`;
  expect(outcomes(await decide(exception("2026-11-02"), [granting(SSH)]))).toEqual(["excepted"]);
  expect(outcomes(await decide(exception("2026-11-01"), [granting(SSH)]))).toEqual(["would-act"]);
});

test("deleting a group is clean, whatever was open", async () => {
  const decisions = await decide("mode: dry-run", [granting(SSH), deleting()]);
  expect(decisions[1]).toMatchObject({ outcome: "clean", findings: [], partial: false });
});

test("without a remedy, a finding is an alert", async () => {
  const decisions = await decide("mode: enforce\nrules: { no-public-ingress: { remedy: none } }", [granting(SSH)]);
  expect(decisions[0]).toMatchObject({ outcome: "alert", acts: [] });
});

test("a decision carries the names that are known", async () => {
  const [decision] = await decide('accounts: { "111122223333": payments }', [creating({ vpc: "vpc-1" })]);
  expect(decision?.names).toEqual({ account: "payments", subject: "web", vpc: "vpc-1" });
});

describe("a prefix list that the records tell of", () => {
  const LISTED = "tcp 22 from pl-1";
  const LIST = { kind: "prefix-list", id: "pl-1" } as const;
  const listing = (...effects: Effect[]) => change({ subject: LIST, claim: { kind: "effects", effects } });
  const made = (...cidrs: string[]) => listing({ op: "create", kind: "prefix-list", id: "pl-1", facts: { id: "pl-1", cidrs } });
  const adding = (...items: string[]) => listing({ op: "add", ...LIST, list: "cidrs", items });
  const removing = (...items: string[]) => listing({ op: "remove", ...LIST, list: "cidrs", items });
  const restored = listing({ op: "forget", ...LIST, list: "cidrs" });
  const inOther = (group: string, made: Change): Change => ({ ...made, subject: { kind: "security-group", id: group } });

  test("is what the groups that name it are judged by", async () => {
    const [unnamed, lawful] = await reviewAll("mode: dry-run", [made("198.51.100.0/24"), granting(LISTED)]);
    expect(unnamed).toMatchObject({ kind: "ignored", reason: "no known group or route table names the prefix list" });
    expect(lawful).toMatchObject({ decision: { outcome: "clean", notJudged: [] } });
    const [, opened] = await reviewAll("mode: dry-run", [made("198.51.100.0/24", "0.0.0.0/0"), granting(LISTED)]);
    expect(opened).toMatchObject({ decision: { outcome: "would-act", findings: [{ introduced: "now" }] } });
  });

  test("re-judges them with its next version, which brought what is found", async () => {
    const [, , opened, closed] = await reviewAll("mode: dry-run", [
      made("198.51.100.0/24"),
      granting(LISTED),
      adding("0.0.0.0/0"),
      removing("0.0.0.0/0"),
    ]);
    if (opened?.kind !== "decided") throw new Error("no decision");
    expect(opened.decision).toMatchObject({ outcome: "would-act", change: { subject: { id: "sg-1" }, via: LIST }, notJudged: [] });
    expect(blame(opened.decision)).toEqual([`now: ${SSH}`]);
    expect(acts(opened.decision)).toEqual([`would: revoke ${LISTED} on sg-1`]);
    expect(opened.decision.id).toBe(`${opened.decision.change.id}/sg-1`);
    expect(closed).toMatchObject({ decision: { outcome: "clean", change: { via: LIST } } });
  });

  test("reaches every group that names it, each with a decision of its own, and no other", async () => {
    const reviewed = await reviewAll("mode: dry-run", [
      made(),
      granting(LISTED),
      inOther("sg-2", granting(LISTED)),
      inOther("sg-3", granting(OFFICE)),
      adding("0.0.0.0/0"),
    ]);
    const [one, two, ...others] = reviewed.slice(4);
    expect(one).toMatchObject({ decision: { outcome: "would-act", change: { subject: { id: "sg-1" } } } });
    expect(two).toMatchObject({ decision: { outcome: "would-act", change: { subject: { id: "sg-2" } } } });
    expect(others).toEqual([]);
  });

  test("is not named any more by a group that the guard closed", async () => {
    const [, , opened, again] = await reviewAll("mode: enforce", [made(), granting(LISTED), adding("0.0.0.0/0"), adding("::/0")]);
    expect(opened).toMatchObject({ decision: { outcome: "acted" } });
    expect(again).toMatchObject({ kind: "ignored", reason: "no known group or route table names the prefix list" });
  });

  test("first met in mid-life: what is known of it is found, and the rest is not judged", async () => {
    const [before, opened] = await decide("mode: dry-run", [granting(LISTED), adding("0.0.0.0/0")]);
    expect(before).toMatchObject({ outcome: "alert", notJudged: [{ needs: "the entries of pl-1, which no record tells" }] });
    expect(opened && blame(opened)).toEqual([`now: ${SSH}`]);
    expect(opened).toMatchObject({
      outcome: "would-act",
      notJudged: [{ rule: "no-public-ingress", needs: "the entries of pl-1, of which a part is known" }],
    });
    const [, lawful] = await decide("mode: dry-run", [granting(LISTED), adding("198.51.100.0/24")]);
    expect(lawful).toMatchObject({ outcome: "alert", findings: [], notJudged: [{ rule: "no-public-ingress" }] });
  });

  test("restored to a version that the record does not tell: not judged, and never clean", async () => {
    const [, , known, unknown] = await reviewAll("mode: dry-run", [made("0.0.0.0/0"), granting(LISTED), adding("10.0.0.0/8"), restored]);
    expect(known).toMatchObject({ decision: { outcome: "would-act" } });
    expect(unknown).toMatchObject({ decision: { outcome: "alert", findings: [], notJudged: [{ rule: "no-public-ingress" }] } });
  });

  test("nobody is blamed for what stood in it before", async () => {
    const changes = [made("0.0.0.0/0", "10.0.0.0/8"), granting(LISTED), removing("10.0.0.0/8"), listing(), adding("192.0.2.0/24")];
    const blamed = (await reviewAll("mode: dry-run", changes)).flatMap((each) => (each.kind === "decided" ? blame(each.decision) : []));
    expect(blamed).toEqual([`now: ${SSH}`, `earlier: ${SSH}`, `earlier: ${SSH}`, `earlier: ${SSH}`]);
  });

  test("of an egress rule counts as well", async () => {
    const policy = "mode: dry-run\nrules: { no-unrestricted-egress: true }";
    const [, , opened] = await reviewAll(policy, [made(), granting("all to pl-1"), adding("0.0.0.0/0")]);
    expect(opened).toMatchObject({
      decision: { findings: [{ rule: "no-unrestricted-egress", introduced: "now" }], change: { via: LIST } },
    });
  });
});

test("a change that no rule judges, or that reaches what no record tells of, makes no decision", async () => {
  const made: Effect = { op: "create", kind: "vpc", id: "vpc-1", facts: { id: "vpc-1", cidrs: ["10.0.0.0/16"], ipv6Cidrs: [] } };
  const regrouped: Effect = { op: "set", kind: "network-interface", id: "eni-1", list: "groups", items: ["sg-1"] };
  const reviewed = await reviewAll("mode: enforce", [
    change({ subject: { kind: "vpc", id: "vpc-1" }, claim: { kind: "effects", effects: [made] } }),
    change({ subject: { kind: "network-interface", id: "eni-1" }, claim: { kind: "effects", effects: [regrouped] } }),
  ]);
  expect(reviewed).toMatchObject([
    { kind: "ignored", reason: "no rule of the policy judges what a change to a VPC can bring about" },
    { kind: "ignored", reason: "it reaches a security group of which no record tells" },
  ]);
});
