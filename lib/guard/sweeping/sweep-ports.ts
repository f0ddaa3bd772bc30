import type { Account } from "../../model/account.ts";
import type { World } from "../../model/world.ts";
import type { GuardPorts } from "../guarding.ts";
import type { Meter } from "../meter.ts";
import type { Log } from "../notify-ports.ts";
import type { Ec2, GrantBook } from "../ports.ts";
import type { SweepRequest } from "../records/sweep-record.ts";
import type { StandingBook } from "./standing.ts";

/** An organization as it is: its active accounts, and the ids of its roots and organizational units. */
export interface Organization {
  readonly accounts: readonly Account[];
  readonly ous: readonly string[];
}

/** The memory of what was swept. */
export interface SweepState {
  /** The version of the policy under which everything was asked to be swept last. */
  sweptUnder(): Promise<string | undefined>;
  noteSweptUnder(policyVersion: string): Promise<void>;
}

/** What sweeping needs from outside: all that guarding does, and the organization. */
export interface SweepPorts extends Omit<GuardPorts, "grants"> {
  readonly grants: GrantBook;
  /** The network of one account and region, read whole. */
  readonly wholeWorldOf: (ec2: Ec2) => World;
  readonly standings: StandingBook;
  readonly state: SweepState;
  /** Reads the organization. Throws when this account may not. */
  readonly readOrganization: () => Promise<Organization>;
  /** The account that the guard lives in. */
  readonly home: string;
  /** The regions that are swept in each account. */
  readonly regions: readonly string[];
  /** Asks for sweeps; each is worked on by itself, sooner or later, perhaps twice. */
  readonly ask: (requests: readonly SweepRequest[]) => Promise<void>;
  /** Milliseconds that this invocation still has. */
  readonly timeLeft: () => number;
  readonly meter: Meter;
  readonly log: Log;
}
