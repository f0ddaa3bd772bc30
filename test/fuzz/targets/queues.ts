import { asOne, inBatch } from "../../../lib/aws/sqs/sqs-batch.ts";
import { judgeAgainEvent } from "../../../lib/guard/answering/judge-again.ts";
import { receive } from "../../../lib/guard/receive.ts";
import { decodeRequest } from "../../../lib/guard/records/request-record.ts";
import { decodeSweep, encodeSweep } from "../../../lib/guard/records/sweep-record.ts";
import { parsePolicy } from "../../../lib/policy/load.ts";
import { notifyAll } from "../../../lib/telling/notify.ts";
import { decision } from "../../support/decisions.ts";
import { guardRig } from "../../support/guard-rig.ts";
import { sqsEvent } from "../../support/sqs-event.ts";
import { eventOf, TellingRig } from "../../support/telling-rig.ts";
import { isList, isObject, type Json } from "../json.ts";
import { mutated, scribbled } from "../mutate.ts";
import { RECORDED } from "../recordings.ts";
import { insist, type Target } from "../target.ts";

const GRANT = {
  id: "grant-1",
  account: "111122223333",
  region: "eu-central-1",
  subject: { kind: "security-group" as const, id: "sg-1" },
  decision: "event/sg-1",
  until: "2026-11-02T10:15:31Z",
  admits: [],
  reason: "r",
  approvedBy: "U0APPROVER",
  grantedAt: "2026-11-02T10:00:00Z",
};
const ASK = {
  user: "U0APPROVER",
  id: "press-1",
  answerTo: "https://hooks.slack.com/x",
  ask: "allow",
  decision: "e/sg-1",
  until: "2026-11-02T11:00:00Z",
  reason: "r",
};
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const DECIDED = json(eventOf(decision()));
const MESSAGES: readonly Json[] = [
  ...RECORDED.slice(0, 20).map(([, event]) => event),
  json(judgeAgainEvent(GRANT)),
  DECIDED,
  DECIDED,
  json(JSON.parse(encodeSweep({ run: "run-1", at: "2026-11-02T10:00:00Z", account: "111122223333" }))),
  ASK,
];
const WORDS = ["{", "}", '"', "null", "\\", "[", ",", "\u0000", "1e999"];
const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
const policy = parsePolicy("version: 1\nmode: enforce", "fuzz.yml");

/**
 * Batches of SQS messages at every function that reads a queue: none rejects as a whole, and every message is done, failed or
 * buried. A decision that is told was read whole.
 */
export const queues: Target = {
  name: "queues",
  make: (luck) =>
    Array.from({ length: 1 + luck.below(3) }, () => {
      const message = luck.pick(MESSAGES);
      if (luck.percent(15)) return JSON.stringify(message);
      if (luck.percent(25)) return scribbled(JSON.stringify(message), luck, WORDS);
      try {
        return JSON.stringify(mutated(message, luck, { favourites: ["detail"], donors: MESSAGES }));
      } catch (error) {
        if (error instanceof RangeError) return "[[]]";
        throw error;
      }
    }),
  check: async (input) => {
    if (!isList(input)) return;
    const bodies = input.map(String);
    const batch = sqsEvent(...bodies);
    const rig = guardRig(policy);
    rig.ec2.createGroup("sg-1", ["tcp 22 from 0.0.0.0/0"]);
    const answers = [
      await inBatch((body, attempt) => receive(body, rig.ports, SILENT, attempt), SILENT, { together: true })(batch),
      await inBatch(async (body) => void decodeRequest(body), SILENT)(batch),
      await inBatch(async (body) => void decodeSweep(body), SILENT)(batch),
    ];
    for (const { batchItemFailures } of answers) {
      insist(
        new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).size <= bodies.length,
        () => "more failures than messages",
      );
    }
    const telling = new TellingRig();
    const { batchItemFailures } = await asOne((events) => notifyAll(telling.ports(), events, () => 60_000), SILENT)(batch);
    const unread = bodies.filter((body) => !isDecision(body)).length;
    insist(
      batchItemFailures.length + telling.buried.length >= Math.min(unread, 1),
      () => "what holds no decision was neither buried nor failed",
    );
  },
};

function isDecision(body: string): boolean {
  try {
    const event: Json = JSON.parse(body);
    return isObject(event) && isObject(event.detail) && typeof event.detail.id === "string";
  } catch {
    return false;
  }
}
