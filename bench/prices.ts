/** A public list price: dollars for one `unit`. */
export interface Price {
  readonly what: string;
  readonly dollars: number;
  readonly unit: string;
  readonly source: string;
}

/** When these prices were written down. They are those of us-east-1, without free tiers, volume discounts and taxes. */
export const PRICES_AS_OF = "2025-01-31";

/** The assumptions of the cost model: change them here, and every figure follows. */
export const PRICES = {
  lambdaRequest: { what: "Lambda, a request", dollars: 0.2e-6, unit: "request", source: "aws.amazon.com/lambda/pricing" },
  lambdaArm: { what: "Lambda, arm64", dollars: 0.0000133334, unit: "GB-second", source: "aws.amazon.com/lambda/pricing" },
  lambdaX86: { what: "Lambda, x86_64", dollars: 0.0000166667, unit: "GB-second", source: "aws.amazon.com/lambda/pricing" },
  sqsStandard: { what: "SQS, standard", dollars: 0.4e-6, unit: "request", source: "aws.amazon.com/sqs/pricing" },
  sqsFifo: { what: "SQS, FIFO", dollars: 0.5e-6, unit: "request", source: "aws.amazon.com/sqs/pricing" },
  busEvent: {
    what: "EventBridge, an event of one's own or to another account",
    dollars: 1e-6,
    unit: "event",
    source: "aws.amazon.com/eventbridge/pricing",
  },
  tableWrite: {
    what: "DynamoDB, on demand, a write of up to 1 KB",
    dollars: 0.625e-6,
    unit: "write",
    source: "aws.amazon.com/dynamodb/pricing/on-demand",
  },
  tableRead: {
    what: "DynamoDB, on demand, a consistent read of up to 4 KB",
    dollars: 0.125e-6,
    unit: "read",
    source: "aws.amazon.com/dynamodb/pricing/on-demand",
  },
  alarm: { what: "CloudWatch, an alarm", dollars: 0.1, unit: "month", source: "aws.amazon.com/cloudwatch/pricing" },
  dashboard: { what: "CloudWatch, a dashboard", dollars: 3, unit: "month", source: "aws.amazon.com/cloudwatch/pricing" },
  metric: { what: "CloudWatch, a metric of one's own", dollars: 0.3, unit: "month", source: "aws.amazon.com/cloudwatch/pricing" },
  secret: { what: "Secrets Manager, a secret", dollars: 0.4, unit: "month", source: "aws.amazon.com/secrets-manager/pricing" },
  configItem: {
    what: "AWS Config, a configuration item, continuous",
    dollars: 0.003,
    unit: "item",
    source: "aws.amazon.com/config/pricing",
  },
  configEvaluation: {
    what: "AWS Config, a rule evaluation (the first 100,000)",
    dollars: 0.001,
    unit: "evaluation",
    source: "aws.amazon.com/config/pricing",
  },
  firewallManager: {
    what: "Firewall Manager, a policy in a region",
    dollars: 100,
    unit: "month",
    source: "aws.amazon.com/firewall-manager/pricing",
  },
} as const satisfies Record<string, Price>;
