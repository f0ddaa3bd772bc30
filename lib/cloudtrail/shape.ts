import type { Claim, Subject, SubjectKind } from "../model/change.ts";
import { canonicalCidr } from "../model/cidr.ts";
import type { Effect, EffectKind } from "../model/effect.ts";
import { isInvalidRule } from "../model/security-group-rule.ts";
import { listOf, member, textOf, UnreadableError } from "./fields.ts";
import type { Call } from "./record.ts";

/** How to read one shape of record. All functions throw UnreadableError. */
export interface Shape {
  /** The kind of resource that the call is about. */
  readonly kind: SubjectKind;
  /** What its claim tells, for people: `the rules that it grants`. */
  readonly tells: string;
  /** False where the call did nothing that is watched, since its name covers several acts or all of them failed. */
  matters?(call: Call): boolean;
  /** The resources that the call is about, most often one; none where the record names it nowhere. */
  subjects(call: Call): readonly Subject[];
  /** What the call did to one of them; undefined where nothing that a world knows. */
  claim(call: Call, subject: Subject): Claim | undefined;
  /** What else rules about calls may ask; what is undefined is left out. */
  details?(call: Call): Readonly<Record<string, string | undefined>>;
}

// The ids of each kind: the field by which the API calls them, an example, and their form.
const IDS: Readonly<Record<SubjectKind, readonly [field: string, example: string, form: RegExp]>> = {
  "security-group": id("groupId", "sg"),
  "group-association": ["groupId", "sg-0123456789abcdef0/vpc-0123456789abcdef0", /^sg-[\w-]+\/vpc-[\w-]+$/],
  "prefix-list": id("prefixListId", "pl"),
  vpc: id("vpcId", "vpc"),
  subnet: id("subnetId", "subnet"),
  "route-table": id("routeTableId", "rtb"),
  "route-table-association": id("associationId", "rtbassoc"),
  "internet-gateway": ["internetGatewayId", "igw-0123456789abcdef0", /^e?igw-[\w-]+$/],
  "nat-gateway": id("natGatewayId", "nat"),
  peering: id("vpcPeeringConnectionId", "pcx"),
  endpoint: id("vpcEndpointId", "vpce"),
  "endpoint-service": id("serviceId", "vpce-svc"),
  "network-acl": id("networkAclId", "acl"),
  "flow-log": id("flowLogId", "fl"),
  "network-interface": id("networkInterfaceId", "eni"),
  instance: id("instanceId", "i"),
  "db-subnet-group": ["dBSubnetGroupName", "my-subnet-group", /^[\w .-]{1,255}$/],
  "firewall-association": id("id", "rslvr-frgassoc"),
  "block-public-access": ["id", "block-public-access", /^block-public-access$/],
  account: ["account", "111122223333", /^\d{12}$/],
  address: ["publicIp", "203.0.113.10", /^[\w.:-]+$/],
  "instance-connect-endpoint": id("instanceConnectEndpointId", "eice"),
  "transit-gateway-attachment": id("transitGatewayAttachmentId", "tgw-attach"),
  "transit-gateway-route-table": id("transitGatewayRouteTableId", "tgw-rtb"),
  "vpn-connection": id("vpnConnectionId", "vpn"),
  "vpn-gateway": ["vpnGatewayId", "vgw-0123456789abcdef0", /^(vgw|cgw)-[\w-]+$/],
  "guard-part": ["name", "portcullis-prod-guard", /^.{1,2048}$/],
};

function id(field: string, prefix: string): readonly [string, string, RegExp] {
  return [field, `${prefix}-0123456789abcdef0`, new RegExp(`^${prefix}-[\\w-]+$`)];
}

/** The subject with this id; undefined where there is none. Throws UnreadableError for what is no id of that kind. */
export function subjectOf<K extends SubjectKind>(kind: K, value: unknown): (Subject & { readonly kind: K }) | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const [field, example, form] = IDS[kind];
  if (!form.test(text)) throw new UnreadableError(`its ${field} is "${text}": expected an id such as ${example}`);
  return { kind, id: text };
}

/** The subjects with these ids, one or several. */
export function subjectsOf(kind: SubjectKind, values: unknown): readonly Subject[] {
  const list = Array.isArray(values) ? values : [values];
  return list.flatMap((value) => subjectOf(kind, value) ?? []);
}

interface Reading {
  /** The id of what the call is about, or a list of ids. */
  subject(call: Call): unknown;
  matters?(call: Call): boolean;
  details?(call: Call): Readonly<Record<string, string | undefined>>;
}

/** A shape whose claim is what the call did to resources other than groups. */
export function effectsShape(
  kind: SubjectKind,
  tells: string,
  { subject, effects, ...others }: Reading & { effects(call: Call, id: string): readonly Effect[] },
): Shape {
  return {
    kind,
    tells,
    subjects: (call) => subjectsOf(kind, subject(call)),
    claim: (call, { id }) => ({ kind: "effects", effects: effects(call, id) }),
    ...others,
  };
}

/** A shape of a call that changes nothing which a world knows: rules judge the call itself. */
export function callShape(kind: SubjectKind, tells: string, { subject, ...others }: Reading): Shape {
  return {
    kind,
    tells,
    subjects: (call) => subjectsOf(kind, subject(call)),
    claim: () => undefined,
    ...others,
  };
}

/** A shape of the call that deletes a resource, or several of which the answer lists those that stay; the request names them. */
export function deletionShape(kind: EffectKind, tells: string, subject: (call: Call) => unknown): Shape {
  return effectsShape(kind, tells, {
    subject,
    effects: (call, gone) => (unsuccessfulIn(call).has(gone) ? [] : [deletionOf(kind, gone)]),
  });
}

/** The ids for which a call that succeeded as a whole did not do what it says. */
function unsuccessfulIn({ answer }: Call): ReadonlySet<string> {
  return new Set(listOf(member(answer, "unsuccessful")).flatMap((item) => textOf(member(item, "resourceId")) ?? []));
}

function deletionOf(kind: EffectKind, gone: string): Effect {
  return { op: "delete", kind, id: gone };
}

/** A CIDR as AWS stores it. Throws UnreadableError. */
export function readCidr(text: string): string {
  return readable(() => canonicalCidr(text));
}

/** What `read` gives, with what EC2 would refuse as UnreadableError. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (isInvalidRule(error)) throw new UnreadableError(error.message, { cause: error });
    throw error;
  }
}
