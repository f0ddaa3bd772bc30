// What README and docs/rules say about the rules, derived from the rules themselves.
import { stringify } from "yaml";
import * as z from "zod/mini";
import type { WatchedCall } from "../lib/cloudtrail/calls.ts";
import { reactingTo } from "../lib/guard/judging/reactions.ts";
import { remedyChoices } from "../lib/policy/remedies.ts";
import { type AnyRule, describeKinds, kindsOf, type RemedyChoice } from "../lib/rules/rule.ts";

const REMEDY_TEXT: Readonly<Record<RemedyChoice, string>> = {
  revoke: "takes the security group rules away",
  narrow: "takes them away and keeps the part of them that is allowed",
  delete: "takes away what offends",
  restore: "puts back what stood before, where that is known; else takes away what offends",
  create: "makes what is missing",
  detach: "takes the gateway from the VPC",
  reset: "takes the permissions that offend, and keeps the others",
  unset: "switches the setting off",
  deny: "adds entries that deny exactly what is forbidden, in front of the one that admits it",
  none: "tells, and touches nothing",
};

/** One node of a JSON Schema, as far as a page tells it. */
interface Node {
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly items?: Node | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly required?: readonly string[] | undefined;
}
const Node: z.ZodMiniType<Node> = z.lazy(() =>
  z.object({
    type: z.optional(z.union([z.string(), z.array(z.string())])),
    description: z.optional(z.string()),
    enum: z.optional(z.array(z.unknown())),
    anyOf: z.optional(z.array(Node)),
    items: z.optional(Node),
    properties: z.optional(z.record(z.string(), Node)),
    required: z.optional(z.array(z.string())),
  }),
);
const Defaults = z.record(z.string(), z.unknown());

/** The page of one rule, docs/rules/<id>.md. All pages have the same sections in the same order. */
export function rulePage(rule: AnyRule, calls: readonly WatchedCall[]): string {
  const { id, title, severity, finds, rationale, enabled, source, controls = [], avoid, prefer } = rule.meta;
  const lines = [
    `<!-- Written by "npm run generate" from lib/rules/${id}.ts; what is changed here is lost. -->`,
    `# ${id}`,
    `${title}.`,
    table(
      ["judges", "severity", "on by default", "remedy by default"],
      [[describeKinds(rule.meta), severity, enabled ? "yes" : "no", `\`${rule.meta.remedy}\``]],
    ),
    "## What it finds",
    finds,
    "## Avoid",
    fenced(avoid),
    "## Prefer",
    fenced(prefer),
    "## Why",
    rationale,
    "## Options",
    ...options(rule),
    "## Remedies",
    remedyChoices(rule)
      .map((choice) => `- \`${choice}\`${choice === rule.meta.remedy ? " (default)" : ""}: ${REMEDY_TEXT[choice]}.`)
      .join("\n"),
    "## Calls watched",
    watched(rule, calls),
    "## Source",
    [`- <${source}>`, ...controls.map((control) => `- ${control}`)].join("\n"),
  ];
  return `${lines.join("\n\n")}\n`;
}

/** The rules as README lists them, in the order of the catalogue; links are relative to README. */
export function ruleTable(rules: readonly AnyRule[]): string {
  const rows = rules.map((rule) => {
    const { id, title, severity, enabled } = rule.meta;
    const remedies = remedyChoices(rule).map((choice) => `\`${choice}\``);
    return [`[${id}](docs/rules/${id}.md)`, title, severity, enabled ? "yes" : "no", remedies.join(", ")];
  });
  return table(["rule", "what it wants", "severity", "on by default", "remedies, the default first"], rows);
}

/** The text with everything between `<!-- name -->` and `<!-- /name -->` replaced. Throws when it has no such place. */
export function replaceBetween(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  if (start < 0 || end < 0) throw new Error(`found no "${open} ... ${close}": expected the two comments between which it is written`);
  return `${text.slice(0, start + open.length)}\n\n${content}\n\n${text.slice(end)}`;
}

function options(rule: AnyRule): string[] {
  const { properties = {} } = Node.parse(z.toJSONSchema(rule.options, { io: "input", target: "draft-7" }));
  const { id, remedy, severity } = rule.meta;
  const own = Object.entries(properties).map(
    ([name, node]) => `- \`${name}\`: ${form(node)}.${node.description === undefined ? "" : ` ${node.description}`}`,
  );
  const defaults = { rules: { [id]: { severity, remedy, ...Defaults.parse(rule.options.parse({})) } } };
  return [
    own.length === 0 ? "None of its own." : own.join("\n"),
    "As every rule, it takes `severity`, `remedy`, `mode` and `ignore_breaker`. What holds unless the policy says otherwise:",
    `\`\`\`yaml\n${stringify(defaults, { lineWidth: 0, flowCollectionPadding: true })}\`\`\``,
  ];
}

/** What a value looks like, for people: `list of { protocol, ports?, from? }`. */
function form({ type, enum: words, anyOf, items, properties, required = [] }: Node): string {
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(" or ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(form))].join(" or ");
  if (typeof type === "object") return type.map((one) => form({ type: one })).join(" or ");
  if (type === "array") return `list of ${items === undefined ? "values" : form(items)}`;
  if (type !== "object") return NAMES[type ?? ""] ?? "value";
  if (properties === undefined) return "names, each with a value";
  return `\`{ ${Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .join(", ")} }\``;
}

const NAMES: Readonly<Record<string, string>> = { string: "text", integer: "number", number: "number", boolean: "true or false" };

// The calls on what the rule judges come first; through others, a change reaches it.
function watched(rule: AnyRule, calls: readonly WatchedCall[]): string {
  const reacting = calls.filter((call) => reactingTo(call, [rule]).length > 0);
  const own = new Set<string>(kindsOf(rule.meta));
  const direct = reacting.filter(({ name, shape }) => own.has(shape.kind) || rule.meta.calls?.includes(name) === true);
  const names = (list: readonly WatchedCall[]) => list.map(({ name }) => `\`${name}\``).join(", ");
  const through = reacting.filter((call) => !direct.includes(call));
  return [
    ...(direct.length === 0 ? [] : [`${names(direct)}.`]),
    ...(through.length === 0 ? [] : [`Through what they reach: ${names(through)}.`]),
  ].join("\n\n");
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
