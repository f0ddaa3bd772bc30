// What docs/events.md says about the calls that are watched, derived from the table of lib/cloudtrail.
import { WATCHED_CALLS, type WatchedCall } from "../lib/cloudtrail/calls.ts";
import { UNWATCHED_CALLS } from "../lib/cloudtrail/unwatched.ts";
import type { Kind } from "../lib/model/facts.ts";

const SUBJECTS: Readonly<Record<Kind, string>> = {
  "security-group": "security group",
  "prefix-list": "prefix list",
  vpc: "VPC",
  "network-interface": "network interface",
};

/** The page docs/events.md. */
export function eventsPage(): string {
  const judged = WATCHED_CALLS.filter((call) => call.judged);
  const noted = WATCHED_CALLS.filter((call) => !call.judged);
  const parts = [
    '<!-- Written by "npm run generate" from lib/cloudtrail/calls.ts and unwatched.ts; what is changed here is lost. -->',
    "# Calls that are watched",
    "What Portcullis reads in CloudTrail's records. The *claim* is what the record alone tells; a failed call tells what was tried and changed nothing.",
    "## Judged",
    "The guard hears of these: they are the event pattern of `serverless.yml`. A change of a prefix list reaches every group that names it.",
    tableOf(judged),
    "## Noted",
    "A review learns from these what the network looked like at the time. No rule judges them yet; the guard does not hear of them, since it reads the same from EC2.",
    tableOf(noted),
    "## Not watched",
    "Every other write of EC2 that touches the network, and why it is not watched. A test holds both lists against all operations of the SDK.",
    unwatched(),
  ];
  return `${parts.join("\n\n")}\n`;
}

function tableOf(calls: readonly WatchedCall[]): string {
  const rows = calls.map(({ name, source, shape }) => `| \`${name}\` | ${source} | ${SUBJECTS[shape.kind]} | ${shape.tells} |`);
  return ["| call | source | subject | claim |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function unwatched(): string {
  const byReason = new Map<string, string[]>();
  for (const [name, reason] of UNWATCHED_CALLS) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [...byReason].map(([reason, names]) => `- **${reason}**: ${names.map((name) => `\`${name}\``).join(", ")}`).join("\n");
}
