import type { Change } from "../model/change.ts";
import { describePerson } from "../slack/actor.ts";
import { visible } from "../slack/text.ts";

const SHOWN = 3;
const LONGEST_NAME = 60;

/** Who opened something where, how often and when: for people to judge whether it is meant. */
export class Evidence {
  private readonly groups = new Set<string>();
  private readonly people = new Set<string>();
  private last = "";
  private first = "";
  private latest: Change | undefined;
  changes = 0;

  /** Notes a change, once however many of its rules say the same. */
  note(change: Change): void {
    if (this.latest === change) return;
    this.latest = change;
    this.changes++;
    this.groups.add(change.subject.id);
    this.people.add(describePerson(change.actor).name);
    if (this.first === "" || change.at < this.first) this.first = change.at;
    if (change.at > this.last) this.last = change.at;
  }

  /** `3 changes in sg-1, sg-2 by alice; 2026-01-03 to 2026-02-04`: one line of visible text. */
  toString(): string {
    const [first, last] = [this.first.slice(0, 10), this.last.slice(0, 10)];
    const when = first === last ? first : `${first} to ${last}`;
    return visible(`${this.changes} change${this.changes === 1 ? "" : "s"} in ${few(this.groups)} by ${few(this.people)}; ${when}`);
  }
}

/** The first of these names in their order, and how many more there are. */
export function few(names: Iterable<string>, shown = SHOWN): string {
  const all = [...names].map((name) => clipped(visible(name))).sort();
  const more = all.length - shown;
  return `${all.slice(0, shown).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function clipped(name: string): string {
  const characters = [...name];
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME).join("")}…` : name;
}
