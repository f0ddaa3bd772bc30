import { isDeepStrictEqual } from "node:util";
import { changesOf } from "../../../lib/cloudtrail/parse.ts";
import { decodeDecision, encodeDecision } from "../../../lib/guard/records/decision-record.ts";
import { review } from "../../../lib/guard/reviewing/review.ts";
import type { Decision } from "../../../lib/model/decision.ts";
import { messageFor } from "../../../lib/slack/message.ts";
import { RecordedWorld } from "../../../lib/worlds/recorded.ts";
import { isList } from "../json.ts";
import { mutated } from "../mutate.ts";
import { RECORDED, STRICT } from "../recordings.ts";
import { insist, type Target } from "../target.ts";

const EVENTS = RECORDED.map(([, event]) => event);

/** A few records, some of them damaged, played into a recorded world and reviewed with all rules on; each decision must go into JSON and Slack. */
export const histories: Target = {
  name: "histories",
  every: 2,
  make: (luck) => {
    const from = luck.below(EVENTS.length - 6);
    const some = EVENTS.slice(from, from + 2 + luck.below(5));
    return some.map((event) =>
      luck.percent(60) ? mutated(event, luck, { favourites: ["requestParameters", "responseElements"], donors: some }) : event,
    );
  },
  check: async (input) => {
    if (!isList(input)) return;
    const changes = input.flatMap((record) => {
      const parsed = changesOf(record);
      return parsed.kind === "changes" ? parsed.changes : [];
    });
    const source = async function* () {
      yield* changes;
    };
    let told = 0;
    for await (const one of review(source(), { policy: STRICT, world: new RecordedWorld() })) {
      told++;
      if (one.kind !== "decided") continue;
      const kept = decodeDecision(JSON.parse(encodeDecision(one.decision)));
      insist(isDeepStrictEqual(plain(kept), plain(one.decision)), () => `a decision is another after the ledger: ${encodeDecision(kept)}`);
      messageFor(one.decision);
    }
    insist(told >= changes.length, () => `${changes.length} changes and ${told} answers`);
  },
};

function plain(decision: Decision): unknown {
  return JSON.parse(encodeDecision(decision));
}
