import type { Decision } from "../model/decision.ts";
import { describeTool } from "./actor.ts";
import { describeActs } from "./acts.ts";
import { actions, context, fitting, LIMITS, type SlackMessage, section } from "./blocks.ts";
import { buttonsFor } from "./buttons.ts";
import type { Extras } from "./message.ts";
import { minute, moment } from "./moment.ts";
import { headline, isAboutGroup, tellOutcome } from "./outcome.ts";
import { severityMark } from "./severity.ts";
import { code, prose } from "./text.ts";

/** A decision in the thread of a resource that has been told before: what is new, and no more. */
export function replyFor(decision: Decision, { mention, buttons = false }: Omit<Extras, "state"> = {}): SlackMessage {
  const { change, names } = decision;
  const title = headline(decision, LIMITS.header);
  const offered = buttons ? buttonsFor(decision) : [];
  return {
    text: prose(`${title} in ${names.account ?? change.account}, ${change.region}`, LIMITS.fallback),
    blocks: fitting([
      section(`*${prose(title, 300)}*\n${tellOutcome(decision, mention)}`),
      ...describeActs(decision).map((list) => section(list)),
      ...(offered.length === 0 ? [] : [actions(offered)]),
      context(...severityMark(decision), ...dryRun(decision), moment(change.at), `Decision ${code(decision.id, 120)}`),
    ]),
  };
}

/** The present state of a resource after a decision, of which `count` were told: one line for the top of its first message. */
export function stateAfter(decision: Decision, count: number): string {
  const { contest } = decision;
  if (contest !== undefined) {
    const tool = describeTool({ arn: "", ...contest });
    const by = tool === undefined ? "" : `, by *${prose(`${tool.name} ${tool.version}`, 80)}*`;
    return `*Now: ${stateOf(decision, true)}, ${contest.count} times* since ${minute(contest.since)}${by}  ·  last ${moment(decision.change.at)}`;
  }
  const again = count > 1 ? `  ·  ${ordinal(count)} decision in this thread` : "";
  return `*Now: ${stateOf(decision, count > 1)}*${again}  ·  ${moment(decision.change.at)}`;
}

function stateOf(decision: Decision, repeated: boolean): string {
  const { outcome, mode, excepted } = decision;
  const group = isAboutGroup(decision);
  const done = `${group ? "closed" : "remedied"}${repeated || outcome === "contested" ? " again" : ""}`;
  switch (outcome) {
    case "clean":
      return "nothing forbidden";
    case "excepted":
      return `allowed by an exception, ${code(excepted[0]?.exception ?? "", 80)}`;
    case "alert":
      return decision.held === undefined ? "found, and nothing was changed" : "still there: the breaker of the account is open";
    case "would-act":
      return `as it was: a dry run, that would have it ${done}`;
    case "acted":
    case "contested":
      return mode === "dry-run" ? `as it was: a dry run, that would have it ${done}` : done;
    case "failed":
      if (mode === "dry-run") return "as it was: a dry run, and AWS would refuse the act";
      return group ? "still open, at least in part" : "not remedied, at least in part";
  }
}

function dryRun({ mode }: Decision): string[] {
  return mode === "dry-run" ? ["🧪 *dry run, nothing is changed*"] : [];
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(count: number): string {
  const tens = count % 100;
  const ending = tens >= 11 && tens <= 13 ? "th" : (["th", "st", "nd", "rd"][count % 10] ?? "th");
  return `${count}${ending}`;
}
