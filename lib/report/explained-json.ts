import type { Admission, AdmittedRow } from "../guard/explaining/admission.ts";
import type { ExplainedGroup } from "../guard/explaining/explain.ts";
import { formatRule, type SecurityGroupRule } from "../model/security-group-rule.ts";
import { TrafficSet } from "../model/traffic.ts";
import { readable } from "../planned/ids.ts";
import { editCommands } from "../slack/commands.ts";
import { type ExplainedReport, numbersOf } from "./explained-report.ts";
import { findingJson } from "./json.ts";
import { reasonKey, reasonsIn, reasonText, scopeText } from "./reason-text.ts";

/** What a group admits, for programs: traffic is in the notation `tcp 22 from 0.0.0.0/0`, reasons are numbered from 1. Ends with a line break. */
export function explainedJson({ explained, policy, account, region, policyFrom, seen, remarks, open, declared }: ExplainedReport): string {
  const { facts, judgement, ruling, scope, guessed, planned, edit, cost } = explained;
  const target = { group: facts.id, region };
  const document = {
    group: {
      id: facts.id,
      ...(facts.name !== undefined && { name: facts.name }),
      ...(facts.vpc !== undefined && { vpc: facts.vpc }),
      account,
      region,
      seen,
      ...(declared !== undefined && { declared }),
      ...(facts.partial === true && { partial: true }),
    },
    policy: {
      from: policyFrom,
      version: policy.version,
      mode: ruling.mode,
      decides: scopeText(explained),
      ...(scope?.name !== undefined && { scope: scope.name }),
      ...(guessed !== undefined && { guessed }),
    },
    ...(remarks.length > 0 && { remarks }),
    ...(open.length > 0 && { open }),
    ...Object.fromEntries(explained.admissions.map((admission) => [admission.direction, admissionJson(admission, explained)])),
    reasons: [...reasonsIn(explained).values()].map((reason) => ({ kind: reason.kind, ...reasonText(reason, explained, policy) })),
    findings: judgement.findings.map(findingJson),
    excepted: judgement.excepted.map(({ finding, exception }) => ({ ...findingJson(finding), exception })),
    notJudged: judgement.notJudged,
    guard: planned.map(({ mode, remedy }) => ({ mode, remedy })),
    edit: {
      remedies: edit.remedies,
      commands: declared === undefined ? edit.remedies.flatMap((remedy) => editCommands(remedy, target)) : [],
      cost,
      left: edit.left.map(findingJson),
    },
  };
  const plain: unknown = JSON.parse(JSON.stringify(document));
  return `${JSON.stringify(readable(plain), undefined, 2)}\n`;
}

function admissionJson({ direction, traffic, rows, redundant }: Admission, explained: ExplainedGroup) {
  const numbers = numbersOf(explained);
  const row = ({ services, peers, sources, verdict, reasons }: AdmittedRow) => ({
    traffic: TrafficSet.of([{ services, peers }], direction),
    verdict,
    because: reasons.map((reason) => numbers.get(reasonKey(reason))),
    sources: sources.map(({ peers: addresses, rules, ...source }) => ({ ...source, peers: String(addresses), rules: rules.map(ruleJson) })),
  });
  return {
    traffic,
    rows: rows.map(row),
    needless: redundant.map(({ rule, within }) => ({ ...ruleJson(rule), within: within.map(ruleJson) })),
  };
}

function ruleJson(rule: SecurityGroupRule) {
  return { ...(rule.id !== undefined && { id: rule.id }), rule: formatRule(rule) };
}
