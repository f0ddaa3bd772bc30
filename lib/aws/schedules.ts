import { ConflictException, CreateScheduleCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import { endOf, judgeAgainEvent } from "../guard/answering/judge-again.ts";
import type { Schedules } from "../guard/answering/respond-ports.ts";

/** Where schedules go: the guard's queue, and the role that may write to it. */
export interface ScheduleTarget {
  readonly queueArn: string;
  readonly roleArn: string;
  /** The group of schedules. */
  readonly group: string;
}

/** One-time schedules of EventBridge Scheduler; each deletes itself when it has run. Throws the SDK's errors. */
export function schedulerOver(client: SchedulerClient, { queueArn, roleArn, group }: ScheduleTarget): Schedules {
  return {
    judgeAgain: async (grant) => {
      try {
        await client.send(
          new CreateScheduleCommand({
            Name: endOf(grant),
            GroupName: group,
            ScheduleExpression: `at(${momentAfter(grant.until)})`,
            ScheduleExpressionTimezone: "UTC",
            FlexibleTimeWindow: { Mode: "OFF" },
            ActionAfterCompletion: "DELETE",
            Target: { Arn: queueArn, RoleArn: roleArn, Input: JSON.stringify(judgeAgainEvent(grant)) },
          }),
        );
      } catch (error) {
        // A schedule has the name of the end that it is for, so this one is there from an earlier attempt.
        if (!(error instanceof ConflictException)) throw error;
      }
    },
  };
}

// Schedules know whole seconds, and a grant holds at its very end.
function momentAfter(until: string): string {
  return new Date(Math.floor(Date.parse(until) / 1000) * 1000 + 1000).toISOString().slice(0, 19);
}
