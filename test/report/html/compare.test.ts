import { describe, expect, test } from "@jest/globals";
import type { Decision } from "../../../lib/model/decision.ts";
import { narrowRules, revokeRules } from "../../../lib/model/remedy.ts";
import { compare } from "../../../lib/report/html/compare.ts";
import type { Comparison, Line } from "../../../lib/report/html/data.ts";
import { Witness } from "../../../lib/report/html/witness.ts";
import { RecordedWorld } from "../../../lib/worlds/recorded.ts";
import { change, decision, finding, rule } from "../../support/decisions.ts";

const ID = "sg-0a1b2c3d4e5f60718";
const ssh = rule("tcp 22 from 0.0.0.0/0");
const web = rule("tcp 443 from 0.0.0.0/0");
const office = rule("tcp 22 from 198.51.100.0/24");
const created = change({ id: "created", claim: { kind: "group-created", group: { id: ID, name: "bastion", rules: [] } } });
const granted = (rules: readonly (typeof ssh)[], id = "granted") => change({ id, claim: { kind: "rules-granted", rules } });

// As a review does it: look, apply, decide, act.
async function compared(before: readonly Parameters<RecordedWorld["apply"]>[0][], made: Decision): Promise<readonly Comparison[]> {
  const world = new RecordedWorld();
  const witness = new Witness(world);
  for (const one of before) world.apply(one);
  const { account, region } = made.change;
  await witness.look([made.change], world.at(account, region));
  world.apply(made.change);
  for (const { remedy, result } of made.acts) if (result === "done") world.carryOut(account, region, remedy);
  return compare(made, await witness.sights(made));
}

const lines = (list: readonly Line[] | undefined) => list?.map(({ tone, text, fresh }) => `${fresh ? "+" : " "} ${tone} ${text}`);
const OPENED = { findings: [finding("tcp 22 from 0.0.0.0/0", { rules: [ssh] })], partial: false };

describe("a security group", () => {
  test("shows what was added and is forbidden, what was added and is lawful, and what would remain", async () => {
    const made = decision({
      change: granted([ssh, web]),
      outcome: "would-act",
      acts: [{ remedy: revokeRules(ID, [ssh]), result: "would" }],
      ...OPENED,
    });
    const [ingress, ...others] = await compared([created, granted([rule("tcp 80 from 0.0.0.0/0")], "earlier")], made);
    expect(others).toEqual([]);
    expect(ingress?.before).toEqual(["tcp 80 from 0.0.0.0/0"]);
    expect(lines(ingress?.left)).toEqual([
      "+ forbidden tcp 22 from 0.0.0.0/0",
      "+ lawful tcp 443 from 0.0.0.0/0",
      "  kept tcp 80 from 0.0.0.0/0",
    ]);
    expect(lines(ingress?.remains)).toEqual(["  kept tcp 80, 443 from 0.0.0.0/0"]);
  });

  test("shows the same where the guard has acted, and narrowing leaves what the policy allows", async () => {
    const findings = [finding("tcp 22 from 0.0.0.0/0 except 198.51.100.0/24", { rules: [ssh] })];
    const acts = [{ remedy: narrowRules(ID, [ssh], [office]), result: "done" as const }];
    const made = decision({ change: granted([ssh]), findings, acts });
    const [ingress] = await compared([created], made);
    expect(ingress?.before).toEqual([]);
    expect(lines(ingress?.left)).toEqual([
      "+ forbidden tcp 22 from 0.0.0.0/0 except 198.51.100.0/24",
      "+ lawful tcp 22 from 198.51.100.0/24",
    ]);
    expect(lines(ingress?.remains)).toEqual(["  kept tcp 22 from 198.51.100.0/24"]);
  });

  test("tells what stood before from what the change brought, and what is taken away", async () => {
    const revoked = change({ id: "revoked", claim: { kind: "rules-revoked", rules: [web], ruleIds: [] } });
    const made = decision({ change: revoked, outcome: "alert", acts: [], ...OPENED });
    const [ingress] = await compared([created, granted([ssh, web])], made);
    expect(lines(ingress?.left)).toEqual(["  forbidden tcp 22 from 0.0.0.0/0", "  gone tcp 443 from 0.0.0.0/0"]);
    expect(ingress?.remains).toBeUndefined();
  });

  test("resolves a prefix list before and after, also where the list is what changed", async () => {
    const place = { account: "111122223333", region: "eu-west-1" };
    const effects = (cidrs: string[], id: string) =>
      change({
        ...place,
        id,
        subject: { kind: "prefix-list", id: "pl-1" },
        claim: { kind: "effects", effects: [{ op: "create", kind: "prefix-list", id: "pl-1", facts: { id: "pl-1", cidrs } }] },
      });
    const listed = rule("tcp 22 from pl-1");
    const world = new RecordedWorld();
    const witness = new Witness(world);
    for (const one of [created, effects(["198.51.100.0/24"], "list"), granted([listed])]) world.apply(one);
    const widened = effects(["198.51.100.0/24", "0.0.0.0/0"], "widened");
    const reached = { ...widened, subject: created.subject, via: widened.subject };
    await witness.look([reached], world.at(place.account, place.region));
    world.apply(widened);
    const made = decision({
      change: reached,
      outcome: "would-act",
      acts: [{ remedy: revokeRules(ID, [listed]), result: "would" }],
      ...OPENED,
    });
    const [ingress] = compare(made, await witness.sights(made));
    expect(ingress?.before).toEqual(["tcp 22 from 198.51.100.0/24, pl-1"]);
    expect(lines(ingress?.left)?.[0]).toMatch(/^\+ forbidden tcp 22 from 0\.0\.0\.0\/0 except 198\.51\.100\.0\/24/);
    expect(ingress?.remains).toEqual([]);
  });

  test("advice forbids nothing, and what an exception admits says so", async () => {
    const advice = finding("tcp 443 from 0.0.0.0/0", { severity: "info" });
    const excepted = [{ finding: finding("tcp 22 from 0.0.0.0/0"), exception: "vendor" }];
    const made = decision({ change: granted([ssh, web]), outcome: "excepted", acts: [], findings: [advice], excepted });
    const [ingress] = await compared([created], made);
    expect(lines(ingress?.left)).toEqual(["+ excepted tcp 22 from 0.0.0.0/0", "+ lawful tcp 443 from 0.0.0.0/0"]);
  });

  test("met in mid-life by a call that only describes a rule shows nothing as new", async () => {
    const claim = { kind: "rules-described", rules: [ssh], descriptions: [] } as const;
    const made = decision({
      change: change({ claim }),
      outcome: "alert",
      acts: [],
      findings: [finding("tcp 22 from 0.0.0.0/0", { introduced: "unknown" })],
    });
    const [ingress] = await compared([], made);
    expect(lines(ingress?.left)).toEqual(["  forbidden tcp 22 from 0.0.0.0/0"]);
    expect(ingress).not.toHaveProperty("before");
  });

  test("of which nobody saw anything shows what the decision tells, and that what stood before is not known", () => {
    const [ingress] = compare(decision(), {});
    expect(lines(ingress?.left)).toEqual(["+ forbidden tcp 22 from 0.0.0.0/0"]);
    expect(ingress).not.toHaveProperty("before");
  });
});

test("a route table shows its routes, those that offend marked", async () => {
  const table = "rtb-1";
  const put = (destination: string, target: string, id: string) =>
    change({
      id,
      subject: { kind: "route-table", id: table },
      claim: {
        kind: "effects",
        effects: [{ op: "put", kind: "route-table", id: table, list: "routes", items: [{ destination, target }] }],
      },
    });
  const offence = finding("", { parts: ["0.0.0.0/0"], rules: [] });
  const made = decision({ change: put("0.0.0.0/0", "igw-1", "b"), outcome: "alert", findings: [offence], acts: [] });
  const [held] = await compared([put("10.1.0.0/16", "pcx-1", "a")], made);
  expect(held?.before).toEqual(["10.1.0.0/16 to pcx-1"]);
  expect(lines(held?.left)).toEqual(["+ forbidden 0.0.0.0/0 to igw-1", "  kept 10.1.0.0/16 to pcx-1"]);
});
