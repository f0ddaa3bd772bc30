import { compareSeverity, SEVERITIES, type Severity } from "../../model/finding.ts";
import type { Row } from "./data.ts";

/** How many decisions in an account have a finding by a rule. */
export interface Heat {
  readonly account: number;
  readonly rule: number;
  count: number;
  /** The worst severity that the rule found there. */
  worst: Severity;
}

export interface HeatMap {
  /** Accounts and rules, those with the worst and the most first. */
  readonly accounts: readonly number[];
  readonly rules: readonly number[];
  readonly heats: readonly Heat[];
}

/** Counts findings by account and rule: each decision once for each of its rules. */
export class HeatCounts {
  private readonly byKey = new Map<string, Heat>();

  note(row: Pick<Row, "account">, found: readonly { readonly rule: number; readonly severity: Severity }[]): void {
    const worst = new Map<number, Severity>();
    for (const { rule, severity } of found) worst.set(rule, worse(severity, worst.get(rule)));
    for (const [rule, severity] of worst) {
      const key = `${row.account}/${rule}`;
      const heat = this.byKey.get(key) ?? { account: row.account, rule, count: 0, worst: severity };
      heat.count++;
      heat.worst = worse(severity, heat.worst);
      this.byKey.set(key, heat);
    }
  }

  get map(): HeatMap {
    const heats = [...this.byKey.values()];
    return { accounts: ranked(heats, "account"), rules: ranked(heats, "rule"), heats };
  }
}

function worse(a: Severity, b: Severity = "info"): Severity {
  return compareSeverity(a, b) <= 0 ? a : b;
}

function ranked(heats: readonly Heat[], by: "account" | "rule"): number[] {
  const sums = new Map<number, { readonly worst: Severity; readonly count: number }>();
  for (const heat of heats) {
    const sum = sums.get(heat[by]);
    sums.set(heat[by], { worst: worse(heat.worst, sum?.worst), count: heat.count + (sum?.count ?? 0) });
  }
  const order = [...sums].sort(([a, x], [b, y]) => SEVERITIES.indexOf(x.worst) - SEVERITIES.indexOf(y.worst) || y.count - x.count || a - b);
  return order.map(([place]) => place);
}
