// Judges one thing of one size, in a process of its own: `node bench/scaling-child.ts <sort> <size>`. Prints the least time of a
// judgement (milliseconds), which a busy machine disturbs the least, and the most memory that the process has had (bytes).
import { judge } from "../lib/guard/judging/judge.ts";
import { sweep } from "../lib/guard/sweeping/sweep.ts";
import { SecurityGroup } from "../lib/model/security-group.ts";
import { parseRule, type SecurityGroupRule } from "../lib/model/security-group-rule.ts";
import { parsePolicy } from "../lib/policy/load.ts";
import { rulingFor } from "../lib/policy/ruling.ts";
import { MemoryEc2 } from "../test/support/memory-ec2.ts";
import { networkOf } from "../test/support/network.ts";
import { sweepRig } from "../test/support/sweep-rig.ts";
import { time } from "./measure.ts";

const AT = "2026-11-24T10:00:00Z";
const WARM_UP_MS = 200;
const ROUNDS = 15;
const GROUPS_PER_ACCOUNT = 100;

const RULES: Readonly<Record<string, (i: number) => string>> = {
  "one-port-each-private": (i) => `tcp ${i + 1000} from 10.${i % 256}.0.0/16`,
  "one-port-each-public": (i) => `tcp ${i + 1000} from 0.0.0.0/0`,
  "one-port-an-address-each": (i) => `tcp 22 from 8.${i >> 8}.${i & 255}.7/32`,
  "overlapping-ranges-of-ports": (i) => `tcp ${i}-${i + 500} from 8.${i >> 8}.${i & 255}.0/24`,
};

const [, , sort = "", text = ""] = process.argv;
const size = Number(text);
const milliseconds = await (sort === "organization" ? sweepOrganization() : judgeGroup());
process.stdout.write(`${JSON.stringify({ milliseconds, peak: process.resourceUsage().maxRSS * 1024 })}\n`);

async function judgeGroup(): Promise<number> {
  const ruling = rulingFor(parsePolicy("version: 1\nmode: enforce", "bench"), { account: "111122223333", region: "eu-west-1" }, AT);
  if ("needs" in ruling) throw new Error(`the ruling needs ${ruling.needs}`);
  const ruleAt = RULES[sort];
  const rules = ruleAt === undefined ? [parseRule("tcp 22 from pl-1")] : Array.from({ length: size }, (_, i) => parseRule(ruleAt(i)));
  const cidrs = Array.from({ length: size }, (_, i) => `8.${i >> 8}.${i & 255}.0/24`);
  // Each time as if all had just been read.
  const once = async () => {
    const world = networkOf({ "prefix-list": [{ id: "pl-1", cidrs: [...cidrs] }] });
    await judge(groupOf(rules), world, ruling, () => "unknown");
  };
  const several = (times: number) =>
    time(async () => {
      for (let n = 0; n < times; n++) await once();
    });
  // Until the engine has compiled what it will.
  let times = 1;
  for (let took = 0; took < WARM_UP_MS; took = await several(times)) times *= 2;
  times = Math.ceil(times / 8);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, (await several(times)) / times);
  return best;
}

function groupOf(rules: readonly SecurityGroupRule[]): SecurityGroup {
  return new SecurityGroup({ id: "sg-1", rules: rules.map((rule) => ({ ...rule })) });
}

/** Accounts of a hundred groups, one of which is open, swept one after the other; EC2 is made anew for each, as it is read anew. */
async function sweepOrganization(): Promise<number> {
  const rig = sweepRig();
  const accounts = Math.ceil(size / GROUPS_PER_ACCOUNT);
  let known: { readonly account: string; readonly ec2: MemoryEc2 } | undefined;
  const ec2For = (account: string) => {
    if (known?.account !== account) known = { account, ec2: accountOf(account) };
    return known.ec2;
  };
  return time(async () => {
    for (let n = 0; n < accounts; n++) {
      const account = String(200_000_000_000 + n);
      await sweep({ run: "bench", at: AT, account, region: "eu-central-1" }, { ...rig.ports, ec2For });
    }
  });
}

function accountOf(account: string): MemoryEc2 {
  const ec2 = new MemoryEc2();
  for (let n = 0; n < Math.min(size, GROUPS_PER_ACCOUNT); n++) {
    const lawful = ["tcp 443 from 0.0.0.0/0", "tcp 5432 from 10.0.0.0/8", `tcp ${8_000 + n} from sg-${account}${n}`];
    ec2.createGroup(`sg-${account}${n}`, n === 0 ? [...lawful, "tcp 22 from 0.0.0.0/0"] : lawful);
  }
  return ec2;
}
