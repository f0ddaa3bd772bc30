import { describe, expect, test } from "@jest/globals";
import { changesOf } from "../../lib/cloudtrail/parse.ts";
import { effectsOf, onlyChange, readJson, set } from "./read-event.ts";

const read = (name: string) => readJson(`constructed/${name}.json`);
const REQUEST = "detail.requestParameters";
const ANSWER = "detail.responseElements";

describe("prefix lists", () => {
  const LIST = "pl-0c4d1e7a92b3f6580";
  const cidrs = { kind: "prefix-list", id: LIST, list: "cidrs" };
  const modify = read("033-ModifyManagedPrefixList-adds-the-internet");

  test("made with its entries, in the form in which AWS stores them", () => {
    expect(onlyChange(read("031-CreateManagedPrefixList"))).toEqual({
      id: expect.any(String),
      at: "2026-02-03T09:31:00Z",
      account: "111122223333",
      region: "eu-west-1",
      actor: expect.objectContaining({ arn: "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions" }),
      call: { source: "ec2.amazonaws.com", name: "CreateManagedPrefixList" },
      subject: { kind: "prefix-list", id: LIST },
      claim: {
        kind: "effects",
        effects: [
          {
            op: "create",
            kind: "prefix-list",
            id: LIST,
            facts: { id: LIST, name: "partner-offices", cidrs: ["198.51.100.0/24", "203.0.113.0/24"] },
          },
        ],
      },
    });
  });

  test("made without entries: whole, and empty", () => {
    expect(effectsOf(read("036-CreateManagedPrefixList-empty"))).toEqual([
      { op: "create", kind: "prefix-list", id: "pl-05a6b7c8d9e0f1a2b", facts: { id: "pl-05a6b7c8d9e0f1a2b", name: "unused", cidrs: [] } },
    ]);
  });

  test("one entry is an object, several are a list", () => {
    expect(effectsOf(modify)).toEqual([{ op: "add", ...cidrs, items: ["0.0.0.0/0"] }]);
    expect(effectsOf(read("034-ModifyManagedPrefixList-adds-two-and-removes-one"))).toEqual([
      { op: "remove", ...cidrs, items: ["0.0.0.0/0"] },
      { op: "add", ...cidrs, items: ["192.0.2.0/25", "192.0.2.128/25"] },
    ]);
  });

  test("keys in lower case, as one published record has them, and IPv6 in any spelling", () => {
    const entry = { Description: "My IP Range", cidr: "2001:DB8:0:0::1/32", tag: "1" };
    expect(effectsOf(set(modify, `${REQUEST}.ModifyManagedPrefixListRequest.AddEntry`, entry))).toEqual([
      { op: "add", ...cidrs, items: ["2001:db8::/32"] },
    ]);
  });

  test("a new name or size leaves the entries as they are", () => {
    expect(
      effectsOf(set(modify, `${REQUEST}.ModifyManagedPrefixListRequest`, { PrefixListId: LIST, MaxEntries: 20, AddEntry: "" })),
    ).toEqual([]);
  });

  test("restored: its entries are others, and the record does not say which", () => {
    expect(onlyChange(read("035-RestoreManagedPrefixListVersion"))).toMatchObject({
      subject: { kind: "prefix-list", id: LIST },
      claim: { kind: "effects", effects: [{ op: "forget", ...cidrs }] },
    });
  });

  test("deleted", () => {
    expect(effectsOf(read("037-DeleteManagedPrefixList"))).toEqual([{ op: "delete", kind: "prefix-list", id: "pl-05a6b7c8d9e0f1a2b" }]);
  });

  test("a failed call keeps what it tried, as far as it can be read", () => {
    const failed = set(set(modify, "detail.errorCode", "Client.PrefixListVersionMismatch"), ANSWER, null);
    expect(onlyChange(failed)).toMatchObject({ failed: "Client.PrefixListVersionMismatch", claim: { effects: [{ op: "add" }] } });
    expect(changesOf(set(failed, REQUEST, null))).toMatchObject({ kind: "ignored" });
  });
});

describe("VPCs", () => {
  const VPC = "vpc-0b1c2d3e4f5a69708";
  const associate = read("041-AssociateVpcCidrBlock");
  const provided = read("042-AssociateVpcCidrBlock-ipv6-of-amazon");
  const dissociate = read("043-DisassociateVpcCidrBlock");

  test("made, with tags", () => {
    expect(onlyChange(readJson("invictus-ir/002-CreateVpc.json"))).toMatchObject({
      subject: { kind: "vpc", id: "vpc-06fe1a64761a0f720" },
      claim: {
        kind: "effects",
        effects: [
          {
            op: "create",
            kind: "vpc",
            facts: {
              id: "vpc-06fe1a64761a0f720",
              cidrs: ["10.0.0.0/16"],
              ipv6Cidrs: [],
              isDefault: false,
              tags: { Name: "stratus-red-team-ec2-steal-credentials-vpc", StratusRedTeam: "true" },
            },
          },
        ],
      },
    });
  });

  test("made with IPv6 that AWS chooses later: known in part", () => {
    const asked = set(readJson("invictus-ir/002-CreateVpc.json"), "requestParameters.amazonProvidedIpv6CidrBlock", true);
    expect(effectsOf(asked)).toMatchObject([{ facts: { ipv6Cidrs: [], partial: true } }]);
    const association = { items: [{ ipv6CidrBlock: "2001:db8:1200::/56", associationId: "vpc-cidr-assoc-1" }] };
    const [told] = effectsOf(set(asked, "responseElements.vpc.ipv6CidrBlockAssociationSet", association));
    expect(told).toMatchObject({ facts: { ipv6Cidrs: ["2001:db8:1200::/56"] } });
    expect(told).not.toHaveProperty("facts.partial");
  });

  test("the default VPC, in the newer dialect with an empty request", () => {
    expect(effectsOf(read("040-CreateDefaultVpc"))).toEqual([
      { op: "create", kind: "vpc", id: VPC, facts: { id: VPC, cidrs: ["172.31.0.0/16"], ipv6Cidrs: [], isDefault: true } },
    ]);
  });

  test("deleted", () => {
    expect(effectsOf(readJson("invictus-ir/054-DeleteVpc.json"))).toEqual([{ op: "delete", kind: "vpc", id: "vpc-0255d384b4b458b46" }]);
  });

  test("a CIDR block is added, as the answer has it or else the request", () => {
    const added = [{ op: "add", kind: "vpc", id: VPC, list: "cidrs", items: ["10.42.0.0/20"] }];
    expect(effectsOf(associate)).toEqual(added);
    expect(effectsOf(set(associate, ANSWER, null))).toEqual(added);
  });

  test("a block of IPv6 that AWS chooses later makes the list unknown; one that is told is added", () => {
    expect(effectsOf(provided)).toEqual([{ op: "forget", kind: "vpc", id: VPC, list: "ipv6Cidrs" }]);
    expect(effectsOf(set(provided, ANSWER, null))).toEqual([{ op: "forget", kind: "vpc", id: VPC, list: "ipv6Cidrs" }]);
    expect(effectsOf(set(provided, `${ANSWER}.ipv6CidrBlockAssociation.ipv6CidrBlock`, "2001:db8:1200::/56"))).toEqual([
      { op: "add", kind: "vpc", id: VPC, list: "ipv6Cidrs", items: ["2001:db8:1200::/56"] },
    ]);
  });

  test("a block from an address pool makes the list unknown", () => {
    const pooled = set(set(associate, `${REQUEST}.cidrBlock`, undefined), `${REQUEST}.ipv4IpamPoolId`, "ipam-pool-1");
    expect(effectsOf(set(pooled, ANSWER, null))).toEqual([{ op: "forget", kind: "vpc", id: VPC, list: "cidrs" }]);
  });

  test("a CIDR block is taken, as far as the answer tells which", () => {
    expect(effectsOf(dissociate)).toEqual([{ op: "remove", kind: "vpc", id: VPC, list: "cidrs", items: ["10.42.0.0/20"] }]);
    expect(effectsOf(set(dissociate, `${ANSWER}.cidrBlockAssociation.cidrBlock`, undefined))).toEqual([
      { op: "forget", kind: "vpc", id: VPC, list: "cidrs" },
    ]);
    expect(effectsOf(set(dissociate, `${ANSWER}.cidrBlockAssociation`, undefined))).toEqual([
      { op: "forget", kind: "vpc", id: VPC, list: "cidrs" },
      { op: "forget", kind: "vpc", id: VPC, list: "ipv6Cidrs" },
    ]);
  });
});

describe("network interfaces", () => {
  test("made, with the default group that EC2 chose", () => {
    expect(onlyChange(readJson("invictus-ir/005-CreateNetworkInterface.json"))).toMatchObject({
      subject: { kind: "network-interface", id: "eni-076fa9fb98a2500a7" },
      claim: {
        effects: [
          {
            op: "create",
            kind: "network-interface",
            facts: {
              id: "eni-076fa9fb98a2500a7",
              vpc: "vpc-06fe1a64761a0f720",
              subnet: "subnet-0ed352584ab4aa265",
              groups: ["sg-0b233157065b7d5e2"],
              addresses: ["10.0.1.10"],
            },
          },
        ],
      },
    });
  });

  test("made by a service, with a description and IPv6", () => {
    const addresses = { items: [{ ipv6Address: "2001:db8::5" }] };
    const event = set(
      readJson("invictus-ir/122-CreateNetworkInterface.json"),
      "responseElements.networkInterface.ipv6AddressesSet",
      addresses,
    );
    expect(effectsOf(event)).toMatchObject([{ facts: { description: "RDSNetworkInterface", addresses: ["10.0.2.159", "2001:db8::5"] } }]);
  });

  test("two instances launched by one call: an interface each, and the change is told of the first", () => {
    const change = onlyChange(readJson("cloudtrail-watcher/007-RunInstances.json"));
    expect(change.subject).toEqual({ kind: "network-interface", id: "eni-01b2a3f446746578f" });
    expect(change.claim).toEqual({
      kind: "effects",
      effects: [
        ["eni-01b2a3f446746578f", "172.31.33.12"],
        ["eni-0d80ee85b99e3c1c2", "172.31.34.33"],
      ].map(([id, address]) => ({
        op: "create",
        kind: "network-interface",
        id,
        facts: {
          id,
          vpc: "vpc-YOUR_VPC_ID",
          subnet: "subnet-1216d269",
          groups: ["sg-0e6a228a9a2f101c1"],
          addresses: [address],
          instance: "i-YOUR_INSTANCE_IDS",
        },
      })),
    });
  });

  test("deleted", () => {
    expect(effectsOf(readJson("invictus-ir/067-DeleteNetworkInterface.json"))).toEqual([
      { op: "delete", kind: "network-interface", id: "eni-06b7a305fe9519d03" },
    ]);
  });

  test("other groups replace the ones before; other attributes change none", () => {
    const groups = ["sg-0d7e2f4a6b8c91035", "sg-0a4b8c2d6e0f13579"];
    expect(effectsOf(read("044-ModifyNetworkInterfaceAttribute-groups"))).toEqual([
      { op: "set", kind: "network-interface", id: "eni-0c1d2e3f4a5b60798", list: "groups", items: groups },
    ]);
    expect(effectsOf(read("045-ModifyNetworkInterfaceAttribute-source-dest-check"))).toEqual([]);
  });
});

describe("unreadable, with a reason", () => {
  const create = read("031-CreateManagedPrefixList");
  const modify = read("033-ModifyManagedPrefixList-adds-the-internet");
  const MODIFY = `${REQUEST}.ModifyManagedPrefixListRequest`;
  const launch = readJson("cloudtrail-watcher/007-RunInstances.json");
  const nowhere = (noun: string) => `it names no ${noun} id, neither in its request nor in its answer`;

  test.each<[what: string, record: unknown, reason: string]>([
    ["a new list without its answer", set(create, ANSWER, null), nowhere("prefix list")],
    ["a new list without its request", set(create, REQUEST, null), "it has no request: expected the entries of the prefix list in it"],
    ["a modified list without its request", set(modify, REQUEST, null), nowhere("prefix list")],
    ["a request that is text", set(modify, REQUEST, "x"), nowhere("prefix list")],
    ["an entry that is text", set(modify, `${MODIFY}.AddEntry`, "0.0.0.0/0"), "an entry of the prefix list has no Cidr"],
    ["an entry that is a number", set(modify, `${MODIFY}.RemoveEntry`, 7), "an entry of the prefix list has no Cidr"],
    [
      "an entry without a CIDR",
      set(modify, `${MODIFY}.AddEntry`, [{ Cidr: "10.0.0.0/8" }, { tag: 2 }]),
      "an entry of the prefix list has no Cidr",
    ],
    ["an entry that is no CIDR", set(modify, `${MODIFY}.AddEntry.Cidr`, "x.x.x.x/0"), "x.x.x.x/0"],
    [
      "a list that is a group",
      set(modify, `${MODIFY}.PrefixListId`, "sg-1"),
      'its prefixListId is "sg-1": expected an id such as pl-0123456789abcdef0',
    ],
    ["a restored list without its request", set(read("035-RestoreManagedPrefixListVersion"), REQUEST, null), nowhere("prefix list")],
    ["a deleted list without its request", set(read("037-DeleteManagedPrefixList"), REQUEST, null), nowhere("prefix list")],
    ["a VPC without its answer", set(readJson("invictus-ir/002-CreateVpc.json"), "responseElements", null), nowhere("VPC")],
    [
      "a VPC whose CIDR is none",
      set(read("040-CreateDefaultVpc"), `${ANSWER}.CreateDefaultVpcResponse.vpc.cidrBlockAssociationSet.item.cidrBlock`, "172.31"),
      "172.31",
    ],
    ["a deleted VPC without its request", set(readJson("invictus-ir/054-DeleteVpc.json"), "requestParameters", null), nowhere("VPC")],
    [
      "an added CIDR block that nothing tells",
      set(set(read("041-AssociateVpcCidrBlock"), REQUEST, { vpcId: "vpc-1" }), ANSWER, []),
      "it names no CIDR block",
    ],
    ["a taken CIDR block of nobody knows which VPC", set(read("043-DisassociateVpcCidrBlock"), ANSWER, null), nowhere("VPC")],
    [
      "an interface without its answer",
      set(readJson("invictus-ir/005-CreateNetworkInterface.json"), "responseElements", null),
      nowhere("network interface"),
    ],
    [
      "an interface whose groups are none",
      set(read("044-ModifyNetworkInterfaceAttribute-groups"), `${REQUEST}.groupSet`, ["web"]),
      "a group of the interface has no groupId",
    ],
    ["a launch without its answer", set(launch, "responseElements", null), nowhere("network interface")],
    [
      "a launch whose second interface has no id",
      set(launch, "responseElements.instancesSet.items.1.networkInterfaceSet.items.0.networkInterfaceId", ""),
      "an interface of the instances has no networkInterfaceId",
    ],
  ])("%s", (_, record, reason) => {
    expect(changesOf(record)).toEqual({ kind: "unreadable", reason: expect.stringContaining(reason) });
  });
});
