import type { Detail, PageData } from "../data.ts";

type Child = Node | string | undefined;

/** The element of the page with this id. Throws where the page lacks it. */
export function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page lacks #${id}`);
  return found;
}

/** A new element. Texts become text nodes: nothing foreign is ever read as markup. */
export function make(name: string, attributes: Readonly<Record<string, string>> = {}, ...children: readonly Child[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

function jsonIn(id: string) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

export const data: PageData = jsonIn("data");

const blocks = new Map<number, readonly Detail[]>();

/** The details of a row; those of its block are read when the first of them is asked for. */
export function detailOfRow(index: number): Detail | undefined {
  const block = Math.floor(index / data.chunk);
  const details: readonly Detail[] = blocks.get(block) ?? jsonIn(`details-${block}`);
  blocks.set(block, details);
  return details[index % data.chunk];
}

/** `2026-02-04 09:38:00`, in UTC as the records have it; of what a plan is about to do, `planned`. */
export function timeOf(at = "planned"): string {
  return at.slice(0, 19).replace("T", " ");
}

export function accountOf(index: number): string {
  const account = data.accounts[index];
  return account?.name ?? account?.id ?? "";
}

export function actorOf(index: number): string {
  return data.actors[index]?.name ?? "";
}
