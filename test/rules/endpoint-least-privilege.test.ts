import type { EndpointFacts, EndpointServiceFacts } from "../../lib/model/facts.ts";
import { endpointLeastPrivilege } from "../../lib/rules/endpoint-least-privilege.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";

const EVERYTHING = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const OWN = { StringEquals: { "aws:PrincipalOrgID": "o-example" } };
const endpoint = (policy: string | undefined, facts: Partial<EndpointFacts> = {}): EndpointFacts => ({
  id: "vpce-1",
  vpc: "vpc-1",
  service: "com.amazonaws.eu-central-1.s3",
  type: "Gateway",
  routeTables: ["rtb-1"],
  subnets: [],
  ...(policy !== undefined && { policy }),
  ...facts,
});
const given = (...statements: object[]) => ({ endpoint: endpoint(JSON.stringify({ Version: "2012-10-17", Statement: statements })) });
const text = (policy: string) => ({ endpoint: endpoint(policy) });
const having = (changes: object) => given({ ...EVERYTHING, ...changes });
const without = (key: keyof typeof EVERYTHING, changes: object) => {
  const { [key]: _, ...rest } = EVERYTHING;
  return given({ ...rest, ...changes });
};
const service = (facts: Partial<EndpointServiceFacts>) => ({
  "endpoint-service": { id: "vpce-svc-1", principals: [], acceptanceRequired: true, ...facts },
});
const ada = "arn:aws:iam::111122223333:root";
const bob = "arn:aws:iam::444455556666:root";
const unreadable = ["the policy of vpce-1, which cannot be read"];

testResourceRule(endpointLeastPrivilege, {
  valid: {
    "a condition": having({ Condition: OWN }),
    "named principals": having({ Principal: { AWS: ada } }),
    "a service as a principal": having({ Principal: { Service: "*" } }),
    "named actions": having({ Action: ["s3:GetObject", "s3:Get*"] }),
    "boundary: an action with one letter before its wildcard": having({ Action: "s3:G*" }),
    "named resources": having({ Resource: ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"] }),
    "boundary: a resource with one letter before its wildcard": having({ Resource: "arn:aws:s3:::b*" }),
    "the resources of one account": having({ Resource: "arn:aws:sqs:*:111122223333:*" }),
    "a policy that only denies": given({ ...EVERYTHING, Effect: "Deny" }),
    "everything, less what is denied unless a condition holds": given(EVERYTHING, {
      ...EVERYTHING,
      Effect: "Deny",
      Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-example" } },
    }),
    "everything, less all resources but one": given(EVERYTHING, {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      NotResource: "arn:aws:s3:::bucket/*",
    }),
    "no action at all": having({ Action: [] }),
    "no statement at all": given(),
    "all actions but all": without("Action", { NotAction: "*" }),
    "endpoints that know no policy": { endpoint: endpoint(undefined, { type: "GatewayLoadBalancer" }) },
    "an endpoint of somebody's own service": {
      endpoint: endpoint(JSON.stringify({ Statement: EVERYTHING }), {
        type: "Interface",
        service: "com.amazonaws.vpce.eu-central-1.vpce-svc-0abc",
      }),
    },
    "policies that nobody wants judged": { ...given(EVERYTHING), options: { policies: false } },
    "a policy that no record tells": { endpoint: endpoint(undefined), unjudged: ["the policy of vpce-1, which no record tells"] },
    "text that is no JSON": { ...text('{"Statement": [{"Effect": "Allow"'), unjudged: unreadable },
    "JSON that is no policy": { ...text("[]"), unjudged: unreadable },
    "no text": { ...text(""), unjudged: unreadable },
    "a statement that says less than a policy must": { ...given({ Effect: "Allow", Principal: "*" }), unjudged: unreadable },
    "a statement that says both what it means and what not": { ...having({ NotAction: "s3:GetObject" }), unjudged: unreadable },
    "an effect that IAM does not know": { ...having({ Effect: "allow" }), unjudged: unreadable },
    "a service for those that are named, and asks": service({ principals: [ada] }),
    "a service for nobody": service({}),
    "principals that the policy names": { ...service({ principals: [ada] }), options: { principals: [ada, bob] } },
    "services that nobody wants judged": { ...service({ principals: ["*"] }), options: { services: false } },
    "a service that is known in part": {
      "endpoint-service": { id: "vpce-svc-1", principals: [], partial: true },
      unjudged: ["whether vpce-svc-1 asks", "who may connect to vpce-svc-1"],
    },
  },
  invalid: {
    "what EC2 gives an endpoint without a policy": [
      text(JSON.stringify({ Statement: [EVERYTHING] })),
      { parts: "policy", remedies: [], says: "lets everybody do everything through com.amazonaws.eu-central-1.s3" },
    ],
    "one statement without a list": [text(JSON.stringify({ Statement: EVERYTHING })), "policy"],
    "an interface endpoint": [
      { endpoint: endpoint(JSON.stringify({ Statement: EVERYTHING }), { type: "Interface", service: "com.amazonaws.eu-central-1.kms" }) },
      "policy",
    ],
    "lists of one": [given({ Effect: "Allow", Principal: { AWS: ["*"] }, Action: ["*"], Resource: ["*"] }), "policy"],
    "everybody by another name": [having({ Principal: { AWS: "*" } }), "policy"],
    "an evasion: everything among more": [
      having({ Principal: { AWS: [ada, "*"] }, Action: ["s3:GetObject", "*"], Resource: ["arn:aws:s3:::bucket", "*"] }),
      "policy",
    ],
    "an evasion: every action of the one service that there is": [having({ Action: "s3:*" }), "policy"],
    "an evasion: more wildcards": [having({ Action: "s3:?**", Resource: "**" }), "policy"],
    "an evasion: every resource of the service": [having({ Resource: ["arn:aws:s3:::*", "arn:aws:s3:::*/*"] }), "policy"],
    "an evasion: every queue of every account": [having({ Resource: "arn:aws:sqs:eu-central-1:*:*" }), "policy"],
    "an evasion: every bucket by a shorter arn": [having({ Resource: "arn:aws:s3:*" }), "policy"],
    "an evasion: a condition that says nothing": [having({ Condition: { StringEquals: {} } }), "policy"],
    "an evasion: all actions but one": [
      without("Action", { NotAction: "s3:DeleteBucket" }),
      { parts: "policy", says: "everything but s3:DeleteBucket" },
    ],
    "an evasion: all resources but one": [
      without("Resource", { NotResource: ["arn:aws:s3:::secret"] }),
      { parts: "policy", says: "on everything but arn:aws:s3:::secret" },
    ],
    "an evasion: everybody but one": [
      without("Principal", { NotPrincipal: { AWS: ada } }),
      { parts: "policy", says: "everybody but whom NotPrincipal names" },
    ],
    "an evasion: a second statement": [given({ ...EVERYTHING, Condition: OWN }, EVERYTHING), "policy"],
    "an evasion: a deny that denies next to nothing": [
      given(EVERYTHING, { ...EVERYTHING, Effect: "Deny", Action: "s3:DeleteBucket" }),
      "policy",
    ],
    "an evasion: a deny of all but all": [
      given(EVERYTHING, { Effect: "Deny", Principal: "*", NotAction: "s3:*", Resource: "*" }),
      "policy",
    ],
    "a service for everybody": [
      service({ principals: [ada, "*"] }),
      { parts: "*", remedies: ["take * from vpce-svc-1"], says: "lets everybody ask to connect: name" },
    ],
    "a service that accepts whoever asks": [
      service({ principals: [ada], acceptanceRequired: false }),
      { parts: "acceptanceRequired", remedies: ["take nobody from vpce-svc-1 and require acceptance"] },
    ],
    "a public service": [
      service({ principals: ["*"], acceptanceRequired: false }),
      { parts: "*, acceptanceRequired", remedies: ["take * from vpce-svc-1 and require acceptance"] },
    ],
    "principals beyond those that the policy names": [
      { ...service({ principals: ["*", ada, bob] }), options: { principals: [ada] } },
      [
        { parts: "*", remedies: ["take * from vpce-svc-1"] },
        { parts: bob, remedies: [] },
      ],
    ],
    "boundary: a role of an account of which only the root is named": [
      { ...service({ principals: ["arn:aws:iam::111122223333:role/reader"] }), options: { principals: [ada] } },
      "arn:aws:iam::111122223333:role/reader",
    ],
    "what is known of a service known in part": [{ ...service({ principals: ["*"], partial: true }) }, "*"],
  },
});
