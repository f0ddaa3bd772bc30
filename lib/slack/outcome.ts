import { isGrantEnd } from "../guard/answering/judge-again.ts";
import { isSwept } from "../guard/judging/swept.ts";
import { nounOf } from "../model/change.ts";
import type { Decision, Outcome } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import { isGroupRemedy } from "../model/remedy.ts";
import { type Direction, TrafficSet } from "../model/traffic.ts";
import { describePerson, describeTool } from "./actor.ts";
import { trafficLines } from "./acts.ts";
import { minute } from "./moment.ts";
import { code, isUserId, person, plain, prose } from "./text.ts";

// Of what is not about the rules of a group, nothing was opened and nothing is closed.
const OTHER_HEADLINES: Readonly<Partial<Record<Outcome, string>>> = {
  "would-act": "🔧 Would remedy:",
  acted: "🔧 Remedied:",
  contested: "🔁 Remedied again:",
  failed: "🚨 Not remedied:",
};
const DRY_OTHER_HEADLINES: Readonly<Partial<Record<Outcome, string>>> = {
  alert: "🧪 Dry run, found:",
  "would-act": "🧪 Dry run, would remedy:",
  acted: "🧪 Dry run, would remedy:",
  contested: "🧪 Dry run, would remedy again:",
  failed: "🧪 Dry run, could not remedy:",
};
const HEADLINES: Readonly<Record<Outcome, string>> = {
  clean: "✅ Nothing forbidden",
  alert: "⚠️ Found:",
  "would-act": "🔒 Would close:",
  acted: "🔒 Closed:",
  excepted: "🎫 Allowed by an exception:",
  contested: "🔁 Closed again:",
  failed: "🚨 Still open:",
};
const DRY_HEADLINES: Readonly<Record<Outcome, string>> = {
  clean: "🧪 Dry run: nothing forbidden",
  alert: "🧪 Dry run: found",
  "would-act": "🧪 Dry run: would close",
  acted: "🧪 Dry run: would close",
  excepted: "🧪 Dry run: allowed by an exception:",
  contested: "🧪 Dry run: would close again",
  failed: "🧪 Dry run: could not close",
};

const HELD_HEADLINE = "⛔ Held back, still open:";
const HELD_OTHER_HEADLINE = "⛔ Held back:";

const NAME = 80;
const DIRECTIONS = ["ingress", "egress"] as const;

/** The outcome and its traffic in one line of plain text, `🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion`. */
export function headline(decision: Decision, limit: number): string {
  const { outcome, mode, findings, excepted, names, change } = decision;
  const dry = mode === "dry-run";
  const other = isAboutGroup(decision) ? undefined : (dry ? DRY_OTHER_HEADLINES : OTHER_HEADLINES)[outcome];
  const start = heldHeadline(decision) ?? other ?? (dry ? DRY_HEADLINES : HEADLINES)[outcome];
  const subject = outcome === "clean" ? "" : subjectOf(findings.length > 0 ? findings : excepted.map(({ finding }) => finding));
  const words = subject === "" ? start.replace(/:$/, "") : `${start} ${subject}`;
  const place = plain(names.subject ?? change.subject.id, 40);
  return plain(subject.includes(place) ? words : `${words} on ${place}`, limit);
}

// What was not held back is told as what was done.
function heldHeadline({ held, outcome, change }: Decision): string | undefined {
  if (held === undefined || outcome !== "alert") return undefined;
  return change.subject.kind === "security-group" ? HELD_HEADLINE : HELD_OTHER_HEADLINE;
}

// What comes after it explains, which the list below does too.
function firstClause(message: string): string {
  return message.split(/[:;,] /)[0] ?? message;
}

/** Whether what was found or done is about the rules of a security group. */
export function isAboutGroup({ change, acts }: Decision): boolean {
  return acts.length === 0 ? change.subject.kind === "security-group" : acts.some(({ remedy }) => isGroupRemedy(remedy));
}

// One line stands for all; the lists below the headline have the rest.
function subjectOf(findings: readonly Finding[]): string {
  const told = findings.find(({ parts, traffic }) => parts.length > 0 || traffic.isEmpty());
  if (told !== undefined) return plain(firstClause(told.message), 90);
  const traffic = findings.map((finding) => finding.traffic);
  const [line, ...others] = DIRECTIONS.flatMap((direction) => trafficLines(sumOf(traffic, direction)));
  if (line === undefined) return plain(findings[0]?.message ?? "", 70);
  const short = plain(line, 60);
  return others.length === 0 ? short : `${short} and ${others.length} more`;
}

function sumOf(traffic: readonly TrafficSet[], direction: Direction): TrafficSet {
  return TrafficSet.of(
    traffic.filter((one) => one.direction === direction).flatMap((one) => one.boxes()),
    direction,
  );
}

/** Who did what, and what Portcullis did about it, in two calm sentences of markup; `mention` is the Slack user who did it. */
export function tellOutcome(decision: Decision, mention?: string): string {
  const { held } = decision;
  const back = held === undefined ? "" : ` *What the policy has closed was held back:* ${prose(held, 300)}.`;
  return `${tellChange(decision, mention)} ${held !== undefined && decision.outcome === "alert" ? "Portcullis changed nothing." : tellResult(decision)}${back}`;
}

function tellChange({ change, findings }: Decision, mention: string | undefined): string {
  if (isGrantEnd(change)) return `The exception ${code(change.details?.grant ?? "", 80)}, which allowed this, has ended.`;
  if (isSwept(change)) return "A sweep of the account came upon this; no event had told of it.";
  const tool = describeTool(change.actor);
  const known = mention !== undefined && isUserId(mention) ? ` (${person(mention)})` : "";
  const who = `*${prose(describePerson(change.actor).name, NAME)}*${known}`;
  const using = tool === undefined ? "" : ` with *${prose(`${tool.name} ${tool.version}`, NAME)}*`;
  const through = change.via === undefined ? "" : `, through ${nounOf(change.via.kind)} ${code(change.via.id, 40)}`;
  if (findings.length > 0 && findings.every(({ introduced }) => introduced === "earlier")) {
    const what = change.subject.kind === "security-group" ? "open before" : "before";
    return `This stood ${what} ${who} changed the ${nounOf(change.subject.kind)}${using}${through}, and is not their doing.`;
  }
  return `${who} made this change${using}${through}.`;
}

function tellResult(decision: Decision): string {
  const { outcome, mode, latency, findings, acts, excepted } = decision;
  if (!isAboutGroup(decision) && acts.length > 0) return tellOtherResult(decision);
  const dry = mode === "dry-run";
  switch (outcome) {
    case "clean":
      return "Nothing in it is forbidden.";
    case "alert":
      return "Portcullis changed nothing: the policy asks only to be told.";
    case "would-act":
    case "acted": {
      if (dry || outcome === "would-act") return "Portcullis changed nothing; in enforce mode it would close this at once.";
      if (acts.length > 0 && acts.every(({ result }) => result === "already")) return "It was closed already when Portcullis looked.";
      const lawfulStays = acts.some(({ remedy }) => isGroupRemedy(remedy) && remedy.authorize.length > 0);
      const did = lawfulStays ? "Portcullis closed what is forbidden and left the rest open" : "Portcullis closed it";
      const now = findings.some(({ introduced }) => introduced === "now");
      if (latency.toClosed === undefined) return `${did}.`;
      const within = `${did} *within ${duration(latency.toClosed)}*`;
      return now ? `${within} of hearing of it; it was open for about ${duration(latency.eventAge + latency.toClosed)}.` : `${within}.`;
    }
    case "excepted": {
      const ids = [...new Set(excepted.map(({ exception }) => exception))];
      const more = ids.length > 3 ? ` and ${ids.length - 3} more` : "";
      return `It stays open: an exception of the policy allows it, ${ids
        .slice(0, 3)
        .map((id) => code(id, 80))
        .join(", ")}${more}.`;
    }
    case "contested":
      return tellContest(decision, dry ? "would close" : "closed");
    case "failed":
      return dry
        ? "Portcullis changed nothing, and in enforce mode EC2 would refuse to close this."
        : "*Portcullis could not close all of it. Please look at it now.*";
  }
}

/** How often it was closed, since when, and what keeps opening it. */
function tellContest({ contest }: Decision, did: string): string {
  const again = `It had been closed and came back, so Portcullis ${did} it again`;
  if (contest === undefined) return `${again}.`;
  const tool = describeTool({ arn: "", ...contest });
  const by = tool === undefined ? "" : ` *${prose(`${tool.name} ${tool.version}`, NAME)}* keeps opening it.`;
  return `${again}: *${contest.count} times* since ${minute(contest.since)}.${by} It is closed each time, and the next times are counted above without a message of their own.`;
}

function tellOtherResult(decision: Decision): string {
  const { outcome, mode, latency, acts } = decision;
  const dry = mode === "dry-run";
  if (outcome === "contested") return tellContest(decision, dry ? "would remedy" : "remedied");
  if (outcome === "failed") {
    if (dry) return "Portcullis changed nothing, and in enforce mode AWS would refuse to let it.";
    return "*Portcullis could not remedy all of it. Please look at it now.*";
  }
  if (dry || outcome === "would-act") return "Portcullis changed nothing; in enforce mode it would remedy this at once.";
  if (acts.every(({ result }) => result === "already")) return "It was remedied already when Portcullis looked.";
  return latency.toClosed === undefined
    ? "Portcullis remedied it."
    : `Portcullis remedied it *within ${duration(latency.toClosed)}* of hearing of it.`;
}

/** What the reader can do next; empty when there is nothing to do. `allowed` says whether the message has a button for it. */
export function tellNext(decision: Decision, allowed = false): string {
  const { outcome, change, mode, findings, held } = decision;
  if (held !== undefined && outcome === "alert") {
    const reset = `An approver closes the breaker at once: ${code(`/portcullis reset-breaker ${change.account}`, 60)}.`;
    return `Is the policy right? Then the next sweep closes what is left, once the breaker has closed by itself. ${reset}`;
  }
  if (change.subject.kind !== "security-group") return tellOtherNext(decision, allowed);
  const ask = allowed ? "let an approver allow it below" : "ask here for an exception and quote the decision below";
  switch (outcome) {
    case "acted":
    case "contested":
    case "would-act": {
      const tool = describeTool(change.actor);
      const comesBack = tool?.fromCode === true && mode === "enforce" && findings.some(({ introduced }) => introduced === "now");
      const again = comesBack ? `Change the code as well, or *${prose(tool.name, NAME)}* will open it again. ` : "";
      const egress = findings.length > 0 && findings.every(({ traffic }) => traffic.direction === "egress");
      const only = egress ? "the addresses that it is meant for" : "the addresses that need it";
      return `${again}If you need this traffic, open it only to ${only}, or ${ask}.`;
    }
    case "alert":
      return `Close what is not needed, or ${ask}.`;
    case "failed":
      return mode === "dry-run"
        ? "Give the guard's role in this account what it lacks before turning enforcement on."
        : "Close it by hand: the security group above opens the console, and each rule above has the reason that EC2 gave.";
    case "clean":
    case "excepted":
      return "";
  }
}

function tellOtherNext({ outcome, change, mode }: Decision, allowed: boolean): string {
  const ask = allowed ? "let an approver allow it below" : "ask here for a change of the policy and quote the decision below";
  const tool = describeTool(change.actor);
  switch (outcome) {
    case "acted":
    case "contested":
    case "would-act": {
      const again =
        tool?.fromCode === true && mode === "enforce" ? `Change the code as well, or *${prose(tool.name, NAME)}* will do it again. ` : "";
      return `${again}If this is needed, ${ask}.`;
    }
    case "alert":
      return `Undo what is not needed, or ${ask}.`;
    case "failed":
      return mode === "dry-run"
        ? "Give the guard's role in this account what it lacks before turning enforcement on."
        : "Remedy it by hand: each act above has the reason that AWS gave.";
    case "clean":
    case "excepted":
      return "";
  }
}

/** A duration for people: `340 ms`, `4.2 s`, `3 min`, `2 h`. */
function duration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
