import type { Decision, Outcome } from "../model/decision.ts";
import type { Finding } from "../model/finding.ts";
import { type Direction, TrafficSet } from "../model/traffic.ts";
import { describePerson, describeTool } from "./actor.ts";
import { trafficLines } from "./acts.ts";
import { code, plain, prose } from "./text.ts";

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

const NAME = 80;
const DIRECTIONS = ["ingress", "egress"] as const;

/** The outcome and its traffic in one line of plain text, `🔒 Closed: tcp 22 from 0.0.0.0/0 on bastion`. */
export function headline({ outcome, mode, findings, excepted, names, change }: Decision, limit: number): string {
  const start = (mode === "dry-run" ? DRY_HEADLINES : HEADLINES)[outcome];
  const subject = outcome === "clean" ? "" : subjectOf(findings.length > 0 ? findings : excepted.map(({ finding }) => finding));
  const words = subject === "" ? start.replace(/:$/, "") : `${start} ${subject}`;
  return plain(`${words} on ${plain(names.group ?? change.subject.id, 40)}`, limit);
}

// One line stands for all; the lists below the headline have the rest.
function subjectOf(findings: readonly Finding[]): string {
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

/** Who did what, and what Portcullis did about it, in two calm sentences of markup. */
export function tellOutcome(decision: Decision): string {
  return `${tellChange(decision)} ${tellResult(decision)}`;
}

function tellChange({ change, findings }: Decision): string {
  const tool = describeTool(change.actor);
  const who = `*${prose(describePerson(change.actor).name, NAME)}*`;
  const using = tool === undefined ? "" : ` with *${prose(`${tool.name} ${tool.version}`, NAME)}*`;
  const through = change.via === undefined ? "" : `, through ${change.via.kind.replace("-", " ")} ${code(change.via.id, 40)}`;
  if (findings.length > 0 && findings.every(({ introduced }) => introduced === "earlier")) {
    return `This stood open before ${who} changed the group${using}${through}, and is not their doing.`;
  }
  return `${who} made this change${using}${through}.`;
}

function tellResult({ outcome, mode, latency, findings, acts, excepted }: Decision): string {
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
      const lawfulStays = acts.some(({ remedy }) => remedy.authorize.length > 0);
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
      return `It had been closed and came back, so Portcullis ${dry ? "would close" : "closed"} it again.`;
    case "failed":
      return dry
        ? "Portcullis changed nothing, and in enforce mode EC2 would refuse to close this."
        : "*Portcullis could not close all of it. Please look at it now.*";
  }
}

/** What the reader can do next; empty when there is nothing to do. */
export function tellNext({ outcome, change, mode, findings }: Decision): string {
  switch (outcome) {
    case "acted":
    case "contested":
    case "would-act": {
      const tool = describeTool(change.actor);
      const comesBack = tool?.fromCode === true && mode === "enforce" && findings.some(({ introduced }) => introduced === "now");
      const again = comesBack ? `Change the code as well, or *${prose(tool.name, NAME)}* will open it again. ` : "";
      const egress = findings.length > 0 && findings.every(({ traffic }) => traffic.direction === "egress");
      const only = egress ? "the addresses that it is meant for" : "the addresses that need it";
      return `${again}If you need this traffic, open it only to ${only}, or ask here for an exception and quote the decision below.`;
    }
    case "alert":
      return "Close what is not needed, or ask here for an exception and quote the decision below.";
    case "failed":
      return mode === "dry-run"
        ? "Give the guard's role in this account what it lacks before turning enforcement on."
        : "Close it by hand: the security group above opens the console, and each rule above has the reason that EC2 gave.";
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
