import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesIn } from "../cli/changes.ts";
import type { SourcedPlan } from "../cli/plans.ts";
import { reviewPlan } from "../lib/guard/reviewing/review-plan.ts";
import type { Plan } from "../lib/planned/plan.ts";
import { parsePolicy } from "../lib/policy/load.ts";
import { Tally } from "../lib/report/tally.ts";
import { PlannedWorld } from "../lib/worlds/planned.ts";
import type { Figure } from "./figures.ts";
import { median, time } from "./measure.ts";
import type { Say } from "./progress.ts";

const RESOURCES = 10_000;
const ROUNDS = 5;

/** Reading and judging a plan of 10,000 resources from its file: groups, each with rules of its own and rules as resources. */
export async function benchPlan(say: Say): Promise<Figure> {
  say("a plan");
  const folder = await mkdtemp(join(tmpdir(), "portcullis-bench-"));
  try {
    const file = join(folder, "plan.json");
    const text = JSON.stringify(planOf(RESOURCES));
    await writeFile(file, text);
    const policy = parsePolicy("version: 1", "bench");
    const figures: number[] = [];
    for (let round = 0; round < ROUNDS; round++) figures.push(await time(() => review(file, policy)));
    const taken = median(figures);
    return {
      id: "review-plan",
      what: `a plan of ${RESOURCES.toLocaleString("en-US")} resources, ${(text.length / 1e6).toFixed(0)} MB`,
      ours: `${taken.toFixed(0)} ms`,
      goal: "under 2,000 ms",
      met: taken < 2_000,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function review(file: string, policy: ReturnType<typeof parsePolicy>): Promise<void> {
  const plans: Plan[] = [];
  const listeners = {
    tally: new Tally(),
    onFile: () => {},
    onUnreadable: async () => {},
    onPlan: ({ plan }: SourcedPlan) => void plans.push(plan),
  };
  for await (const change of changesIn([file], listeners)) throw new Error(`no change is recorded there: ${change.id}`);
  let decided = 0;
  for (const plan of plans) {
    const options = {
      policy,
      at: "2026-01-01T00:00:00Z",
      worldOf: (one: Plan, moment: "after" | "before") => new PlannedWorld(one, moment),
    };
    for await (const reviewed of reviewPlan(plan, options)) if (reviewed.kind === "decided") decided++;
  }
  if (decided !== RESOURCES / 4) throw new Error(`${decided} groups were decided about, ${RESOURCES / 4} expected`);
}

// Of four resources, one is a group and three are rules of it.
function planOf(count: number) {
  const blocks = ["aws_security_group.this", ...PORTS.map((port) => `aws_vpc_security_group_ingress_rule.p${port}`)];
  const changes = Array.from({ length: count / 4 }, (_, n) => [
    changeOf(
      "aws_security_group",
      "this",
      n,
      { name: `group-${n}`, description: "bench", vpc_id: "vpc-0abc" },
      { id: true, ingress: true, egress: true },
    ),
    ...PORTS.map((port) =>
      changeOf(
        "aws_vpc_security_group_ingress_rule",
        `p${port}`,
        n,
        {
          ip_protocol: "tcp",
          from_port: port,
          to_port: port,
          cidr_ipv4: n % 10 === 0 ? "0.0.0.0/0" : "10.0.0.0/8",
          tags: { Name: `rule-${n}` },
        },
        { id: true, security_group_id: true },
      ),
    ),
  ]).flat();
  const resources = blocks.map((address) => {
    const [type = "", name = ""] = address.split(".");
    const references = ["aws_security_group.this", "count.index"];
    return { address, mode: "managed", type, name, provider_config_key: "aws", expressions: { security_group_id: { references } } };
  });
  return { format_version: "1.2", resource_changes: changes, configuration: { root_module: { resources } } };
}
const PORTS = [22, 443, 8443];

function changeOf(type: string, name: string, index: number, after: object, unknown: object) {
  const change = { actions: ["create"], before: null, after, after_unknown: unknown, before_sensitive: false, after_sensitive: {} };
  return {
    address: `${type}.${name}[${index}]`,
    mode: "managed",
    type,
    name,
    index,
    provider_name: "registry.terraform.io/hashicorp/aws",
    change,
  };
}
