import type { Actor } from "../model/change.ts";

/** Who made a change, in words people use. All text is as AWS has it: escape it. */
export interface Person {
  readonly name: string;
  /** The role or permission set that the person acted as. */
  readonly role?: string;
  /** True for an AWS service that acted by itself. */
  readonly service?: boolean;
}

/** What a change was made with. */
export interface Tool {
  readonly name: string;
  /** Empty where the user agent tells none. */
  readonly version: string;
  /** True where the change is kept in code and will be made again. */
  readonly fromCode: boolean;
}

// Names that SDKs and tools invent for a session, which say nothing about the person.
const INVENTED_SESSION = /^(\d+|aws-?[\w-]*sdk[\w-]*|aws-go-sdk-\d+|botocore-session-\d+|AWSCLI-Session|session|terraform|default)$/i;
// AWSReservedSSO_<permission set>_<16 hex digits>: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
const SSO_ROLE = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

// Who acts where no call is known that did.
const GUARD = "portcullis";

/** The human name in an arn: an IAM user's name, the session of a role, the e-mail of an SSO session. */
export function describePerson({ arn, role, session }: Actor): Person {
  if (arn === GUARD) return { name: "unknown: a sweep came upon it" };
  if (isServiceHost(arn)) return { name: serviceName(arn), service: true };
  const resource = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.*)$/.exec(arn)?.[1];
  if (resource === undefined) return { name: arn === "" ? "an unknown caller" : arn };
  if (resource === "root") return { name: "the root user" };
  const [kind, ...path] = resource.split("/");
  if (kind !== "assumed-role") return { name: path.at(-1) || arn };
  const roleName = role?.split("/").at(-1) || path[0] || arn;
  const sessionName = session || path.slice(1).join("/");
  const permissionSet = SSO_ROLE.exec(roleName)?.[1];
  if (permissionSet !== undefined && sessionName !== "") return { name: sessionName, role: `SSO ${permissionSet}` };
  if (sessionName === "" || INVENTED_SESSION.test(sessionName)) return { name: `role ${roleName}` };
  if (/^i-[0-9a-f]{8,17}$/.test(sessionName)) return { name: `instance ${sessionName}`, role: roleName };
  return { name: sessionName, role: roleName };
}

// First match wins: Terraform's user agent also names the SDK it is built on. The first group is the version.
const TOOLS: readonly { readonly agent: RegExp; readonly name: string; readonly fromCode?: true }[] = [
  { agent: /\bOpenTofu\/([\w.-]+)/i, name: "OpenTofu", fromCode: true },
  { agent: /\bTerraform\/([\w.-]+)/i, name: "Terraform", fromCode: true },
  { agent: /\bterraform-provider-aws\b/i, name: "Terraform", fromCode: true },
  { agent: /\bpulumi\b/i, name: "Pulumi", fromCode: true },
  { agent: /\bansible\b/i, name: "Ansible", fromCode: true },
  { agent: /\bcrossplane\b/i, name: "Crossplane", fromCode: true },
  { agent: /\belbv2\.k8s\.aws\/v?([\w.-]+)/, name: "AWS Load Balancer Controller", fromCode: true },
  { agent: /\beksctl(?:\/([\w.-]+))?/, name: "eksctl", fromCode: true },
  { agent: /\baws-cli\/([\w.]+)/i, name: "AWS CLI" },
  { agent: /\bBoto3\/([\w.]+)/i, name: "Boto3" },
  { agent: /\bBotocore\/([\w.]+)/i, name: "Botocore" },
  { agent: /\baws-sdk-go(?:-v2)?\/([\w.]+)/i, name: "the SDK for Go" },
  { agent: /\baws-sdk-(?:js|nodejs)(?:-v3)?\/([\w.]+)/i, name: "the SDK for JavaScript" },
  { agent: /\baws-sdk-java\/([\w.]+)/i, name: "the SDK for Java" },
  { agent: /\baws-sdk-ruby\d?\/([\w.]+)/i, name: "the SDK for Ruby" },
  { agent: /\baws-sdk-rust\/([\w.]+)/i, name: "the SDK for Rust" },
  { agent: /\baws-sdk-php\/([\w.]+)/i, name: "the SDK for PHP" },
  { agent: /\baws-sdk-(?:dotnet|net)[\w-]*\/([\w.]+)/i, name: "the SDK for .NET" },
  { agent: /\baws-sdk-cpp\/([\w.]+)/i, name: "the SDK for C++" },
  { agent: /^(?:console|signin)\.[\w.-]*amazonaws\.com$|^Mozilla\/|\bConsole\b|Coral\/Jakarta/, name: "the AWS console" },
  // Both show themselves so (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
  { agent: /^AWS Internal$/, name: "the AWS console or an AWS service" },
];

/** What the change was made with: the service that made the call, or what the user agent tells. */
export function describeTool({ invokedBy, userAgent, arn }: Actor): Tool | undefined {
  if (invokedBy !== undefined && invokedBy !== "" && invokedBy !== arn) {
    return invokedBy === "AWS Internal" ? { name: "an AWS service", version: "", fromCode: false } : serviceTool(invokedBy);
  }
  // Some agents come wrapped in square brackets.
  const agent = userAgent?.replace(/^\[|\]$/g, "").trim();
  if (agent === undefined || agent === "" || agent === arn) return undefined;
  for (const { agent: pattern, name, fromCode = false } of TOOLS) {
    const match = pattern.exec(agent);
    if (match !== null) return { name, version: match[1] ?? "", fromCode };
  }
  if (isServiceHost(agent)) return serviceTool(agent);
  return { name: agent.split(/\s/)[0] ?? agent, version: "", fromCode: false };
}

function serviceTool(host: string): Tool {
  return { name: serviceName(host), version: "", fromCode: host.startsWith("cloudformation.") };
}

const SERVICES: ReadonlyMap<string, string> = new Map([
  ["autoscaling", "EC2 Auto Scaling"],
  ["cloudformation", "CloudFormation"],
  ["controltower", "Control Tower"],
  ["eks", "EKS"],
  ["elasticbeanstalk", "Elastic Beanstalk"],
  ["elasticloadbalancing", "Elastic Load Balancing"],
  ["elasticmapreduce", "EMR"],
  ["fms", "Firewall Manager"],
  ["lambda", "Lambda"],
  ["rds", "RDS"],
  ["servicecatalog", "Service Catalog"],
  ["ssm", "Systems Manager"],
]);

function isServiceHost(text: string): boolean {
  return /^[\w.-]+\.amazonaws\.com(\.cn)?$/.test(text);
}

function serviceName(host: string): string {
  return SERVICES.get(host.split(".")[0] ?? host) ?? host;
}
