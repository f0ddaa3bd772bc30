// What the hub's own roles may do to the network, stacks/network-policies.yml: everything that the rules can ask for, in whatever
// policy. Member roles have no more than their policy asks for (scripts/member-stack.ts).
import { changesBy } from "../lib/aws/permissions.ts";
import { remediesOfRules, undoing } from "../lib/guard/acting/asked-remedies.ts";
import type { RemedyKind } from "../lib/model/remedy.ts";
import { policyDocument, readStatements, statementsFor, toYaml } from "./iam-statements.ts";

/** The text of stacks/network-policies.yml. */
export function networkPolicies(): string {
  const remedies = remediesOfRules();
  return `# Written by "npm run generate" from lib/aws/permissions.ts and the remedies of the rules; what is changed here is lost.
# guard: reads, and carries out every remedy. respond: reads, and undoes them. Both in the hub's own account, in every region: its
# own credentials serve all of it.
${toYaml({ guard: policyFor(remedies), respond: policyFor(undoing(remedies)) })}`;
}

function policyFor(remedies: Iterable<RemedyKind>) {
  return {
    PolicyName: "network",
    PolicyDocument: policyDocument([...readStatements(), ...statementsFor("Change", changesBy(remedies))]),
  };
}
