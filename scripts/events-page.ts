// What docs/events.md says about the calls that are watched, derived from the table of lib/cloudtrail and from the rules.
import { WATCHED_CALLS, type WatchedCall } from "../lib/cloudtrail/calls.ts";
import { UNWATCHED_CALLS } from "../lib/cloudtrail/unwatched.ts";
import { reactingTo } from "../lib/guard/judging/reactions.ts";
import { nounOf } from "../lib/model/change.ts";
import { RULES } from "../lib/rules/index.ts";

/** The page docs/events.md. */
export function eventsPage(): string {
  const judged = WATCHED_CALLS.filter((call) => reactingTo(call, RULES).length > 0);
  const noted = WATCHED_CALLS.filter((call) => !judged.includes(call));
  const parts = [
    '<!-- Written by "npm run generate" from lib/cloudtrail/calls.ts, unwatched.ts and the rules; what is changed here is lost. -->',
    "# Calls that are watched",
    "What Portcullis reads in CloudTrail's records. The *claim* is what the record alone tells; a failed call tells what was tried and changed nothing.",
    "## Judged",
    "The guard hears of these: they are the event patterns of `stacks/changes.yml`. A change reaches other resources too: a prefix list's new version every group and route table that names it, a subnet the route table that it uses.",
    tableOf(judged, true),
    "## Noted",
    "A review learns from these what the network looked like at the time. No rule judges them; the guard does not hear of them, since it reads the same from EC2.",
    tableOf(noted, false),
    "## Not watched",
    "Every other write of EC2 that touches the network, and why it is not watched. A test holds both lists against all operations of the SDK.",
    unwatched(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function tableOf(calls: readonly WatchedCall[], judged: boolean): string {
  const rows = calls.map((call) => {
    const rules = reactingTo(call, RULES).map(({ meta: { id } }) => `[${id}](rules/${id}.md)`);
    const cells = [`\`${call.name}\``, call.source.replace(".amazonaws.com", ""), nounOf(call.shape.kind), call.shape.tells];
    return `| ${[...cells, ...(judged ? [rules.join(", ")] : [])].join(" | ")} |`;
  });
  const head = ["call", "service", "subject", "claim", ...(judged ? ["rules that react"] : [])];
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

function unwatched(): string {
  const byReason = new Map<string, string[]>();
  for (const [name, reason] of UNWATCHED_CALLS) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [...byReason].map(([reason, names]) => `- **${reason}**: ${names.map((name) => `\`${name}\``).join(", ")}`).join("\n");
}
