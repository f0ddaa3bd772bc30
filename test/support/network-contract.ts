import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { probe } from "../../lib/guard/acting/apply.ts";
import type { Ec2 } from "../../lib/guard/ports.ts";
import { keyOf } from "../../lib/model/effect.ts";
import { isKind, type Kind } from "../../lib/model/facts.ts";
import type { FlowLogSettings, NetworkRemedy } from "../../lib/model/remedy.ts";
import { formatRoute } from "../../lib/model/route.ts";
import { entry } from "./facts.ts";
import { testThereAndBack } from "./there-and-back.ts";

/** A network with a stage hand: each method makes one resource and resolves to its id. */
export interface NetworkStage {
  readonly ec2: Ec2;
  /** Where flow logs can go. */
  readonly destination: string;
  createVpc(): Promise<string>;
  createSubnet(vpc: string): Promise<string>;
  createRouteTable(vpc: string): Promise<string>;
  /** Attached to the VPC, where one is given. */
  createInternetGateway(vpc?: string): Promise<string>;
  createEgressOnlyGateway(vpc: string): Promise<string>;
  createNatGateway(subnet: string): Promise<string>;
  createPeering(requester: string, accepter: string): Promise<string>;
  /** A gateway endpoint for S3. */
  createEndpoint(vpc: string, table: string): Promise<string>;
  /** One that lets anybody in without acceptance. */
  createEndpointService(subnet: string): Promise<string>;
  createNetworkAcl(vpc: string): Promise<string>;
  createDbSubnetGroup(vpc: string, subnets: readonly string[]): Promise<string>;
  createNetworkInterface(vpc: string, subnet: string): Promise<string>;
  close(): Promise<void>;
}

const NOBODY = "0123456789abcdef0";
const NONE: Partial<Record<Kind, string>> = {
  subnet: `subnet-${NOBODY}`,
  "route-table": `rtb-${NOBODY}`,
  "internet-gateway": `igw-${NOBODY}`,
  "nat-gateway": `nat-${NOBODY}`,
  peering: `pcx-${NOBODY}`,
  endpoint: `vpce-${NOBODY}`,
  "endpoint-service": `vpce-svc-${NOBODY}`,
  "network-acl": `acl-${NOBODY}`,
  "flow-log": `fl-${NOBODY}`,
  "db-subnet-group": "nobody",
  "network-interface": `eni-${NOBODY}`,
};
const WEB = "100 allow tcp 80 from 0.0.0.0/0";
const SSH = "110 allow tcp 22 from ::/0";

/** What is done, and how it looks where it is done. */
interface Case {
  readonly remedy: NetworkRemedy;
  look(): Promise<unknown>;
  /** Somebody else puts something in that place. */
  meddle(): Promise<unknown>;
}

/**
 * How every Ec2 port reads and remedies what is not a security group: runs on the port in memory and on an emulator.
 * `unsupported` names cases that the stage cannot play.
 */
export function testNetworkContract(open: () => Promise<NetworkStage>, unsupported: readonly string[] = []): void {
  let stage: NetworkStage;
  let ec2: Ec2;
  beforeAll(async () => {
    stage = await open();
    ec2 = stage.ec2;
  }, 300_000);
  afterAll(() => stage.close());

  const flowLogs = (): FlowLogSettings => ({ destination: stage.destination, trafficType: "ALL" });
  const routesOf = async (table: string) => (await ec2.get("route-table", table))?.routes.map(formatRoute).sort();
  const entriesOf = async (acl: string) => {
    const entries = (await ec2.get("network-acl", acl))?.entries ?? [];
    return [...entries].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  };
  const logsOf = async (vpc: string) =>
    (await ec2.list("flow-log", { resource: vpc })).map(({ resource, trafficType }) => ({ resource, trafficType }));
  const peeringsOf = async (vpc: string) => {
    const found = await ec2.list("peering", { vpc });
    return found.flatMap(({ status, requester, accepter }) => (status === "deleted" ? [] : [[status, requester.vpc, accepter.vpc]]));
  };
  const serviceFacts = async (service: string) => {
    const found = await ec2.get("endpoint-service", service);
    return { principals: found?.principals, acceptanceRequired: found?.acceptanceRequired };
  };
  const aclWith = async (...texts: string[]) => {
    const acl = await stage.createNetworkAcl(await stage.createVpc());
    for (const text of texts) await ec2.carryOut({ kind: "create-acl-entry", acl, entry: entry(text) });
    return acl;
  };
  const routed = async (destination: string) => {
    const vpc = await stage.createVpc();
    const table = await stage.createRouteTable(vpc);
    const target = destination.includes(":") ? await stage.createEgressOnlyGateway(vpc) : await stage.createInternetGateway(vpc);
    await ec2.carryOut({ kind: "create-route", table, route: { destination, target } });
    return { vpc, table, target, other: await stage.createPeering(vpc, await stage.createVpc()) };
  };

  const cases: Readonly<Record<string, () => Promise<Case>>> = {
    "delete-route": async () => {
      const { table, target, other } = await routed("0.0.0.0/0");
      return {
        remedy: { kind: "delete-route", table, route: { destination: "0.0.0.0/0", target } },
        look: () => routesOf(table),
        meddle: () => ec2.carryOut({ kind: "restore-route", table, destination: "0.0.0.0/0", from: target, to: other }),
      };
    },
    "delete-route of IPv6": async () => {
      const { table, target, other } = await routed("::/0");
      return {
        remedy: { kind: "delete-route", table, route: { destination: "::/0", target } },
        look: () => routesOf(table),
        meddle: () => ec2.carryOut({ kind: "restore-route", table, destination: "::/0", from: target, to: other }),
      };
    },
    "restore-route": async () => {
      const { vpc, table, target, other } = await routed("10.2.0.0/16");
      const nat = await stage.createNatGateway(await stage.createSubnet(vpc));
      return {
        remedy: { kind: "restore-route", table, destination: "10.2.0.0/16", from: target, to: other },
        look: () => routesOf(table),
        meddle: () => ec2.carryOut({ kind: "restore-route", table, destination: "10.2.0.0/16", from: target, to: nat }),
      };
    },
    "create-flow-logs": async () => {
      const vpc = await stage.createVpc();
      return {
        remedy: { kind: "create-flow-logs", vpc, settings: flowLogs(), ids: [] },
        look: () => logsOf(vpc),
        meddle: () => ec2.carryOut({ kind: "create-flow-logs", vpc, settings: flowLogs(), ids: [] }),
      };
    },
    "delete-peering": async () => {
      const [requester, accepter] = [await stage.createVpc(), await stage.createVpc()];
      const peering = await stage.createPeering(requester, accepter);
      const sides = { requester: { vpc: requester, cidrs: [] }, accepter: { vpc: accepter, cidrs: [] } };
      return {
        remedy: { kind: "delete-peering", peering, ...sides },
        look: () => peeringsOf(requester),
        meddle: () => ec2.carryOut({ kind: "delete-peering", peering, ...sides }),
      };
    },
    "detach-internet-gateway": async () => {
      const vpc = await stage.createVpc();
      const gateway = await stage.createInternetGateway(vpc);
      return {
        remedy: { kind: "detach-internet-gateway", gateway, vpc },
        look: async () => (await ec2.get("internet-gateway", gateway))?.vpc,
        meddle: async () => {
          await ec2.carryOut({ kind: "detach-internet-gateway", gateway, vpc });
          await ec2.carryOut({ kind: "attach-internet-gateway", gateway, vpc: await stage.createVpc() });
        },
      };
    },
    "reset-permissions": async () => {
      const service = await stage.createEndpointService(await stage.createSubnet(await stage.createVpc()));
      return {
        remedy: { kind: "reset-permissions", service, principals: ["*"], acceptance: true },
        look: () => serviceFacts(service),
        meddle: () => ec2.carryOut({ kind: "reset-permissions", service, principals: ["*"], acceptance: true }),
      };
    },
    "unset-public-ip": async () => {
      const subnet = await stage.createSubnet(await stage.createVpc());
      await ec2.carryOut({ kind: "set-public-ip", subnet });
      return {
        remedy: { kind: "unset-public-ip", subnet },
        look: async () => (await ec2.get("subnet", subnet))?.autoPublicIp,
        meddle: () => ec2.carryOut({ kind: "unset-public-ip", subnet }),
      };
    },
    "deny-acl-traffic": async () => {
      const acl = await aclWith(SSH);
      const entries = [entry("108 deny tcp 22 from ::/1"), entry("109 deny tcp 22 from 8000::/1")];
      return {
        remedy: { kind: "deny-acl-traffic", acl, entries },
        look: () => entriesOf(acl),
        meddle: () => ec2.carryOut({ kind: "deny-acl-traffic", acl, entries }),
      };
    },
    "delete-acl-entry": async () => {
      const acl = await aclWith(WEB, SSH);
      return {
        remedy: { kind: "delete-acl-entry", acl, entry: entry(SSH) },
        look: () => entriesOf(acl),
        meddle: async () => {
          await ec2.carryOut({ kind: "delete-acl-entry", acl, entry: entry(SSH) });
          await ec2.carryOut({ kind: "create-acl-entry", acl, entry: entry("110 allow tcp 22 from 2001:db8::/32") });
        },
      };
    },
    "delete-acl-entry that lets ICMP out": async () => {
      const acl = await aclWith("120 allow icmp 3/4 to 192.0.2.0/24");
      return {
        remedy: { kind: "delete-acl-entry", acl, entry: entry("120 allow icmp 3/4 to 192.0.2.0/24") },
        look: () => entriesOf(acl),
        // The same number in the other direction is another entry.
        meddle: async () => {
          await ec2.carryOut({ kind: "create-acl-entry", acl, entry: entry("120 allow icmp 3/4 from 192.0.2.0/24") });
          await ec2.carryOut({ kind: "delete-acl-entry", acl, entry: entry("120 allow icmp 3/4 to 192.0.2.0/24") });
        },
      };
    },
  };

  describe.each(Object.entries(cases).filter(([name]) => !unsupported.includes(name)))("%s", (_, prepare) => {
    test("acts once; its inverse puts everything back, once", async () => {
      const { remedy, look } = await prepare();
      await testThereAndBack(ec2, remedy, look);
    });

    test("leaves alone what somebody changed meanwhile", async () => {
      const { remedy, look, meddle } = await prepare();
      await meddle();
      const stood = await look();
      expect(await ec2.carryOut(remedy)).toBeUndefined();
      expect(await look()).toEqual(stood);
    });
  });

  test("entries that deny are made all or none: a number that somebody took meanwhile refuses them", async () => {
    const acl = await aclWith(SSH, "109 allow tcp 443 from ::/0");
    const stood = await entriesOf(acl);
    const entries = [entry("108 deny tcp 22 from ::/1"), entry("109 deny tcp 22 from 8000::/1")];
    await expect(ec2.carryOut({ kind: "deny-acl-traffic", acl, entries })).rejects.toMatchObject({
      refusal: "other",
      code: "NetworkAclEntryAlreadyExists",
    });
    expect(await entriesOf(acl)).toEqual(stood);
  });

  test("asking with DryRun changes nothing", async () => {
    const vpc = await stage.createVpc();
    const gateway = await stage.createInternetGateway(vpc);
    expect(await probe({ kind: "detach-internet-gateway", gateway, vpc }, ec2)).toMatchObject({ result: "would" });
    expect(await probe({ kind: "create-flow-logs", vpc, settings: flowLogs(), ids: [] }, ec2)).toMatchObject({ result: "would" });
    expect(await ec2.get("internet-gateway", gateway)).toMatchObject({ vpc });
    expect(await logsOf(vpc)).toEqual([]);
  });

  test.each(Object.entries(NONE))("%s: what does not exist reads as undefined", async (kind, id) => {
    expect(await ec2.get(kindNamed(kind), id)).toBeUndefined();
  });

  test("all that is in a VPC is read one by one and listed by its VPC", async () => {
    const [vpc, peer] = [await stage.createVpc(), await stage.createVpc()];
    const [cidr = ""] = (await ec2.get("vpc", vpc))?.cidrs ?? [];
    const subnet = await stage.createSubnet(vpc);
    const table = await stage.createRouteTable(vpc);
    const local = expect.objectContaining({ destination: cidr, target: "local" });
    const log = await ec2.carryOut({ kind: "create-flow-logs", vpc, settings: flowLogs(), ids: [] });
    const made = {
      subnet: [subnet, { vpc, ipv6Cidrs: [] }],
      "route-table": [table, { vpc, routes: expect.arrayContaining([local]), associations: [], propagating: [] }],
      "internet-gateway": [await stage.createInternetGateway(vpc), { vpc }],
      "nat-gateway": [await stage.createNatGateway(subnet), { vpc, subnet }],
      peering: [await stage.createPeering(vpc, peer), { status: "pending-acceptance", requester: { vpc }, accepter: { vpc: peer } }],
      endpoint: [await stage.createEndpoint(vpc, table), { vpc, type: "Gateway", routeTables: [table], subnets: [] }],
      "network-acl": [await stage.createNetworkAcl(vpc), { vpc, isDefault: false, subnets: [] }],
      "flow-log": [log?.kind === "create-flow-logs" ? log.ids[0] : undefined, { resource: vpc, trafficType: "ALL" }],
      "db-subnet-group": [await stage.createDbSubnetGroup(vpc, [subnet]), { vpc, subnets: [subnet] }],
      "network-interface": [await stage.createNetworkInterface(vpc, subnet), { vpc, subnet }],
    } as const;
    for (const [name, [id = "", facts]] of Object.entries(made)) {
      const kind = kindNamed(name);
      expect(await ec2.get(kind, id)).toMatchObject({ id, ...facts });
      expect(await ec2.list(kind, { vpc })).toContainEqual(expect.objectContaining({ id }));
      expect(await ec2.list(kind, { vpc: `vpc-${NOBODY}` })).toEqual([]);
    }
    const egressOnly = await stage.createEgressOnlyGateway(vpc);
    expect(await ec2.get("internet-gateway", egressOnly)).toMatchObject({ vpc, egressOnly: true });
    expect((await ec2.list("internet-gateway", { vpc })).map(({ id }) => id).sort()).toEqual(
      [egressOnly, made["internet-gateway"][0]].sort(),
    );
    expect((await ec2.list("peering", { vpc: peer })).map(({ id }) => id)).toEqual([made.peering[0]]);
    expect((await ec2.list("nat-gateway", { subnet })).map(({ id }) => id)).toEqual([made["nat-gateway"][0]]);
  });

  test("route tables are listed by what their routes lead to", async () => {
    const { table, target } = await routed("0.0.0.0/0");
    expect((await ec2.list("route-table", { target })).map(({ id }) => id)).toEqual([table]);
    expect(await ec2.list("route-table", { target: `igw-${NOBODY}` })).toEqual([]);
  });
}

function kindNamed(name: string): Kind {
  if (!isKind(name)) throw new Error(`no kind of resource is called ${name}`);
  return name;
}
