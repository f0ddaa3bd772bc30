import { describe, expect, test } from "@jest/globals";
import { afterEffect, type Effect, isShownBy } from "../../lib/model/effect.ts";
import type { PeeringFacts, SubnetFacts } from "../../lib/model/facts.ts";

describe("a setting of one side of a peering", () => {
  const facts: PeeringFacts = {
    id: "pcx-1",
    status: "active",
    requester: { vpc: "vpc-1", cidrs: ["10.1.0.0/16"], resolvesDns: false },
    accepter: { vpc: "vpc-2", cidrs: ["10.2.0.0/16"] },
  };
  const effect = { op: "update", kind: "peering", id: "pcx-1", facts: { requester: { resolvesDns: true } } } as const satisfies Effect;
  const after = { ...facts, requester: { ...facts.requester, resolvesDns: true } };

  test("leaves everything else of both sides", () => {
    expect(afterEffect(facts, effect)).toEqual(after);
  });

  test("is shown by a read of which the rest is what it is", () => {
    expect(isShownBy(after, effect)).toBe(true);
    expect(isShownBy(facts, effect)).toBe(false);
  });
});

test("a value that is given anew replaces the one before, and leaves the others", () => {
  const facts: SubnetFacts = { id: "subnet-1", ipv6Cidrs: [], vpc: "vpc-1", autoPublicIp: true };
  const effect: Effect = { op: "update", kind: "subnet", id: "subnet-1", facts: { autoPublicIp: false } };
  expect(isShownBy(facts, effect)).toBe(false);
  const after: SubnetFacts = { ...facts, autoPublicIp: false };
  expect(isShownBy(after, effect)).toBe(true);
});
