import type { SecurityGroupFacts } from "../../model/facts.ts";
import type { Log } from "../notify-ports.ts";
import type { Clock, Ec2 } from "../ports.ts";

/** The VPC in which the drill opens its rule, and where that is. */
interface DrillPlace {
  readonly account: string;
  readonly region: string;
  readonly vpc: string;
}

/** A group to be made. */
interface NewGroup {
  readonly vpc: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Security groups by their name. Both methods throw Ec2Error. */
export interface DrillGroups {
  /** The group of this name, of which a VPC has one at most; `rules` are not read. */
  named(vpc: string, name: string): Promise<SecurityGroupFacts | undefined>;
  /** Makes the group with its tags, in one call, and resolves to its id; refused as `duplicate` where the VPC has one of that name. */
  create(group: NewGroup): Promise<string>;
}

/** Where the result of a drill is counted. */
export interface DrillMetrics {
  /** The guard closed the rule after so many seconds. */
  closed(seconds: number): void;
  failed(): void;
}

/** What a drill needs from outside. */
export interface DrillPorts {
  readonly place: DrillPlace;
  readonly ec2: Pick<Ec2, "get" | "list" | "authorize" | "revoke">;
  readonly groups: DrillGroups;
  readonly metrics: DrillMetrics;
  readonly clock: Clock;
  readonly log: Log;
  /** How long the guard has to close the rule (milliseconds). */
  readonly patience: number;
  /** Names one run of the drill, and no other: letters, digits and hyphens. */
  readonly newRun: () => string;
}
