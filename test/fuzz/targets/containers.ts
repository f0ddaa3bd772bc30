import { Readable } from "node:stream";
import { readRecords } from "../../../lib/cloudtrail/containers.ts";
import { isObject } from "../json.ts";
import { scribbled } from "../mutate.ts";
import type { Luck } from "../random.ts";
import { RECORDED } from "../recordings.ts";
import { insist, type Target } from "../target.ts";

const TEXTS = RECORDED.map(([, event]) => JSON.stringify(event)).filter((text) => text.length < 4_000);
const WORDS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  '"',
  "\\",
  "\u0000",
  '{"Records":[',
  '{"Events":[',
  "]}",
  "null",
  "\ufeff",
  "\n",
  "\\ud800",
  '"\\"',
  "1e999",
];
const WRAPPED: readonly ((texts: readonly string[]) => string)[] = [
  (texts) => `{"Records":[${texts.join(",")}]}`,
  (texts) => texts.join("\n"),
  (texts) => `[${texts.join(", ")}]`,
  (texts) => `{"Events":[${texts.map((text) => `{"EventId":"1","CloudTrailEvent":${JSON.stringify(text)}}`).join(",")}]}`,
  (texts) => texts.map((text) => `{"Records":[${text}]}`).join("\n"),
];

/** Files of records: whole ones tell every record, cut ones a reason, and no file ends the reading. */
export const containers: Target = {
  name: "containers",
  shrinks: false,
  make: (luck) => {
    const count = 1 + luck.below(4);
    const whole = luck.pick(WRAPPED)(Array.from({ length: count }, () => luck.pick(TEXTS)));
    const sort = luck.below(3);
    if (sort === 0) return { sort: "whole", count, text: whole, chunk: chunkOf(luck) };
    if (sort === 1) return { sort: "cut", count, text: whole.slice(0, 1 + luck.below(whole.length - 1)), chunk: chunkOf(luck) };
    return { sort: "scribbled", count, text: scribbled(whole, luck, WORDS), chunk: chunkOf(luck) };
  },
  check: async (input) => {
    if (!isObject(input)) return;
    const { sort, count, text, chunk } = input;
    const bytes = Buffer.from(String(text));
    const size = Number(chunk);
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
    let records = 0;
    let reasons = 0;
    for await (const found of readRecords(["-"], { stdin: Readable.from(chunks) })) {
      if ("reason" in found) reasons++;
      else records++;
    }
    if (sort === "whole") insist(records === count && reasons === 0, () => `${records} records and ${reasons} reasons of ${count} records`);
    // Cut just after a record of JSON lines, the file is whole, only shorter.
    const isLines = !/^(\[|\{"(Records|Events)":)/.test(String(text)) && isJson(String(text).split("\n").at(-1) ?? "");
    if (sort === "cut" && !isLines && !isJson(String(text).trim().split("\n").at(-1) ?? ""))
      insist(reasons > 0, () => `${records} records and no reason`);
    insist(records + reasons > 0, () => "nothing said");
  },
};

function chunkOf(luck: Luck): number {
  return luck.pick([5, 64, 1_024, 65_536]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
