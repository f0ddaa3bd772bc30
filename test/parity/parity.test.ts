import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { Ec2Api } from "../../lib/aws/ec2/ec2.ts";
import { planOfChangeSet } from "../../lib/cloudformation/change-set.ts";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { guard } from "../../lib/guard/guard.ts";
import { review } from "../../lib/guard/reviewing/review.ts";
import { reviewPlan } from "../../lib/guard/reviewing/review-plan.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { plannedId } from "../../lib/planned/ids.ts";
import type { Plan } from "../../lib/planned/plan.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { readTerraformPlan } from "../../lib/terraform/read-plan.ts";
import { systemClock } from "../../lib/wiring/environment.ts";
import { PlannedWorld } from "../../lib/worlds/planned.ts";
import { RecordedWorld } from "../../lib/worlds/recorded.ts";
import { FIRST } from "../support/attempts.ts";
import { describeOnEmulators, START_TIMEOUT_MS } from "../support/emulator-suite.ts";
import { ACCOUNT, type Emulator, REGION, startMoto } from "../support/emulators.ts";
import { guardRig } from "../support/guard-rig.ts";
import { planOfTemplate } from "../support/templates.ts";
import { type Ids, makeByCalls, type Standing } from "./as-calls.ts";
import { changeSetOf, templateOf } from "./as-change-set.ts";
import { type Style, terraformOf } from "./as-terraform.ts";
import { networks } from "./network.ts";

const NETWORKS = Number(process.env.PARITY_NETWORKS ?? 12);
const POLICY = `
mode: dry-run
rules:
  no-public-ingress: { allow: [{ protocol: tcp, ports: "80, 443" }] }
  admin-through-bastion: true
  no-unrestricted-egress: true
  described-rules: { pattern: "^OPS-", directions: [ingress, egress] }
  no-stale-reference: true
  private-stays-private: true
  no-blackhole-route: true
  approved-route-targets: { kinds: [local] }
`;
const POLICY_OF_ALL = parsePolicy(`version: 1\n${POLICY}`, "policy");

/** What is found, by resource: rule, traffic or parts, and since when where that is compared. */
type Verdict = Readonly<Record<string, readonly string[]>>;

describeOnEmulators(
  `what is live (moto), recorded by CloudTrail, planned by Terraform and by CloudFormation is judged alike: ${NETWORKS} random networks`,
  () => {
    let moto: Emulator;
    let client: EC2Client;
    beforeAll(async () => {
      moto = await startMoto();
      client = new EC2Client(moto.client);
    }, START_TIMEOUT_MS);
    afterAll(async () => {
      client?.destroy();
      await moto?.stop();
    });

    test(
      "a change of a network that stands",
      async () => {
        await fc.assert(
          fc.asyncProperty(networks, fc.constantFrom<Style>("inline", "one-each", "older"), async (network, style) => {
            const made = await makeByCalls(client, network);
            const names = namesOf(made.ids);
            const live = verdict(await guarded(made.change), names, true);
            expect({ recorded: verdict(await recorded(made), names, true) }).toEqual({ recorded: live });
            const terraform = await planned(readTerraformPlan(terraformOf(network, style, made.ids)).plan);
            expect({ terraform: verdict(terraform, names, true) }).toEqual({ terraform: live });
            const { text, added } = templateOf(network);
            const changeSet = { file: "change-set.json", text: changeSetOf(text, added) };
            const cloudformation = await planned(planOfChangeSet(changeSet, { file: "web.json", text }, {}));
            expect({ cloudformation: verdict(cloudformation, names, true) }).toEqual({ cloudformation: live });
          }),
          { numRuns: NETWORKS, seed: 20261124 },
        );
      },
      NETWORKS * 10_000,
    );

    test(
      "a network that is made as a whole",
      async () => {
        await fc.assert(
          fc.asyncProperty(networks, fc.constantFrom<Style>("one-each", "older"), async (network, style) => {
            const made = await makeByCalls(client, network);
            const names = namesOf(made.ids);
            const live = verdict(await guarded([...made.before, ...made.change]), names, false);
            expect({
              recorded: verdict(await recorded({ ...made, before: [], change: [...made.before, ...made.change] }), names, false),
            }).toEqual({ recorded: live });
            const terraform = await planned(readTerraformPlan(terraformOf(network, style)).plan);
            expect({ terraform: verdict(terraform, names, false) }).toEqual({ terraform: live });
            const cloudformation = await planned(
              planOfTemplate(templateOf(network).text, "web.json", { account: ACCOUNT, region: REGION }),
            );
            expect({ cloudformation: verdict(cloudformation, names, false) }).toEqual({ cloudformation: live });
          }),
          { numRuns: NETWORKS, seed: 20261124 },
        );
      },
      NETWORKS * 10_000,
    );

    async function guarded(records: readonly object[]): Promise<Decision[]> {
      const rig = guardRig(POLICY);
      const ports = { ...rig.ports, ec2For: () => new Ec2Api(client), clock: systemClock };
      const decisions: Decision[] = [];
      for (const change of changesIn(records)) {
        for (const answer of await guard(change, ports, FIRST)) if (!("ignored" in answer)) decisions.push(answer);
      }
      return decisions;
    }
  },
);

async function recorded({ before, change }: Standing | Omit<Standing, "ids">): Promise<Decision[]> {
  const late = new Set(changesIn(change).map(({ id }) => id));
  const decisions: Decision[] = [];
  const history = (async function* () {
    yield* changesIn([...before, ...change]);
  })();
  for await (const reviewed of review(history, { policy: POLICY_OF_ALL, world: new RecordedWorld() })) {
    if (reviewed.kind === "decided" && late.has(reviewed.decision.change.id)) decisions.push(reviewed.decision);
  }
  return decisions;
}

async function planned(plan: Plan): Promise<Decision[]> {
  const decisions: Decision[] = [];
  const options = {
    policy: POLICY_OF_ALL,
    at: "2026-11-24T00:00:00Z",
    worldOf: (one: Plan, moment: "after" | "before") => new PlannedWorld(one, moment),
  };
  for await (const reviewed of reviewPlan(plan, options)) if (reviewed.kind === "decided") decisions.push(reviewed.decision);
  return decisions;
}

function changesIn(records: readonly object[]): Change[] {
  return records.flatMap((record) => {
    const parsed = changesOf(record);
    if (parsed.kind === "unreadable") throw new Error(parsed.reason);
    return parsed.kind === "changes" ? parsed.changes : [];
  });
}

/** What each way calls a part of the network, by the name that they share. */
function namesOf({ vpc, gateway, table, subnets, associations, groups }: Ids): ReadonlyMap<string, string> {
  const names = new Map<string, string>([
    [vpc, "vpc"],
    ...[gateway, "aws_internet_gateway.main", "parity/Gateway", "Gateway"].map((one) => [one, "gateway"] as const),
    ...[table, "aws_route_table.main", "parity/Table", "Table"].map((one) => [one, "table"] as const),
  ]);
  for (const [n, id] of subnets.entries())
    for (const one of [id, `aws_subnet.s${n}`, `parity/S${n}`, `S${n}`]) names.set(one, `subnet ${n}`);
  for (const [n, id] of associations.entries()) {
    for (const one of [id, `aws_route_table_association.s${n}`, `rtbassoc-parity-A${n}`, `rtbassoc-A${n}`])
      names.set(one, `association ${n}`);
  }
  for (const [n, id] of groups.entries()) {
    const addresses = [`aws_security_group.g${n}`, `parity/G${n}`, `G${n}`];
    for (const one of [id, ...addresses, ...addresses.map((address) => plannedId("sg-", address))]) names.set(one, `group ${n}`);
  }
  return names;
}

/** What the last decision about each resource says. Nothing may be left open. */
function verdict(decisions: readonly Decision[], names: ReadonlyMap<string, string>, withTime: boolean): Verdict {
  const last = new Map<string, string[]>();
  for (const { change, findings, notJudged } of decisions) {
    const { subject, details } = change;
    const name = names.get(details?.address ?? subject.id) ?? names.get(subject.id) ?? `${subject.kind} ${details?.address ?? subject.id}`;
    const named = (text: string) => text.replace(/sg-(?:\w+|\([^)]*\))/g, (id) => names.get(id) ?? id);
    const partsOf = (parts: readonly string[]) => parts.map((part) => names.get(part) ?? part).join(", ");
    last.set(
      name,
      [
        ...findings.map(
          ({ rule, traffic, parts, introduced }) =>
            `${rule}: ${named(String(traffic))}${partsOf(parts)}${withTime ? ` ${introduced}` : ""}`,
        ),
        ...notJudged.map(({ rule, needs }) => `${rule} is not judged: ${needs}`),
      ].sort(),
    );
  }
  return Object.fromEntries([...last].filter(([, found]) => found.length > 0));
}
