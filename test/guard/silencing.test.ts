import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { receive } from "../../lib/guard/receive.ts";
import type { Outcome } from "../../lib/model/decision.ts";
import { readJson } from "../cloudtrail/read-event.ts";
import { FIRST } from "../support/attempts.ts";
import { guardRig } from "../support/guard-rig.ts";

const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const EVENTS = globSync("constructed/*-of-the-guard.json", { cwd: join(import.meta.dirname, "../../events") }).sort();

async function told(event: string, policy?: string): Promise<readonly (readonly [Outcome, rules: readonly string[]])[]> {
  const rig = guardRig(policy);
  await receive(readJson(event), rig.ports, QUIET, FIRST);
  expect(rig.bus.published).toEqual(rig.ledger.decisions());
  return rig.bus.published.map(({ outcome, findings }) => [outcome, findings.map(({ rule }) => rule)]);
}

describe("whoever silences the guard is told of", () => {
  test("whatever part it is: a rule, its targets, a bus, a function, a trail", () => {
    const calls = EVENTS.map((file) =>
      basename(file)
        .split("-")[1]
        ?.replace(/\d{8}(v\d+)?$/, ""),
    );
    expect(calls).toEqual(
      expect.arrayContaining(["DisableRule", "RemoveTargets", "DeleteEventBus", "UpdateFunctionCode", "StopLogging", "DeleteTrail"]),
    );
  });

  test.each(EVENTS)("%s: an alert, under a policy that enforces and under one that only watches", async (event) => {
    const alert = [["alert", ["no-guard-tampering"]]];
    expect(await told(event)).toEqual(alert);
    expect(await told(event, "mode: dry-run")).toEqual(alert);
  });

  test("but not a deployer whom the policy names", async () => {
    const policy = "mode: enforce\nrules: { no-guard-tampering: { deployers: ['*:role/developer'] } }";
    expect(await told("constructed/211-DisableRule-of-the-guard.json", policy)).toEqual([]);
  });
});
