import { parse, stringify } from "yaml";
import { SecurityGroup } from "../../../lib/model/security-group.ts";
import { parseRule } from "../../../lib/model/security-group-rule.ts";
import { parsePolicy } from "../../../lib/policy/load.ts";
import { PolicyError } from "../../../lib/policy/problem.ts";
import { readSnapshot } from "../../../lib/policy/snapshot.ts";
import { change } from "../../support/changes.ts";
import { guardRig } from "../../support/guard-rig.ts";
import { type Json, waysIn } from "../json.ts";
import { mutated, scribbled } from "../mutate.ts";
import { POLICIES } from "../recordings.ts";
import { insist, type Target } from "../target.ts";

const DEEPEST = 200;
const TREES: readonly Json[] = POLICIES.map((text) => parse(text));
const WORDS = [
  "*a",
  "&a ",
  "<<: ",
  "- ",
  ": ",
  "{",
  "}",
  "[",
  "]",
  "|\n",
  "? ",
  "!!js/function ",
  "%YAML 1.1\n---\n",
  "---\n",
  "\t",
  "'",
  '"',
  "#",
  "yes",
  "off",
  "__proto__: 1\n",
  "0.0.0.0/0",
  "2027-02-30",
  "\u0000",
];

/** Policies as text: refused with a place and an expectation, or one by which a group can be judged, the same again from its snapshot. */
export const policies: Target = {
  name: "policies",
  every: 10,
  make: (luck) => {
    if (luck.percent(50)) return scribbled(luck.pick(POLICIES), luck, WORDS);
    const tree = mutated(luck.pick(TREES), luck, { favourites: ["rules", "scopes", "networks", "exceptions"], donors: TREES });
    // What nests more deeply these cannot write, or take minutes to.
    if (waysIn(tree, DEEPEST).some((way) => way.length === DEEPEST)) return `version: ${"[".repeat(20_000)}`;
    return luck.percent(50) ? stringify(tree) : JSON.stringify(tree);
  },
  check: async (input) => {
    if (typeof input !== "string") return;
    const policy = accepted(input);
    if (policy === undefined) return;
    const again = readSnapshot(JSON.parse(JSON.stringify(policy.document)));
    insist(again.version === policy.version, () => "the snapshot of the policy has another version");
    const rig = guardRig(policy);
    const rules = ["tcp 22 from 0.0.0.0/0", "all from 10.0.0.0/8"];
    rig.ec2.createGroup("sg-1", rules);
    await rig.guard(change({ claim: { kind: "rules-granted", rules: rules.map(parseRule) } }));
    new SecurityGroup({ id: "sg-1", rules: rules.map(parseRule) }).rules.forEach(String);
  },
};

function accepted(text: string) {
  try {
    return parsePolicy(text, "fuzz.yml");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    insist(error.problems.length > 0, () => "a policy refused without a problem");
    for (const { line, column, message } of error.problems) {
      insist(line >= 1 && column >= 1, () => `a problem at ${line}:${column}`);
      insist(
        /expected|unknown|no known|not valid YAML|not usable/.test(message),
        () => `a problem that says not what was expected: ${message}`,
      );
    }
    return undefined;
  }
}
