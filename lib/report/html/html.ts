import type { Decision } from "../../model/decision.ts";
import type { Report } from "../report.ts";
import { Collected } from "../told.ts";
import type { HtmlOptions } from "./content.ts";
import type { Detail } from "./data.ts";
import { detailOf } from "./details.ts";
import { Gathered } from "./gathered.ts";
import { HeatCounts } from "./heat-map.ts";
import { embedJson, type Markup } from "./markup.ts";
import { type Drawing, Networks } from "./networks.ts";
import { writePage } from "./page.ts";
import type { Sights } from "./sight.ts";

// Enough that few blocks are read, and little enough that each is read at once.
const CHUNK = 100;
const NOTHING_SEEN: Sights = {};

/** The review as one page that needs no server and asks for nothing. Grows with the number of decisions. */
export function html({ write, ...options }: HtmlOptions): Report {
  const { policy, witness } = options;
  const collected = new Collected();
  const gathered = new Gathered(options.rulePages);
  const heats = new HeatCounts();
  const networks = witness === undefined ? undefined : new Networks(witness);
  // As JSON at once: it takes a fraction of the room.
  const blocks: Markup[] = [];
  let block: Detail[] = [];
  const close = () => {
    if (block.length > 0) blocks.push(embedJson(block));
    block = [];
  };
  const ruleOf = (id: string) => gathered.ruleOf(id);
  return {
    decided: async (decision: Decision) => {
      collected.note(decision);
      const row = gathered.note(decision);
      heats.note(
        row,
        decision.findings.map(({ rule, severity }) => ({ rule: ruleOf(rule), severity })),
      );
      const sights = (await witness?.sights(decision)) ?? NOTHING_SEEN;
      const drawing = await networks?.note(decision);
      block.push(detailOf(decision, sights, { policy, ruleOf, ...(drawing !== undefined && { drawing }) }));
      if (block.length === CHUNK) close();
    },
    unreadable: async (found) => collected.noteUnreadable(found),
    end: async (tally) => {
      close();
      const drawings: readonly Drawing[] = (await networks?.end()) ?? [];
      await writePage(write, { ...options, collected, gathered, heatMap: heats.map, drawings, tally, blocks, chunk: CHUNK });
    },
  };
}
