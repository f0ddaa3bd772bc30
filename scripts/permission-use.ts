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

export interface Use {
  /** The actions of all permissions. */
  readonly declared: ReadonlySet<string>;
  /** What was called on emulators, and on documented answers. */
  readonly emulators: ReadonlySet<string>;
  readonly documented: ReadonlySet<string>;
  readonly neverCalled: Readonly<Record<string, string>>;
  readonly notOnEmulators: Readonly<Record<string, string>>;
}

/** What is wrong, a line each; nothing when every call is declared and every permission is used, or says why it is not. */
export function problemsOf({ declared, emulators, documented, neverCalled, notOnEmulators }: Use): string[] {
  const called = new Set([...emulators, ...documented]);
  const excused = new Map([...Object.keys(neverCalled), ...Object.keys(notOnEmulators)].map((action) => [action, action in neverCalled]));
  const undeclared = [...called].filter((action) => !declared.has(action));
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
