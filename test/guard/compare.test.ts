import { expect, test } from "@jest/globals";
import { compareReviews } from "../../lib/guard/reviewing/compare.ts";
import { withMode } from "../../lib/guard/reviewing/review.ts";
import type { Change } from "../../lib/model/change.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";
import { change, granting } from "../support/changes.ts";

const SSH = "tcp 22 from 0.0.0.0/0";
const POSTGRES = "tcp 5432 from 0.0.0.0/0";
const HTTPS = "tcp 443 from 0.0.0.0/0";
const ALLOWS_POSTGRES = 'rules: { no-public-ingress: { allow: [{ protocol: tcp, ports: "443, 5432" }] } }';
const ALLOWS_HTTPS = 'rules: { no-public-ingress: { allow: [{ protocol: tcp, ports: "443" }] } }';

const revoking = (...rules: string[]) => change({ claim: { kind: "rules-revoked", rules: rules.map(parseRule), ruleIds: [] } });
const created = change({ claim: { kind: "group-created", group: { id: "sg-1", name: "web", rules: [] } } });

/** In what policy B differs from A over these changes, a minute apart: `n closes traffic`, n the place of the change. */
async function compare(a: string, b: string, changes: readonly Change[], mode: "dry-run" | "enforce" = "dry-run"): Promise<string[]> {
  const [one, other] = [a, b].map((policy, n) => withMode(parsePolicy(`version: 1\n${policy}`, `${n}.yml`), mode));
  if (one === undefined || other === undefined) throw new Error("two policies");
  const inOrder = async function* () {
    for (const [i, each] of changes.entries()) yield { ...each, at: new Date(Date.UTC(2026, 10, 2, 0, i)).toISOString() };
  };
  const told: string[] = [];
  for await (const { change: at, differences } of compareReviews(inOrder(), [one, other], () => new RecordedWorld())) {
    for (const { effect, traffic, parts } of differences) {
      told.push([new Date(at.at).getUTCMinutes(), effect, traffic.isEmpty() ? parts.join() : traffic].join(" "));
    }
  }
  return told;
}

test("a policy does not differ from itself", async () => {
  const changes = [created, granting(SSH), granting(HTTPS), revoking(SSH), granting(SSH)];
  for (const mode of ["dry-run", "enforce"] as const) expect(await compare(ALLOWS_HTTPS, ALLOWS_HTTPS, changes, mode)).toEqual([]);
});

test.each(["dry-run", "enforce"] as const)(
  "%s: what only B forbids it closes, and what only A forbids it leaves, once each",
  async (mode) => {
    const changes = [created, granting(POSTGRES), granting(HTTPS), granting("tcp 8080 from 10.0.0.0/8")];
    expect(await compare(ALLOWS_POSTGRES, ALLOWS_HTTPS, changes, mode)).toEqual([`1 closes ${POSTGRES}`]);
    expect(await compare(ALLOWS_HTTPS, ALLOWS_POSTGRES, changes, mode)).toEqual([`1 leaves ${POSTGRES}`]);
  },
);

test("what was closed and is opened again counts again", async () => {
  const changes = [created, granting(POSTGRES), revoking(POSTGRES), granting(POSTGRES)];
  expect(await compare(ALLOWS_POSTGRES, ALLOWS_HTTPS, changes)).toEqual([`1 closes ${POSTGRES}`, `3 closes ${POSTGRES}`]);
});

test("enforcing policies have a world each: what A closed and B left is not told again with later changes", async () => {
  const only = (remedy: string) => `rules: { no-public-ingress: { remedy: ${remedy}, allow: [{ protocol: tcp, ports: "443" }] } }`;
  const changes = [created, granting(SSH), granting(HTTPS), granting("tcp 23 from 0.0.0.0/0")];
  expect(await compare(only("revoke"), only("none"), changes, "enforce")).toEqual([`1 leaves ${SSH}`, "3 leaves tcp 23 from 0.0.0.0/0"]);
  expect(await compare(only("none"), only("revoke"), changes, "enforce")).toEqual([`1 closes ${SSH}`, "3 closes tcp 23 from 0.0.0.0/0"]);
});

test("a policy that revokes a rule whole closes the lawful part that another keeps by narrowing", async () => {
  const remedy = (choice: string) => `rules: { no-public-ingress: { remedy: ${choice}, allow: [{ protocol: tcp, ports: "443" }] } }`;
  expect(await compare(remedy("narrow"), remedy("revoke"), [created, granting("tcp 442-443 from 0.0.0.0/0")])).toEqual([
    `1 closes ${HTTPS}`,
  ]);
});

test("what is only told is no act: B tells what A does not find, or drops what A tells", async () => {
  const off = "rules: { described-rules: false }";
  const on = "rules: { described-rules: { remedy: none } }";
  const [told = "", ...more] = await compare(off, on, [created, granting(HTTPS)]);
  expect([told, more]).toEqual([expect.stringMatching(/^1 tells /), []]);
  expect(await compare(on, off, [created, granting(HTTPS)])).toEqual([told.replace("tells", "drops")]);
});

test("what an exception of B admits, B leaves", async () => {
  const exception = `${ALLOWS_HTTPS}
exceptions:
  - { id: db, rule: no-public-ingress, when: { groups: [sg-1] }, allow: [{ protocol: tcp, ports: "5432" }], until: 2099-12-31, reason: a test, approved_by: a test }`;
  expect(await compare(ALLOWS_HTTPS, exception, [created, granting(POSTGRES)])).toEqual([`1 leaves ${POSTGRES}`]);
});

test("a policy that does not look at a place leaves what is there", async () => {
  const off = `${ALLOWS_HTTPS}\nscopes: [{ when: { groups: [sg-1] }, rules: { no-public-ingress: false } }]`;
  expect(await compare(ALLOWS_HTTPS, off, [created, granting(SSH)])).toEqual([`1 leaves ${SSH}`]);
});
