import { barY, cell, type PlotOptions, plot, ruleY, text } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Outcome } from "../../model/decision.ts";
import { visible } from "../../slack/text.ts";
import { clip } from "../clip.ts";
import type { PageData } from "./data.ts";
import type { HeatMap } from "./heat-map.ts";
import { Markup } from "./markup.ts";
import { STACKED, type TimeLine } from "./time-line.ts";

/** Bars over time, stacked by outcome. All labels are ours. */
export function timeLineChart({ stretches }: TimeLine, label: string): Markup {
  const bars = stretches.flatMap(({ label: at, counts }) =>
    STACKED.flatMap((outcome): { at: string; outcome: Outcome; n: number; title: string }[] => {
      const n = counts.get(outcome) ?? 0;
      return n === 0 ? [] : [{ at, outcome, n, title: `${at}: ${n} ${outcome}` }];
    }),
  );
  const width = 1080;
  const every = Math.ceil(stretches.length / 12);
  return drawn(label, {
    width,
    height: 240,
    marginLeft: 44,
    marginRight: 8,
    marginBottom: 34,
    x: {
      type: "band",
      domain: stretches.map(({ label: at }) => at),
      label: null,
      padding: stretches.length > 30 ? 0.2 : 0.35,
      ticks: stretches.map(({ label: at }) => at).filter((_, i) => i % every === 0),
      tickSize: 0,
    },
    y: { label: null, grid: true, ticks: 4, tickSize: 0, tickFormat: ",d" },
    color: { domain: STACKED, range: STACKED.map((outcome) => `var(--outcome-${outcome})`) },
    marks: [barY(bars, { x: "at", y: "n", fill: "outcome", title: "title", order: [...STACKED] }), ruleY([0])],
  });
}

const CELL = { width: 104, height: 34 };

/** Accounts and rules as a grid of counts, each in the colour of its worst. Each cell is marked with its account and rule. */
export function heatMapChart(
  { heats }: HeatMap,
  accounts: readonly number[],
  rules: readonly number[],
  data: Pick<PageData, "accounts" | "rules">,
  label: string,
): Markup {
  const shown = heats.filter(({ account, rule }) => accounts.includes(account) && rules.includes(rule));
  const left = 24 + 7.1 * Math.max(...rules.map((rule) => data.rules[rule]?.id.length ?? 0));
  const channels = { x: "account", y: "rule" } as const;
  return drawn(
    label,
    {
      width: left + CELL.width * accounts.length + 8,
      height: 40 + CELL.height * rules.length,
      marginLeft: left,
      marginTop: 36,
      marginBottom: 4,
      marginRight: 8,
      padding: 0,
      x: {
        axis: "top",
        domain: [...accounts],
        tickFormat: (account: number) => accountLabel(data.accounts[account]),
        label: null,
        tickSize: 0,
      },
      y: { domain: [...rules], tickFormat: (rule: number) => visible(data.rules[rule]?.id ?? ""), label: null, tickSize: 0 },
      marks: [
        cell(shown, {
          ...channels,
          inset: 2,
          rx: 5,
          title: (heat: (typeof shown)[number]) =>
            `${visible(data.rules[heat.rule]?.id ?? "")} in ${accountLabel(data.accounts[heat.account])}: ${heat.count}, worst ${heat.worst}`,
        }),
        text(shown, { ...channels, text: "count", pointerEvents: "none" }),
      ],
    },
    (figure) => {
      for (const [i, rect] of figure.querySelectorAll('[aria-label="cell"] rect').entries()) {
        const heat = shown[i];
        if (heat === undefined) continue;
        const most = Math.max(...shown.map(({ count }) => count));
        rect.setAttribute("class", `heat ${heat.worst} step-${1 + Math.round((2 * Math.log(heat.count)) / Math.max(1, Math.log(most)))}`);
        rect.setAttribute("data-account", String(heat.account));
        rect.setAttribute("data-rule", String(heat.rule));
      }
    },
  );
}

export function accountLabel(account: PageData["accounts"][number] | undefined): string {
  if (account === undefined) return "";
  return clip(visible(account.name ?? account.id), 14) || "plan";
}

/** As much of a document as is used here. */
interface Figure {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<Figure> & { entries(): Iterable<[number, Figure]> };
  remove(): void;
}

// Plot's own styles would need a place of their own in the page's security policy.
function drawn(label: string, options: PlotOptions, then: (figure: Figure) => void = () => {}): Markup {
  const { document } = parseHTML("<html><body></body></html>");
  const figure: Figure = plot({ ...options, document, className: "chart" });
  for (const style of figure.querySelectorAll("style")) style.remove();
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", label);
  then(figure);
  // An image has no parts that are read out.
  for (const group of figure.querySelectorAll("g")) group.removeAttribute("aria-label");
  return new Markup(figure.outerHTML);
}
