import type { Comparison, Detail, FindingDetail, Line } from "../data.ts";
import { byId, data, detailOfRow, make } from "./dom.ts";
import { goTo, rowAt, rowCount } from "./list.ts";

const sheet = byId("sheet", HTMLDialogElement);
const content = byId("sheet-content", HTMLElement);
const heading = byId("sheet-title", HTMLElement);
const position = byId("sheet-position", HTMLElement);
let current = 0;

/** Opens the decision at this position of the list. */
export function openSheet(at: number): void {
  const index = rowAt(at);
  const row = data.rows[index ?? -1];
  const detail = index === undefined ? undefined : detailOfRow(index);
  if (row === undefined || detail === undefined) return;
  current = at;
  heading.replaceChildren(make("bdi", {}, row.resource));
  position.textContent = `${(at + 1).toLocaleString("en-US")} of ${rowCount().toLocaleString("en-US")}`;
  const state = make(
    "p",
    { class: "state" },
    make("span", { class: `severity ${row.severity ?? "none"}` }, row.severity ?? "no finding"),
    make("span", { class: `outcome ${row.outcome}` }, row.outcome),
  );
  content.replaceChildren(state, ...sectionsOf(detail));
  content.scrollTop = 0;
  for (const [id, to] of [
    ["sheet-before", at - 1],
    ["sheet-after", at + 1],
  ] as const) {
    byId(id, HTMLButtonElement).disabled = rowAt(to) === undefined;
  }
  if (!sheet.open) sheet.showModal();
  heading.focus();
}

/** Begins to listen to the buttons of the sheet. */
export function startSheet(): void {
  const move = (by: number) => () => {
    goTo(current + by);
    openSheet(current + by);
  };
  byId("sheet-before", HTMLButtonElement).addEventListener("click", move(-1));
  byId("sheet-after", HTMLButtonElement).addEventListener("click", move(1));
  byId("sheet-close", HTMLButtonElement).addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
}

function sectionsOf({ facts, findings, acts, comparisons, notes, drawing }: Detail): HTMLElement[] {
  return [
    ...comparisons.map(comparisonSection),
    ...(findings.length === 0 ? [] : [section("Findings", make("ul", { class: "findings" }, ...findings.map(findingItem)))]),
    ...(acts.length === 0
      ? []
      : [
          section(
            "What is done about it",
            make(
              "ul",
              { class: "acts" },
              ...acts.map(({ text, error }) =>
                make("li", {}, make("bdi", {}, text), error === undefined ? undefined : make("p", { class: "error" }, error)),
              ),
            ),
          ),
        ]),
    ...(notes.length === 0
      ? []
      : [section("What is not known", make("ul", { class: "notes" }, ...notes.map((note) => make("li", {}, make("bdi", {}, note)))))]),
    section(
      "The change",
      make("dl", { class: "facts" }, ...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, make("bdi", {}, value))])),
    ),
    ...(drawing === undefined ? [] : [drawingLink(drawing)]),
  ];
}

function section(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return make("section", {}, make("h3", {}, title), ...children);
}

function findingItem({ severity, rule, message, earlier, exception, advice }: FindingDetail): HTMLElement {
  const { id = "", title, link } = data.rules[rule] ?? {};
  const name = link === undefined ? make("span", {}, id) : make("a", { href: link, rel: "noreferrer", target: "_blank" }, id);
  return make(
    "li",
    {},
    make("p", {}, make("span", { class: `severity ${severity}` }, severity), " ", make("bdi", { class: "message" }, message)),
    make(
      "p",
      { class: "soft" },
      name,
      title === undefined ? undefined : `: ${title}`,
      earlier ? ". It was there before this change" : undefined,
    ),
    exception === undefined ? undefined : make("p", {}, "Admitted by the exception ", make("code", {}, exception), "."),
    ...advice.map(({ text, values }) =>
      make("p", { class: "advice" }, `${text}: `, ...values.flatMap((value, i) => [i === 0 ? undefined : ", ", make("code", {}, value)])),
    ),
  );
}

const SIGNS = { forbidden: "forbidden", excepted: "by exception", lawful: "", kept: "", gone: "taken away", unknown: "known after apply" };

function comparisonSection({ title, before, left, remains }: Comparison): HTMLElement {
  const columns = [
    column("Before", before === undefined ? undefined : before.map((text) => ({ tone: "kept", text }) as const)),
    column("After this change", left),
    ...(remains === undefined ? [] : [column("With Portcullis", remains)]),
  ];
  return section(title, make("div", { class: "columns" }, ...columns));
}

function column(title: string, lines: readonly Line[] | undefined): HTMLElement {
  const list =
    lines === undefined
      ? make("p", { class: "soft" }, "not known")
      : lines.length === 0
        ? make("p", { class: "soft" }, "nothing")
        : make("ul", { class: "lines" }, ...lines.map(lineItem));
  return make("div", {}, make("h4", {}, title), list);
}

function lineItem({ tone, text, fresh }: Line): HTMLElement {
  const sign = tone === "gone" ? "−" : tone === "unknown" ? "?" : fresh ? "+" : "";
  const word = [fresh ? "new" : "", SIGNS[tone]].filter((part) => part !== "").join(", ");
  return make(
    "li",
    { class: tone },
    make("span", { class: "sign", "aria-hidden": "true" }, sign),
    make("bdi", {}, text),
    word === "" ? undefined : make("span", { class: "word" }, word),
  );
}

function drawingLink(anchor: string): HTMLElement {
  const link = make("a", { href: `#${anchor}` }, "The drawing of its network");
  link.addEventListener("click", () => {
    const target = document.getElementById(anchor);
    if (target instanceof HTMLDetailsElement) target.open = true;
    sheet.close();
  });
  return make("p", {}, link);
}
