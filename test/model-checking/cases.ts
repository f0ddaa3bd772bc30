import {
  approver,
  closer,
  controller,
  controllerOf,
  ender,
  excepted,
  killer,
  lag,
  loser,
  opener,
  openerHeardTwice,
  sweeper,
  undoer,
} from "./actors.ts";
import { type Actor, NARROWING, REVOKING, type Setting } from "./world.ts";

/** Actors that are on the stage at once, in a setting. */
export interface Case {
  readonly name: string;
  readonly setting: Setting;
  readonly actors: readonly Actor[];
  /** Whether it takes more than a few seconds. */
  readonly isLong: boolean;
}

const ACTORS = [opener, openerHeardTwice, controller, closer, approver, undoer, ender, excepted, sweeper, killer, loser, lag];
// Those with more than one invocation of the guard.
const MANY: readonly Actor[] = [openerHeardTwice, controller];
// A death meets whoever runs; these take a few calls each, so that three of them can be explored.
const LIGHT = [opener, closer, approver, ender, sweeper, killer];

const NAMES: readonly (readonly [string, Setting])[] = [
  ["revoking", REVOKING],
  ["narrowing", NARROWING],
];
const caseOf = ([way, setting]: (typeof NAMES)[number], actors: readonly Actor[], isLong: boolean): Case => ({
  name: `${way}: ${actors.map(({ name }) => name).join(", and ")}`,
  setting,
  actors,
  isLong,
});

/** Every one alone, every two, and every three of the light ones, in both settings; and a controller that does not give up before a breaker. */
export const CASES: readonly Case[] = [
  ...NAMES.flatMap((way) => ACTORS.map((actor) => caseOf(way, [actor], false))),
  ...NAMES.flatMap((way) =>
    ACTORS.flatMap((one, i) => ACTORS.slice(i + 1).map((other) => caseOf(way, [one, other], isLong(way[1], one, other)))),
  ),
  ...NAMES.flatMap((way) =>
    LIGHT.flatMap((one, i) =>
      LIGHT.slice(i + 1).flatMap((other, j) => LIGHT.slice(i + j + 2).map((third) => caseOf(way, [one, other, third], true))),
    ),
  ),
  { ...caseOf(["revoking, the breaker has room for 2 acts", { ...REVOKING, breaker: 2 }], [controllerOf(4)], false) },
];

function isLong(setting: Setting, ...actors: readonly Actor[]): boolean {
  // Copies of an event of which one dies: some seconds, but for narrowing.
  if (setting === REVOKING && actors.includes(openerHeardTwice) && actors.includes(killer)) return false;
  return actors.some((actor) => MANY.includes(actor)) && !actors.includes(closer);
}
