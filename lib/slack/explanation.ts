import type { Decision } from "../model/decision.ts";
import type { SecurityGroupFacts } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import { formatRule } from "../model/security-group-rule.ts";
import { TrafficSet } from "../model/traffic.ts";
import type { Place, Policy } from "../policy/policy.ts";
import { scopeAt } from "../policy/scope-at.ts";
import { RULES } from "../rules/index.ts";
import type { AnyRule } from "../rules/rule.ts";
import { type Admitted, admissionBlocks } from "./admission.ts";
import { type Alternative, alternativeTo, isAboutPeers } from "./alternative.ts";
import { actions, type Block, context, fitting, header, LIMITS, type SlackMessage, section } from "./blocks.ts";
import { buttonsFor } from "./buttons.ts";
import { cliCommand, type Target, terraformOf } from "./commands.ts";
import { nameOfScope, nearExceptions, settingLines } from "./deciding.ts";
import type { Extras } from "./message.ts";
import { moment } from "./moment.ts";
import { headline } from "./outcome.ts";
import { severityMark, subjects } from "./severity.ts";
import { code, codeBlock, counted, listed, own, plain, prose } from "./text.ts";

const RULES_SHOWN = 2;
const SHOWN = 5;
const DIRECTIONS = ["ingress", "egress"] as const;

/** What was judged about a resource: a judgement is one. */
export type Judged = Pick<Decision, "findings" | "excepted" | "notJudged">;

/** Where and when a security group was judged. */
export interface Where {
  readonly account: string;
  readonly region: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** The organizational units of the account upwards, where they are known. */
  readonly ous?: readonly string[];
}

interface Explained extends Judged {
  readonly title: string;
  readonly policy: Policy;
  readonly place: Place;
  readonly at: string;
  readonly target: Target;
}

/** Why a decision was made as it was, and what would pass: rules, traffic, lines of the policy, a command. */
export function explanationOf(
  decision: Decision,
  policy: Policy,
  { buttons = false, ous }: Pick<Extras, "buttons"> & Pick<Place, "ous"> = {},
): SlackMessage {
  const { change, names, policyVersion } = decision;
  const { account, region, subject } = change;
  const group = subject.kind === "security-group" ? { group: subject.id } : {};
  // Tags are not kept with a decision: what hangs on them is said to.
  const offered = buttons ? buttonsFor(decision).filter(({ action_id: id }) => !id.endsWith("_explain")) : [];
  const changed =
    policyVersion === policy.version ? [] : [`The policy has changed since (it was ${code(policyVersion, 40)}): this is what it says now.`];
  return explain(
    {
      ...decision,
      title: plain(`💡 ${headline(decision, LIMITS.header)}`, LIMITS.header),
      policy,
      place: { account, region, ...group, ...(ous !== undefined && { ous }) },
      at: change.at,
      target: { group: subject.id, region, ...(names.subject !== undefined && { name: names.subject }) },
    },
    [...(offered.length === 0 ? [] : [actions(offered)]), context(`Decision ${code(decision.id, 120)}`, moment(change.at), ...changed)],
  );
}

/** What the policy says about a security group as it stands, and what it admits, for `/portcullis explain`. */
export function explanationOfGroup(
  facts: SecurityGroupFacts,
  judged: Judged & Partial<Admitted>,
  policy: Policy,
  { account, region, at, ous }: Where,
): SlackMessage {
  const target = { group: facts.id, region, ...(facts.name !== undefined && { name: facts.name }) };
  const { admissions = [], edit = { remedies: [] } } = judged;
  const name = facts.name === undefined ? facts.id : `${facts.name} (${facts.id})`;
  const { length } = judged.findings;
  const found =
    length > 0 ? counted(length, "finding") : judged.notJudged.length > 0 ? "nothing found, not all judged" : "nothing forbidden";
  return explain(
    {
      ...judged,
      title: plain(`${length > 0 ? "⚠️" : judged.notJudged.length > 0 ? "❔" : "✅"} ${name}: ${found}`, LIMITS.header),
      policy,
      place: {
        account,
        region,
        group: facts.id,
        resource: { tags: facts.tags ?? {}, ...(facts.vpc !== undefined && { vpc: facts.vpc }) },
        ...(ous !== undefined && { ous }),
      },
      at,
      target,
    },
    [
      ...admissionBlocks({ admissions, edit }, target),
      section(`*Its rules*\n${listed(facts.rules, 10, (rule) => code(formatRule(rule), 120)) || "It has none."}`),
      ...(facts.partial ? [context("Only part of this group is known here; what is known was judged.")] : []),
      context(`${code(account, 20)} in ${code(region, 40)}`, moment(at)),
    ],
  );
}

function explain(explained: Explained, end: readonly Block[]): SlackMessage {
  const { title, policy, place, notJudged } = explained;
  const { scope, place: known, guessed } = scopeAt(policy, place);
  const ids = [...new Set(subjects(explained).map(({ rule }) => rule))];
  const rules = ids.slice(0, RULES_SHOWN).flatMap((id) => RULES.find(({ meta }) => meta.id === id) ?? []);
  const sought = { group: explained.target.group, findings: explained.findings, policy, scope };
  const alternatives = DIRECTIONS.flatMap((direction) => alternativeTo(sought, direction) ?? []);
  const hanging = guessed === undefined ? "" : ` This hangs on ${guessed}, which nobody knows here.`;
  return {
    text: prose(title, LIMITS.fallback),
    blocks: fitting([
      header(title),
      ...contextIf(severityMark(explained)),
      ...rules.map(ruleSection),
      ...(ids.length > rules.length ? [context(`and ${ids.length - rules.length} more rules`)] : []),
      ...judgedSections(explained),
      ...(rules.length === 0 ? [] : [section(`*What the policy says*\n${capital(nameOfScope(scope))} decides.${hanging}`)]),
      ...rules.flatMap((rule) => blockOf(settingLines(policy, rule, scope), "The lines are too long to be shown here.")),
      ...(alternatives.length > 0
        ? alternatives.flatMap((alternative) => alternativeSections(alternative, explained.target))
        : rules.flatMap(preferred)),
      ...nearSections(explained, rules, known),
      ...(notJudged.length === 0
        ? []
        : [section(`*Not judged*\n${listed(notJudged, 3, ({ rule, needs }) => `${code(rule, 80)} needs ${prose(needs, 120)}`)}`)]),
      ...end,
    ]),
  };
}

function ruleSection({ meta: { id, title, rationale, finds } }: AnyRule): Block {
  return section(`*${own(title)}* (${code(id, 80)})\n${own(rationale)}\n_What it finds:_ ${own(finds)}`);
}

function judgedSections({ findings, excepted }: Judged): Block[] {
  return [
    ...(findings.length === 0 ? [] : [section(`*What was judged*\n${listed(findings, SHOWN, findingLine)}`)]),
    ...(excepted.length === 0
      ? []
      : [
          section(
            `*What an exception allows*\n${listed(excepted, SHOWN, ({ finding, exception }) => `${trafficOrMessage(finding)} by ${code(exception, 80)}`)}`,
          ),
        ]),
  ];
}

function findingLine(finding: Finding): string {
  const { rules, introduced } = finding;
  const [first, ...others] = rules;
  const by =
    first === undefined ? "" : `, by the rule ${code(formatRule(first), 120)}${others.length === 0 ? "" : ` and ${others.length} more`}`;
  return `${trafficOrMessage(finding)}${by}${introduced === "earlier" ? "  _stood before this change_" : ""}`;
}

function trafficOrMessage({ traffic, parts, message }: Finding): string {
  return traffic.isEmpty() || parts.length > 0 ? prose(message, 250) : code(String(traffic), 160);
}

function alternativeSections({ rules, more, network }: Alternative, target: Target): Block[] {
  const [first] = rules;
  if (first === undefined) return [];
  const rest = more > 0 ? ` Of ${rules.length + more} rules, the first ${rules.length} are shown.` : "";
  const said =
    network === undefined
      ? isLeftOpen(first.peer)
        ? "The policy names no network that may have this: put in the addresses, or the security group, that need it."
        : "The security group in place of the addresses."
      : `The same, ${first.direction === "ingress" ? "from" : "to"} ${code(network, 80)} only, a network of the policy.`;
  return [
    section(`*What would pass*\n${said}${rest}`),
    ...blockOf(cliCommand(rules, target), "The command is too long to be shown here."),
    ...blockOf(terraformOf(rules, target), "The Terraform for it is too long to be shown here."),
  ];
}

function isLeftOpen(peer: { readonly kind: string; readonly cidr?: string; readonly id?: string }): boolean {
  return /^PUT\b/.test(peer.cidr ?? peer.id ?? "");
}

// What is no question of peers, the rule itself tells by an example.
function preferred({ meta: { id, prefer } }: AnyRule): Block[] {
  const block = prefer === undefined || isAboutPeers(id) ? undefined : codeBlock(prefer, 1500);
  return block === undefined ? [] : [section(`*What would pass*\n${block}`)];
}

function nearSections({ policy, at, findings }: Explained, rules: readonly AnyRule[], place: Place): Block[] {
  const near = rules.flatMap((rule) => {
    const boxes = findings.filter((finding) => finding.rule === rule.meta.id).map(({ traffic }) => traffic);
    return DIRECTIONS.flatMap((direction) => {
      const traffic = TrafficSet.of(
        boxes.filter((one) => one.direction === direction).flatMap((one) => one.boxes()),
        direction,
      );
      return traffic.isEmpty() ? [] : nearExceptions(policy, rule, traffic, place, at);
    });
  });
  return near.length === 0 ? [] : [section(`*Exceptions that do not cover it*\n${listed(near, 3, (line) => line)}`)];
}

function blockOf(text: string, otherwise: string): Block[] {
  const block = codeBlock(text, 2200);
  return [section(block ?? `_${otherwise}_`)];
}

function contextIf(texts: readonly string[]): Block[] {
  return texts.length === 0 ? [] : [context(...texts)];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
