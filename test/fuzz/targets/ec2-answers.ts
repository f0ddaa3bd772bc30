import { EC2Client } from "@aws-sdk/client-ec2";
import { Ec2Api } from "../../../lib/aws/ec2/ec2.ts";
import { Ec2Error } from "../../../lib/guard/ports.ts";
import { receive } from "../../../lib/guard/receive.ts";
import { parsePolicy } from "../../../lib/policy/load.ts";
import { LiveWorld } from "../../../lib/worlds/live.ts";
import { FIRST } from "../../support/attempts.ts";
import { GROUP, grantEvent, permission } from "../../support/gate.ts";
import { guardRig } from "../../support/guard-rig.ts";
import { isList, isObject, type Json, type Steps, valueAt, waysIn, withValue } from "../json.ts";
import type { Luck } from "../random.ts";
import { insist, type Target } from "../target.ts";

const LIST = "pl-0f1e2d3c4b5a69788";
const LAWFUL = { ipProtocol: "tcp", fromPort: "443", toPort: "443", cidrIpv4: "0.0.0.0/0" };
const rule = (n: number, value: object) => ({ securityGroupRuleId: `sgr-${n}`, groupId: GROUP, isEgress: "false", ...value });
// What stands open is one of these, and cannot be told from what EC2 answers once a value of it is spoilt.
const OPEN: readonly object[] = [
  { ipProtocol: "tcp", fromPort: "20", toPort: "25", cidrIpv4: "0.0.0.0/0" },
  { ipProtocol: "udp", fromPort: "22", toPort: "4000", cidrIpv6: "::/0" },
  { ipProtocol: "tcp", fromPort: "22", toPort: "22", prefixListId: LIST },
];
const SPOILT = /^(ipProtocol|fromPort|toPort|cidrIpv4|cidrIpv6|prefixListId|cidr)$/;
const JUNK: readonly (string | undefined)[] = [
  undefined,
  "",
  " ",
  "any",
  "-7",
  "99999",
  "22.5",
  "1e9",
  "0.0.0.0/33",
  "0/0",
  "tpc",
  "256",
  "null",
  "<x/>",
  "&#0;",
];
const policy = parsePolicy("version: 1\nmode: enforce", "fuzz.yml");
const event = grantEvent(permission("tcp", [443, 443], "0.0.0.0/0"));
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

/** EC2's answers to a guard that reads a group which stands open, one value of the open rule spoilt or the text cut: the group is never called clean. */
export const ec2Answers: Target = {
  name: "ec2-answers",
  shrinks: false,
  every: 10,
  make: (luck) => {
    const open = luck.pick(OPEN);
    const rules = [rule(1, LAWFUL), rule(2, open)];
    const answers: Json = JSON.parse(
      JSON.stringify({
        DescribeSecurityGroups: { securityGroupInfo: [{ groupId: GROUP, groupName: "web", vpcId: "vpc-1", ownerId: "000000000000" }] },
        DescribeSecurityGroupRules: { securityGroupRuleSet: luck.percent(50) ? rules : rules.reverse() },
        DescribeManagedPrefixLists: { prefixListSet: [{ prefixListId: LIST, prefixListName: "partners" }] },
        GetManagedPrefixListEntries: { entrySet: [{ cidr: "10.0.0.0/8" }, { cidr: "0.0.0.0/0" }] },
      }),
    );
    return luck.percent(80) ? { answers: spoilt(answers, luck), cut: 1 } : { answers, cut: luck.below(100) / 100 };
  },
  check: async (input) => {
    if (!isObject(input) || !isObject(input.answers)) return;
    const { answers, cut } = input;
    const rig = guardRig(policy);
    const api = new Ec2Api(clientThatHears(answers, Number(cut)));
    try {
      await receive(event, { ...rig.ports, ec2For: () => api, worldOf: (of) => new LiveWorld(of, rig.clock) }, SILENT, FIRST);
    } catch (error) {
      if (error instanceof Ec2Error) return;
      throw error;
    }
    const [decision] = rig.ledger.decisions();
    insist(decision !== undefined, () => "no decision and no error");
    const { outcome, findings, notJudged } = decision;
    insist(outcome !== "clean", () => `clean, and ${JSON.stringify(answers)} was answered`);
    insist(findings.length + notJudged.length > 0, () => `${outcome}, and nothing found or left open`);
  },
};

function spoilt(answers: Json, luck: Luck): Json {
  // The lawful rule, and the first entry of the list, may be what they like.
  const ways = waysIn(answers).filter((way) => {
    const holder = valueAt(answers, way.slice(0, -1));
    const isOpen = isObject(holder) && holder.securityGroupRuleId !== "sgr-1" && holder.cidr !== "10.0.0.0/8";
    return isOpen && SPOILT.test(String(way.at(-1))) && matters(answers, way);
  });
  return withValue(answers, luck.pick(ways), luck.pick(JUNK));
}

// The entries of the list count where the open rule names it.
function matters(answers: Json, [call]: Steps): boolean {
  return call !== "GetManagedPrefixListEntries" || JSON.stringify(valueAt(answers, ["DescribeSecurityGroupRules"])).includes(LIST);
}

/** A client to which every call is answered from these, as XML, cut to a part of its text where `cut` is below 1. */
function clientThatHears(answers: Json, cut: number): EC2Client {
  const handle = async ({ body }: { body?: unknown }) => {
    const action = new URLSearchParams(String(body)).get("Action") ?? "";
    const answer = valueAt(answers, [action]) ?? (action.startsWith("Revoke") ? { return: "true" } : {});
    const text = `<${action}Response>${xml(answer)}</${action}Response>`;
    const sent = new TextEncoder().encode(
      action === "DescribeSecurityGroupRules" && cut < 1 ? text.slice(0, 1 + Math.floor(text.length * cut)) : text,
    );
    return { response: { statusCode: 200, headers: { "content-type": "text/xml" }, body: sent } };
  };
  return new EC2Client({
    region: "eu-west-1",
    endpoint: "http://127.0.0.1:1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    maxAttempts: 1,
    requestHandler: { handle },
  });
}

function xml(value: Json): string {
  if (isList(value)) return value.map((item) => `<item>${xml(item)}</item>`).join("");
  if (isObject(value))
    return Object.entries(value)
      .map(([key, inner]) => `<${key}>${xml(inner)}</${key}>`)
      .join("");
  return String(value);
}
