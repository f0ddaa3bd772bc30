import { expect, test } from "@jest/globals";
import { blameFor } from "../../lib/guard/judging/blame.ts";
import type { Effect } from "../../lib/model/effect.ts";
import { draftOf } from "../../lib/model/finding.ts";
import { resourceOf } from "../../lib/model/resource.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noPublicMainTable } from "../../lib/rules/no-public-main-table.ts";
import { change } from "../support/changes.ts";
import { networkOf } from "../support/network.ts";

const RULE = noPublicMainTable.withOptions({}, networksOf({}));

/** What a change to vpc-1 by this effect is blamed for, of a finding with these parts. */
async function blameOf(effect: Effect, ...parts: readonly string[]) {
  const vpc = resourceOf("vpc", { id: "vpc-1", cidrs: [], ipv6Cidrs: [] });
  const made = change({ subject: { kind: "vpc", id: "vpc-1" }, claim: { kind: "effects", effects: [effect] } });
  const blame = await blameFor(made, new Set(), vpc, networkOf({}));
  return blame(draftOf({ parts, message: "a finding" }), RULE);
}

test("what a change brought to another resource than its subject is blamed by the id of that", async () => {
  const attached: Effect = { op: "update", kind: "internet-gateway", id: "igw-1", facts: { vpc: "vpc-1" } };
  expect(await blameOf(attached, "igw-1")).toBe("now");
  expect(await blameOf(attached, "igw-2")).toBe("earlier");
  expect(await blameOf({ op: "delete", kind: "internet-gateway", id: "igw-1" }, "igw-1")).toBe("earlier");
});

test("of its own subject, a change is blamed for the parts that it brought, and not for all that stands there", async () => {
  const added: Effect = { op: "add", kind: "vpc", id: "vpc-1", list: "cidrs", items: ["10.1.0.0/16"] };
  expect(await blameOf(added, "10.1.0.0/16")).toBe("now");
  expect(await blameOf(added, "10.0.0.0/16", "vpc-1")).toBe("earlier");
});
