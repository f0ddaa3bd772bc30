import type { Decision } from "../../model/decision.ts";
import type { Grant } from "../../model/grant.ts";
import type { World } from "../../model/world.ts";
import type { Policy } from "../../policy/policy.ts";
import type { BreakerBook } from "../acting/breaker.ts";
import type { Meter } from "../meter.ts";
import type { Announcement, DecisionReader, Log, Messenger } from "../notify-ports.ts";
import type { Clock, DirectoryBook, Ec2, Ec2For, GrantBook } from "../ports.ts";

/** What somebody asks for, by a button, a dialog or a command, its sender known by Slack's signature. */
export type Request = {
  /** Slack's user id. */
  readonly user: string;
  /** One for each press: Slack's trigger id, by which a repeated delivery is known. */
  readonly id: string;
  /** Where to answer, for half an hour: Slack's response_url. */
  readonly answerTo: string;
} & Asked;

type Asked =
  | { readonly ask: "undo"; readonly decision: string }
  | { readonly ask: "snooze"; readonly decision: string }
  | { readonly ask: "explain"; readonly decision: string }
  /** Until when, ISO 8601 in UTC, and why. */
  | { readonly ask: "allow"; readonly decision: string; readonly until: string; readonly reason: string }
  /** In the guard's own account and region, unless it says another. */
  | { readonly ask: "explain-resource"; readonly resource: string; readonly account?: string; readonly region?: string }
  | { readonly ask: "exceptions" }
  | { readonly ask: "status" }
  | { readonly ask: "reset-breaker"; readonly account: string };

/** What became of a request, as the ledger keeps it. */
export interface Answer {
  readonly id: string;
  readonly at: string;
  readonly user: string;
  readonly ask: Request["ask"];
  readonly decision?: string;
  /** done; refused by the policy; nothing to do (any more); failed at AWS. */
  readonly result: "done" | "refused" | "moot" | "failed";
  /** One sentence: what was done, or why not. */
  readonly says: string;
  readonly reason?: string;
  readonly grant?: string;
}

/** The record of every answer; a request that was answered is not answered again. */
export interface AnswerBook {
  answered(id: string): Promise<Answer | undefined>;
  record(answer: Answer): Promise<void>;
}

/** One-time schedules: the guard judges a resource again when what was granted for it ends. */
export interface Schedules {
  /** Safe to repeat: a schedule is named by its grant and when that ends. */
  judgeAgain(grant: Grant): Promise<void>;
}

/** Slack, as far as answering needs it. */
export interface Desk extends Messenger {
  /** The members of a user group (S...). */
  membersOf(group: string): Promise<readonly string[]>;
  /** Opens a dialog; a trigger lives for three seconds. */
  openView(trigger: string, view: object): Promise<void>;
  /** Answers to a response_url: seen by the asker alone. */
  answer(answerTo: string, message: Announcement): Promise<void>;
}

/** What answering people needs from outside. */
export interface RespondPorts {
  readonly policy: Policy;
  readonly ec2For: Ec2For;
  readonly worldOf: (ec2: Ec2) => World;
  /** Where commands look that name no account and region. */
  readonly home: { readonly account: string; readonly region: string };
  readonly decisions: DecisionReader;
  readonly grants: GrantBook;
  readonly directory: DirectoryBook;
  readonly breakers: BreakerBook;
  readonly schedules: Schedules;
  readonly answers: AnswerBook;
  readonly desk: Desk;
  /** Tells what was done in the thread of the decision's resource, once for each `about`. */
  readonly tell: (decision: Decision, message: Announcement, about: string) => Promise<void>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}
