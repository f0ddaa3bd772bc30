import { ModifySecurityGroupRulesCommand, type SecurityGroupRule } from "@aws-sdk/client-ec2";
import { callRecord, ingressRecord } from "../support/cloudtrail-event.ts";
import type { LocalOrganization, Place } from "../support/organization.ts";
import type { Step } from "./plan.ts";

/** A step that EC2 accepted. */
export interface Change {
  readonly step: Step;
  readonly place: Place;
  readonly group: string;
  /** The id of its event. */
  readonly event: string;
  /** CloudTrail's record of it. */
  readonly record: object;
  /** The rules that it made, or the one that it changed. */
  readonly rules: readonly SecurityGroupRule[];
}

/** Where the groups of a run are: ids by the number of the place, then of the group. */
export type Groups = readonly (readonly string[])[];

/** Carries out a step. Undefined where EC2 refuses it: the rule is there already, or the guard has taken what was to be modified. */
export async function carryOut(
  step: Step,
  organization: LocalOrganization,
  groups: Groups,
  before: ReadonlyMap<number, Change>,
): Promise<Change | undefined> {
  const place = organization.places[step.place];
  const group = groups[step.place]?.[step.group];
  if (place === undefined || group === undefined) throw new Error(`there is no group ${step.group} in place ${step.place}`);
  try {
    const made = step.modifies === undefined ? await grant(step, organization, place, group) : await modify(step, organization, before);
    return made === undefined ? undefined : { step, place, group, ...made, event: eventOf(made.record) };
  } catch (error) {
    if (error instanceof Error && /^(InvalidPermission\.Duplicate|InvalidSecurityGroupRuleId\.NotFound)$/.test(error.name))
      return undefined;
    throw error;
  }
}

type Made = Pick<Change, "record" | "rules">;

async function grant(step: Step, organization: LocalOrganization, place: Place, group: string): Promise<Made> {
  const { protocol, from, to, cidrs } = step;
  const [v6, v4] = [cidrs.filter((cidr) => cidr.includes(":")), cidrs.filter((cidr) => !cidr.includes(":"))];
  const granted = await organization.authorize(place, group, {
    IpProtocol: protocol,
    FromPort: from,
    ToPort: to,
    ...(v4.length > 0 && { IpRanges: v4.map((CidrIp) => ({ CidrIp })) }),
    ...(v6.length > 0 && { Ipv6Ranges: v6.map((CidrIpv6) => ({ CidrIpv6 })) }),
  });
  return { record: ingressRecord({ ...place, group, protocol, port: from, to, cidrs, granted }), rules: granted };
}

async function modify(step: Step, organization: LocalOrganization, before: ReadonlyMap<number, Change>): Promise<Made | undefined> {
  const earlier = before.get(step.modifies ?? -1);
  const [rule] = earlier?.rules ?? [];
  if (earlier === undefined || rule?.SecurityGroupRuleId === undefined) return undefined;
  const { place, group } = earlier;
  const [CidrIpv4] = step.cidrs;
  const now = { IpProtocol: step.protocol, FromPort: step.from, ToPort: step.to, CidrIpv4 };
  const change = { SecurityGroupRuleId: rule.SecurityGroupRuleId, SecurityGroupRule: now };
  await organization.ec2Of(place).send(new ModifySecurityGroupRulesCommand({ GroupId: group, SecurityGroupRules: [change] }));
  const record = callRecord({
    ...place,
    name: "ModifySecurityGroupRules",
    // Its shape is that of events/cloudtrail-watcher/004-ModifySecurityGroupRules.json.
    request: { ModifySecurityGroupRulesRequest: { GroupId: group, SecurityGroupRule: { ...change, tag: 1 } } },
  });
  return { record, rules: [{ ...rule, ...now, CidrIpv4: CidrIpv4 ?? "" }] };
}

function eventOf(record: object): string {
  if ("eventID" in record && typeof record.eventID === "string") return record.eventID;
  throw new TypeError("the record has no eventID");
}
