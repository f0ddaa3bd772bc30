import type { NotJudged } from "../../model/decision.ts";
import { compareSeverity, type Finding, type FindingDraft, type Introduced } from "../../model/finding.ts";
import type { Resource } from "../../model/resource.ts";
import { askedOf, isUnknown, type World } from "../../model/world.ts";
import type { RuledRule, Ruling } from "../../policy/policy.ts";
import { kindsOf, type PreparedRule } from "../../rules/rule.ts";

/** What the policy's rules say about one resource. */
export interface Judgement {
  /** Forbidden, worst first. */
  readonly findings: readonly Finding[];
  /** What only an exception admits. */
  readonly excepted: readonly { readonly finding: Finding; readonly exception: string }[];
  /** What could not be judged: never to be taken for clean. */
  readonly notJudged: readonly NotJudged[];
}

/** Whether the change brought a finding about, as far as anybody knows: nobody is blamed for what stood before. */
export type Blame = (finding: FindingDraft, rule: PreparedRule) => Introduced;

/** Judges a resource, or a call, under a ruling, by the rules about its kind. */
export async function judge(resource: Resource, world: World, ruling: Ruling, blame: Blame): Promise<Judgement> {
  const findings: Finding[] = [];
  const excepted: { finding: Finding; exception: string }[] = [];
  const notJudged: NotJudged[] = [];
  for (const ruled of ruling.rules) {
    const { meta } = ruled.rule;
    if (!kindsOf(meta).includes(resource.kind)) continue;
    if (resource.kind === "call" && meta.calls?.includes(resource.name) !== true) continue;
    if (ruled.mode === "off") continue;
    const { id } = ruled.rule.meta;
    const note = (needs: string) => {
      if (!notJudged.some((open) => open.rule === id && open.needs === needs)) notJudged.push({ rule: id, needs });
    };
    const listening = listenForUnknown(world, note);
    const complete = (draft: FindingDraft): Finding => ({
      ...draft,
      rule: id,
      severity: ruled.severity,
      introduced: blame(draft, ruled.rule),
    });
    const found: Finding[] = [];
    for (const finding of (await ruled.rule.check(resource, listening, note)).map(complete)) {
      const grant = grantFor(finding, ruled);
      if (grant === undefined) found.push(finding);
      else excepted.push({ finding, exception: grant });
    }
    findings.push(...found);
    if (ruled.strict !== undefined) {
      const strict = (await ruled.strict.check(resource, listening, note)).map(complete);
      excepted.push(...admittedByException(strict, found, ruled));
    }
  }
  findings.sort((a, b) => compareSeverity(a.severity, b.severity));
  return { findings, excepted, notJudged };
}

/** Both judgements as one. */
export function together(a: Judgement, b: Judgement): Judgement {
  return {
    findings: [...a.findings, ...b.findings].sort((one, other) => compareSeverity(one.severity, other.severity)),
    excepted: [...a.excepted, ...b.excepted],
    notJudged: [...a.notJudged, ...b.notJudged],
  };
}

// What offends by its parts is admitted when a grant names all of them.
function grantFor({ parts }: Finding, { granted = [] }: RuledRule): string | undefined {
  if (parts.length === 0) return undefined;
  return granted.find((grant) => parts.every((part) => grant.parts.has(part)))?.id;
}

// A strict finding is excepted as far as an exception takes it out of what is found.
function admittedByException(strict: readonly Finding[], found: readonly Finding[], { exceptions }: RuledRule) {
  return strict.flatMap((finding) => {
    const traffic = found.reduce((left, { traffic }) => left.difference(traffic), finding.traffic);
    if (traffic.isEmpty()) return [];
    const exception = exceptions.find(({ allowed }) => allowed.overlaps(traffic));
    return exception === undefined ? [] : [{ finding: { ...finding, traffic }, exception: exception.id }];
  });
}

/** The world with every unknown answer noted on its way: rules need not report what a world could not tell them. */
export function listenForUnknown(world: World, note: (needs: string) => void): World {
  const noting = async <Answer extends object | undefined>(answer: Promise<Answer>): Promise<Answer> => {
    const settled: object | undefined = await answer;
    if (isUnknown(settled)) note(settled.unknown);
    return answer;
  };
  return {
    get: async (kind, id) => {
      const facts = await noting(world.get(kind, id));
      // A group known in part is judged by what is known, and its decision says so; a part of anything else decides nothing.
      if (kind !== "security-group" && facts !== undefined && "partial" in facts && facts.partial)
        note(`${askedOf(kind, id)}, of which a part is known`);
      return facts;
    },
    list: (kind, where) => noting(world.list(kind, where)),
  };
}
