import { InputError } from "../lib/cloudtrail/containers.ts";
import type { ExplainReads, Home } from "../lib/guard/explaining/explain.ts";
import { findGroup, type KnownGroup } from "../lib/guard/explaining/find-group.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { homeText } from "../lib/report/explained-report.ts";
import { visible } from "../lib/slack/text.ts";
import type { GivenGroup } from "./given-group.ts";
import { groupsIn } from "./known-groups.ts";
import type { PlanOptions } from "./plans.ts";

const MOST_LISTED = 8;

/** What tells where a group is to be found. */
export interface ExplainOptions extends PlanOptions {
  readonly from?: readonly string[];
  readonly policy?: string;
}

/** A group that is to be explained, and the world in which it stands. */
export interface ExplainedSource extends Home, Pick<ExplainReads, "world">, Omit<GivenGroup, "facts" | "address" | "world"> {
  readonly id: string;
  /** Reads, with errors that say what to do. */
  reading<Answer>(read: () => Promise<Answer>): Promise<Answer>;
}

/** The group that is asked for: live, or from the input. Throws InputError where there is none, or more than one. */
export function explainedSource(asked: string, options: ExplainOptions, policy: Policy): Promise<ExplainedSource> {
  return options.from === undefined ? live(asked, options) : given(asked, options.from, options, policy);
}

async function live(id: string, { account, region }: ExplainOptions): Promise<ExplainedSource> {
  if (!/^sg-[0-9a-z]+$/.test(id)) {
    throw new InputError(`${id} is no id of a security group: expected sg-... Groups can be asked for by name with --from`);
  }
  // The SDK is loaded by those who use it.
  const { livePlace, unreachable, UnreachableError } = await import("../lib/wiring/explain.ts");
  const reading = async <Answer>(read: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await read();
    } catch (error) {
      const told = unreachable(error);
      throw told instanceof UnreachableError ? new InputError(`${id} was not read: ${told.message}`) : told;
    }
  };
  const place = await reading(() => livePlace({ ...(account !== undefined && { account }), ...(region !== undefined && { region }) }));
  return {
    ...place,
    id,
    seen: "as it stands",
    remarks: ["Exceptions granted in Slack are not looked at here."],
    open: [],
    reading,
  };
}

async function given(asked: string, paths: readonly string[], options: PlanOptions, policy: Policy): Promise<ExplainedSource> {
  const { account, region } = options;
  const { groups, wasDeleted } = await groupsIn(paths, options, policy);
  const here = groups.filter((group) => group.account === (account ?? group.account) && group.region === (region ?? group.region));
  const sought = findGroup(asked, here);
  if (sought.kind === "several") {
    throw new InputError(`${asked} is the name of ${sought.groups.length} groups: expected one of ${listOf(sought.groups)}`);
  }
  if (sought.kind === "none") {
    if (await wasDeleted(asked)) throw new InputError(`${asked} was deleted, as ${paths.join(", ")} tells`);
    const hint = sought.near === undefined ? "" : `did you mean ${visible(sought.near)}? `;
    const where = [account, region].filter((part) => part !== undefined).join(" ");
    const inPlace = where === "" ? "" : ` in ${where}`;
    throw new InputError(
      `${paths.join(", ")} tells of no group ${asked}${inPlace}: ${hint}${here.length === 0 ? "It tells of none there" : `expected one of ${listOf(here)}`}`,
    );
  }
  const { facts, account: home, region: there, world, seen, remarks, open, declared } = sought.group;
  return {
    id: facts.id,
    account: home,
    region: there,
    world,
    seen,
    remarks,
    open,
    ...(declared !== undefined && { declared }),
    reading: (read) => read(),
  };
}

function listOf(groups: readonly KnownGroup[]): string {
  const names = groups.slice(0, MOST_LISTED).map(({ facts, address, ...home }) => {
    const name = address ?? (facts.name === undefined ? facts.id : `${facts.id} (${facts.name})`);
    const where = homeText(home);
    return visible(where === undefined ? name : `${name} in ${where}`);
  });
  const more = groups.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
