import type { Change } from "../model/change.ts";
import type { Act, Decision, NotJudged, Outcome } from "../model/decision.ts";
import type { Finding, Introduced, Severity } from "../model/finding.ts";
import type { Remedy } from "../model/remedy.ts";
import { isPlanned } from "../planned/plan.ts";
import type { Report, Write } from "./report.ts";
import type { Tally } from "./tally.ts";

/** A finding as reports in JSON show it; `traffic` is in the notation `tcp 22 from 0.0.0.0/0`. */
export interface FindingJson {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly traffic: string;
  /** The parts of a resource other than a security group that offend: destinations of routes, `ingress/100` of an ACL. */
  readonly parts?: readonly string[];
  readonly introduced: Introduced;
}

/** A decision as reports in JSON show it. `via` and the last three keys are there only when they say something. */
interface DecisionJson {
  readonly id: string;
  readonly at: string;
  readonly account: string;
  readonly region: string;
  /** The name of the API call. */
  readonly call: string;
  /** The arn of the caller. */
  readonly actor: string;
  readonly subject: { readonly kind: string; readonly id: string };
  /** Of a planned change: what the plan, or the template, calls the resource, and where in its files it stands. */
  readonly address?: string;
  readonly file?: string;
  readonly line?: number;
  /** The resource that was changed, where the change reached its subject through it. */
  readonly via?: { readonly kind: string; readonly id: string };
  readonly outcome: Outcome;
  readonly findings: readonly FindingJson[];
  readonly remedies: readonly (Remedy & Pick<Act, "result" | "error">)[];
  /** The group may have rules that no record tells. */
  readonly partial?: true;
  readonly notJudged?: readonly NotJudged[];
  readonly excepted?: readonly (FindingJson & { readonly exception: string })[];
}

/** The decision without what only the guard needs. */
function decisionJson({ id, change, outcome, findings, acts, partial, notJudged, excepted }: Decision): DecisionJson {
  return {
    id,
    at: change.at,
    account: change.account,
    region: change.region,
    call: change.call.name,
    actor: change.actor.arn,
    subject: { kind: change.subject.kind, id: change.subject.id },
    ...(isPlanned(change) && placeIn(change)),
    ...(change.via !== undefined && { via: { kind: change.via.kind, id: change.via.id } }),
    outcome,
    findings: findings.map(findingJson),
    remedies: acts.map(({ remedy, ...act }) => ({ ...remedy, ...act })),
    ...(partial && { partial }),
    ...(notJudged.length > 0 && { notJudged }),
    ...(excepted.length > 0 && { excepted: excepted.map(({ finding, exception }) => ({ ...findingJson(finding), exception })) }),
  };
}

function placeIn({ details = {} }: Change): Pick<DecisionJson, "address" | "file" | "line"> {
  const { address, file, line } = details;
  return {
    ...(address !== undefined && { address }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line: Number(line) }),
  };
}

/** One decision a line, as they come, in constant memory. What cannot be read goes to `complain`. */
export function jsonLines(write: Write, complain: Write): Report {
  return {
    decided: (decision) => write(`${JSON.stringify(decisionJson(decision))}\n`),
    unreadable: ({ source, index, reason }) => complain(`${source}, record ${index}: ${reason}\n`),
    end: async () => {},
  };
}

/** One document, `{summary, decisions, unreadable}`, written at the end; one decision a line, so that it can be searched. */
export function jsonDocument(write: Write): Report {
  const decisions: string[] = [];
  const unreadable: string[] = [];
  return {
    decided: async (decision) => void decisions.push(JSON.stringify(decisionJson(decision))),
    unreadable: async (found) => void unreadable.push(JSON.stringify(found)),
    end: async (tally) => {
      await write(`{\n  "summary": ${JSON.stringify(summaryJson(tally))},\n  "decisions": `);
      await writeList(decisions, write);
      await write(`,\n  "unreadable": `);
      await writeList(unreadable, write);
      await write("\n}\n");
    },
  };
}

function summaryJson({ records, changes, ignored, unreadable, outcomes }: Tally) {
  return { records, changes, ignored, unreadable, outcomes };
}

/** A JSON list, one item a line. A list of a million decisions is longer than a string can be. */
export async function writeList(items: readonly string[], write: Write): Promise<void> {
  if (items.length === 0) return write("[]");
  for (const [i, item] of items.entries()) await write(`${i === 0 ? "[" : ","}\n    ${item}`);
  await write("\n  ]");
}

export function findingJson({ rule, severity, message, traffic, parts, introduced }: Finding): FindingJson {
  return { rule, severity, message, traffic: String(traffic), ...(parts.length > 0 && { parts }), introduced };
}
