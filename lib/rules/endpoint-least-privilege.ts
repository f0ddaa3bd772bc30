import * as z from "zod/mini";
import type { EndpointFacts, EndpointServiceFacts } from "../model/facts.ts";
import type { RuleFinding } from "../model/finding.ts";
import { defineRule, type NoteUnjudged } from "./rule.ts";
import { readPolicy } from "./terms/endpoint-policy.ts";

const EVERYBODY = "*";

export const endpointLeastPrivilege = defineRule({
  meta: {
    id: "endpoint-least-privilege",
    title: "Endpoints and endpoint services admit only what somebody named",
    resource: ["endpoint", "endpoint-service"],
    severity: "medium",
    finds:
      "Endpoint policies with an Allow for everybody, every action (`*`, `s3:*`) and every resource without a condition, also where NotPrincipal, NotAction or NotResource excepts some; a Deny of everything else, or any condition, is taken for a restriction. Endpoint services that let `*` connect or accept whoever asks, and principals beyond `principals` where that names some. Endpoints of other people's services and of gateway load balancers know no policy and are left alone.",
    rationale:
      "Through an endpoint that allows everything, data leaves for anybody's bucket without passing the internet. A service open to everybody is public, private address or not.",
    source: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    avoid: `{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }   # what EC2 gives an endpoint without a policy`,
    prefer: `{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",
  "Condition": { "StringEquals": { "aws:ResourceOrgID": "o-...", "aws:PrincipalOrgID": "o-..." } } }`,
    remedies: ["reset-permissions"],
    remedy: "none",
    // EC2 gives every endpoint such a policy unless somebody writes another.
    enabled: false,
  },
  options: () =>
    z.strictObject({
      policies: z._default(z.boolean("expected true or false").check(z.describe("Whether the policies of endpoints are judged.")), true),
      services: z._default(z.boolean("expected true or false").check(z.describe("Whether endpoint services are judged.")), true),
      principals: z._default(
        z
          .array(z.string("expected arns of principals"), "expected a list of arns of principals")
          .check(
            z.describe(
              "Who may be let connect to endpoint services, by arn as in `arn:aws:iam::111122223333:root`; when empty, anybody who is named.",
            ),
          ),
        [],
      ),
    }),

  prepare: ({ policies, services, principals }) => ({ policies, services, principals: new Set(principals) }),

  check: async (resource, _world, { policies, services, principals }, unjudged) => {
    if (resource.kind === "endpoint") return policies ? judgePolicy(resource.facts, unjudged) : [];
    return services ? judgeService(resource.facts, principals, unjudged) : [];
  },
});

// Nothing in an endpoint policy can be reset for its owner: what they need is known to them alone.
function judgePolicy({ id, service, type, policy }: EndpointFacts, unjudged: NoteUnjudged): RuleFinding[] {
  if (type !== undefined && type !== "Gateway" && type !== "Interface") return [];
  if (service?.includes(".vpce-svc-")) return [];
  const reading = policy === undefined ? undefined : readPolicy(policy);
  if (reading === undefined) {
    unjudged(policy === undefined ? `the policy of ${id}, which no record tells` : `the policy of ${id}, which cannot be read as one`);
    return [];
  }
  if (reading.open === undefined) return [];
  const message = `the policy of ${id} lets ${reading.open} through ${service ?? "the endpoint"}: name principals, actions and resources, or set a condition`;
  return [{ parts: ["policy"], message, remedy: "none" }];
}

function judgeService(
  { id, principals, acceptanceRequired, partial }: EndpointServiceFacts,
  allowed: ReadonlySet<string>,
  unjudged: NoteUnjudged,
): RuleFinding[] {
  const isOpen = principals.includes(EVERYBODY);
  const isUnasked = acceptanceRequired === false;
  const strangers = allowed.size === 0 ? [] : principals.filter((principal) => principal !== EVERYBODY && !allowed.has(principal));
  if (acceptanceRequired === undefined) unjudged(`whether ${id} asks before it accepts a connection`);
  if (!isOpen && partial === true) unjudged(`who may connect to ${id}, of which a part is known`);
  const findings: RuleFinding[] = [];
  if (isOpen || isUnasked) {
    const faults = [...(isOpen ? ["lets everybody ask to connect"] : []), ...(isUnasked ? ["accepts every connection unasked"] : [])];
    findings.push({
      parts: [...(isOpen ? [EVERYBODY] : []), ...(isUnasked ? ["acceptanceRequired"] : [])],
      message: `${id} ${faults.join(" and ")}: name the principals that may connect, and accept connections one by one`,
      remedies: [{ kind: "reset-permissions", service: id, principals: isOpen ? [EVERYBODY] : [], acceptance: isUnasked }],
    });
  }
  if (strangers.length > 0) {
    const message = `${id} lets ${strangers.join(", ")} connect, whom the policy does not name: take them off, or add them to it`;
    findings.push({ parts: strangers, message, remedy: "none" });
  }
  return findings;
}
