import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Change } from "../model/change.ts";
import { inTimeOrder, readRun } from "./order.ts";
import { type Packed, packAs, unpack } from "./packed.ts";

/** Changes from files that CloudTrail delivered at this time. */
export interface Arrival {
  readonly deliveredAt: string;
  readonly packed: readonly Packed[];
}

/**
 * How many hours a change may come after it was made and still stand in its place. CloudTrail delivers within minutes on average,
 * and does not guarantee it: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export const WINDOW_HOURS = 24;

const HOUR = 3_600_000;
/** How many changes are held in memory, of all the hours in the window. */
const MOST_HELD = 20_000;
/** How many of those that were handed on are remembered, so that one that comes again after the window is known. */
const MOST_REMEMBERED = 100_000;

export interface WindowOptions {
  readonly held?: number;
  /** The folder for temporary files; the system's unless given. */
  readonly temporary?: string;
  /** Told of each change that came after the window had passed its time: it stands where it came, not where it belongs. */
  readonly onLate?: (change: Change) => void;
}

/** The changes of one hour that have come so far. */
interface Hour {
  readonly held: Packed[];
  count: number;
  path?: string;
}

/**
 * The changes by time, as `inTimeOrder` has them, while files come in the order of their delivery: an hour is handed on once all files
 * delivered up to a day after it have come. In constant memory: what is held beyond `held` changes waits in a temporary file an hour.
 */
export async function* inWindows(arrivals: AsyncIterable<Arrival>, options: WindowOptions = {}): AsyncGenerator<Change> {
  const { held: most = MOST_HELD, temporary = tmpdir(), onLate } = options;
  const hours = new Map<string, Hour>();
  const handed = new Recent();
  let folder: string | undefined;
  let held = 0;
  let from = "";

  const put = async (packed: Packed) => {
    if (packed.hour >= from) return hold(packed);
    const late = unpack(packed).filter((change) => !handed.has(change));
    for (const change of late) onLate?.(change);
    if (late.length > 0) await hold(packAs(from, late));
  };
  const hold = async (packed: Packed) => {
    const hour = hours.get(packed.hour) ?? { held: [], count: 0 };
    hours.set(packed.hour, hour);
    hour.held.push(packed);
    hour.count += packed.count;
    held += packed.count;
    if (held > most) await spill();
  };
  const spill = async () => {
    const [name, hour] = [...hours].reduce((a, b) => (b[1].count > a[1].count ? b : a));
    folder ??= await mkdtemp(join(temporary, "portcullis-"));
    hour.path ??= join(folder, `${name}.jsonl`);
    await appendFile(hour.path, hour.held.map(({ text }) => `${text}\n`).join(""));
    held -= hour.count;
    hour.count = 0;
    hour.held.length = 0;
  };
  const release = async function* (until: string): AsyncGenerator<Change> {
    const due = [...hours.keys()].filter((name) => name < until).sort();
    for (const name of due) {
      const hour = hours.get(name) ?? { held: [], count: 0 };
      hours.delete(name);
      for await (const change of inTimeOrder(changesOfHour(hour), { temporary })) {
        handed.note(change);
        yield change;
      }
      held -= hour.count;
      if (hour.path !== undefined) await rm(hour.path);
    }
    if (until > from) from = until;
  };

  try {
    for await (const { deliveredAt, packed } of arrivals) {
      yield* release(new Date(Date.parse(deliveredAt) - WINDOW_HOURS * HOUR).toISOString().slice(0, 13));
      for (const one of packed) await put(one);
    }
    yield* release("9999");
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function* changesOfHour({ held, path }: Hour): AsyncGenerator<Change> {
  if (path !== undefined) yield* readRun(path);
  for (const packed of held) yield* unpack(packed);
}

/** The last changes that were handed on. */
class Recent {
  private readonly keys = new Set<string>();

  has({ id, subject }: Change): boolean {
    return this.keys.has(`${id}/${subject.id}`);
  }

  note({ id, subject }: Change): void {
    this.keys.add(`${id}/${subject.id}`);
    if (this.keys.size <= MOST_REMEMBERED) return;
    // A set keeps the order in which its members came.
    for (const oldest of this.keys) {
      this.keys.delete(oldest);
      return;
    }
  }
}
