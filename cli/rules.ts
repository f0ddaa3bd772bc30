import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { suggest } from "../lib/messages/nearest.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { settingsFor } from "../lib/policy/settings.ts";
import { type Cell, layRow, type Paint, remaining } from "../lib/report/layout.ts";
import { SEVERITY_STYLES } from "../lib/report/summary.ts";
import { RULES } from "../lib/rules/index.ts";
import { describeKinds, kindsOf } from "../lib/rules/rule.ts";
import { choosePolicy, policyOption } from "./policy-option.ts";
import { painter, widthOf, writerTo } from "./terminal.ts";

const HELP = `
Severity and whether a rule runs are told as the policy has them outside of its scopes.

Exit code:
  0  they were listed
  2  unusable options or policy

Examples:
  All of them:
    $ portcullis rules

  One of them:
    $ portcullis rules no-public-ingress

  Which of them run under another policy, with jq:
    $ portcullis rules --policy staging.yml --format json | jq '.[] | select(.enabled)'
`;

const IDS = RULES.map(({ meta }) => meta.id);

/** `portcullis rules`: lists the rules. */
export function rulesCommand(): Command {
  return new Command("rules")
    .summary("list the rules")
    .description("Lists the rules that a policy can use.")
    .addArgument(new Argument("[rule...]", "these rules only").choices(IDS).argParser(readRule))
    .addOption(policyOption())
    .addOption(new Option("--format <format>", "how to tell it").choices(["table", "json"]).default("table"))
    .addHelpText("after", HELP)
    .action(async (wanted: string[], { policy, format }: { policy?: string; format: "table" | "json" }) => {
      const rules = listRules(choosePolicy(policy).policy).filter(({ id }) => wanted.length === 0 || wanted.includes(id));
      const text =
        format === "json" ? JSON.stringify(rules, undefined, 2) : describe(rules, widthOf(process.stdout), painter(process.stdout));
      await writerTo(process.stdout)(`${text}\n`);
    });
}

function readRule(text: string, before: readonly string[] = []): readonly string[] {
  if (!IDS.includes(text)) throw new InvalidArgumentError(suggest(text, IDS));
  return [...before, text];
}

function listRules(policy: Policy) {
  return RULES.map((rule) => {
    const { id, severity, remedies, title } = rule.meta;
    const settings = settingsFor(rule, policy.document);
    return {
      id,
      judges: kindsOf(rule.meta),
      severity: settings?.severity ?? severity,
      remedies,
      enabled: settings !== undefined,
      title,
    };
  });
}

function describe(rules: ReturnType<typeof listRules>, width: number, paint: Paint): string {
  const fixed = [Math.max(...rules.map(({ id }) => id.length)), 8, 3];
  const widths = [...fixed, Math.max(remaining(width, fixed), 20)];
  const head = ["RULE", "SEVERITY", "ON", "WHAT IT WANTS, AND HOW IT IS BROUGHT ABOUT"].map((text): Cell => [{ text, style: "faint" }]);
  const rows = rules.map(({ id, severity, enabled, title, remedies, judges }): Cell[] => [
    [{ text: id, style: "strong" }],
    [{ text: severity, style: SEVERITY_STYLES[severity] }],
    [{ text: enabled ? "yes" : "no", style: enabled ? "good" : "faint" }],
    [
      { text: title },
      { text: `${describeKinds({ resource: judges })}: ${remedies.length === 0 ? "alert only" : remedies.join(" or ")}`, style: "faint" },
    ],
  ]);
  return [head, ...rows].flatMap((row) => layRow(row, widths, paint)).join("\n");
}
