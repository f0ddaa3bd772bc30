import { ServiceSet } from "../model/service-set.ts";
import { visible } from "../slack/text.ts";
import type { Answers } from "./answers.ts";
import { entriesFor, entryText } from "./entries.ts";
import type { Allowance, Proposal, ProposedNetwork } from "./propose.ts";

/** What a policy is written from. */
export interface Origin {
  readonly answers: Answers;
  readonly proposal?: Proposal;
  /** How one names, on a command line, the history that it was proposed from. */
  readonly history?: string;
  /** How one names the file. */
  readonly file: string;
  /** Where editors find the schema, seen from the policy. */
  readonly schema: string;
}

/** A policy, commented for those who are to edit it. Nothing foreign is in it but as one line of a comment. */
export function policyText({ answers, proposal, history, file, schema }: Origin): string {
  const seen =
    proposal === undefined
      ? []
      : [
          ...comment(`Proposed by what CloudTrail recorded: ${proposal.summary}.`),
          "# What stands here says why: keep what is meant, delete what is not, and give the networks the names that they deserve.",
          ...proposal.remarks.flatMap((remark) => comment(remark)),
        ];
  return `# yaml-language-server: $schema=${visible(schema)}
#
# What may be open to the internet, and what happens to the rest.
${lines(seen)}# See what an edit changes: portcullis review ${visible(history ?? "AWSLogs")} --policy ${visible(file)}

version: 1

# dry-run says what it would close; enforce closes it; off does not look.
# Begin with dry-run, read the reports, then enforce scope by scope.
mode: dry-run

# Names for address ranges; they may name each other.
${lines(networks(answers, proposal?.networks ?? []))}
rules:
  no-public-ingress:
    remedy: revoke # revoke | narrow (keep the part that is allowed) | none (tell, do not touch)
    allow:
      # Without "from", everybody on the internet. What is not named here is closed to it.
${lines(openTo(answers, proposal))}      # Path-MTU discovery: without these two, connections hang.
      - { protocol: icmp, ports: "3/4" } # fragmentation needed
      - { protocol: icmpv6, ports: "2" } # packet too big
${lines(administration(answers, proposal))}${lines(withheld(proposal))}
  # Other rules, what they want and whether they are on: portcullis rules
  # admin-through-bastion: { from: [${networkNames(answers, proposal)[0] ?? "office"}] } # administration from these networks and bastions only, inside too
  # described-rules: true # every rule says in its description what it is for

# Parts of the organization that are treated differently. The first scope that matches wins; all its conditions must hold:
# accounts, ous, regions, vpcs, groups, tags (only tags that are listed under trust.tags).
# scopes:
#   - name: sandbox
#     when: { accounts: ["${proposal?.account ?? "111122223333"}"] }
#     mode: enforce
#     channel: "#net-sandbox"

# What somebody approved: which traffic, where, until when (that day included, UTC), and why.
# exceptions:
#   - id: partner-sftp
#     rule: no-public-ingress
#     when: { accounts: ["${proposal?.account ?? "111122223333"}"], groups: [sg-0abc] }
#     allow: [{ protocol: tcp, ports: "22", from: [192.0.2.0/24] }]
#     until: 2027-03-31
#     reason: SFTP until the partner moves to PrivateLink
#     approved_by: security@example.com

# After so many acts within so many minutes in one account the guard only tells, for as long again.
# breaker: { acts: 50, minutes: 10 }

# Where the messages go, and the Slack ids of those who may approve.
${answers.channel === "" ? '# slack: { channel: "#net-guard", approvers: [S0GROUPID] }' : `slack: { channel: ${JSON.stringify(answers.channel)} } # and approvers: [S0GROUPID]`}
`;
}

function networks({ office }: Answers, seen: readonly ProposedNetwork[]): string[] {
  if (office.length === 0 && seen.length === 0) {
    return ["# networks:", '#   office: [198.51.100.0/24, "2001:db8:42::/48"]', "#   trusted: [office, 203.0.113.10/32]"];
  }
  return [
    "networks:",
    ...(office.length > 0 ? [`  office: [${office.map((cidr) => JSON.stringify(cidr)).join(", ")}]`] : []),
    ...seen.flatMap(({ name, cidr, because }) => [...comment(because, "  "), `  ${name}: [${JSON.stringify(cidr)}]`]),
  ];
}

function networkNames({ office }: Answers, proposal: Proposal | undefined): string[] {
  return [...(office.length > 0 ? ["office"] : []), ...(proposal?.networks ?? []).map(({ name }) => name)];
}

function openTo({ open }: Answers, proposal: Proposal | undefined): string[] {
  return indented([
    ...(proposal?.usual ?? []).flatMap((line) => comment(line)),
    ...entriesFor(open.difference(ServiceSet.parse("icmp 3/4, icmpv6 2"))).map(entryText),
    ...allowed((proposal?.open ?? []).filter(({ services }) => !open.covers(services))),
  ]);
}

function administration({ office }: Answers, proposal: Proposal | undefined): string[] {
  const seen = proposal?.administration ?? [];
  const yours =
    office.length > 0 ? ["# Administration, from your office alone."] : ["# Administration, once a network has the name office:"];
  const ssh = '- { protocol: tcp, ports: "22", from: [office] }';
  return indented([
    ...(seen.length > 0 && office.length === 0 ? [] : [...yours, `${office.length > 0 ? "" : "# "}${ssh}`]),
    ...allowed(seen, "Administration, "),
  ]);
}

function withheld(proposal: Proposal | undefined): string[] {
  if (proposal === undefined || proposal.withheld.length === 0) return [];
  return indented([
    "# Seen open to the internet or a great part of it, and not allowed by this policy. Before you allow one of these to",
    "# everybody, look for the network that it is for.",
    ...proposal.withheld.flatMap(({ entry, because }) => [...comment(because), `# ${entryText(entry)}`]),
  ]);
}

function allowed(allowances: readonly Allowance[], what = ""): string[] {
  return allowances.flatMap(({ entry, because }) => [...comment(`${what}${because}`), entryText(entry)]);
}

const WIDTH = 120;

/** Text, of whomever, as lines of a comment. */
function comment(text: string, indent = ""): string[] {
  const wrapped = [""];
  for (const word of visible(text).split(" ")) {
    const line = wrapped.at(-1) ?? "";
    if (line !== "" && indent.length + line.length + word.length + 3 > WIDTH) wrapped.push(word);
    else wrapped[wrapped.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return wrapped.map((line) => `${indent}# ${line}`);
}

function indented(list: readonly string[]): string[] {
  return list.map((line) => `      ${line}`);
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join("");
}
