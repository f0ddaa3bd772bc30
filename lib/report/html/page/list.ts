import { accountOf, actorOf, byId, data, make, timeOf } from "./dom.ts";

const list = byId("list", HTMLElement);
const OVERSCAN = 6;

// Only the rows in sight, and a few around them, are in the document.
const shown = new Map<number, HTMLElement>();
let rows: readonly number[] = [];
let active = -1;
let height = 64;
let open: (position: number) => void = () => {};

/** Shows these rows, and keeps the place of the one that was active. */
export function showRows(indexes: readonly number[]): void {
  const before = rows[active];
  rows = indexes;
  active = before === undefined ? -1 : rows.indexOf(before);
  for (const option of shown.values()) option.remove();
  shown.clear();
  draw();
}

/** Moves to a row by its position among those shown, and brings it into sight. */
export function goTo(position: number): void {
  if (rows.length === 0) return;
  const before = shown.get(active);
  active = Math.max(0, Math.min(position, rows.length - 1));
  before?.setAttribute("aria-selected", "false");
  const top = list.getBoundingClientRect().top + scrollY + active * height;
  // What sticks to the top of the window must not cover it.
  if (top < scrollY + 140) scrollTo({ top: top - 140, behavior: "instant" });
  else if (top + height > scrollY + innerHeight - 20) scrollTo({ top: top + height - innerHeight + 20, behavior: "instant" });
  draw();
}

export function rowAt(position: number): number | undefined {
  return rows[position];
}

export function rowCount(): number {
  return rows.length;
}

/** Begins to listen; `onOpen` gets the position of a row that somebody opens. */
export function startList(onOpen: (position: number) => void): void {
  open = onOpen;
  addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
  addEventListener("resize", () => requestAnimationFrame(draw));
  list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(innerHeight / height) - 3);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = moves[event.key];
    if (to !== undefined) goTo(to);
    else if ((event.key === "Enter" || event.key === " ") && active >= 0) open(active);
    else return;
    event.preventDefault();
  });
  list.addEventListener("focus", () => {
    if (active < 0 && rows.length > 0) goTo(Math.max(0, Math.floor(-list.getBoundingClientRect().top / height)));
  });
  list.addEventListener("click", (event) => {
    const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
    if (option === null) return;
    goTo(Number(option.getAttribute("data-position")));
    open(active);
  });
}

function draw(): void {
  height = Number.parseFloat(getComputedStyle(list).getPropertyValue("--row")) || 64;
  list.style.height = `${rows.length * height}px`;
  const above = -list.getBoundingClientRect().top;
  const first = Math.max(0, Math.floor(above / height) - OVERSCAN);
  const last = Math.min(rows.length - 1, Math.ceil((above + innerHeight) / height) + OVERSCAN);
  for (const [position, option] of shown) {
    if ((position >= first && position <= last) || position === active) continue;
    option.remove();
    shown.delete(position);
  }
  const missing: HTMLElement[] = [];
  for (let position = first; position <= last; position++) if (!shown.has(position)) missing.push(option(position));
  if (active >= 0 && !shown.has(active)) missing.push(option(active));
  list.append(...missing);
  const current = shown.get(active);
  current?.setAttribute("aria-selected", "true");
  if (current === undefined) list.removeAttribute("aria-activedescendant");
  else list.setAttribute("aria-activedescendant", current.id);
}

function option(position: number): HTMLElement {
  const index = rows[position] ?? 0;
  const row = data.rows[index];
  const severity = row?.severity ?? "none";
  const outcome = row?.outcome ?? "clean";
  const made = make(
    "div",
    {
      role: "option",
      id: `row-${index}`,
      class: "row",
      "aria-selected": "false",
      "aria-setsize": String(rows.length),
      "aria-posinset": String(position + 1),
      "data-position": String(position),
    },
    make("span", { class: `severity ${severity}` }, severity === "none" ? "–" : severity),
    make("span", { class: "when" }, timeOf(row?.at)),
    make(
      "span",
      { class: "what" },
      make("bdi", { class: "resource" }, row?.resource ?? ""),
      make("bdi", { class: "told" }, row?.told || "nothing forbidden"),
    ),
    make("span", { class: "who" }, make("bdi", {}, actorOf(row?.actor ?? 0)), make("span", { class: "soft" }, row?.call ?? "")),
    make("span", { class: "where" }, make("bdi", {}, accountOf(row?.account ?? 0)), make("span", { class: "soft" }, row?.region ?? "")),
    make("span", { class: `outcome ${outcome}` }, outcome),
  );
  made.style.transform = `translateY(${position * height}px)`;
  shown.set(position, made);
  return made;
}
