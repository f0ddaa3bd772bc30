import { describe, expect, test } from "@jest/globals";
import { readJson } from "../cloudtrail/read-event.ts";
import { routeTable, subnet } from "../support/facts.ts";
import { gate } from "../support/gate.ts";

const SSH_FROM_LIST = "tcp 22 from pl-0c4d1e7a92b3f6580";

/** A guard two seconds after a recorded event; `arrives` hands it over. */
function gateAt(file: string, policy?: string) {
  const door = gate(policy);
  const event = readJson(file);
  const [, at = ""] = /"eventTime":"([^"]+)"/.exec(JSON.stringify(event)) ?? [];
  door.clock.time = Date.parse(at) + 2_000;
  return { ...door, arrives: () => door.receive(event) };
}

describe("changes that nobody watched", () => {
  test("a managed prefix list: its later versions open the groups that name it", async () => {
    const door = gateAt("constructed/033-ModifyManagedPrefixList-adds-the-internet.json");
    door.ec2.createPrefixList("pl-0c4d1e7a92b3f6580", "198.51.100.0/24", "0.0.0.0/0");
    door.ec2.createGroup("sg-1", [SSH_FROM_LIST, "tcp 443 from pl-0c4d1e7a92b3f6580"]).createGroup("sg-2", ["tcp 22 from 10.0.0.0/8"]);
    await door.arrives();
    expect(door.open("sg-1")).toEqual(["tcp 443 from pl-0c4d1e7a92b3f6580"]);
    expect(door.open("sg-2")).toEqual(["tcp 22 from 10.0.0.0/8"]);
  });

  test("a route table that is given to a private subnet", async () => {
    const door = gateAt(
      "invictus-ir/033-AssociateRouteTable.json",
      "mode: enforce\nrules: { private-stays-private: { remedy: none, subnets: [subnet-0afaf7ba0564cac3a] } }",
    );
    door.ec2
      .put("subnet", subnet("subnet-0afaf7ba0564cac3a"))
      .put("route-table", routeTable("rtb-01a1e48796093c514", { subnets: ["subnet-0afaf7ba0564cac3a"], routes: ["0.0.0.0/0 to igw-1"] }));
    await door.arrives();
    expect(door.bus.published).toMatchObject([{ outcome: "alert", findings: [{ rule: "private-stays-private" }] }]);
  });

  test("an endpoint service that lets everybody connect", async () => {
    const door = gateAt(
      "constructed/175-ModifyVpcEndpointServicePermissions-to-everybody.json",
      "mode: enforce\nrules: { endpoint-least-privilege: { remedy: reset } }",
    );
    const id = "vpce-svc-0ae552977ba77cfd8";
    door.ec2.put("endpoint-service", { id, principals: ["*"], acceptanceRequired: true });
    await door.arrives();
    expect(door.bus.published).toMatchObject([{ outcome: "acted", acts: [{ remedy: { kind: "reset-permissions" } }] }]);
    expect(await door.ec2.get("endpoint-service", id)).toMatchObject({ principals: [] });
  });

  test("VPC block public access switched off", async () => {
    const door = gateAt(
      "constructed/205-ModifyVpcBlockPublicAccessOptions-off.json",
      "mode: enforce\nrules: { block-public-access: { atLeast: block-ingress, remedy: restore } }",
    );
    const id = "block-public-access";
    door.ec2.put("block-public-access", { id, mode: "off", exclusions: [] });
    await door.arrives();
    expect(door.bus.published).toMatchObject([{ findings: [{ rule: "block-public-access" }] }]);
    expect(await door.ec2.get("block-public-access", id)).toMatchObject({ mode: "block-ingress" });
  });

  test.each([
    ["attached to an instance", "constructed/098-AttachNetworkInterface.json", "eni-038ac6612c3fe4110", "i-01a44ffe002b53435"],
    ["given an open group", "constructed/044-ModifyNetworkInterfaceAttribute-groups.json", "eni-0c1d2e3f4a5b60798", undefined],
  ])("a network interface %s", async (_, file, id, instance) => {
    const door = gateAt(file);
    const group = "sg-0d7e2f4a6b8c91035";
    door.ec2.createGroup(group, ["tcp 22 from 0.0.0.0/0"]).createGroup("sg-0a4b8c2d6e0f13579");
    door.ec2.put("network-interface", { id, groups: [group], addresses: [], ...(instance !== undefined && { instance }) });
    await door.arrives();
    expect(door.open(group)).toEqual([]);
  });
});
