import { describe } from "@jest/globals";
import { testEc2Contract } from "../support/ec2-contract.ts";
import { networkAcl, peering, routeTable, subnet, vpc } from "../support/facts.ts";
import { MemoryEc2 } from "../support/memory-ec2.ts";
import { testNetworkContract } from "../support/network-contract.ts";

describe("the Ec2 port in memory", () => {
  testEc2Contract(async () => {
    const ec2 = new MemoryEc2();
    let made = 0;
    return {
      ec2,
      createGroup: async () => {
        const id = `sg-${++made}`;
        ec2.createGroup(id);
        return id;
      },
      createPrefixList: async (cidrs) => {
        const id = `pl-${++made}`;
        ec2.createPrefixList(id, ...cidrs);
        return id;
      },
      close: async () => {},
    };
  });
});

describe("the network in memory", () => {
  testNetworkContract(async () => {
    const ec2 = new MemoryEc2();
    let made = 0;
    const put = (prefix: string, make: (id: string) => unknown): string => {
      const id = `${prefix}-${++made}`;
      make(id);
      return id;
    };
    return {
      ec2,
      destination: "arn:aws:s3:::flow-logs",
      createVpc: async () => put("vpc", (id) => ec2.put("vpc", vpc(id))),
      createSubnet: async (vpc) => put("subnet", (id) => ec2.put("subnet", subnet(id, { vpc, autoPublicIp: false }))),
      createRouteTable: async (vpc) => put("rtb", (id) => ec2.put("route-table", routeTable(id, { vpc }))),
      createInternetGateway: async (vpc) => put("igw", (id) => ec2.put("internet-gateway", { id, ...(vpc !== undefined && { vpc }) })),
      createEgressOnlyGateway: async (vpc) => put("eigw", (id) => ec2.put("internet-gateway", { id, vpc, egressOnly: true })),
      createNatGateway: async (subnet) => {
        const { vpc } = (await ec2.get("subnet", subnet)) ?? {};
        return put("nat", (id) => ec2.put("nat-gateway", { id, subnet, ...(vpc !== undefined && { vpc }) }));
      },
      createPeering: async (requester, accepter) =>
        put("pcx", (id) => {
          const sides = { requester: { vpc: requester, cidrs: [] }, accepter: { vpc: accepter, cidrs: [] } };
          return ec2.put("peering", peering(id, { ...sides, status: "pending-acceptance" }));
        }),
      createEndpoint: async (vpc, table) =>
        put("vpce", (id) => ec2.put("endpoint", { id, vpc, type: "Gateway", routeTables: [table], subnets: [] })),
      createEndpointService: async () =>
        put("vpce-svc", (id) => ec2.put("endpoint-service", { id, principals: ["*"], acceptanceRequired: false })),
      createNetworkAcl: async (vpc) => put("acl", (id) => ec2.put("network-acl", networkAcl(id, [], { vpc }))),
      createDbSubnetGroup: async (vpc, subnets) => put("group", (id) => ec2.put("db-subnet-group", { id, vpc, subnets, zones: [] })),
      createNetworkInterface: async (vpc, subnet) =>
        put("eni", (id) => ec2.put("network-interface", { id, vpc, subnet, groups: [], addresses: [] })),
      close: async () => {},
    };
  });
});
