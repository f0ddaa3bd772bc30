import { join } from "node:path";
import fc from "fast-check";
import type { Decision } from "../../lib/model/decision.ts";
import type { Finding } from "../../lib/model/finding.ts";
import { revokeRules } from "../../lib/model/remedy.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { loadPolicy } from "../../lib/policy/load.ts";
import type { Report, Write } from "../../lib/report/report.ts";
import { Tally, type Unreadable } from "../../lib/report/tally.ts";
import { change, decision, deletedRoute, finding, rule } from "./decisions.ts";

const POLICY = loadPolicy(join(import.meta.dirname, "../../portcullis.yml"));
/** The policy that comes with Portcullis, with a version that does not change with it. */
export const policy = { ...POLICY, version: "3f9c01d2ab47" };

/** What a report writes about these decisions, which it is given one after the other. */
export async function written(
  make: (write: Write) => Report,
  decisions: readonly Decision[],
  unreadable: readonly Unreadable[] = [],
): Promise<string> {
  let text = "";
  const report = make(async (part) => {
    text += part;
  });
  const tally = new Tally();
  for (const each of decisions) {
    tally.outcomes[each.outcome]++;
    await report.decided(each);
  }
  for (const each of unreadable) {
    tally.unreadable++;
    await report.unreadable(each);
  }
  await report.end(tally);
  return text;
}

interface InFile {
  readonly file?: string;
  readonly line?: string;
}

/** A decision about a security group of a plan: it opens SSH to everybody. */
export function planned(address: string, { file, line, ...overrides }: Partial<Decision> & InFile = {}): Decision {
  const made = change({
    id: `plan/${address}`,
    account: "",
    region: "",
    actor: { arn: "terraform" },
    subject: { kind: "security-group", id: address },
    details: { address, ...(file !== undefined && { file }), ...(line !== undefined && { line }) },
  });
  return decision({ change: made, outcome: "would-act", acts: [], names: {}, ...overrides });
}

const ssh = rule("tcp 22 from 0.0.0.0/0", "temporary, for the vendor");
const database: Finding = finding("tcp 5432 from 203.0.113.0/24", { severity: "high" });

/** A review in which everything occurs that reports tell. */
export const EXAMPLE: readonly Decision[] = [
  decision({
    outcome: "would-act",
    mode: "dry-run",
    acts: [{ remedy: revokeRules("sg-0a1b2c3d4e5f60718", [ssh]), result: "would" }],
  }),
  planned('module.web.aws_security_group.this["a"]', { file: "modules/web/main.tf", line: "12" }),
  deletedRoute({ outcome: "would-act", acts: deletedRoute().acts.map(({ remedy }) => ({ remedy, result: "would" })) }),
  decision({
    change: change({ id: "excepted", subject: { kind: "security-group", id: "sg-0excepted" } }),
    outcome: "excepted",
    findings: [],
    excepted: [{ finding: database, exception: "vendor-2026" }],
    acts: [],
    names: {},
  }),
  decision({
    change: change({ id: "open", subject: { kind: "vpc", id: "vpc-0f1e" } }),
    outcome: "alert",
    findings: [],
    acts: [],
    names: {},
    notJudged: [{ rule: "flow-logs-enabled", needs: "the flow logs of vpc-0f1e" }],
  }),
  decision({
    change: change({ id: "clean", subject: { kind: "security-group", id: "sg-0clean" } }),
    outcome: "clean",
    findings: [],
    acts: [],
    names: {},
  }),
];

export const UNREADABLE: readonly Unreadable[] = [{ source: "AWSLogs/broken.json", index: 3, reason: "it is no CloudTrail record" }];

/** A review in which every text that somebody else may write is this one. */
export function hostile(text: string): readonly Decision[] {
  const actor = { arn: text, session: text, userAgent: `agent/1 ${text}` };
  const found = finding("tcp 22 from 0.0.0.0/0", { message: text, rules: [rule("tcp 22 from 0.0.0.0/0", text)] });
  const names = { account: text, subject: text, vpc: text };
  const at = (minute: number) => `2026-03-02T09:0${minute}:00Z`;
  const call = { source: text, name: text };
  const recorded = change({ id: text, at: at(0), actor, call, region: text, subject: { kind: "security-group", id: text } });
  const inPlan = change({ at: at(1), subject: { kind: "vpc", id: text }, details: { address: text, file: text, line: text } });
  const excepted = change({ at: at(2), subject: { kind: "subnet", id: text } });
  const open = change({ at: at(3), subject: { kind: "route-table", id: text } });
  return [
    decision({ change: recorded, outcome: "would-act", findings: [found], names }),
    decision({
      change: inPlan,
      outcome: "would-act",
      findings: [{ ...found, rules: [], parts: [text], traffic: TrafficSet.EMPTY }],
      names,
    }),
    decision({ change: excepted, outcome: "excepted", findings: [], excepted: [{ finding: found, exception: text }], names }),
    decision({ change: open, outcome: "alert", findings: [], notJudged: [{ rule: "flow-logs-enabled", needs: text }], names }),
  ];
}

/** Texts as nobody should write them. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.constantFrom(
        ...[
          "@lena",
          "#1",
          "GH-7",
          "acme/app#3",
          "https://evil.example",
          "www.evil.example",
          "[a](javascript:b)",
          "![](//evil)",
          "<img src=x>",
        ],
        ...[
          "</details>",
          "<!--",
          "-->",
          "]]>",
          "<![CDATA[",
          "&lt;",
          "&#64;lena",
          "`",
          "``` ",
          "|",
          "**b**",
          "~~s~~",
          "__u__",
          "$x$",
          "\\",
          ":+1:",
        ],
        ...[
          "\n",
          "\n\n# h",
          "\r\n- x",
          "\u0000",
          "\u001b[31m",
          "\ud800",
          "\uffff",
          "\u202e",
          "{0}",
          "](1)",
          "../",
          "//evil/",
          "C:\\",
          "%",
          "mailto:a@b.c",
        ],
      ),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => text !== "");
