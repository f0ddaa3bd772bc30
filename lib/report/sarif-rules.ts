import { compareSeverity, type Severity } from "../model/finding.ts";
import type { Policy } from "../policy/policy.ts";
import { settingsFor } from "../policy/settings.ts";
import { RULES } from "../rules/index.ts";
import type { AnyRule } from "../rules/rule.ts";
import { linkOf } from "./rule-links.ts";
import { compareText } from "./told.ts";

type Level = "error" | "warning" | "note";

const LEVELS: Readonly<Record<Severity, Level>> = { critical: "error", high: "error", medium: "warning", low: "note", info: "note" };
// The middles of the ranges by which GitHub ranks alerts; advice has no rank
// (https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning#reportingdescriptor-object).
const SECURITY_SEVERITY: Readonly<Partial<Record<Severity, string>>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" };

export function levelOf(severity: Severity): Level {
  return LEVELS[severity];
}

interface Used {
  /** The worst severity that each rule found. */
  readonly worst: ReadonlyMap<string, Severity>;
  /** Rules that are named otherwise. */
  readonly others: readonly string[];
  readonly pages: string | undefined;
}

/**
 * The rules that the policy runs anywhere, and those that the results name, by id (reportingDescriptor, section 3.49). A rule's severity
 * is the worst that it found, else the policy's: GitHub ranks by the rule alone.
 */
export function descriptorsOf(policy: Policy, { worst, others, pages }: Used) {
  const running = RULES.filter((rule) => severityUnder(policy, rule) !== undefined).map(({ meta }) => meta.id);
  const ids = new Set([...running, ...worst.keys(), ...others]);
  return [...ids].sort(compareText).map((id) => {
    const rule = RULES.find(({ meta }) => meta.id === id);
    if (rule === undefined) return { id };
    return descriptorOf(rule, worst.get(id) ?? severityUnder(policy, rule) ?? rule.meta.severity, linkOf(id, pages));
  });
}

function descriptorOf({ meta }: AnyRule, severity: Severity, link: string | undefined) {
  const { id, title, finds, rationale, avoid, prefer, controls = [] } = meta;
  const security = SECURITY_SEVERITY[severity];
  return {
    id,
    name: id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: finds.replaceAll("`", "'"), markdown: finds },
    ...(link !== undefined && { helpUri: link }),
    help: {
      text: `${rationale}\n\nAvoid:\n${avoid}\n\nPrefer:\n${prefer}`,
      markdown: `${rationale}\n\n**Avoid**\n\n\`\`\`\n${avoid}\n\`\`\`\n\n**Prefer**\n\n\`\`\`\n${prefer}\n\`\`\`${link === undefined ? "" : `\n\n[${id}](${link})`}`,
    },
    defaultConfiguration: { level: levelOf(severity) },
    properties: {
      ...(security !== undefined && { "security-severity": security }),
      precision: "very-high",
      tags: ["security", "network", "aws", ...controls],
    },
  };
}

// The worst that the policy gives it, in a scope or outside of all; undefined where it runs nowhere.
function severityUnder({ document }: Policy, rule: AnyRule): Severity | undefined {
  const settings = [undefined, ...document.scopes].flatMap((scope) => settingsFor(rule, document, scope) ?? []);
  return settings.map(({ severity }) => severity).sort(compareSeverity)[0];
}
