import { type Difference, EFFECTS, type Effect } from "../guard/reviewing/difference.ts";
import { OUTCOMES, type Outcome } from "../model/decision.ts";
import { describePerson } from "../slack/actor.ts";
import type { Write } from "./report.ts";
import type { Tally, Unreadable } from "./tally.ts";

/** By what differences are counted. */
export const GROUPINGS = ["actor", "account", "rule", "resource"] as const;
export type Grouping = (typeof GROUPINGS)[number];

type Counts = Record<Effect, number>;
/** How often a name comes with each effect. */
export interface Counted extends Counts {
  readonly name: string;
}

/** The numbers of a comparison. */
export class ComparisonTally {
  /** Changes that at least one of the policies decided about; one that reaches several resources counts once for each. */
  changes = 0;
  readonly outcomes: readonly [a: Record<Outcome, number>, b: Record<Outcome, number>] = [noOutcomes(), noOutcomes()];
  readonly differences: Counts = noDifferences();
  private readonly groups: Readonly<Record<Grouping, Map<string, Counts>>> = {
    actor: new Map(),
    account: new Map(),
    rule: new Map(),
    resource: new Map(),
  };

  note(difference: Difference): void {
    const { effect, change, finding } = difference;
    const { account, region, subject } = change;
    this.differences[effect]++;
    const names = {
      actor: describePerson(change.actor).name,
      account,
      rule: finding.rule,
      resource: `${account} ${region} ${subject.id}`,
    };
    for (const grouping of GROUPINGS) {
      const counts = this.groups[grouping].get(names[grouping]) ?? noDifferences();
      counts[effect]++;
      this.groups[grouping].set(names[grouping], counts);
    }
  }

  /** Who or what differs, most first. */
  by(grouping: Grouping): readonly Counted[] {
    const counted = [...this.groups[grouping]].map(([name, counts]): Counted => ({ name, ...counts }));
    return counted.sort((a, b) => sum(b) - sum(a) || (a.name < b.name ? -1 : 1));
  }
}

/** A way of telling a comparison, fed as it goes and closed once. */
export interface ComparisonReport {
  differs(difference: Difference): Promise<void>;
  unreadable(unreadable: Unreadable): Promise<void>;
  end(tally: Tally, compared: ComparisonTally): Promise<void>;
}

/** A policy as reports name it. */
export interface NamedPolicy {
  readonly from: string;
  readonly version: string;
}

/** A difference as reports in JSON show it. */
function differenceJson({ effect, change, finding, traffic, parts }: Difference) {
  const { subject, via } = change;
  return {
    effect,
    id: change.id,
    at: change.at,
    account: change.account,
    region: change.region,
    call: change.call.name,
    actor: change.actor.arn,
    subject: { kind: subject.kind, id: subject.id },
    ...(via !== undefined && { via: { kind: via.kind, id: via.id } }),
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    traffic: String(traffic),
    ...(parts.length > 0 && { parts }),
    introduced: finding.introduced,
  };
}

/** One difference a line, as they come, in constant memory. What cannot be read goes to `complain`. */
export function comparisonLines(write: Write, complain: Write): ComparisonReport {
  return {
    differs: (difference) => write(`${JSON.stringify(differenceJson(difference))}\n`),
    unreadable: ({ source, index, reason }) => complain(`${source}, record ${index}: ${reason}\n`),
    end: async () => {},
  };
}

/** One document, `{policies, summary, by, differences, unreadable}`, written at the end; one item a line, so that it can be searched. */
export function comparisonDocument(write: Write, policies: readonly [a: NamedPolicy, b: NamedPolicy]): ComparisonReport {
  const differences: string[] = [];
  const unreadable: string[] = [];
  return {
    differs: async (difference) => void differences.push(JSON.stringify(differenceJson(difference))),
    unreadable: async (found) => void unreadable.push(JSON.stringify(found)),
    end: async (tally, compared) => {
      const [a, b] = policies;
      const { records, ignored, unreadable: unread } = tally;
      const [before, after] = compared.outcomes;
      const summary = { records, changes: compared.changes, unreadable: unread, differences: compared.differences };
      await write(
        `{\n  "policies": ${JSON.stringify({ a, b })},\n  "summary": ${JSON.stringify({ ...summary, ignored, outcomes: { a: before, b: after } })},\n  "by": {`,
      );
      for (const [i, grouping] of GROUPINGS.entries()) {
        await write(`${i === 0 ? "" : ","}\n    "${grouping}": `);
        await writeItems(
          compared.by(grouping).map((counted) => JSON.stringify(counted)),
          write,
          "    ",
        );
      }
      await write('\n  },\n  "differences": ');
      await writeItems(differences, write, "  ");
      await write(',\n  "unreadable": ');
      await writeItems(unreadable, write, "  ");
      await write("\n}\n");
    },
  };
}

async function writeItems(items: readonly string[], write: Write, indent: string): Promise<void> {
  if (items.length === 0) return write("[]");
  for (const [i, item] of items.entries()) await write(`${i === 0 ? "[" : ","}\n${indent}  ${item}`);
  await write(`\n${indent}]`);
}

function noOutcomes(): Record<Outcome, number> {
  return { clean: 0, alert: 0, "would-act": 0, acted: 0, excepted: 0, contested: 0, failed: 0 };
}

function noDifferences(): Counts {
  return { closes: 0, leaves: 0, tells: 0, drops: 0 };
}

function sum(counts: Counts): number {
  return EFFECTS.reduce((total, effect) => total + counts[effect], 0);
}

/** The outcomes that came to pass under either policy. */
export function outcomesSeen({ outcomes: [a, b] }: ComparisonTally): readonly Outcome[] {
  return OUTCOMES.filter((outcome) => a[outcome] + b[outcome] > 0);
}
