import { OUTCOMES } from "../../model/decision.ts";
import { count, number } from "../summary.ts";
import { accountLabel, heatMapChart, timeLineChart } from "./charts.ts";
import type { Content } from "./content.ts";
import type { ActorCount } from "./gathered.ts";
import { type Markup, markup } from "./markup.ts";
import { STACKED, timeLineOf } from "./time-line.ts";

/** Changes over time with their outcomes, as bars and as a table. */
export function timeSection({ gathered, tally }: Content): Markup {
  const line = timeLineOf(gathered.rows);
  if (line === undefined) return markup``;
  const shown = STACKED.filter((outcome) => tally.outcomes[outcome] > 0);
  const legend = shown.map(
    (outcome) => markup`<li><span class="key ${outcome}"></span>${outcome} <b>${number(tally.outcomes[outcome])}</b></li>`,
  );
  const rows = line.stretches.map(
    ({ label, counts }) =>
      markup`<tr><th scope="row">${label}</th>${shown.map((outcome) => markup`<td>${number(counts.get(outcome) ?? 0)}</td>`)}</tr>`,
  );
  const heads = shown.map((outcome) => markup`<th scope="col">${outcome}</th>`);
  const gaps = line.gaps ? " Days without a change are left out." : "";
  return markup`<section id="time" aria-labelledby="time-title"><h2 id="time-title">Changes and what became of them</h2>
<p class="intro">Each bar is a ${line.unit}, in UTC.${gaps}</p><ul class="legend">${legend}</ul>
<div class="chart-frame" role="group" aria-labelledby="time-title" tabindex="0">${timeLineChart(line, `Changes by ${line.unit} and outcome; the table below has the numbers`)}</div>
<details class="alternative"><summary>As a table</summary><div class="scroll" role="group" aria-label="Changes by ${line.unit}" tabindex="0"><table class="plain numbers"><thead><tr><th scope="col">${line.unit}</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

const MOST_ACCOUNTS = 16;
const MOST_RULES = 24;

/** Which rules found how much in which account. */
export function heatSection({ gathered, heatMap }: Content): Markup {
  const { lists } = gathered;
  if (heatMap.rules.length === 0) return markup``;
  const accounts = heatMap.accounts.slice(0, MOST_ACCOUNTS);
  const rules = heatMap.rules.slice(0, MOST_RULES);
  const left = [
    ...(heatMap.accounts.length > accounts.length ? [count(heatMap.accounts.length - accounts.length, "account")] : []),
    ...(heatMap.rules.length > rules.length ? [count(heatMap.rules.length - rules.length, "rule")] : []),
  ];
  const more = left.length === 0 ? "" : ` The table has ${left.join(" and ")} more.`;
  const byPlace = new Map(heatMap.heats.map((heat) => [`${heat.account}/${heat.rule}`, heat]));
  const heads = heatMap.accounts.map((account) => markup`<th scope="col">${accountLabel(lists.accounts[account])}</th>`);
  const rows = heatMap.rules.map((rule) => {
    const { id = "", title = "" } = lists.rules[rule] ?? {};
    const cells = heatMap.accounts.map((account) => {
      const heat = byPlace.get(`${account}/${rule}`);
      if (heat === undefined) return markup`<td></td>`;
      const label = `${number(heat.count)} decisions by ${id} in ${accountLabel(lists.accounts[account])}, worst ${heat.worst}: show them`;
      return markup`<td><button type="button" class="link" data-account="${account}" data-rule="${rule}" aria-label="${label}">${number(heat.count)}</button></td>`;
    });
    return markup`<tr><th scope="row"><button type="button" class="link" data-rule="${rule}">${id}</button><span class="soft"> ${title}</span></th>${cells}</tr>`;
  });
  return markup`<section id="rules" aria-labelledby="rules-title"><h2 id="rules-title">Which rules, and where</h2>
<p class="intro">Decisions with a finding by a rule, in the colour of the worst. Choose a cell to see them.${more}</p>
<div class="chart-frame heat-frame" role="group" aria-labelledby="rules-title" tabindex="0">${heatMapChart(heatMap, accounts, rules, lists, "Findings by account and rule; the table below has the numbers")}</div>
<details class="alternative"><summary>As a table</summary><div class="scroll" role="group" aria-label="Findings by account and rule" tabindex="0"><table class="plain numbers"><thead><tr><th scope="col">Rule</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

const MOST_ACTORS = 10;

/** Who brought findings about, worst first. */
export function whoSection({ gathered }: Content): Markup {
  const { culprits, lists } = gathered;
  const row = ({ actor, introduced, changes, worst, tools }: ActorCount) => {
    const name = lists.actors[actor]?.name ?? "";
    const tool = `${[...tools].slice(0, 2).join(", ")}${tools.size > 2 ? ` and ${tools.size - 2} more` : ""}`;
    return markup`<tr><th scope="row"><button type="button" class="link" data-actor="${actor}"><bdi>${name}</bdi></button></th><td><bdi>${tool}</bdi></td><td class="number">${number(introduced)}</td><td class="number">${number(changes)}</td><td><span class="severity ${worst ?? "none"}">${worst ?? ""}</span></td></tr>`;
  };
  const table = (rows: readonly ActorCount[], label: string) =>
    markup`<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table class="plain"><thead><tr><th scope="col">Who</th><th scope="col">With</th><th scope="col" class="number">Changes with findings</th><th scope="col" class="number">All changes</th><th scope="col">Worst</th></tr></thead><tbody>${rows.map(row)}</tbody></table></div>`;
  const more = culprits.slice(MOST_ACTORS);
  const body =
    culprits.length === 0
      ? markup`<p>No finding was brought about by a change of this review.</p>`
      : markup`${table(culprits.slice(0, MOST_ACTORS), "Who brought it about")}${more.length === 0 ? [] : [markup`<details><summary>${count(more.length, "more actor")}</summary>${table(more, "Who else brought it about")}</details>`]}`;
  return markup`<section id="actors" aria-labelledby="actors-title"><h2 id="actors-title">Who brought it about</h2>${body}</section>`;
}

/** Outcomes in the order in which people ask for them: the worst first. */
export const BY_HARM = STACKED.toReversed().filter((outcome) => OUTCOMES.includes(outcome));
