// What README and docs/rules say about the rules, derived from the rules themselves.
import { stringify } from "yaml";
import * as z from "zod/mini";
import type { WatchedCall } from "../lib/cloudtrail/calls.ts";
import type { Kind } from "../lib/model/facts.ts";
import { remedyChoices } from "../lib/policy/remedies.ts";
import type { AnyRule, RemedyChoice, ResourceKind } from "../lib/rules/rule.ts";

// The kinds of resource whose changes lead to the rules of each kind.
const REACHED_THROUGH: Readonly<Record<ResourceKind, readonly Kind[]>> = { "security-group": ["security-group", "prefix-list"] };

const REMEDY_TEXT: Readonly<Record<RemedyChoice, string>> = {
  revoke: "takes the security group rules away",
  narrow: "takes them away and keeps the part of them that is allowed",
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
  const { id, title, resource, severity, finds, rationale, enabled, source, controls = [] } = rule.meta;
  const lines = [
    `<!-- Written by "npm run generate" from lib/rules/${id}.ts; what is changed here is lost. -->`,
    `# ${id}`,
    `${title}.`,
    table(
      ["judges", "severity", "on by default", "remedy by default"],
      [[resource.replace("-", " "), severity, enabled ? "yes" : "no", `\`${rule.meta.remedy}\``]],
    ),
    "## What it finds",
    finds,
    "## Why",
    rationale,
    "## Options",
    ...options(rule),
    "## Remedies",
    remedyChoices(rule)
      .map((choice) => `- \`${choice}\`${choice === rule.meta.remedy ? " (default)" : ""}: ${REMEDY_TEXT[choice]}.`)
      .join("\n"),
    "## Calls watched",
    ...watched(resource, calls),
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
    "As every rule, it takes `severity`, `remedy` and `mode`. What holds unless the policy says otherwise:",
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

function watched(resource: ResourceKind, calls: readonly WatchedCall[]): string[] {
  const own = calls.filter(({ judged }) => judged);
  return REACHED_THROUGH[resource].flatMap((kind) => {
    const names = own.filter(({ shape }) => shape.kind === kind).map(({ name }) => `\`${name}\``);
    if (names.length === 0) return [];
    const through = kind === resource ? "" : `On a ${kind.replace("-", " ")}, for every ${resource.replace("-", " ")} that names it: `;
    return [`${through}${names.join(", ")}.`];
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
