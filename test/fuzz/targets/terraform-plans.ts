import { planIn } from "../../../cli/plans.ts";
import { block, type Planned, planned } from "../../support/terraform.ts";
import { isList, isObject, type Json, valueAt, withValue } from "../json.ts";
import { mutated } from "../mutate.ts";
import { type Luck, luckOf } from "../random.ts";
import { PLANS } from "../recordings.ts";
import { gist, insistNoticed, reviewed } from "../reviewed.ts";
import { insist, type Target } from "../target.ts";

const FAVOURITES = ["resource_changes", "configuration", "prior_state"];
const CHANGES = ["resource_changes"];
const BLOCKS = ["configuration", "root_module", "resources"];
const HOLE = /fuzzed/;
const GROUP = "aws_security_group.fuzzed";
const OPEN = [["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["10.0.0.0/8", "0.0.0.0/0"], ["1.2.3.4/0"]] as const;
const RULE = { type: "ingress", from_port: 22, to_port: 22, protocol: "tcp" };
const names = { security_group_id: [`${GROUP}.id`, GROUP] };
const bare = (draft = {}) => planned(GROUP, { name: "fuzzed", ingress: [], egress: [] }, draft);

/** Ways to open a group to the internet, each told whole by the plan alone; the first of the changes holds what opens it. */
const HOLES: readonly ((cidrs: readonly string[]) => readonly Planned[])[] = [
  (cidrs) => [planned(GROUP, { name: "fuzzed", ingress: [block(22, cidrs)], egress: [] })],
  (cidrs) => [planned(GROUP, { name: "fuzzed", ingress: [block(443, ["10.0.0.0/8"]), block(22, cidrs)], egress: [] })],
  (cidrs) => [
    planned(`${GROUP}["a"]`, { id: "sg-0f", ingress: [block(22, cidrs)] }, { actions: ["update"], before: { id: "sg-0f", ingress: [] } }),
  ],
  (cidrs) => [planned(GROUP, { ingress: [block(22, cidrs)] }, { actions: ["delete", "create"], before: { id: "sg-0f", ingress: [] } })],
  (cidrs) => [planned("aws_default_security_group.fuzzed", { ingress: [block(22, cidrs)] })],
  (cidrs) => [planned("aws_security_group_rule.fuzzed", { ...RULE, cidr_blocks: cidrs }, { names }), bare()],
  (cidrs) => [planned("aws_security_group_rule.fuzzed", { ...RULE, cidr_blocks: cidrs, security_group_id: "sg-0fuzzed" })],
  () => [
    planned(
      "aws_vpc_security_group_ingress_rule.fuzzed",
      { ip_protocol: "tcp", from_port: 22, to_port: 22, cidr_ipv4: "0.0.0.0/0" },
      { names },
    ),
    bare(),
  ],
];

const NO_SCALAR: readonly Json[] = [[], {}, true, ["0.0.0.0/0"], { a: 1 }];
const NO_PORT: readonly Json[] = [...NO_SCALAR, 22.5, "ssh", "22-23", 65_536, -2, 1e300];
const NO_PROTOCOL: readonly Json[] = [...NO_SCALAR, "tpc", 256, 6.5, "", null];
const JUNK: Readonly<Record<string, readonly Json[]>> = {
  from_port: NO_PORT,
  to_port: NO_PORT,
  protocol: NO_PROTOCOL,
  ip_protocol: NO_PROTOCOL,
  cidr_blocks: ["0.0.0.0/0", 7, true, {}, [{}], ["0.0.0.0/33"], ["any"], [["0.0.0.0/0"]], [true]],
  cidr_ipv4: [...NO_SCALAR, "0.0.0.0/33", "any", 7],
  ingress: ["x", 7, true, {}, ["x"], [[]], [{}], [null], { ingress: [] }],
};

/**
 * Terraform plans with damages, reviewed with all rules on. Into each of one sort a hole is planted that the plan tells whole: it
 * must be found, whatever else stands there. Of another, a value of that hole is one that nobody can read: it must be noticed. Of the last, the
 * plan in another spelling must be judged alike.
 */
export const terraformPlans: Target = {
  name: "terraform-plans",
  every: 10,
  make: (luck) => {
    const plan = luck.pick(PLANS);
    const damaged = mutated(plan, luck, { favourites: FAVOURITES, donors: PLANS });
    const sort = luck.pick(["damaged", "hole", "unreadable", "same"]);
    return { sort, seed: luck.below(2 ** 31), plan: sort === "same" ? plan : damaged };
  },
  check: async (input) => {
    if (!isObject(input)) return;
    const { sort, seed, plan } = input;
    const luck = luckOf(Number(seed), 0);
    if (plan === undefined) return;
    if (sort === "damaged") return void (await judged(plan));
    const changes = luck.pick(HOLES)(luck.pick(OPEN));
    if (sort === "same") {
      const whole = planted(plan, changes);
      const [before, after] = [
        await judged(whole),
        await judged(
          planted(
            plan,
            changes.map((one) => spelledAnew(one, luck)),
          ),
        ),
      ];
      insist(before !== undefined && after !== undefined, () => "a plan is refused in another spelling");
      return insist(gist(before) === gist(after), () => `${gist(before)}\nis, spelled anew,\n${gist(after)}`);
    }
    const [opens, ...others] = changes;
    if (opens === undefined) return;
    const [made, what] = sort === "unreadable" ? unreadable(opens, luck) : [opens, "it stands open"];
    const decisions = await judged(planted(plan, [made, ...others]));
    // Where the list of changes is none, or the document is no plan, the whole is refused.
    if (decisions !== undefined) insistNoticed(decisions, HOLE, () => `${what}: ${JSON.stringify(made)}`);
  },
};

/** What is decided about a plan; undefined where it is refused, with a reason, or is none. */
async function judged(plan: Json) {
  const found = await planIn(plan, "plan.json", {});
  if (found === undefined) return undefined;
  if ("plan" in found) return reviewed(found.plan);
  insist(found.reason !== "", () => "a plan is refused without a reason");
  return undefined;
}

function planted(plan: Json, changes: readonly Planned[]): Json {
  const add = (whole: Json, at: readonly string[], more: unknown): Json => {
    const list = valueAt(whole, at);
    // JSON of our own making.
    return isList(list) ? withValue(whole, at, [...list, ...JSON.parse(JSON.stringify(more))]) : whole;
  };
  const changed = changes.map(({ change }) => change);
  const blocks = changes.map((one) => one.block);
  return add(add(plan, CHANGES, changed), BLOCKS, blocks);
}

function unreadable({ change, block }: Planned, luck: Luck): [Planned, string] {
  const whole: Json = JSON.parse(JSON.stringify(change));
  const after = ["change", "after"];
  const inside = [...after, "ingress"];
  const own = valueAt(whole, after);
  const list = valueAt(whole, inside);
  const [steps, from] = isList(list) && luck.percent(80) ? [[...inside, list.length - 1], list.at(-1)] : [after, own];
  const keys = isObject(from) ? Object.keys(from).filter((key) => key in JUNK) : [];
  const key = luck.pick(keys);
  const junk = luck.pick(JUNK[key] ?? []);
  return [{ change: withValue(whole, [...steps, key], junk), block }, `${key} is ${JSON.stringify(junk)}`];
}

const PROTOCOLS: readonly Json[] = ["tcp", "TCP", "6", 6];

/** The same change in other words: numbers as text, lists in another order or as their only element, keys that nobody knows. */
function spelledAnew({ change, block }: Planned, luck: Luck): Planned {
  const alike = (value: Json, key: string): Json => {
    if (/^(ip_)?protocol$/.test(key)) return luck.pick(PROTOCOLS);
    if (/_port$/.test(key)) return luck.percent(50) ? String(value) : value;
    if (key === "cidr_blocks" && isList(value)) return luck.percent(50) ? [...value].reverse() : [...value, ...value];
    if (key === "ingress" && isList(value)) {
      const items = value.map((item) => alike(item, ""));
      const [only] = items;
      return items.length === 1 && only !== undefined && luck.percent(50) ? only : items.reverse();
    }
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([name, inner]): [string, Json] => [name, alike(inner, name)]);
    return Object.fromEntries(luck.percent(50) ? entries.reverse() : [...entries, ["x_nobody_knows", "0.0.0.0/0"]]);
  };
  const whole: Json = JSON.parse(JSON.stringify(change));
  const after = valueAt(whole, ["change", "after"]);
  return { change: after === undefined ? whole : withValue(whole, ["change", "after"], alike(after, "")), block };
}
