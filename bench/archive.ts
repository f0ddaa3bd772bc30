import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { changesOf } from "../lib/cloudtrail/parse.ts";

const CORPUS = join(import.meta.dirname, "..", "events", "AWSLogs");
const RECORDS = 1_000;
const WATCHED_IN = 100;
const MINUTES = 5;
const START = Date.UTC(2023, 0, 1);

/** An archive that was made: its folder, and how much is in it. */
export interface Archive {
  readonly folder: string;
  readonly bytes: number;
  readonly records: number;
}

/**
 * Writes an archive in CloudTrail's layout, of at least so many bytes unpacked: the recorded events over and over with ids and times
 * of their own, one file every five minutes, one record in a hundred a call that is watched.
 */
export async function writeArchive(folder: string, bytes: number): Promise<Archive> {
  const { watched, others } = await readCorpus();
  let written = 0;
  let records = 0;
  for (let n = 0; written < bytes; n++) {
    const delivered = START + n * MINUTES * 60_000;
    const texts = Array.from({ length: RECORDS }, (_, i) => {
      const number = records + i;
      const list = i % WATCHED_IN === 0 ? watched : others;
      const text = list[(i % WATCHED_IN === 0 ? Math.floor(number / WATCHED_IN) : number) % list.length] ?? "";
      return renew(text, number, new Date(delivered - ((i * 7919) % (MINUTES * 60)) * 1000));
    });
    const document = `{"Records":[${texts.join(",")}]}`;
    const time = new Date(delivered).toISOString();
    const place = join(folder, "AWSLogs/111122223333/CloudTrail/us-east-1", time.slice(0, 10).replaceAll("-", "/"));
    await mkdir(place, { recursive: true });
    const name = `111122223333_CloudTrail_us-east-1_${time.slice(0, 16).replaceAll(/[-:]/g, "")}Z_${String(n).padStart(16, "0")}.json.gz`;
    await writeFile(join(place, name), gzipSync(document));
    written += document.length;
    records += RECORDS;
  }
  return { folder, bytes: written, records };
}

async function readCorpus(): Promise<{ watched: string[]; others: string[] }> {
  const names = (await readdir(CORPUS, { recursive: true })).filter((name) => name.endsWith(".gz")).sort();
  const corpus: { watched: string[]; others: string[] } = { watched: [], others: [] };
  for (const name of names) {
    const document: { Records: unknown[] } = JSON.parse(gunzipSync(await readFile(join(CORPUS, name))).toString());
    for (const record of document.Records) {
      (changesOf(record).kind === "changes" ? corpus.watched : corpus.others).push(JSON.stringify(record));
    }
  }
  return corpus;
}

function renew(text: string, number: number, time: Date): string {
  return text
    .replace(/"eventID":"[^"]*"/, `"eventID":"00000000-0000-4000-8000-${String(number).padStart(12, "0")}"`)
    .replace(/"eventTime":"[^"]*"/, `"eventTime":"${time.toISOString().slice(0, 19)}Z"`);
}
