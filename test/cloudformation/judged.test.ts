import { describe, expect, test } from "@jest/globals";
import { parsePolicy } from "../../lib/policy/load.ts";
import { judged, planned } from "../support/templates.ts";

const BEFORE = "Parameters:\n  Open: { Type: String }\n  Flag: { Type: String }\nConditions:\n  Perhaps: !Equals [!Ref Flag, x]";
const HERE = { account: "111122223333", region: "eu-west-1" };
const VPC = "  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n";
const group = (ingress: string, more = "") =>
  `${VPC}  Web: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: web, SecurityGroupIngress: ${ingress} } }\n${more}`;

describe("what a template leaves open about a group is never clean", () => {
  test.each([
    ["a CIDR", group("[{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Open }]")],
    ["a port", group("[{ IpProtocol: tcp, FromPort: !Ref Open, ToPort: 22, CidrIp: 0.0.0.0/0 }]")],
    ["a protocol", group("[{ IpProtocol: !Ref Open, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }]")],
    ["a rule of a condition", group("[!If [Perhaps, { IpProtocol: -1, CidrIp: 0.0.0.0/0 }, !Ref 'AWS::NoValue']]")],
    ["all rules", group("!If [Perhaps, [{ IpProtocol: -1, CidrIp: 0.0.0.0/0 }], []]")],
    ["rules of a macro", group("[{ 'Fn::Transform': { Name: Mine } }]")],
    ["a dynamic reference", group("[{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: '{{resolve:ssm:/from}}' }]")],
    [
      "a prefix list",
      group(
        "[{ IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: !Ref List }]",
        "  List: { Type: AWS::EC2::PrefixList, Properties: { PrefixListName: a, Entries: [{ Cidr: !Ref Open }] } }\n",
      ),
    ],
    ["a prefix list of somebody else", group("[{ IpProtocol: tcp, FromPort: 22, ToPort: 22, SourcePrefixListId: pl-0abc }]")],
    [
      "a rule beside it",
      group(
        "[]",
        "  Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref Web, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Open } }\n",
      ),
    ],
    ["a loop", `  Fn::ForEach::Webs: [Name, !Ref Open, { "W\${Name}": { Type: AWS::EC2::SecurityGroup } }]\n${VPC}`],
    ["a nested stack", `${VPC}  Inner: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: https://a } }\n`],
    ["a stack set", `${VPC}  Set: { Type: AWS::CloudFormation::StackSet, Properties: { TemplateBody: "{}" } }\n`],
  ])("%s", async (_, resources) => {
    const { findings, open } = await judged(planned(resources, HERE, BEFORE));
    expect(findings).toEqual([]);
    expect(open.filter((one) => one.startsWith("no-public-ingress"))).not.toEqual([]);
  });
});

describe("what says nothing about what is let in leaves nothing open", () => {
  test.each([
    [
      "its VPC, description, name and tags",
      "  Web: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Open, GroupDescription: !Ref Open, GroupName: !Ref Open, Tags: [{ Key: Name, Value: !Ref Open }] } }\n",
    ],
    ["whether it is made", "  Web: { Type: AWS::EC2::SecurityGroup, Condition: Perhaps, Properties: { GroupDescription: web } }\n"],
    [
      "the group of a rule that opens nothing",
      "  Rule: { Type: AWS::EC2::SecurityGroupIngress, Properties: { GroupId: !Ref Open, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8 } }\n",
    ],
    [
      "another group",
      group(
        "[{ IpProtocol: tcp, FromPort: 22, ToPort: 22, SourceSecurityGroupId: !Ref Lb }]",
        "  Lb: { Type: AWS::EC2::SecurityGroup, Properties: { VpcId: !Ref Vpc, GroupDescription: lb } }\n",
      ),
    ],
  ])("%s", async (_, resources) => {
    expect(await judged(planned(resources, HERE, BEFORE))).toEqual({ findings: [], open: [] });
  });
});

describe("rules about the network see the whole of it", () => {
  const policy = parsePolicy(
    "version: 1\nrules:\n  no-public-ingress: false\n  flow-logs-enabled: true\n  no-public-main-table: true\n  no-blackhole-route: true\n  no-open-network-acl: true\n",
    "policy.yml",
  );
  const LOG = "  Log: { Type: AWS::EC2::FlowLog, Properties: { ResourceId: !Ref Vpc, ResourceType: VPC, TrafficType: ALL } }\n";

  test("a VPC without a flow log is found, and one that has one is not", async () => {
    const rules = ({ findings }: { findings: readonly string[] }) => findings.map((finding) => finding.split(":")[0]);
    expect(rules(await judged(planned(VPC, HERE), policy))).toEqual(["flow-logs-enabled"]);
    expect(await judged(planned(VPC + LOG, HERE), policy)).toEqual({ findings: [], open: [] });
  });

  test("a flow log that may not be made leaves its VPC open", async () => {
    const { findings, open } = await judged(planned(VPC + LOG.replace("FlowLog,", "FlowLog, Condition: Perhaps,"), HERE, BEFORE), policy);
    expect(findings).toEqual([]);
    expect(open).toContainEqual(
      expect.stringMatching(/^flow-logs-enabled: whether it is made, which condition Perhaps tells: parameter Flag/),
    );
  });

  test("an open network ACL is found where the template makes it, and the default one is context", async () => {
    const resources = `${VPC}${LOG}  Igw: { Type: AWS::EC2::InternetGateway }
  Attached: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw } }
  Acl: { Type: AWS::EC2::NetworkAcl, Properties: { VpcId: !Ref Vpc } }
  All: { Type: AWS::EC2::NetworkAclEntry, Properties: { NetworkAclId: !Ref Acl, RuleNumber: 1, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0 } }
  Subnet: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a } }
  Of: { Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: { NetworkAclId: !Ref Acl, SubnetId: !Ref Subnet } }
`;
    const { findings } = await judged(planned(resources, HERE), policy);
    expect(findings).toEqual([expect.stringMatching(/^no-open-network-acl: .* at Acl$/)]);
  });
});
