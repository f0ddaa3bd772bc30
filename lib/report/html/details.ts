import { nounOf } from "../../model/change.ts";
import type { Act, Decision } from "../../model/decision.ts";
import { compareSeverity, type Finding } from "../../model/finding.ts";
import { formatRemedy } from "../../model/remedy.ts";
import { isPlanned } from "../../planned/plan.ts";
import type { Policy } from "../../policy/policy.ts";
import { describePerson, describeTool } from "../../slack/actor.ts";
import { adviceFor } from "../advice.ts";
import { clip } from "../clip.ts";
import { openTexts } from "../open-texts.ts";
import { locationLabel, nounLabel, placeLabel, spotOf } from "../spot.ts";
import { compare } from "./compare.ts";
import type { Detail, FindingDetail } from "./data.ts";
import { momentText } from "./moments.ts";
import type { Sights } from "./sight.ts";

export interface DetailOptions {
  readonly policy: Policy;
  readonly ruleOf: (id: string) => number;
  readonly drawing?: string;
}

const TEXT = 2_000;
const MOST_FINDINGS = 200;

/** All that there is to know of one decision. */
export function detailOf(decision: Decision, sights: Sights, options: DetailOptions): Detail {
  const { id, findings, excepted, acts, drawing } = { ...decision, drawing: options.drawing };
  const told = [
    ...findings.toSorted((a, b) => compareSeverity(a.severity, b.severity)).map((finding) => ({ finding, exception: undefined })),
    ...excepted,
  ];
  return {
    id,
    facts: factsOf(decision),
    findings: told.slice(0, MOST_FINDINGS).map(({ finding, exception }) => findingOf(decision, finding, exception, options)),
    acts: acts.map(actOf),
    comparisons: compare(decision, sights),
    notes: notesOf(decision, sights, told.length - MOST_FINDINGS),
    ...(drawing !== undefined && { drawing }),
  };
}

function factsOf(decision: Decision): Detail["facts"] {
  const { change, names, mode, policyVersion } = decision;
  const spot = spotOf(decision);
  const { name, role } = describePerson(change.actor);
  const tool = describeTool(change.actor);
  const made: [string, string | undefined][] = isPlanned(change)
    ? [
        ["Planned by", name],
        ["Change", change.call.name],
      ]
    : [
        ["When", momentText(change.at)],
        ["Call", change.call.name],
        ["Who", role === undefined ? name : `${name} as ${role}`],
        ["With", tool === undefined ? undefined : `${tool.name} ${tool.version}`],
        ["From", change.actor.sourceIp],
        ["Identity", change.actor.arn],
      ];
  const facts: [string, string | undefined][] = [
    ...made,
    ["Account", names.account === undefined ? placeLabel(spot) : `${names.account}, ${placeLabel(spot)}`],
    ["Resource", nounLabel(spot)],
    ["In code", spot.location === undefined ? undefined : locationLabel(spot.location)],
    ["Reached through", change.via === undefined ? undefined : `${nounOf(change.via.kind)} ${change.via.id}`],
    ["VPC", names.vpc],
    ["Policy", `${policyVersion}, ${mode}`],
    ["Decision", decision.id],
  ];
  return facts.flatMap(([label, value]) => (value === undefined || value.trim() === "" ? [] : [[label, clip(value, TEXT)] as const]));
}

function findingOf(first: Decision, finding: Finding, exception: string | undefined, { policy, ruleOf }: DetailOptions): FindingDetail {
  const spot = spotOf(first);
  // What was done is told once for all findings.
  const told = { fingerprint: "", finding, spot, first: { ...first, acts: [] }, times: 1 };
  return {
    severity: finding.severity,
    rule: ruleOf(finding.rule),
    message: clip(finding.message, TEXT),
    ...(finding.introduced === "earlier" && { earlier: true }),
    ...(exception !== undefined && { exception }),
    advice: exception === undefined ? adviceFor(told, policy) : [],
  };
}

const DID: Readonly<Record<Act["result"], string>> = {
  done: "Portcullis did",
  already: "It was done already",
  would: "Portcullis would",
  denied: "Portcullis may not",
  failed: "Portcullis could not",
};

function actOf({ remedy, result, error }: Act): Detail["acts"][number] {
  return { text: clip(`${DID[result]}: ${formatRemedy(remedy)}`, TEXT), ...(error !== undefined && { error: clip(error, TEXT) }) };
}

function notesOf({ partial, notJudged, held, contest, trimmed, change }: Decision, sights: Sights, more: number): string[] {
  const { before, open = [] } = sights;
  const isNew = sights.isNew === true || change.claim?.kind === "group-created";
  const part = isPlanned(change)
    ? "The plan tells a part of this resource: it may hold more, before and after."
    : "The records met this resource in mid-life: it may hold what none of them tells, and what stood before is known in part.";
  return [
    ...(more > 0 ? [`${more} findings more are left out here; portcullis review --format json has them all.`] : []),
    ...(partial && open.length === 0 ? [part] : []),
    ...(!partial && before === undefined && !isNew && change.subject.kind === "security-group" ? ["What stood before is not known."] : []),
    ...(change.possible ? ["The change may have reached this resource; no record tells whether it did."] : []),
    ...(held === undefined ? [] : [`Portcullis held back: ${held}`]),
    ...(contest === undefined ? [] : [`Closed ${contest.count} times since ${momentText(contest.since)}: somebody keeps opening it.`]),
    ...(trimmed ? ["This is a part of the decision; the ledger has the whole."] : []),
    ...openTexts(notJudged, notJudged.length).map((text) => `Not clean: ${text}.`),
  ];
}
