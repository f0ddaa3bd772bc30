import type { Row } from "../data.ts";
import { accountOf, byId, data, timeOf } from "./dom.ts";

const form = byId("filters", HTMLFormElement);
const SEVERITIES = ["critical", "high", "medium", "low", "info"];

/** What somebody asks for; what is empty asks for nothing. */
interface Wish {
  readonly outcomes: ReadonlySet<string>;
  readonly severities: ReadonlySet<string>;
  readonly account: string;
  readonly rule: string;
  readonly actor: string;
  readonly words: readonly string[];
  readonly order: string;
}

/** The rows that are asked for, by their places, in the order that is asked for. */
export function matches(): number[] {
  const wish = wishOf(new FormData(form));
  const found = data.rows.flatMap((row, index) => (isMatch(index, row, wish) ? [index] : []));
  return found.sort(ORDERS[wish.order] ?? worstFirst);
}

/** Sets some of the filters and none of the others, and tells the form. */
export function choose(wanted: Readonly<Record<string, string>>): void {
  form.reset();
  for (const [name, value] of Object.entries(wanted)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.value = value;
  }
  form.dispatchEvent(new Event("input"));
}

/** Whether any filter is set, the order aside. */
export function isFiltered(): boolean {
  return [...new FormData(form)].some(([name, value]) => name !== "order" && value !== "");
}

/** Calls back when the filters change, at most once a frame. */
export function onFilter(changed: () => void): void {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      changed();
    });
  };
  form.addEventListener("input", soon);
  form.addEventListener("reset", () => setTimeout(soon));
  form.addEventListener("submit", (event) => event.preventDefault());
}

function wishOf(fields: FormData): Wish {
  const text = (name: string) => String(fields.get(name) ?? "");
  return {
    outcomes: new Set(fields.getAll("outcome").map(String)),
    severities: new Set(fields.getAll("severity").map(String)),
    account: text("account"),
    rule: text("rule"),
    actor: text("actor"),
    words: text("text")
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== ""),
    order: text("order"),
  };
}

function isMatch(index: number, row: Row, wish: Wish): boolean {
  if (wish.outcomes.size > 0 && !wish.outcomes.has(row.outcome)) return false;
  if (wish.severities.size > 0 && !wish.severities.has(row.severity ?? "none")) return false;
  if (wish.account !== "" && row.account !== Number(wish.account)) return false;
  if (wish.rule !== "" && !row.rules.includes(Number(wish.rule))) return false;
  if (wish.actor !== "" && row.actor !== Number(wish.actor)) return false;
  if (wish.words.length === 0) return true;
  const text = textOf(index, row);
  return wish.words.every((word) => text.includes(word));
}

const texts: string[] = [];

function textOf(index: number, row: Row): string {
  const actor = data.actors[row.actor];
  const rules = row.rules.map((rule) => data.rules[rule]?.id ?? "");
  const parts = [
    row.id,
    timeOf(row.at),
    row.at ?? "",
    row.region,
    row.call,
    row.resource,
    row.told,
    row.outcome,
    row.severity ?? "",
    data.accounts[row.account]?.id ?? "",
    accountOf(row.account),
  ];
  texts[index] ??= [...parts, actor?.name ?? "", row.tool ?? "", ...rules].join("\n").toLowerCase();
  return texts[index];
}

type Order = (a: number, b: number) => number;
const severityOf = (index: number) => SEVERITIES.indexOf(data.rows[index]?.severity ?? "none");
const rankOf = (index: number) => (severityOf(index) < 0 ? SEVERITIES.length : severityOf(index));
// What is about to happen is newer than what has.
const atOf = (index: number) => data.rows[index]?.at ?? "9999";
const oldestFirst: Order = (a, b) => (atOf(a) < atOf(b) ? -1 : atOf(a) > atOf(b) ? 1 : a - b);
const newestFirst: Order = (a, b) => oldestFirst(b, a);
const worstFirst: Order = (a, b) => rankOf(a) - rankOf(b) || newestFirst(a, b);
const ORDERS: Readonly<Record<string, Order>> = { worst: worstFirst, newest: newestFirst, oldest: oldestFirst };
