import { basename } from "node:path";

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html; digests name the trail too, and
// seconds: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
const LOG_FILE = /^\d{12}_CloudTrail(?:-Insight)?_[a-z0-9-]+_(\d{8}T\d{4})Z_[A-Za-z0-9]+\.json(?:\.gz)?$/;
const DIGEST = /^\d{12}_CloudTrail-Digest_.+_(\d{8}T\d{4})\d\dZ\.json(?:\.gz)?$/;

/** A file of an archive, and when CloudTrail delivered it: ISO 8601, by the minute. It tells of what happened before. */
interface LogFile {
  readonly path: string;
  readonly deliveredAt: string;
}

/** Files as CloudTrail leaves them in S3, in the order of their delivery, and all others in the order in which they came. */
export interface Sorted {
  readonly logs: readonly LogFile[];
  readonly others: readonly string[];
}

/** Tells the files of an archive from others, by their names alone: copies of a bucket keep them, whatever the folders are called. */
export function sortFiles(paths: readonly string[]): Sorted {
  const logs: LogFile[] = [];
  const others: string[] = [];
  for (const path of paths) {
    const deliveredAt = deliveryOf(path);
    if (deliveredAt === undefined) others.push(path);
    else logs.push({ path, deliveredAt });
  }
  logs.sort((a, b) => inOrder(a.deliveredAt, b.deliveredAt) || inOrder(a.path, b.path));
  return { logs, others };
}

/** When CloudTrail delivered a log file or digest, as its name tells; undefined for any other file. */
export function deliveryOf(path: string): string | undefined {
  const name = basename(path);
  const told = (LOG_FILE.exec(name) ?? DIGEST.exec(name))?.[1];
  if (told === undefined) return undefined;
  const time = told.replace(/^(....)(..)(..)T(..)(..)$/, "$1-$2-$3T$4:$5:00Z");
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
