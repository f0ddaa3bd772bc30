import * as z from "zod/mini";
// Not as `z.core`, which bundlers keep whole, with its messages in fifty languages.
import * as core from "zod/v4/core";
import { SEVERITIES } from "../model/finding.ts";
import { RULES } from "../rules/index.ts";
import type { AnyRule } from "../rules/rule.ts";
import { AllowEntry } from "../rules/terms/allow.ts";
import { LONGEST } from "./longest.ts";
import { MODES } from "./modes.ts";
import { NETWORK_NAME } from "./networks.ts";
import { remedyChoices } from "./remedies.ts";
import { lapseOf } from "./until.ts";

// Every message says what is expected; what was found is added where the file is at hand.
const text = (expected: string) => z.string(`expected ${expected}`).check(z.minLength(1, `expected ${expected}`));
const matching = (pattern: RegExp, expected: string) => z.string(`expected ${expected}`).check(z.regex(pattern, `expected ${expected}`));
const listOf = <Item extends core.SomeType>(item: Item, what: string) =>
  z.array(item, `expected a list of ${what}`).check(z.minLength(1, `expected a non-empty list of ${what}`));
const oneOf = (words: readonly string[]) => `expected ${words.join(", ").replace(/, ([^,]*)$/, " or $1")}`;

const AccountId = matching(/^\d{12}$/, 'the 12 digits of an account id, such as "111122223333"');
const Channel = text('a Slack channel such as "#net-guard"');
const ModeChoice = z.enum(MODES, oneOf(MODES));

/** Where something holds: every condition that is given must be met; a list is met by any one of its items. */
export const When = z.strictObject(
  {
    accounts: z.exactOptional(listOf(AccountId, "account ids")),
    ous: z.exactOptional(listOf(text("the id of an organizational unit"), "ids of organizational units")),
    regions: z.exactOptional(listOf(matching(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "a region such as eu-central-1"), "regions")),
    vpcs: z.exactOptional(listOf(matching(/^vpc-[0-9a-z]+$/, "the id of a VPC, vpc-..."), "ids of VPCs")),
    tags: z.exactOptional(
      z
        .record(z.string(), text("the value of the tag"), "expected tags and their values, such as { team: payments }")
        .check(z.refine((tags) => Object.keys(tags).length > 0, "expected at least one tag")),
    ),
    groups: z.exactOptional(listOf(matching(/^sg-[0-9a-z]+$/, "the id of a security group, sg-..."), "ids of security groups")),
  },
  "expected conditions, such as { accounts: [...], regions: [...] }",
);
export type When = z.infer<typeof When>;

/** What the policy may say about one rule besides the rule's own options. */
const common = (rule: AnyRule) => ({
  severity: z.exactOptional(z.enum(SEVERITIES, oneOf(SEVERITIES))),
  remedy: z.exactOptional(z.enum(remedyChoices(rule), `${oneOf(remedyChoices(rule))}, as ${rule.meta.id} supports`)),
  mode: z.exactOptional(ModeChoice),
  ignore_breaker: z
    .exactOptional(z.boolean("expected true or false"))
    .check(z.describe("Whether the rule's findings are remedied while the breaker of the account is open.")),
});

// Options stay as the policy writes them, without defaults: a scope replaces only the keys that it names.
function settingOf(rule: AnyRule) {
  const { id, title, rationale, severity } = rule.meta;
  if (!(rule.options instanceof z.ZodMiniObject))
    throw new TypeError(`options of rule ${id}: found no object schema, expected z.strictObject`);
  const options = Object.entries(rule.options.shape).map(([name, schema]) => [name, withoutDefault(schema)] as const);
  const settings = z.strictObject({ ...Object.fromEntries(options), ...common(rule) });
  return z
    .exactOptional(z.union([z.boolean(), settings], "expected false, true or the rule's options"))
    .check(z.describe(`${title}. ${rationale} Severity ${severity} and remedy ${remedyChoices(rule)[0]} unless set here.`));
}

function withoutDefault(schema: core.$ZodType) {
  if (!(schema instanceof core.$ZodDefault)) return z.exactOptional(schema);
  const { innerType, defaultValue } = schema._zod.def;
  return z.exactOptional(innerType).check(z.meta({ default: defaultValue }));
}

/** Rule id -> false, true, or settings; a rule that is not named runs as its own metadata says. */
export const RuleSettings = z.strictObject(
  Object.fromEntries(RULES.map((rule) => [rule.meta.id, settingOf(rule)] as const)),
  "expected rule ids, each with false, true or options",
);
export type RuleSettings = z.infer<typeof RuleSettings>;

/** A part of the organization that is treated differently. */
export const Scope = z.strictObject({
  when: When,
  name: z.exactOptional(text("a name")),
  mode: z.exactOptional(ModeChoice),
  channel: z.exactOptional(Channel),
  rules: z.exactOptional(RuleSettings),
});
export type Scope = z.infer<typeof Scope>;

/** Traffic that somebody approved, at some place and until some day. */
export const ExceptionEntry = z.strictObject({
  id: matching(/^[A-Za-z0-9][\w.-]*$/, "an id of letters, digits, dots and dashes"),
  rule: z.enum(
    RULES.map((rule) => rule.meta.id),
    "expected the id of a rule",
  ),
  when: When.check(z.refine((when) => Object.keys(when).length > 0, "expected at least one condition: an exception names where it holds")),
  allow: listOf(AllowEntry(), 'traffic to allow, such as { protocol: tcp, ports: "22", from: [office] }'),
  until: z
    .string("expected the last day as YYYY-MM-DD")
    .check(
      z.refine(
        (until) => lapseOf(until) !== undefined,
        "expected the last day as YYYY-MM-DD, or an instant with its zone such as 2027-03-31T18:00Z",
      ),
    ),
  reason: text("the reason, for those who read it later"),
  approved_by: text("who approved it"),
});
export type ExceptionEntry = z.infer<typeof ExceptionEntry>;

/** Whom the policy believes: tags that may decide a scope, and the organization whose events count. */
export const Trust = z.strictObject({
  tags: z._default(z.array(text("the key of a tag"), "expected a list of tag keys"), []),
  organization: z.exactOptional(matching(/^o-[a-z0-9]{10,32}$/, "the id of an organization, o-...")),
});
export type Trust = z.infer<typeof Trust>;

/** How much the guard may do in one account before it only tells: so a mistake in the policy cannot take down a fleet. */
const BREAKER = { acts: 50, minutes: 10 } as const;
const whole = (least: number, most: number) => {
  const expected = `expected a whole number from ${least} to ${most}`;
  return z.number(expected).check(z.int(expected), z.minimum(least, expected), z.maximum(most, expected));
};
const BREAKER_FORM = "expected false, or settings such as { acts: 50, minutes: 10 }";
const BreakerSettings = z.strictObject(
  {
    acts: z
      ._default(whole(1, 100_000), BREAKER.acts)
      .check(z.describe("After so many the breaker opens. All acts upon one change of one resource count as one.")),
    minutes: z._default(whole(1, 1440), BREAKER.minutes).check(z.describe("Within so many minutes.")),
    hold: z.exactOptional(whole(1, 1440)).check(z.describe("How many minutes it then stays open: as many as `minutes` unless set.")),
  },
  BREAKER_FORM,
);

/** How long something may be granted: hours or days. */
const Span = matching(/^[1-9]\d{0,3}[hd]$/, 'a span of hours or days, such as "4h" or "7d"');
const bySeverity = <Item extends core.SomeType>(item: Item) =>
  z.object({
    critical: z.exactOptional(item),
    high: z.exactOptional(item),
    medium: z.exactOptional(item),
    low: z.exactOptional(item),
    info: z.exactOptional(item),
  });
const SlackUser = matching(/^[UW][A-Z0-9]+$/, "the Slack id of a person (U... or W...)");

const Slack = z.strictObject({
  channel: z.exactOptional(Channel).check(z.describe("Where the messages go that nothing below, and no scope, sends elsewhere.")),
  severities: z
    ._default(z.strictObject(bySeverity(Channel).shape, "expected severities, each with a channel"), {})
    .check(z.describe("Channels by the worst severity of what was found.")),
  team: z
    .exactOptional(
      z.strictObject({
        tag: text("the key of the tag that names the owning team"),
        channels: z.record(z.string(), Channel, "expected teams, each with a channel"),
      }),
    )
    .check(z.describe("Channels by the team that owns the resource, as a tag of the resource names it. Goes before the severity.")),
  approvers: z
    ._default(
      z.array(
        matching(/^[SUW][A-Z0-9]+$/, "the Slack id of a person (U..., W...) or user group (S...)"),
        "expected a list of Slack ids of people and user groups",
      ),
      [],
    )
    .check(z.describe("Who may undo and grant.")),
  four_eyes: z
    ._default(z.boolean("expected true or false"), true)
    .check(z.describe("Whether an approver may not approve what they did themselves. Needs the directory.")),
  longest: z._default(z.strictObject(bySeverity(Span).shape, "expected severities, each with the longest span of a grant"), {}).check(
    z.describe(
      `The longest that something may be granted, by the worst severity: ${Object.entries(LONGEST)
        .map(([name, span]) => `${name} ${span}`)
        .join(", ")} unless set.`,
    ),
  ),
  directory: z
    ._default(z.record(z.string(), SlackUser, "expected names, each with a Slack id"), {})
    .check(
      z.describe(
        "IAM user names, names of role sessions and e-mail addresses, each with its Slack user: whom to mention, and who may not approve their own change.",
      ),
    ),
});

const NO_SLACK = { severities: {}, approvers: [], four_eyes: true, longest: {}, directory: {} };

/**
 * The whole of portcullis.yml, as plain JSON: the deployed guard loads a snapshot of it. What this schema cannot say
 * (names that refer to each other) is checked by lib/policy/check.ts.
 */
export const PolicyDocument = z.strictObject({
  version: z.literal(1, "expected 1: the only version of this format"),
  mode: z._default(ModeChoice, "dry-run").check(z.describe("dry-run says what it would close, enforce closes it, off does not look.")),
  networks: z
    ._default(
      z.record(
        matching(NETWORK_NAME, "a name that starts with a letter and holds letters, digits, _ and -"),
        listOf(text("a CIDR or the name of a network"), "CIDRs and names of networks"),
        "expected names, each with a list of CIDRs",
      ),
      {},
    )
    .check(z.describe("Names for address ranges; they may name each other.")),
  accounts: z
    .exactOptional(z.record(AccountId, text("the name of the account"), "expected account ids, each with a name"))
    .check(z.describe("Names of accounts, for the people who read the messages.")),
  trust: z._default(Trust, { tags: [] }).check(z.describe("Tags that a scope may ask for, and the organization whose events count.")),
  scopes: z
    ._default(z.array(Scope, "expected a list of scopes, each starting with when:"), [])
    .check(
      z.describe("Parts of the organization that are treated differently. The first that matches wins; all its conditions must hold."),
    ),
  rules: z._default(RuleSettings, {}).check(z.describe("Rule id: false, true, or the rule's options.")),
  exceptions: z
    ._default(z.array(ExceptionEntry, "expected a list of exceptions"), [])
    .check(z.describe("What somebody approved: which traffic, where and until when.")),
  breaker: z
    ._default(z.union([z.literal(false, BREAKER_FORM), BreakerSettings], BREAKER_FORM), BREAKER)
    .check(z.describe("How much the guard may do in one account before it only tells. false: as much as the policy asks for.")),
  slack: z._default(Slack, NO_SLACK).check(z.describe("Where the messages go, and who may approve.")),
});
export type PolicyDocument = z.infer<typeof PolicyDocument>;
