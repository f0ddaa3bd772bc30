// Which declared permissions the suites use, and which of their calls nobody declared.

/** What AWS asks for in the name of a call, so that no call of that name is made. */
export const NEVER_CALLED: Readonly<Record<string, string>> = {
  "ec2:CreateTags": "part of authorizing rules with their tags",
  "logs:CreateLogDelivery": "EC2 sets up the delivery of flow logs in the caller's name",
  "logs:DeleteLogDelivery": "EC2 takes the delivery of flow logs down in the caller's name",
};

/** What the emulator lacks; it is tried on answers in the form of the API reference (test/support/documented-ec2.ts). */
export const NOT_ON_EMULATORS: Readonly<Record<string, string>> = {
  "ec2:CreateVpcBlockPublicAccessExclusion": "moto knows no VPC block public access",
  "ec2:DeleteVpcBlockPublicAccessExclusion": "moto knows no VPC block public access",
  "ec2:DescribeSecurityGroupVpcAssociations": "moto knows groups in their own VPC only",
  "ec2:DescribeVpcBlockPublicAccessExclusions": "moto knows no VPC block public access",
  "ec2:DescribeVpcBlockPublicAccessOptions": "moto knows no VPC block public access",
  "ec2:ModifyVpcBlockPublicAccessOptions": "moto knows no VPC block public access",
  "route53resolver:ListFirewallRuleGroupAssociations": "moto knows no DNS Firewall",
};

const LAMBDA_POLLS = "Lambda takes messages from the queue by the role of the function";
const LAMBDA_LOGS = "Lambda writes the log by the role of the function";
const LAMBDA_TRACES = "Lambda sends traces by the role of the function";
const NO_FAULT = "when something fails; the suites of the packaged stack let other functions fail";

/**
 * What a function of the packaged stack may do and is not seen doing, `guard sts:AssumeRole`, or no function is. What it takes to
 * reach EC2 is declared elsewhere.
 */
export const NOT_BY_FUNCTIONS: Readonly<Record<string, string>> = {
  "logs:CreateLogStream": LAMBDA_LOGS,
  "logs:PutLogEvents": LAMBDA_LOGS,
  "sqs:DeleteMessage": LAMBDA_POLLS,
  "sqs:GetQueueAttributes": LAMBDA_POLLS,
  "sqs:ReceiveMessage": LAMBDA_POLLS,
  "xray:PutTelemetryRecords": LAMBDA_TRACES,
  "xray:PutTraceSegments": LAMBDA_TRACES,
  "ssm:GetParameter": "secrets may be parameters instead; test/aws/secrets.test.ts reads both",
  "drill sts:AssumeRole": "the drill of the suites is in the hub's own account",
  "guard sqs:ChangeMessageVisibility": NO_FAULT,
  "notify sqs:SendMessage": "what Slack never takes; test/emulator/dead-letters.test.ts buries it",
  "respond dynamodb:DeleteItem": "when a breaker is closed by hand; test/emulator/counts.test.ts closes one",
  "respond iam:PassRole": "part of making a schedule",
  "respond sqs:ChangeMessageVisibility": NO_FAULT,
  "respond sts:AssumeRole": "people ask about the hub's own account in the suites; the guard takes on the same role",
  "sweep dynamodb:DeleteItem": "when what stood is lawful again; test/emulator/standings.test.ts forgets it",
  "sweep sqs:ChangeMessageVisibility": NO_FAULT,
};

export interface FunctionUse {
  /** Calls and permissions of functions, each `guard dynamodb:PutItem`. */
  readonly called: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
  /** The actions that are declared for the network. */
  readonly network: ReadonlySet<string>;
  readonly excused: Readonly<Record<string, string>>;
}

/** What is wrong between what functions call and what their roles allow, a line each. */
export function problemsOfFunctions({ called, may, network, excused }: FunctionUse): string[] {
  const actionIn = (use: string) => use.slice(use.indexOf(" ") + 1);
  const isExcused = (use: string) => use in excused || actionIn(use) in excused;
  const [refused, idle] = [[...called].filter((use) => !may.has(use)), [...may].filter((use) => !called.has(use))];
  const unused = idle.filter((use) => !network.has(actionIn(use)) && !isExcused(use));
  // What is called only when something fails, may well be called in a run.
  const stray = Object.keys(excused).filter((one) => ![...may].some((use) => use === one || actionIn(use) === one));
  return [
    ...refused.map((use) => `${use}: is called, and the role of the function does not allow it: add it to the stack`),
    ...unused.map((use) => `${use}: is allowed, and no suite of the packaged stack calls it: write one, take it away, or say why not here`),
    ...stray.map((use) => `${use}: is excused, and no role allows it: strike it from the list`),
  ].sort();
}

export interface Use {
  /** The actions of all permissions. */
  readonly declared: ReadonlySet<string>;
  /** Actions that roles have besides, for services other than the network. */
  readonly elsewhere: ReadonlySet<string>;
  /** What was called on emulators, and on documented answers. */
  readonly emulators: ReadonlySet<string>;
  readonly documented: ReadonlySet<string>;
  readonly neverCalled: Readonly<Record<string, string>>;
  readonly notOnEmulators: Readonly<Record<string, string>>;
}

/** What is wrong, a line each; nothing when every call is declared and every permission is used, or says why it is not. */
export function problemsOf({ declared, elsewhere, emulators, documented, neverCalled, notOnEmulators }: Use): string[] {
  const called = new Set([...emulators, ...documented]);
  const excused = new Map([...Object.keys(neverCalled), ...Object.keys(notOnEmulators)].map((action) => [action, action in neverCalled]));
  const undeclared = [...called].filter((action) => !declared.has(action) && !elsewhere.has(action));
  const unused = [...declared].filter((action) => !emulators.has(action) && !excused.has(action));
  const untried = Object.keys(notOnEmulators).filter((action) => declared.has(action) && !documented.has(action));
  const stray = [...excused.keys()].filter((action) => !declared.has(action));
  const outdated = [...excused].filter(([action, never]) => (never ? called : emulators).has(action)).map(([action]) => action);
  return [
    ...undeclared.map((action) => `${action} is called, and no permission allows it: declare it in lib/aws/permissions.ts`),
    ...unused.map((action) => `${action} is allowed, and no suite on an emulator calls it: write one, take it away, or say why not here`),
    ...untried.map((action) => `${action} is said to be tried on documented answers, and no suite calls it`),
    ...stray.map((action) => `${action} is excused, and no permission of that name is declared: strike it from the list`),
    ...outdated.map((action) => `${action} is excused, and is called: strike it from the list`),
  ].sort();
}
