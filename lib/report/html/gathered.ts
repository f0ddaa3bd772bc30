import type { Decision } from "../../model/decision.ts";
import { compareSeverity, type Severity } from "../../model/finding.ts";
import { isPlanned } from "../../planned/plan.ts";
import { describePerson, describeTool } from "../../slack/actor.ts";
import { openTexts } from "../open-texts.ts";
import { linkOf, metaOf } from "../rule-links.ts";
import { nounLabel, spotOf } from "../spot.ts";
import type { ActorName, PageData, Row } from "./data.ts";
import { Places } from "./places.ts";

/** What somebody brought about, over all decisions. */
export interface ActorCount {
  readonly actor: number;
  changes: number;
  /** Decisions with findings that the actor's change introduced. */
  introduced: number;
  worst?: Severity;
  /** What it was done with, where there were findings. */
  readonly tools: Set<string>;
}

interface Doer {
  readonly actor: number;
  readonly tool: string | undefined;
}

/** Decisions as rows, and what is counted over them. */
export class Gathered {
  private readonly accounts = new Places<PageData["accounts"][number]>();
  private readonly rules = new Places<PageData["rules"][number]>();
  private readonly actors = new Places<ActorName>();
  private readonly counts: ActorCount[] = [];
  private readonly rulePages: string | undefined;
  readonly rows: Row[] = [];

  constructor(rulePages: string | undefined) {
    this.rulePages = rulePages;
  }

  /** Takes the decision as the next row. */
  note(decision: Decision): Row {
    const { change, outcome, findings, excepted, notJudged, names } = decision;
    const spot = spotOf(decision);
    const told = [...findings, ...excepted.map(({ finding }) => finding)];
    const severity = worstOf(findings.map((finding) => finding.severity));
    const { actor, tool } = this.actorOf(decision);
    const [first] = [...told].sort((a, b) => compareSeverity(a.severity, b.severity));
    const row: Row = {
      id: change.id,
      ...(!isPlanned(change) && { at: change.at }),
      outcome,
      ...(severity !== undefined && { severity }),
      account: this.accounts.of(spot.account, () => {
        const name = names.account ?? (spot.account === "" ? "not told" : undefined);
        return { id: spot.account, ...(name !== undefined && { name }) };
      }),
      actor,
      ...(tool !== undefined && { tool }),
      rules: [...new Set(findings.map(({ rule }) => this.ruleOf(rule)))],
      region: spot.region,
      call: change.call.name,
      resource: nounLabel(spot),
      told:
        first === undefined
          ? openTexts(notJudged).slice(0, 2).join("; ")
          : `${first.message}${told.length > 1 ? ` and ${told.length - 1} more` : ""}`,
    };
    this.rows.push(row);
    this.count(decision, { actor, tool }, severity);
    return row;
  }

  ruleOf(id: string): number {
    return this.rules.of(id, () => {
      const title = metaOf(id)?.title;
      const link = linkOf(id, this.rulePages);
      return { id, ...(title !== undefined && { title }), ...(link !== undefined && { link }) };
    });
  }

  /** Who brought most and worst about, first. */
  get culprits(): readonly ActorCount[] {
    return this.counts
      .filter(({ introduced }) => introduced > 0)
      .sort((a, b) => compareSeverity(a.worst ?? "info", b.worst ?? "info") || b.introduced - a.introduced || a.actor - b.actor);
  }

  get lists(): Pick<PageData, "accounts" | "rules" | "actors"> {
    return { accounts: this.accounts.all, rules: this.rules.all, actors: this.actors.all };
  }

  private actorOf({ change }: Decision): Doer {
    const { name } = describePerson(change.actor);
    const tool = describeTool(change.actor)?.name;
    return { actor: this.actors.of(name, () => ({ name })), tool };
  }

  private count({ findings }: Decision, { actor, tool }: Doer, worst: Severity | undefined): void {
    const entry = this.counts[actor] ?? { actor, changes: 0, introduced: 0, tools: new Set() };
    this.counts[actor] = entry;
    entry.changes++;
    if (!findings.some(({ introduced }) => introduced === "now")) return;
    entry.introduced++;
    if (tool !== undefined) entry.tools.add(tool);
    if (worst !== undefined) entry.worst = worstOf([worst, entry.worst ?? worst]) ?? worst;
  }
}

export function worstOf(severities: readonly Severity[]): Severity | undefined {
  return [...severities].sort(compareSeverity)[0];
}
