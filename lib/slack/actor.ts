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
  /** True where the change is kept in code and will be made again. */
  readonly fromCode: boolean;
}

// Names that SDKs and tools invent for a session, which say nothing about the person.
const INVENTED_SESSION = /^(\d+|aws-?[\w-]*sdk[\w-]*|aws-go-sdk-\d+|botocore-session-\d+|AWSCLI-Session|session|terraform|default)$/i;
// AWSReservedSSO_<permission set>_<16 hex digits>: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
const SSO_ROLE = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/;

/** The human name in an arn: an IAM user's name, the session of a role, the e-mail of an SSO session. */
export function describePerson({ arn, role, session }: Actor): Person {
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

// First match wins: Terraform's user agent also names the SDK it is built on.
const TOOLS: readonly (readonly [RegExp, (version: string) => string, fromCode?: boolean])[] = [
  [/\bOpenTofu\/([\w.-]+)/i, (version) => `OpenTofu ${version}`, true],
  [/\bTerraform\/([\w.-]+)/i, (version) => `Terraform ${version}`, true],
  [/\bterraform-provider-aws\b()/i, () => "Terraform", true],
  [/\bpulumi\b()/i, () => "Pulumi", true],
  [/\bansible\b()/i, () => "Ansible", true],
  [/\bcrossplane\b()/i, () => "Crossplane", true],
  [/\belbv2\.k8s\.aws\/v?([\w.-]+)/, (version) => `AWS Load Balancer Controller ${version}`, true],
  [/\beksctl\/?([\w.-]*)/, (version) => `eksctl ${version}`, true],
  [/\baws-cli\/([\w.]+)/i, (version) => `AWS CLI ${version}`],
  [/\bBoto3\/([\w.]+)/i, (version) => `the SDK for Python (Boto3 ${version})`],
  [/\bBotocore\/([\w.]+)/i, (version) => `the SDK for Python (Botocore ${version})`],
  [/\baws-sdk-go(?:-v2)?\/([\w.]+)/i, (version) => `the SDK for Go ${version}`],
  [/\baws-sdk-(?:js|nodejs)(?:-v3)?\/([\w.]+)/i, (version) => `the SDK for JavaScript ${version}`],
  [/\baws-sdk-java\/([\w.]+)/i, (version) => `the SDK for Java ${version}`],
  [/\baws-sdk-ruby\d?\/([\w.]+)/i, (version) => `the SDK for Ruby ${version}`],
  [/\baws-sdk-rust\/([\w.]+)/i, (version) => `the SDK for Rust ${version}`],
  [/\baws-sdk-php\/([\w.]+)/i, (version) => `the SDK for PHP ${version}`],
  [/\baws-sdk-(?:dotnet|net)[\w-]*\/([\w.]+)/i, (version) => `the SDK for .NET ${version}`],
  [/\baws-sdk-cpp\/([\w.]+)/i, (version) => `the SDK for C++ ${version}`],
  [/^(?:console|signin)\.[\w.-]*amazonaws\.com$|^Mozilla\/|\bConsole\b|Coral\/Jakarta()/, () => "the AWS console"],
  [/^AWS Internal()$/, () => "the AWS console or an AWS service"],
];

/** What the change was made with: the service that made the call, or what the user agent tells. */
export function describeTool({ invokedBy, userAgent, arn }: Actor): Tool | undefined {
  if (invokedBy !== undefined && invokedBy !== "" && invokedBy !== arn) {
    if (invokedBy === "AWS Internal") return { name: "an AWS service", fromCode: false };
    return { name: serviceName(invokedBy), fromCode: /^cloudformation\./.test(invokedBy) };
  }
  // Some agents come wrapped in square brackets.
  const agent = userAgent?.replace(/^\[|\]$/g, "");
  if (agent === undefined || agent === "" || agent === arn) return undefined;
  for (const [pattern, name, fromCode = false] of TOOLS) {
    const match = pattern.exec(agent);
    if (match !== null) return { name: name(match[1] ?? "").trim(), fromCode };
  }
  if (isServiceHost(agent)) return { name: serviceName(agent), fromCode: /^cloudformation\./.test(agent) };
  return { name: agent.split(/\s/)[0] ?? agent, fromCode: false };
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
