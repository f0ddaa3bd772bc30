import { byId, data } from "./dom.ts";
import { choose, isFiltered, matches, onFilter } from "./filter.ts";
import { showRows, startList } from "./list.ts";
import { prepare, unprepare } from "./print.ts";
import { openSheet, startSheet } from "./sheet.ts";
import { startTheme } from "./theme.ts";

let found: readonly number[] = [];

function describe(): string {
  const [shown, all] = [found.length.toLocaleString("en-US"), data.rows.length.toLocaleString("en-US")];
  if (!isFiltered()) return `All ${all} decisions`;
  return found.length === 0 ? `None of ${all} decisions match` : `${shown} of ${all} decisions`;
}

function filter(): void {
  found = matches();
  showRows(found);
  byId("count", HTMLElement).textContent = describe();
}

startTheme();
startSheet();
startList(openSheet);
onFilter(filter);
filter();

// A cell of the heat map or a name asks for its decisions.
document.addEventListener("click", (event) => {
  const asked = event.target instanceof Element ? event.target.closest("[data-account], [data-rule], [data-actor]") : null;
  if (asked === null) return;
  const wanted = ["account", "rule", "actor"].flatMap((name) => {
    const value = asked.getAttribute(`data-${name}`);
    return value === null ? [] : [[name, value] as const];
  });
  choose(Object.fromEntries(wanted));
  byId("decisions", HTMLElement).scrollIntoView();
  byId("list", HTMLElement).focus({ preventScroll: true });
});

addEventListener("beforeprint", () => prepare(found, describe()));
addEventListener("afterprint", unprepare);
matchMedia("print").addEventListener("change", ({ matches: printing }) => (printing ? prepare(found, describe()) : unprepare()));
