import { SEVERITIES } from "../../model/finding.ts";
import { standingOf } from "../advice.ts";
import { spotKey, spotLabel } from "../spot.ts";
import { count, number } from "../summary.ts";
import { countBySeverity } from "../told.ts";
import type { Content } from "./content.ts";
import { type Markup, markup } from "./markup.ts";
import { periodText } from "./moments.ts";
import { timeLineOf } from "./time-line.ts";

/** The head of the page: what was reviewed, the worst of it in one line, and where to go. */
export function header(content: Content): Markup {
  const { drawings, heatMap, gathered } = content;
  const links = [
    ["#overview", "Overview"],
    ...(timeLineOf(gathered.rows) === undefined ? [] : [["#time", "Time line"]]),
    ...(heatMap.rules.length > 0 ? [["#rules", "Rules"]] : []),
    ["#actors", "Who"],
    ...(drawings.length > 0 ? [["#networks", "Networks"]] : []),
    ["#decisions", "Decisions"],
  ].map(([href = "", text = ""]) => markup`<li><a href="${href}">${text}</a></li>`);
  return markup`<header><div class="bar"><p class="brand">${LOGO} Portcullis</p><nav aria-label="Parts of this page"><ul>${links}</ul></nav>
<button id="theme" class="quiet" type="button" aria-pressed="false">Dark</button></div></header>`;
}

// A gate with a pointed lower edge.
const LOGO = markup`<svg class="logo" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M4 3v15l2 3 2-3V3M10 3v15l2 3 2-3V3M16 3v15l2 3 2-3V3M2 7h20M2 13h20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/></svg>`;

/** The figures. */
export function overview(content: Content): Markup {
  const { collected, tally, subject } = content;
  const { findings, excepted, notJudged } = collected;
  const bySeverity = new Map(countBySeverity(findings));
  const open = findings.filter((told) => standingOf(told)?.startsWith("still") === true).length;
  const severities = SEVERITIES.map((severity) => figure(severity, bySeverity.get(severity) ?? 0, `figure ${severity}`));
  const others = [
    ...(content.gathered.rows.some(({ at }) => at !== undefined) ? [figure("still there at the end", open)] : []),
    figure("admitted by exception", excepted.length),
    figure("not judged", notJudged.length, notJudged.length > 0 ? "figure doubt" : "figure"),
    figure("unreadable", tally.unreadable, tally.unreadable > 0 ? "figure doubt" : "figure"),
  ];
  return markup`<section id="overview" aria-labelledby="title" class="hero">
<p class="eyebrow">Review of ${subject}</p>
<h1 id="title">${headline(content)}</h1>
<p class="lead">${lead(content)}</p>
<h2 class="unseen">Findings by severity, each told once</h2><dl class="figures severities">${severities}</dl>
<h2 class="unseen">What else is to be known</h2><dl class="figures">${others}</dl>
${worstOnes(content)}
</section>`;
}

function figure(label: string, value: number, kind = "figure"): Markup {
  return markup`<div class="${value === 0 ? `${kind} zero` : kind}"><dt>${label}</dt><dd>${number(value)}</dd></div>`;
}

function headline({ collected, tally }: Content): string {
  const { findings } = collected;
  const doubt = collected.notJudged.length + tally.unreadable > 0;
  const serious = countBySeverity(findings).filter(([severity]) => severity !== "info");
  const worst = serious.slice(0, 2).map(([severity, n]) => `${number(n)} ${severity}`);
  if (worst.length > 0) {
    const resources = new Set(findings.filter(({ finding }) => finding.severity !== "info").map(({ spot }) => spotKey(spot))).size;
    const more = serious.length > 2 ? ", and milder ones" : "";
    return `${worst.join(" and ")} ${serious.length === 1 && serious[0]?.[1] === 1 ? "finding" : "findings"}${more}, in ${count(resources, "resource")}`;
  }
  if (tally.changes === 0 && !doubt) return "No change that a rule judges";
  return doubt ? "Nothing forbidden was found, but not all was judged" : "Nothing forbidden was found";
}

function lead({ gathered, tally, policyName, policy }: Content): string {
  const { rows, lists } = gathered;
  const moments = rows.flatMap(({ at }) => at ?? []).sort();
  const [first] = moments;
  const period = first === undefined ? "" : `, ${periodText(first, moments.at(-1) ?? first)}`;
  // Where plans do not tell theirs, nobody knows how many there are.
  const told = lists.accounts.filter(({ id }) => id !== "").length;
  const where = told === 0 ? "" : ` in ${count(told, "account")}`;
  return `${count(tally.changes, "change")}${where}${period}. Judged under ${policyName}, version ${policy.version}.`;
}

const MOST_WORST = 5;

function worstOnes({ collected }: Content): Markup {
  const serious = collected.findings.filter(({ finding }) => finding.severity === "critical" || finding.severity === "high");
  // What stands still comes before what was closed, each in the order of its severity.
  const standing = serious.filter((told) => standingOf(told)?.startsWith("still") === true);
  const ranked = [...standing, ...serious.filter((told) => !standing.includes(told))];
  // The worst of each resource: five findings about one group would say little of the rest.
  const shown = [...new Map(ranked.toReversed().map((told) => [spotKey(told.spot), told])).values()].reverse().slice(0, MOST_WORST);
  if (shown.length === 0) return markup``;
  const items = shown.map((told) => {
    const { finding, spot } = told;
    const since = standingOf(told);
    const account = spot.accountName ?? spot.account;
    return markup`<li><span class="severity ${finding.severity}">${finding.severity}</span> <span><bdi class="message">${finding.message}</bdi> <span class="soft"><bdi>${spotLabel(spot)}</bdi>${account === "" ? "" : `, ${account}`}${since === undefined ? "" : ` · ${since}`}</span></span></li>`;
  });
  return markup`<h2>${standing.length > 0 ? "Worst of what is still there" : "Worst"}</h2><ol class="worst">${items}</ol>`;
}

const MOST_DOUBTS = 100;

/** What was ignored, not judged or not read: never to be taken for clean. */
export function doubtsSection({ collected, tally }: Content): Markup {
  const { notJudged, unreadable } = collected;
  const open = notJudged.map(({ spot, rule, needs }) => markup`<li><bdi>${spotLabel(spot)}</bdi>: ${rule} needs ${needs}</li>`);
  const broken = unreadable.map(({ source, index, reason }) => markup`<li><bdi>${source}</bdi>, record ${index}: ${reason}</li>`);
  const ignored = [...tally.ignoredBy].sort(([, a], [, b]) => b - a).map(([reason, n]) => markup`<li>${number(n)}: ${reason}</li>`);
  const parts = [
    folded("Not judged, so not clean", open, notJudged.length),
    folded("Unreadable, so not judged", broken, tally.unreadable),
    folded("Ignored", ignored, tally.ignored),
  ];
  if (notJudged.length + tally.unreadable + tally.ignored === 0) return markup``;
  return markup`<section id="doubts" aria-labelledby="doubts-title"><h2 id="doubts-title">What the decisions leave out</h2>
<p class="intro">${count(tally.records, "record")}: ${count(tally.changes, "change")} judged, ${number(tally.ignored)} ignored, ${number(tally.unreadable)} unreadable.</p>${parts}</section>`;
}

function folded(title: string, lines: readonly Markup[], total: number): Markup {
  if (total === 0) return markup``;
  const shown = lines.slice(0, MOST_DOUBTS);
  const more = lines.length > shown.length ? [markup`<li>and ${number(lines.length - shown.length)} more</li>`] : [];
  return markup`<details><summary>${title}: ${number(total)}</summary><ul class="doubts">${[...shown, ...more]}</ul></details>`;
}
