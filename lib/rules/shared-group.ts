import * as z from "zod/mini";
import type { GroupAssociationFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import type { CallResource } from "../model/resource.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { isNamed, nameOfCaller, Pattern } from "./terms/arn-pattern.ts";

export const sharedGroup = defineRule({
  meta: {
    id: "shared-group",
    title: "Security groups are used in their own VPC and account, or where the policy says",
    resource: ["group-association", "call"],
    severity: "low",
    finds:
      "Security groups associated with a VPC besides their own that neither `vpcs` nor, by its account, `accounts` names; and calls that share a security group by AWS RAM with anybody whom `accounts` does not name. A share that gets other principals is left open where the record does not tell what it holds. Taking either back is left alone.",
    rationale:
      "A change to a shared group opens machines in other VPCs and accounts too, whose owners do not see it coming and cannot change it.",
    source: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html",
    avoid: "aws ec2 associate-security-group-vpc --group-id sg-... --vpc-id <a VPC of another team>",
    prefer: "a group of its own in each VPC, from the same template",
    remedies: [],
    remedy: "none",
    enabled: false,
    calls: ["CreateResourceShare", "AssociateResourceShare"],
  },
  options: () =>
    z.strictObject({
      vpcs: z._default(z.array(Pattern()).check(z.describe("VPCs in which groups of others may be used.")), []),
      accounts: z._default(
        z
          .array(Pattern())
          .check(
            z.describe(
              "Whom groups may be shared with: ids of accounts, or arns of organizations, organizational units, roles and users. * stands for any text.",
            ),
          ),
        [],
      ),
    }),

  prepare: (options) => options,

  check: async (resource, _, options, unjudged) =>
    resource.kind === "call" ? judgeShare(resource, options, unjudged) : judgeAssociation(resource.facts, options, unjudged),
});

interface Approved {
  readonly vpcs: readonly string[];
  readonly accounts: readonly string[];
}

function judgeAssociation(facts: GroupAssociationFacts, { vpcs, accounts }: Approved, unjudged: NoteUnjudged): RuleFinding[] {
  // The id names both, whatever else is known.
  const [groupInId, vpcInId] = facts.id.split("/");
  const { group = groupInId ?? "a security group", vpc = vpcInId ?? "a VPC", account } = facts;
  if (isNamed(vpc, vpcs) || (account !== undefined && isNamed(account, accounts))) return [];
  if (account === undefined && facts.partial === true && accounts.length > 0) {
    unjudged(`the account of ${vpc}, in which ${group} is used`);
    return [];
  }
  const whose = account === undefined ? vpc : `${vpc} of account ${account}`;
  return [
    {
      parts: [facts.id, vpc],
      message: `${group} is also used in ${whose}, so its rules open machines there too: give that VPC a group of its own, or name it in the policy`,
    },
  ];
}

function judgeShare({ actor, details, subject }: CallResource, { accounts }: Approved, unjudged: NoteUnjudged): RuleFinding[] {
  const resources = listOf(details.resourceArns);
  const principals = listOf(details.principals);
  const groups = resources.filter((arn) => arn.includes(":security-group/"));
  const strangers = principals.filter((principal) => !isApproved(principal, accounts));
  if (resources.length === 0 && strangers.length > 0)
    unjudged(`what the resource share holds that ${subject.id} shares with ${strangers.join(", ")}`);
  // A share that names nobody may have others already, or get them later by a call that does not name the group.
  if (groups.length === 0 || (principals.length > 0 && strangers.length === 0)) return [];
  const whom = principals.length === 0 ? "everybody whom the resource share names" : strangers.join(", ");
  const names = groups.map((arn) => arn.slice(arn.lastIndexOf("/") + 1)).join(", ");
  return [
    {
      parts: [],
      message: `${nameOfCaller(actor)} shares ${names} with ${whom}: whoever may use it, its rules open their machines too. Give them a group of their own, or name them in the policy`,
    },
  ];
}

// Roles and users belong to the account that is in their arn; in that of an organization, it is another's.
function isApproved(principal: string, accounts: readonly string[]): boolean {
  const account = /^arn:[^:]*:iam::(\d{12}):/.exec(principal)?.[1];
  return isNamed(principal, accounts) || (account !== undefined && isNamed(account, accounts));
}

function listOf(text: string | undefined): string[] {
  return (text ?? "").split(",").flatMap((item) => item.trim() || []);
}
