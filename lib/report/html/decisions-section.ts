import { SEVERITIES } from "../../model/finding.ts";
import { compareText } from "../told.ts";
import type { Content } from "./content.ts";
import { type Markup, markup } from "./markup.ts";
import { BY_HARM } from "./sections.ts";

/** The list of all decisions with its filters, and the sheet on which one of them opens. The page's script fills them. */
export function decisionsSection({ gathered, tally }: Content): Markup {
  const { accounts, rules, actors } = gathered.lists;
  const outcomes = BY_HARM.filter((outcome) => tally.outcomes[outcome] > 0);
  const found = new Set(gathered.rows.map(({ severity }) => severity));
  const severities = SEVERITIES.filter((severity) => found.has(severity));
  const select = (name: string, label: string, options: readonly (readonly [value: number, text: string])[]) =>
    markup`<div><label for="filter-${name}">${label}</label><select id="filter-${name}" name="${name}"><option value="">All</option>${options.toSorted(([, a], [, b]) => compareText(a, b)).map(([value, text]) => markup`<option value="${value}">${text}</option>`)}</select></div>`;
  return markup`<section id="decisions" aria-labelledby="decisions-title"><h2 id="decisions-title">Decisions</h2>
<form id="filters" role="search" aria-label="Decisions"><div class="fields">
<div class="wide"><label for="filter-text">Search</label><input id="filter-text" type="search" name="text" placeholder="resource, port, address, event id, day" autocomplete="off" spellcheck="false"></div>
${select(
  "account",
  "Account",
  accounts.map(({ id, name }, i) => [i, name === undefined ? id : id === "" ? name : `${name} (${id})`]),
)}
${select(
  "rule",
  "Rule",
  rules.map(({ id }, i) => [i, id]),
)}
${select(
  "actor",
  "Actor",
  actors.map(({ name }, i) => [i, name]),
)}
<div><label for="filter-order">Order</label><select id="filter-order" name="order"><option value="worst">Worst first</option><option value="newest">Newest first</option><option value="oldest">Oldest first</option></select></div></div>
<div class="chips">${chips("Severity", "severity", severities)}${chips("Outcome", "outcome", outcomes)}<button type="reset" class="quiet">Reset</button></div>
<p id="count" role="status"></p></form>
<div class="heads" aria-hidden="true"><span>Severity</span><span>Time (UTC)</span><span>Resource and finding</span><span>Who</span><span>Where</span><span>Outcome</span></div>
<div id="list" role="listbox" tabindex="0" aria-label="Decisions: arrow keys move, Enter opens"></div>
<noscript><p>The list of decisions needs JavaScript, which this browser does not run. <code>portcullis review --format table</code> tells them without.</p></noscript>
<div id="print"></div></section>
<dialog id="sheet" aria-labelledby="sheet-title"><div class="sheet-head"><h2 id="sheet-title" tabindex="-1"></h2>
<div class="sheet-moves"><span id="sheet-position" class="soft"></span><button id="sheet-before" type="button" class="quiet">Previous</button><button id="sheet-after" type="button" class="quiet">Next</button><button id="sheet-close" type="button" class="quiet">Close</button></div></div>
<div id="sheet-content" role="group" aria-labelledby="sheet-title" tabindex="0"></div></dialog>`;
}

function chips(legend: string, name: string, values: readonly string[]): Markup {
  if (values.length < 2) return markup``;
  const boxes = values.map(
    (value) => markup`<label class="chip ${value}"><input type="checkbox" name="${name}" value="${value}"><span>${value}</span></label>`,
  );
  return markup`<fieldset><legend>${legend}</legend>${boxes}</fieldset>`;
}
