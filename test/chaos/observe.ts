import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { type DescribeSecurityGroupRulesCommand, type EC2Client, paginateDescribeSecurityGroupRules } from "@aws-sdk/client-ec2";
import { decodeDecision } from "../../lib/guard/records/decision-record.ts";
import type { Decision } from "../../lib/model/decision.ts";
import { isGroupRemedy } from "../../lib/model/remedy.ts";
import { formatRule } from "../../lib/model/security-group-rule.ts";
import type { LocalOrganization, Place } from "../support/organization.ts";
import type { PostedMessage } from "../support/slack-workspace.ts";
import type { Change, Groups } from "./changes.ts";
import type { Step } from "./plan.ts";

/** Ingress of one group by one rule. */
export interface Rule {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
}

/** How a group stands. */
export interface StandingGroup {
  readonly place: Place;
  /** By number, as in the plan. */
  readonly placeNumber: number;
  readonly id: string;
  readonly ingress: readonly Rule[];
}

/** What the ledger holds of a decision; without one, a guard began and never decided. */
export interface Entry {
  readonly id: string;
  readonly state: string;
  readonly decision?: Decision;
}

/** What was done, and how everything stands after it. */
export interface Observed {
  readonly changes: readonly Change[];
  readonly groups: readonly StandingGroup[];
  readonly ledger: readonly Entry[];
  readonly messages: readonly PostedMessage[];
  readonly deadLetters: number;
}

interface Known {
  readonly changes: readonly Change[];
  readonly groups: Groups;
  readonly messages: readonly PostedMessage[];
}

/** Looks at the groups, the ledger, the queues and Slack, past all faults. */
export async function observe(organization: LocalOrganization, { changes, groups, messages }: Known): Promise<Observed> {
  const standing = await Promise.all(
    organization.places.map(async (place, placeNumber) => {
      const ids = groups[placeNumber] ?? [];
      const rules = await ingress(organization.ec2Of(place));
      return ids.map((id): StandingGroup => ({ place, placeNumber, id, ingress: rules.get(id) ?? [] }));
    }),
  );
  const { dead } = await organization.backlog();
  return { changes, groups: standing.flat(), ledger: await entries(organization), messages: [...messages], deadLetters: dead };
}

async function ingress(client: EC2Client): Promise<ReadonlyMap<string, readonly Rule[]>> {
  const rules = new Map<string, Rule[]>();
  for await (const { SecurityGroupRules: page = [] } of paginateDescribeSecurityGroupRules({ client }, {} satisfies Query)) {
    for (const { GroupId = "", IsEgress, IpProtocol = "", FromPort = -1, ToPort = -1, CidrIpv4, CidrIpv6 } of page) {
      const cidr = CidrIpv4 ?? CidrIpv6;
      if (IsEgress || cidr === undefined) continue;
      rules.set(GroupId, [...(rules.get(GroupId) ?? []), { protocol: IpProtocol, from: FromPort, to: ToPort, cidr }]);
    }
  }
  return rules;
}
type Query = ConstructorParameters<typeof DescribeSecurityGroupRulesCommand>[0];

// Beside decisions the table holds much else: what was told, threads, contests, the directory.
const NO_DECISION = /^(intended|reached|told|thread|contest|breaker|account|grant|remainder|standing|directory|sweep)/;

async function entries({ ministack, stack }: LocalOrganization): Promise<Entry[]> {
  const client = new DynamoDBClient(ministack.client);
  const found: Entry[] = [];
  for await (const { Items: items = [] } of paginateScan({ client }, { TableName: stack.outputs.LedgerTable })) {
    for (const { id, state, decision } of items) {
      if (id?.S === undefined || state?.S === undefined || NO_DECISION.test(id.S)) continue;
      found.push({ id: id.S, state: state.S, ...(decision?.S !== undefined && { decision: decodeDecision(JSON.parse(decision.S)) }) });
    }
  }
  client.destroy();
  return found;
}

/** `tcp 22 from 0.0.0.0/0`. */
export function ruleText({ protocol, from, to, cidr }: Rule): string {
  return `${protocol} ${from === to ? from : `${from}-${to}`} from ${cidr}`;
}

/** The rules that a step asks for. */
export function rulesOf({ protocol, from, to, cidrs }: Step): readonly Rule[] {
  return cidrs.map((cidr) => ({ protocol, from, to, cidr }));
}

/** `change-id/sg-1, published: acted, done tcp 22 from 0.0.0.0/0`. */
export function entryText({ id, state, decision }: Entry): string {
  if (decision === undefined) return `${id}, ${state}`;
  const acts = decision.acts.map(({ remedy, result, presumed, error }) => {
    const rules = isGroupRemedy(remedy) ? remedy.revoke.map(formatRule).join(" and ") : JSON.stringify(remedy);
    return `, ${presumed ? "presumed " : ""}${result} ${rules}${error === undefined ? "" : ` (${error})`}`;
  });
  const open = decision.notJudged.map(({ rule, needs }) => `, ${rule} needs ${needs}`);
  return `${id}, ${state}: ${decision.outcome}${acts.join("")}${open.join("")}`;
}
