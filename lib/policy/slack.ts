import { compareSeverity, type Severity } from "../model/finding.ts";
import { LONGEST } from "./longest.ts";
import type { Policy } from "./policy.ts";

const HOUR = 3_600_000;

/** The channel for what was found on a resource with these tags; a scope's own channel goes before. */
export function channelFor(
  { document: { slack } }: Policy,
  severities: readonly Severity[],
  tags: Readonly<Record<string, string>>,
): string | undefined {
  const team = slack.team === undefined ? undefined : tags[slack.team.tag];
  const ofTeam =
    team !== undefined && slack.team !== undefined && Object.hasOwn(slack.team.channels, team) ? slack.team.channels[team] : undefined;
  const worst = worstOf(severities);
  return ofTeam ?? (worst === undefined ? undefined : slack.severities[worst]) ?? slack.channel;
}

/** The longest that something of these severities may be granted, in milliseconds. */
export function longestGrant({ document: { slack } }: Policy, severities: readonly Severity[]): number {
  const worst = worstOf(severities) ?? "critical";
  const span = slack.longest[worst] ?? LONGEST[worst];
  return Number(span.slice(0, -1)) * (span.endsWith("d") ? 24 : 1) * HOUR;
}

function worstOf(severities: readonly Severity[]): Severity | undefined {
  return [...severities].sort(compareSeverity)[0];
}
