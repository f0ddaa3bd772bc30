import type { NotJudged } from "../model/decision.ts";
import { compareSeverity, type Finding, type FindingDraft } from "../model/finding.ts";
import type { SecurityGroup } from "../model/security-group.ts";
import { ruleKey } from "../model/security-group-rule.ts";
import { askedOf, isUnknown, type World } from "../model/world.ts";
import type { RuledRule, Ruling } from "../policy/policy.ts";

/** What the policy's rules say about one resource. */
export interface Judgement {
  /** Forbidden, worst first. */
  readonly findings: readonly Finding[];
  /** What only an exception admits. */
  readonly excepted: readonly { readonly finding: Finding; readonly exception: string }[];
  /** What could not be judged: never to be taken for clean. */
  readonly notJudged: readonly NotJudged[];
}

/**
 * Judges a group under a ruling. `introduced` holds the keys (ruleKey) of the security group rules that this change
 * brought: a finding that none of them contributes to stood before, and nobody is blamed for it.
 */
export async function judge(group: SecurityGroup, world: World, ruling: Ruling, introduced: ReadonlySet<string>): Promise<Judgement> {
  const findings: Finding[] = [];
  const excepted: { finding: Finding; exception: string }[] = [];
  const notJudged: NotJudged[] = [];
  for (const ruled of ruling.rules) {
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
      introduced: draft.rules.some((rule) => introduced.has(ruleKey(rule))) ? "now" : "earlier",
    });
    const found = (await ruled.rule.check(group, listening, note)).map(complete);
    findings.push(...found);
    if (ruled.strict !== undefined) {
      const strict = (await ruled.strict.check(group, listening, note)).map(complete);
      excepted.push(...admittedByException(strict, found, ruled));
    }
  }
  findings.sort((a, b) => compareSeverity(a.severity, b.severity));
  return { findings, excepted, notJudged };
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

// Rules need not report what a world could not tell them: every unknown answer is noted on its way to them.
function listenForUnknown(world: World, note: (needs: string) => void): World {
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
