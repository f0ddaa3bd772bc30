import { describe, expect, test } from "@jest/globals";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { changesIn, effectsOf, onlyChange, readJson, set } from "./read-event.ts";

const read = (name: string) => readJson(`constructed/${name}.json`);
const recorded = (name: string) => readJson(`invictus-ir/${name}.json`);
const REQUEST = "detail.requestParameters";
const ANSWER = "detail.responseElements";
const WAREHOUSE = "vpc-0f3b6aa14474bd9ea";

describe("VPC endpoints", () => {
  const create = read("080-CreateVpcEndpoint-s3-with-full-access");
  const ENDPOINT = `${ANSWER}.CreateVpcEndpointResponse.vpcEndpoint`;

  test("of a gateway serve route tables, of an interface subnets", () => {
    expect(effectsOf(create)).toMatchObject([
      {
        op: "create",
        kind: "endpoint",
        facts: {
          vpc: WAREHOUSE,
          service: "com.amazonaws.eu-west-1.s3",
          type: "Gateway",
          routeTables: ["rtb-0e16fd9ef62190d50"],
          subnets: [],
        },
      },
    ]);
    const subnets = ["subnet-0f81b0ecc9ed8db21", "subnet-005dc3c2976b381a6"];
    expect(effectsOf(read("165-CreateVpcEndpoint-kms-of-the-vault"))).toMatchObject([
      { facts: { type: "Interface", routeTables: [], subnets } },
    ]);
  });

  test("have their policy as text, from the answer or from the request; told by neither, they are known in part", () => {
    const [whole] = effectsOf(create);
    expect(whole).toHaveProperty("facts.policy", expect.stringContaining('"Effect": "Allow"'));
    expect(whole).not.toHaveProperty("facts.partial");
    expect(effectsOf(set(create, `${ENDPOINT}.policyDocument`, { Statement: [] }))).toMatchObject([
      { facts: { policy: '{"Statement":[]}' } },
    ]);
    const asked = set(set(create, `${ENDPOINT}.policyDocument`, undefined), `${REQUEST}.CreateVpcEndpointRequest.PolicyDocument`, "{}");
    expect(effectsOf(asked)).toMatchObject([{ facts: { policy: "{}" } }]);
    const [part] = effectsOf(set(create, `${ENDPOINT}.policyDocument`, ""));
    expect(part).toHaveProperty("facts.partial", true);
    expect(part).not.toHaveProperty("facts.policy");
  });

  test("change in policy, tables and subnets; a policy that is reset lets everything through", () => {
    const endpoint = { kind: "endpoint", id: "vpce-0287c7f18ec2f2498" };
    const modify = read("088-ModifyVpcEndpoint-gives-it-back");
    expect(effectsOf(modify)).toEqual([{ op: "add", ...endpoint, list: "routeTables", items: ["rtb-0e16fd9ef62190d50"] }]);
    const request = {
      VpcEndpointId: endpoint.id,
      ResetPolicy: true,
      AddSubnetId: [{ tag: 1, content: "subnet-1" }],
      RemoveSubnetId: "subnet-2",
    };
    expect(effectsOf(set(modify, `${REQUEST}.ModifyVpcEndpointRequest`, request))).toEqual([
      { op: "update", ...endpoint, facts: { policy: expect.stringContaining('"Action":"*"') } },
      { op: "add", ...endpoint, list: "subnets", items: ["subnet-1"] },
      { op: "remove", ...endpoint, list: "subnets", items: ["subnet-2"] },
    ]);
    const dns = { VpcEndpointId: endpoint.id, PrivateDnsEnabled: true };
    expect(effectsOf(set(modify, `${REQUEST}.ModifyVpcEndpointRequest`, dns))).toEqual([]);
  });

  test("are deleted by several, and what EC2 did not delete stays", () => {
    expect(changesIn(read("169-DeleteVpcEndpoints-one-of-two"))).toMatchObject([
      { subject: { id: "vpce-0d1b76574701258d3" }, claim: { effects: [{ op: "delete", id: "vpce-0d1b76574701258d3" }] } },
      { subject: { id: "vpce-02f7fd6d05945de3b" }, claim: { effects: [] } },
    ]);
  });

  test("for Instance Connect are only told of", () => {
    const change = onlyChange(read("170-CreateInstanceConnectEndpoint"));
    expect(change).toMatchObject({ subject: { kind: "instance-connect-endpoint" }, details: { subnetId: "subnet-0f81b0ecc9ed8db21" } });
    expect(change).not.toHaveProperty("claim");
  });
});

describe("endpoint services", () => {
  test("begin with nobody who may connect, and with acceptance or without", () => {
    const create = read("173-CreateVpcEndpointServiceConfiguration-without-acceptance");
    expect(effectsOf(create)).toMatchObject([{ op: "create", facts: { acceptanceRequired: false, principals: [] } }]);
    expect(effectsOf(read("174-ModifyVpcEndpointServiceConfiguration-with-acceptance"))).toMatchObject([
      { op: "update", facts: { acceptanceRequired: true } },
    ]);
  });

  test("let principals in and keep others out", () => {
    expect(effectsOf(read("176-ModifyVpcEndpointServicePermissions-to-one-account"))).toMatchObject([
      { op: "remove", list: "principals", items: ["*"] },
      { op: "add", list: "principals", items: ["arn:aws:iam::444455556666:root"] },
    ]);
    const { details } = onlyChange(read("178-RejectVpcEndpointConnections"));
    expect(details).toEqual({ vpcEndpointIds: "vpce-0d401daae416a3973,vpce-09f91cd677b4156a4" });
    expect(effectsOf(read("179-DeleteVpcEndpointServiceConfigurations"))).toMatchObject([{ op: "delete", kind: "endpoint-service" }]);
  });
});

describe("network ACLs", () => {
  const create = read("180-CreateNetworkAcl");
  const entry = read("181-CreateNetworkAclEntry-web-for-everybody");

  test("begin with the entries that deny everything; an answer without entries tells a part", () => {
    const facts = { vpc: "vpc-087bfb61a584125bf", isDefault: false, subnets: [] };
    expect(effectsOf(create)).toMatchObject([
      { op: "create", facts: { ...facts, entries: [{ direction: "egress", number: 32767, action: "deny" }, { direction: "ingress" }] } },
    ]);
    expect(effectsOf(set(create, `${ANSWER}.networkAcl.entrySet`, undefined))).toMatchObject([{ facts: { entries: [], partial: true } }]);
  });

  test.each([
    [
      "ports",
      entry,
      { direction: "ingress", number: 120, action: "allow", protocol: "tcp", fromPort: 443, toPort: 443, cidr: "0.0.0.0/0" },
    ],
    [
      "everything over IPv6",
      read("182-CreateNetworkAclEntry-everything-over-ipv6"),
      { direction: "ingress", number: 110, action: "allow", protocol: "-1", cidr: "::/0" },
    ],
    ["host bits in a CIDR", read("184-ReplaceNetworkAclEntry-ssh-for-the-office"), { number: 100, cidr: "198.51.100.0/24" }],
    ["a type of ICMP", read("186-CreateNetworkAclEntry-icmp"), { number: 130, protocol: "icmp", fromPort: 8, toPort: -1 }],
    [
      "egress, denied, as text",
      set(set(entry, `${REQUEST}.egress`, "true"), `${REQUEST}.ruleAction`, "deny"),
      { direction: "egress", action: "deny" },
    ],
  ])("an entry with %s", (_, event, expected) => {
    expect(effectsOf(event)).toMatchObject([{ op: "put", kind: "network-acl", list: "entries", items: [expected] }]);
  });

  test("lose an entry by its number, and another subnet uses them", () => {
    const acl = { kind: "network-acl", id: "acl-0d88607ff6e014109" };
    expect(effectsOf(read("185-DeleteNetworkAclEntry-everything-over-ipv6"))).toEqual([
      { op: "drop", ...acl, list: "entries", keys: ["ingress/110"] },
    ]);
    expect(effectsOf(read("187-ReplaceNetworkAclAssociation"))).toEqual([{ op: "forget", ...acl, list: "subnets" }]);
    expect(effectsOf(read("188-DeleteNetworkAcl"))).toEqual([{ op: "delete", ...acl }]);
  });

  test.each<[what: string, record: unknown, reason: string]>([
    ["an action that is none", set(entry, `${REQUEST}.ruleAction`, "maybe"), `an entry's ruleAction is "maybe": expected allow or deny`],
    ["a direction that is none", set(entry, `${REQUEST}.egress`, "perhaps"), "an entry does not tell whether it is egress"],
    ["no number", set(entry, `${REQUEST}.ruleNumber`, undefined), "an entry has no ruleNumber"],
    ["a number that is none", set(entry, `${REQUEST}.ruleNumber`, "first"), 'ruleNumber "first" is not a whole number'],
    ["no CIDR", set(entry, `${REQUEST}.cidrBlock`, undefined), "an entry has no protocol or no CIDR block"],
    ["a CIDR that is none", set(entry, `${REQUEST}.cidrBlock`, "x.x.x.x/0"), "x.x.x.x/0"],
    ["a protocol that is none", set(entry, `${REQUEST}.aclProtocol`, "tcpp"), "tcpp"],
    ["ports that are none", set(entry, `${REQUEST}.portRange`, { from: 70000, to: 70001 }), "70000"],
  ])("unreadable: %s", (_, record, reason) => {
    expect(changesOf(record)).toEqual({ kind: "unreadable", reason: expect.stringContaining(reason) });
  });
});

describe("flow logs", () => {
  const create = recorded("024-CreateFlowLogs");

  test("with what they watch and the traffic that they capture", () => {
    const facts = {
      id: "fl-064ed3a785e4a37ef",
      resource: "vpc-0255d384b4b458b46",
      trafficType: "REJECT",
      tags: { StratusRedTeam: "true" },
    };
    expect(effectsOf(create)).toEqual([{ op: "create", kind: "flow-log", id: facts.id, facts }]);
  });

  test("of several resources: nothing tells which is whose", () => {
    const changes = changesIn(read("155-CreateFlowLogs-of-two-networks"));
    expect(changes.map(({ subject }) => subject.kind)).toEqual(["flow-log", "flow-log"]);
    for (const { claim } of changes) {
      expect(claim).toMatchObject({ effects: [{ facts: { partial: true } }] });
      expect(claim).not.toHaveProperty("effects.0.facts.resource");
    }
  });

  test("none of which could be made are nothing to judge; without an answer they are unreadable", () => {
    const answer = { unsuccessful: { item: { resourceId: "vpc-1", error: { code: "FlowLogAlreadyExists" } } } };
    expect(changesOf(set(create, "responseElements.CreateFlowLogsResponse", answer))).toEqual({
      kind: "ignored",
      reason: "CreateFlowLogs did nothing that is watched",
    });
    expect(changesOf(set(create, "responseElements", null))).toMatchObject({ kind: "unreadable" });
  });

  test("that are gone, but for those that could not be deleted", () => {
    const remove = recorded("020-DeleteFlowLogs");
    expect(effectsOf(remove)).toEqual([{ op: "delete", kind: "flow-log", id: "fl-064ed3a785e4a37ef" }]);
    const ids = [
      { tag: 1, content: "fl-1" },
      { tag: 2, content: "fl-2" },
    ];
    const two = set(remove, "requestParameters.DeleteFlowLogsRequest.FlowLogId", ids);
    const kept = set(two, "responseElements.DeleteFlowLogsResponse.unsuccessful", { item: [{ resourceId: "fl-1" }] });
    expect(changesIn(kept).map(({ claim }) => claim)).toMatchObject([{ effects: [] }, { effects: [{ op: "delete", id: "fl-2" }] }]);
  });
});

describe("VPC block public access", () => {
  const BPA = { kind: "block-public-access", id: "block-public-access" };

  test("and its mode", () => {
    const off = read("205-ModifyVpcBlockPublicAccessOptions-off");
    expect(effectsOf(off)).toEqual([{ op: "update", ...BPA, facts: { mode: "off" } }]);
    const odd = set(off, `${REQUEST}.ModifyVpcBlockPublicAccessOptionsRequest.InternetGatewayBlockMode`, "block-some");
    expect(changesOf(odd)).toEqual({ kind: "unreadable", reason: expect.stringContaining('its internetGatewayBlockMode is "block-some"') });
  });

  test("and what it leaves out: the answer tells it again when the mode changes", () => {
    const exclusion = { id: "vpcbpa-exclude-0e33b7db745630689", resource: WAREHOUSE };
    const put = (mode: string) => [{ op: "put", ...BPA, list: "exclusions", items: [{ ...exclusion, mode }] }];
    const made = read("202-CreateVpcBlockPublicAccessExclusion-of-the-warehouse");
    expect(effectsOf(made)).toEqual(put("allow-bidirectional"));
    expect(onlyChange(made).details).toMatchObject({ internetGatewayExclusionMode: "allow-bidirectional", vpcId: WAREHOUSE });
    expect(effectsOf(read("203-ModifyVpcBlockPublicAccessExclusion-to-egress-only"))).toEqual(put("allow-egress"));
    expect(effectsOf(read("204-DeleteVpcBlockPublicAccessExclusion"))).toEqual([
      { op: "drop", ...BPA, list: "exclusions", keys: [exclusion.id] },
    ]);
    expect(changesOf(set(made, ANSWER, null))).toEqual({ kind: "unreadable", reason: expect.stringContaining("it names no exclusionId") });
  });
});

describe("interfaces, instances and addresses", () => {
  test("an interface that is attached, and groups that an instance is given", () => {
    const facts = { instance: "i-01a44ffe002b53435" };
    expect(effectsOf(read("098-AttachNetworkInterface"))).toEqual([
      { op: "update", kind: "network-interface", id: "eni-038ac6612c3fe4110", facts },
    ]);
    expect(onlyChange(read("103-ModifyInstanceAttribute-groups"))).toMatchObject({
      subject: { kind: "instance", id: "i-01a44ffe002b53435" },
      details: { groupIds: "sg-0f5c5134544c8915c" },
    });
  });

  test("an address that is given to an interface or to an instance is about them; otherwise about itself", () => {
    const associate = read("101-AssociateAddress");
    const subject = (request: object) => onlyChange(set(associate, REQUEST, request)).subject;
    expect(onlyChange(associate).subject).toEqual({ kind: "network-interface", id: "eni-038ac6612c3fe4110" });
    expect(subject({ publicIp: "203.0.113.9", instanceId: "i-1" })).toEqual({ kind: "instance", id: "i-1" });
    expect(subject({ publicIp: "203.0.113.9" })).toEqual({ kind: "address", id: "203.0.113.9" });
    expect(onlyChange(read("102-DisassociateAddress")).subject).toEqual({ kind: "address", id: "eipassoc-09bba37645c8ba62b" });
    expect(onlyChange(recorded("001-AllocateAddress"))).toMatchObject({ subject: { id: "3.225.16.109" }, details: { domain: "vpc" } });
  });

  test("ClassicLink and the addresses of EC2-Classic", () => {
    expect(onlyChange(read("195-AttachClassicLinkVpc"))).toMatchObject({
      subject: { kind: "vpc", id: WAREHOUSE },
      details: { instanceId: "i-01a44ffe002b53435" },
    });
    expect(onlyChange(read("199-RestoreAddressToClassic")).subject).toEqual({ kind: "address", id: "203.0.113.77" });
  });

  test("a group in another VPC", () => {
    const event = read("207-AssociateSecurityGroupVpc-with-another-network");
    const [group, vpc] = ["sg-0f5c5134544c8915c", "vpc-0aaf1ed7b8c813c0d"];
    const association = { kind: "group-association", id: `${group}/${vpc}` };
    expect(effectsOf(event)).toEqual([{ op: "create", ...association, facts: { id: association.id, group, vpc } }]);
    expect(onlyChange(event).subject).toEqual(association);
    expect(effectsOf(read("208-DisassociateSecurityGroupVpc-from-another-network"))).toEqual([{ op: "delete", ...association }]);
    expect(changesOf(set(event, `${REQUEST}.AssociateSecurityGroupVpcRequest.VpcId`, undefined))).toEqual({
      kind: "unreadable",
      reason: expect.stringContaining("it names no vpcId"),
    });
  });
});
