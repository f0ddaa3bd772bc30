import { accountOf, actorOf, byId, data, make, timeOf } from "./dom.ts";

const MOST = 2_000;

/** Puts these rows as a plain table where only paper shows it, and opens all that is folded; `unprepare` takes both back. */
export function prepare(rows: readonly number[], about: string): void {
  const body = rows.slice(0, MOST).map((index) => {
    const row = data.rows[index];
    const cells = [
      row?.severity ?? "–",
      row?.outcome ?? "",
      timeOf(row?.at),
      row?.resource ?? "",
      row?.told || "nothing forbidden",
      `${actorOf(row?.actor ?? 0)}: ${row?.call ?? ""}`,
      `${accountOf(row?.account ?? 0)} ${row?.region ?? ""}`,
    ];
    return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
  });
  const heads = ["Severity", "Outcome", "Time (UTC)", "Resource", "Finding", "Who and how", "Where"].map((name) =>
    make("th", { scope: "col" }, name),
  );
  const more =
    rows.length > MOST
      ? make("p", {}, `${(rows.length - MOST).toLocaleString("en-US")} more are left out; narrow the filters to print them.`)
      : undefined;
  const table = make("table", { class: "plain" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body));
  byId("print", HTMLElement).replaceChildren(make("p", {}, about), table, ...(more === undefined ? [] : [more]));
  for (const folded of document.querySelectorAll<HTMLDetailsElement>("details:not([open], .alternative)")) {
    folded.open = true;
    folded.dataset.folded = "";
  }
}

export function unprepare(): void {
  byId("print", HTMLElement).replaceChildren();
  for (const unfolded of document.querySelectorAll<HTMLDetailsElement>("details[data-folded]")) {
    unfolded.open = false;
    delete unfolded.dataset.folded;
  }
}
