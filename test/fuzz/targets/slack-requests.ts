import { decodeRequest } from "../../../lib/guard/records/request-record.ts";
import { parsePolicy } from "../../../lib/policy/load.ts";
import { receiveFromSlack } from "../../../lib/slack/front-desk.ts";
import { decision } from "../../support/decisions.ts";
import { signRequest } from "../../support/slack-interactivity.ts";
import { isObject, type Json } from "../json.ts";
import { mutated, scribbled } from "../mutate.ts";
import { textIn } from "../recordings.ts";
import { insist, type Target } from "../target.ts";

const NOW = Date.parse("2026-03-02T09:20:00Z");
const SECRET = "a-signing-secret-of-the-tests";
const COMMAND = textIn("test/fixtures/slack/command.txt").trim();
const PAYLOADS: readonly Json[] = ["block-actions", "view-submission"].map((name) =>
  JSON.parse(textIn(`test/fixtures/slack/${name}.json`)),
);
const WORDS = [
  "%",
  "%00",
  "%ff",
  "&",
  "=",
  "+",
  "&payload=",
  "&text=",
  "&user_id=",
  "explain",
  "reset-breaker",
  "%F0%9F%9A%AA",
  "status",
  "&command=%2Fportcullis",
];
const policy = parsePolicy("version: 1\nmode: enforce", "fuzz.yml");
const made = decision();

/** Requests at the front desk: signed ones are answered 200 whatever they hold and hand on what can be read again; all others get 401. */
export const slackRequests: Target = {
  name: "slack-requests",
  make: (luck) => {
    const signed = luck.percent(85);
    if (luck.percent(40)) return { signed, body: scribbled(COMMAND, luck, WORDS) };
    const payload = mutated(luck.pick(PAYLOADS), luck, { favourites: ["actions", "view", "user"], donors: PAYLOADS });
    return { signed, body: `payload=${encodeURIComponent(textOf(payload))}` };
  },
  check: async (input) => {
    if (!isObject(input) || typeof input.body !== "string") return;
    const { body, signed } = input;
    const handedOn: unknown[] = [];
    const answer = await receiveFromSlack(signRequest(body, signed === true ? SECRET : "another-secret", NOW / 1_000), {
      policy,
      decisions: { read: async () => made },
      desk: { openView: async () => {}, answer: async () => {} },
      signingSecret: async () => SECRET,
      handOn: async (request) => void handedOn.push(request),
      clock: { now: () => NOW },
      meter: { add: () => {} },
      log: { info: () => {}, warn: () => {}, error: () => {} },
    });
    const expected = signed === true ? 200 : 401;
    insist(answer.statusCode === expected, () => `answered ${answer.statusCode}, expected ${expected}`);
    insist(signed === true || handedOn.length === 0, () => "a request that Slack did not sign was handed on");
    for (const request of handedOn) decodeRequest(JSON.parse(JSON.stringify(request)));
  },
};

// A lone surrogate has no form in a URL, and what nests too deeply none in JSON.
function textOf(payload: Json): string {
  try {
    return JSON.stringify(payload).toWellFormed();
  } catch (error) {
    if (error instanceof RangeError) return "{}";
    throw error;
  }
}
