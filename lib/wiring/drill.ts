import { randomUUID } from "node:crypto";
import { EC2Client } from "@aws-sdk/client-ec2";
import { STSClient } from "@aws-sdk/client-sts";
import { assume } from "../aws/assumed-role.ts";
import { drillGroupsOver } from "../aws/ec2/drill-groups.ts";
import { Ec2Api } from "../aws/ec2/ec2.ts";
import type { DrillMetrics, DrillPorts } from "../guard/drilling/drill-ports.ts";
import type { Log } from "../guard/notify-ports.ts";
import { homeOf, PATIENCE, required, systemClock } from "./environment.ts";

/** What the environment of the drill must say; serverless.yml sets it. */
export interface DrillEnvironment {
  /** Where the drill opens its rule. */
  readonly DRILL_ACCOUNT?: string | undefined;
  readonly DRILL_REGION?: string | undefined;
  readonly DRILL_VPC?: string | undefined;
  /** How many minutes the guard has to close it. */
  readonly DRILL_MINUTES?: string | undefined;
  /** The arn of the role under which this function runs. */
  readonly SELF_ROLE?: string | undefined;
  /** What the role in another account asks of those who assume it. */
  readonly EXTERNAL_ID?: string | undefined;
}

/** The role that the stack of every member account has for the drill, and the name of the drill's sessions under it. */
const MEMBER_ROLE = "portcullis-drill";
// Lambda stops a function after 15 minutes, of which cleaning up may take four.
const MOST_MINUTES = 10;

/** The ports of the fire drill in AWS. Throws when the environment is not as it must be. */
export function drillPorts(env: DrillEnvironment, metrics: DrillMetrics, log: Log): DrillPorts {
  const place = { account: required(env, "DRILL_ACCOUNT"), region: required(env, "DRILL_REGION"), vpc: required(env, "DRILL_VPC") };
  const home = homeOf(required(env, "SELF_ROLE"));
  const client = new EC2Client({
    region: place.region,
    ...PATIENCE,
    ...(place.account !== home.account && { credentials: borrowed(home.partition, place.account, env) }),
  });
  return {
    place,
    ec2: new Ec2Api(client),
    groups: drillGroupsOver(client),
    metrics,
    clock: systemClock,
    log,
    patience: minutesIn(required(env, "DRILL_MINUTES")) * 60_000,
    newRun: randomUUID,
  };
}

/** Credentials of the drill's role in another account, of the partition of this function's own. */
function borrowed(partition: string, account: string, { EXTERNAL_ID: externalId = "" }: DrillEnvironment) {
  const arn = `arn:${partition}:iam::${account}:role/${MEMBER_ROLE}`;
  const sts = new STSClient(PATIENCE);
  return () => assume(sts, { arn, session: MEMBER_ROLE, ...(externalId !== "" && { externalId }) });
}

function minutesIn(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && minutes <= MOST_MINUTES) return minutes;
  throw new Error(
    `the environment variable DRILL_MINUTES is "${text}": expected a number above 0, at most ${MOST_MINUTES} (drillMinutes in serverless.yml)`,
  );
}
