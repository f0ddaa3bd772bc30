import { expect, test } from "@jest/globals";
import { decodeDecision, encodeDecision } from "../../lib/guard/records/decision-record.ts";
import type { Claim } from "../../lib/model/change.ts";
import { change, decision, rule } from "../support/decisions.ts";

const rules = [rule("tcp 22 from 0.0.0.0/0")];

test.each<Claim>([
  { kind: "rules-granted", rules, groupName: "default" },
  { kind: "rules-revoked", rules, ruleIds: ["sgr-1"], groupName: "default" },
  { kind: "rules-described", rules, descriptions: [], groupName: "default" },
])("the name by which a call chose its group survives the record: $kind", (claim) => {
  const made = decision({ change: change({ claim }) });
  expect(decodeDecision(JSON.parse(encodeDecision(made))).change.claim).toEqual(claim);
});

test("every tag of a rule survives the record, whatever its name: Undo puts back all of them", () => {
  const tags = JSON.parse('{ "__proto__": "a", "constructor": "b", "team": "web" }');
  const claim: Claim = { kind: "rules-granted", rules: [{ ...rule("tcp 22 from 0.0.0.0/0"), tags }] };
  const read = decodeDecision(JSON.parse(encodeDecision(decision({ change: change({ claim }) }))));
  expect(JSON.stringify(read.change.claim)).toBe(JSON.stringify(claim));
  const numbered = JSON.stringify({ ...JSON.parse(encodeDecision(decision({ change: change({ claim }) }))) }).replace('"a"', "1");
  expect(() => decodeDecision(JSON.parse(numbered))).toThrow("expected tags");
});
