/** The account that the packaged functions are in. */
export const GUARD_ACCOUNT = "123456789012";

/** What a packaged function's environment must say to start; nothing of it is reached. */
export const GUARD_ENV: Readonly<Record<string, string>> = {
  LEDGER_TABLE: "bench",
  BUS_NAME: "bench",
  SELF_ROLE: `arn:aws:iam::${GUARD_ACCOUNT}:role/guard`,
  AWS_LAMBDA_FUNCTION_NAME: "guard",
  QUEUE_URL: "http://127.0.0.1/queue",
  DEAD_LETTERS_URL: "http://127.0.0.1/dead-letters",
  CHANGES_QUEUE_ARN: `arn:aws:sqs:eu-west-1:${GUARD_ACCOUNT}:changes`,
  SCHEDULER_ROLE: `arn:aws:iam::${GUARD_ACCOUNT}:role/scheduler`,
  SCHEDULE_GROUP: "bench",
  REGIONS: "eu-west-1",
  DRILL_ACCOUNT: GUARD_ACCOUNT,
  DRILL_REGION: "eu-west-1",
  DRILL_VPC: "vpc-1",
  DRILL_MINUTES: "1",
  SLACK_BOT_TOKEN_SECRET: "bench",
  SLACK_SIGNING_SECRET: "bench",
};
