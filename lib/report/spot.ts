import { type Change, nounOf, type Subject, type SubjectKind } from "../model/change.ts";
import type { Decision } from "../model/decision.ts";
import { type Location, NOWHERE } from "../planned/plan.ts";
import { visible } from "../slack/text.ts";

/** Where something was found: a resource of an account, or of a plan. */
export interface Spot {
  /** Empty where a plan does not tell it, as is the region. */
  readonly account: string;
  readonly region: string;
  readonly subject: Subject;
  /** What people call the resource and the account, where that is known. */
  readonly name?: string;
  readonly accountName?: string;
  /** Of a planned resource: `module.web.aws_security_group.this["a"]`. */
  readonly address?: string;
  /** Where in the files of a plan the resource stands, as far as the plan tells. */
  readonly location?: Location;
}

/** Where the change of a decision took place. A planned change tells its address, file and line among its details. */
export function spotOf({ change, names }: Pick<Decision, "change" | "names">): Spot {
  const { account, region, subject, details } = change;
  const location = locationOf(details);
  return {
    account: toldOnly(account),
    region: toldOnly(region),
    subject,
    ...(names.subject !== undefined && { name: names.subject }),
    ...(names.account !== undefined && { accountName: names.account }),
    ...(details?.address !== undefined && { address: details.address }),
    ...(location !== undefined && { location }),
  };
}

/** An account or region; empty where nobody told it. */
function toldOnly(place: string): string {
  return place === NOWHERE ? "" : place;
}

function locationOf({ file, line }: Change["details"] = {}): Location | undefined {
  if (file === undefined || file === "") return undefined;
  const number = Number(line);
  return { file, ...(Number.isInteger(number) && number > 0 && { line: number }) };
}

/** One text for one resource: the same for every change to it. */
export function spotKey({ account, region, subject, address }: Spot): string {
  return JSON.stringify([account, region, subject.kind, address ?? subject.id]);
}

/** What people call the resource: its address in a plan, otherwise its id and name. All text is visible, and one line. */
export function spotLabel({ subject, name, address }: Spot): string {
  if (address !== undefined) return visible(address);
  return visible(name === undefined || name === "" || name === subject.id ? subject.id : `${subject.id} (${name})`);
}

/** The same with what kind of resource it is. What a plan leaves open as a whole is of none. */
export function nounLabel(spot: Spot): string {
  const { subject, address } = spot;
  return address !== undefined && subject.kind === "account" ? spotLabel(spot) : `${nounOf(subject.kind)} ${spotLabel(spot)}`;
}

/** The account and region, `111122223333 eu-west-1`, as far as they are known. */
export function placeLabel({ account, region }: Pick<Spot, "account" | "region">): string {
  return visible([account, region].filter((part) => part !== "").join(" "));
}

/** `modules/web/main.tf:12`. */
export function locationLabel({ file, line }: Location): string {
  return visible(line === undefined ? file : `${file}:${line}`);
}

// Resource types of EC2's arns (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
const ARN_TYPES: Readonly<Partial<Record<SubjectKind, string>>> = {
  "security-group": "security-group",
  "prefix-list": "prefix-list",
  vpc: "vpc",
  subnet: "subnet",
  "route-table": "route-table",
  "internet-gateway": "internet-gateway",
  "nat-gateway": "natgateway",
  peering: "vpc-peering-connection",
  endpoint: "vpc-endpoint",
  "endpoint-service": "vpc-endpoint-service",
  "network-acl": "network-acl",
  "flow-log": "vpc-flow-log",
  "network-interface": "network-interface",
  instance: "instance",
  "transit-gateway-attachment": "transit-gateway-attachment",
  "transit-gateway-route-table": "transit-gateway-route-table",
  "vpn-connection": "vpn-connection",
  "vpn-gateway": "vpn-gateway",
};

/** The one full name of the resource: its address in a plan, its arn, or where it has none `account/region/kind/id`. */
export function fullName({ account, region, subject, address }: Spot): string {
  if (address !== undefined) return visible(address);
  const type = ARN_TYPES[subject.kind];
  const id = visible(subject.id);
  if (type === undefined || !/^[a-z]+-/.test(id)) return visible(`${account}/${region}/${subject.kind}/${id}`);
  return visible(`arn:${partitionOf(region)}:ec2:${region}:${account}:${type}/${id}`);
}

// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
