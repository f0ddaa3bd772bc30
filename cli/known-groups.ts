import { InputError } from "../lib/cloudtrail/containers.ts";
import type { KnownGroup } from "../lib/guard/find-group.ts";
import { isUnknown, type World } from "../lib/model/world.ts";
import { Tally } from "../lib/report/tally.ts";
import { RecordedWorld } from "../lib/worlds/recorded.ts";
import { changesIn } from "./changes.ts";
import { Progress } from "./terminal.ts";

/** A group that the input tells of, and the world in which it stands. */
export interface GivenGroup extends KnownGroup {
  readonly world: World;
  /** How it is known, in words. */
  readonly seen: string;
  /** What is not known about it, each a sentence. */
  readonly remarks: readonly string[];
  /** Whether AWS has it. */
  readonly exists: boolean;
}

/** What the input tells of groups. */
export interface Given {
  readonly groups: readonly GivenGroup[];
  /** Whether it tells that a group of this id was deleted. */
  wasDeleted(id: string): Promise<boolean>;
}

/** The groups that these files and folders tell of, as they end. Throws InputError for what does not exist or cannot be read at all. */
export async function groupsIn(paths: readonly string[]): Promise<Given> {
  const tally = new Tally();
  const progress = new Progress(process.stderr);
  const world = new RecordedWorld();
  let last = "";
  const changes = changesIn(paths, {
    tally,
    onFile: (path, n, total) => progress.show(`reading ${n} of ${total}: ${path}`),
    onUnreadable: async () => {},
  });
  for await (const change of changes) {
    world.apply(change);
    last = change.at;
  }
  progress.clear();
  if (tally.records === 0 && tally.unreadable > 0) {
    throw new InputError(
      `nothing in ${paths.join(", ")} could be read: expected CloudTrail records; portcullis review --help says in what form`,
    );
  }
  const unread =
    tally.unreadable === 0
      ? []
      : [`${tally.unreadable} of the records could not be read (portcullis review says which): what they did is not known.`];
  const places = world.all();
  const groups = await Promise.all(
    places.map(async ({ account, region, world: place }) => {
      const all = await place.list("security-group", {});
      return (isUnknown(all) ? [] : all).map(
        (facts): GivenGroup => ({
          facts,
          account,
          region,
          world: place,
          seen: `as the records tell it up to ${last}`,
          remarks: [...unread, ...place.directionUnknown(facts.id).map(({ id = "a rule" }) => assumed(id))],
          exists: true,
        }),
      );
    }),
  );
  return {
    groups: groups.flat(),
    wasDeleted: async (id) => {
      const answers = await Promise.all(places.map(({ world: place }) => place.get("security-group", id)));
      return answers.some((answer) => answer === undefined);
    },
  };
}

function assumed(id: string): string {
  return `${id} is taken for ingress: ModifySecurityGroupRules does not record which it is.`;
}
