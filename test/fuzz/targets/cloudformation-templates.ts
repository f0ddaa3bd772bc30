import { stringify } from "yaml";
import { planIn } from "../../../cli/plans.ts";
import { plansIn } from "../../../lib/cloudformation/inputs.ts";
import { Source } from "../../../lib/cloudformation/source.ts";
import type { Decision } from "../../../lib/model/decision.ts";
import { isDeeperThan } from "../../../lib/planned/depth.ts";
import { isObject, type Json, type JsonObject, valueAt, waysIn, withValue } from "../json.ts";
import { mutated, scribbled } from "../mutate.ts";
import { type Luck, luckOf } from "../random.ts";
import { TEMPLATES } from "../recordings.ts";
import { gist, insistNoticed, reviewed } from "../reviewed.ts";
import { insist, type Target } from "../target.ts";

const FAVOURITES = ["Resources", "Conditions", "Mappings", "Parameters"];
// In the long form, as JSON can say it.
const TREES: readonly Json[] = TEMPLATES.map((text) => JSON.parse(JSON.stringify(new Source(text, "template").value)));
const HOLE = /\bFuzzed/;
const DEEPEST = 90;
const WORDS = [
  "{",
  "}",
  "[",
  "]",
  ":",
  "!Ref ",
  "!Sub ",
  "!If [",
  "Fn::GetAtt: ",
  "&a ",
  "*a",
  "<<: ",
  "---\n",
  "\t",
  "'",
  '"',
  "${",
  "AWS::Region",
  "|\n",
  "\u0000",
];

const RULE = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, CidrIp: "0.0.0.0/0" };
const group = (more: JsonObject): JsonObject => ({ Type: "AWS::EC2::SecurityGroup", Properties: { GroupDescription: "fuzzed", ...more } });
const rule = (more: JsonObject): JsonObject => ({ Type: "AWS::EC2::SecurityGroupIngress", Properties: { ...RULE, ...more } });
const inline = (more: JsonObject): JsonObject => ({ Fuzzed: group({ SecurityGroupIngress: [{ ...RULE, ...more }] }) });

interface Hole {
  readonly resources: JsonObject;
  /** Other sections of the template that it needs. */
  readonly sections?: Readonly<Record<string, JsonObject>>;
}

/** Ways to open a group to the internet that the template alone tells. */
const HOLES: readonly Hole[] = [
  { resources: inline({}) },
  { resources: { Fuzzed: group({ SecurityGroupIngress: [{ ...RULE, CidrIp: "10.0.0.0/8" }, RULE] }) } },
  { resources: { Fuzzed: group({}), FuzzedRule: rule({ GroupId: { Ref: "Fuzzed" } }) } },
  { resources: { Fuzzed: group({}), FuzzedRule: rule({ GroupId: { "Fn::GetAtt": ["Fuzzed", "GroupId"] } }) } },
  { resources: { FuzzedRule: rule({ GroupId: "sg-0fuzzed" }) } },
  { resources: inline({ CidrIp: { "Fn::Join": ["/", ["0.0.0.0", "0"]] } }) },
  {
    resources: inline({ CidrIp: { Ref: "FuzzedFrom" } }),
    sections: { Parameters: { FuzzedFrom: { Type: "String", Default: "0.0.0.0/0" } } },
  },
  {
    resources: inline({ CidrIp: { "Fn::FindInMap": ["FuzzedMap", "all", "v4"] } }),
    sections: { Mappings: { FuzzedMap: { all: { v4: "0.0.0.0/0" } } } },
  },
  {
    resources: inline({ CidrIp: { "Fn::If": ["FuzzedIs", "0.0.0.0/0", "10.0.0.0/8"] } }),
    sections: { Conditions: { FuzzedIs: { "Fn::Equals": ["a", "a"] } } },
  },
];
// What a change set tells, which has worked out everything.
const PLAIN = [HOLES[0], HOLES[1], HOLES[4]].flatMap((hole) => hole ?? []);

const NO_SCALAR: readonly Json[] = [[], {}, ["0.0.0.0/0"], { a: 1 }, { "Fn::Nope": "a" }, { "Fn::GetAtt": ["Fuzzed"] }, { "Fn::Sub": 7 }];
const NO_PORT: readonly Json[] = [...NO_SCALAR, true, 22.5, "ssh", "22-23", 65_536, -2];
const JUNK: Readonly<Record<string, readonly Json[]>> = {
  IpProtocol: [...NO_SCALAR, true, "tpc", 256, 6.5, "", null],
  FromPort: NO_PORT,
  ToPort: NO_PORT,
  CidrIp: [...NO_SCALAR, true, 7, "any", "0.0.0.0/33", "0.0.0.0/", "", null, { Ref: "AWS::NoValue" }],
  SecurityGroupIngress: ["x", 7, true, {}, ["x"], [7], [{}], [[]], [null], { "Fn::Nope": [] }, { "Fn::GetAtt": ["Fuzzed"] }],
};

/**
 * CloudFormation templates and change sets with damages, reviewed with all rules on. A planted hole must be found whatever else stands
 * there, and noticed where a value of it is one that nobody can read; and JSON and YAML are judged alike.
 */
export const cloudFormationTemplates: Target = {
  name: "cloudformation-templates",
  every: 10,
  make: (luck) => {
    const sort = luck.pick(["text", "damaged", "hole", "unreadable", "change-set", "same"]);
    const seed = luck.below(2 ** 31);
    if (sort === "text") return { sort, seed, text: scribbled(luck.pick(TEMPLATES), luck, WORDS) };
    return { sort, seed, tree: mutated(luck.pick(TREES), luck, { favourites: FAVOURITES, donors: TREES }) };
  },
  check: async (input) => {
    if (!isObject(input)) return;
    const { sort, seed, text, tree } = input;
    const luck = luckOf(Number(seed), 0);
    if (typeof text === "string") return void (await judged(text));
    if (tree === undefined) return;
    // Where there is no map of resources, nothing can be planted; and these cannot write what nests so deeply.
    if (sort === "damaged" || !isObject(tree) || !isObject(tree.Resources ?? {}) || isDeeperThan(DEEPEST, tree)) return onItsOwn(tree);
    if (sort === "same") return inBothForms(planted(tree, luck.pick(HOLES)));
    const hole = luck.pick(sort === "change-set" ? PLAIN : HOLES);
    const [made, what] =
      sort === "unreadable" || (sort === "change-set" && luck.percent(50)) ? unreadable(hole, luck) : [hole, "it stands open"];
    const whole = planted(tree, made);
    const written = textOf(sort === "change-set" ? changeSetOf(whole) : whole, luck);
    const decisions = await judged(written);
    if (decisions !== undefined) insistNoticed(decisions, HOLE, () => `${what}: ${JSON.stringify(made)}`);
  },
};

/** A template in a folder, packed or on standard input is read as JSON before anybody knows what it is. */
async function onItsOwn(tree: Json): Promise<void> {
  const found = await planIn(tree, "template.json", {});
  if (found !== undefined && "plan" in found) await reviewed(found.plan);
}

async function inBothForms(tree: Json): Promise<void> {
  const [json, yaml] = [await judged(JSON.stringify(tree)), await judged(stringify(tree, { aliasDuplicateObjects: false }))];
  insist(
    (json === undefined) === (yaml === undefined),
    () => `as ${json === undefined ? "JSON" : "YAML"} it is refused, in the other form it is not`,
  );
  if (json !== undefined && yaml !== undefined) insist(gist(json) === gist(yaml), () => `${gist(json)}\nis, in YAML,\n${gist(yaml)}`);
}

/** What is decided about a template; undefined where it is refused, with a reason. */
async function judged(text: string): Promise<readonly Decision[] | undefined> {
  const found = await plansIn({ files: [{ file: "template.yml", text }], assemblies: [] }, {});
  const [only] = found;
  insist(only !== undefined && found.length === 1, () => `${found.length} answers about one file`);
  if ("plan" in only) return reviewed(only.plan);
  insist(only.reason !== "", () => "a template is refused without a reason");
  return undefined;
}

function planted(tree: JsonObject, { resources, sections = {} }: Hole): Json {
  const add = (name: string, more: JsonObject): [string, Json] => {
    const own = tree[name];
    return [name, isObject(own) || own === undefined ? Object.fromEntries([...Object.entries(own ?? {}), ...Object.entries(more)]) : own];
  };
  const changed = [add("Resources", resources), ...Object.entries(sections).map(([name, more]) => add(name, more))];
  return Object.fromEntries([...Object.entries(tree).filter(([name]) => !changed.some(([one]) => one === name)), ...changed]);
}

function unreadable(hole: Hole, luck: Luck): [Hole, string] {
  const ways = waysIn(hole.resources).filter((way) => {
    // The first of several rules is lawful; what is wrong with it says nothing about the other.
    const at = way.indexOf("SecurityGroupIngress");
    const list = at < 0 ? undefined : valueAt(hole.resources, way.slice(0, at + 1));
    return String(way.at(-1)) in JUNK && (at < 0 || at === way.length - 1 || !Array.isArray(list) || way[at + 1] === list.length - 1);
  });
  const way = luck.pick(ways);
  const junk = luck.pick(JUNK[String(way.at(-1))] ?? []);
  const resources = withValue(hole.resources, way, junk);
  return [{ ...hole, resources: isObject(resources) ? resources : {} }, `${way.join(".")} is ${JSON.stringify(junk)}`];
}

/** What DescribeChangeSet answers about a stack that is made of this template, its property values included. */
function changeSetOf(tree: Json): Json {
  const resources = valueAt(tree, ["Resources"]);
  const changes = Object.entries(isObject(resources) ? resources : {}).map(([name, one]): Json => {
    const { Type = "", Properties = {} } = isObject(one) ? one : {};
    const context = { LogicalResourceId: name, ResourceType: Type, Action: "Add", AfterContext: JSON.stringify({ Properties }) };
    return { Type: "Resource", ResourceChange: context };
  });
  const about = { ChangeSetName: "c", StackName: "fuzz", Status: "CREATE_COMPLETE" };
  return { ...about, StackId: "arn:aws:cloudformation:eu-west-1:111122223333:stack/fuzz/0c1b2a30", Changes: changes };
}

function textOf(tree: Json, luck: Luck): string {
  return luck.percent(40) ? stringify(tree, { aliasDuplicateObjects: false }) : JSON.stringify(tree);
}
