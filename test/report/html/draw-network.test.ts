import { describe, expect, test } from "@jest/globals";
import type { Kind, NetworkFacts } from "../../../lib/model/facts.ts";
import { TrafficSet } from "../../../lib/model/traffic.ts";
import { sceneOf } from "../../../lib/report/html/draw-network.ts";
import { drawing, sceneTable } from "../../../lib/report/html/drawing.ts";
import { layOut } from "../../../lib/report/html/lay-out.ts";
import { networkOf, type Trouble } from "../../../lib/report/html/network.ts";
import type { Scene } from "../../../lib/report/html/scene.ts";
import { rule } from "../../support/decisions.ts";
import { type NetworkDraft, networkOf as worldWith } from "../../support/network.ts";

const VPC = "vpc-1";
const table = (id: string, target: string, subnet: string): NetworkFacts["route-table"] => ({
  id,
  vpc: VPC,
  routes: [
    { destination: "10.0.0.0/16", target: "local" },
    { destination: "0.0.0.0/0", target },
  ],
  associations: [{ id: `a-${id}`, subnet }],
  propagating: [],
});
const WHOLE: NetworkDraft = {
  vpc: [{ id: VPC, cidrs: ["10.0.0.0/16"], ipv6Cidrs: [] }],
  "internet-gateway": [{ id: "igw-1", vpc: VPC }],
  "nat-gateway": [{ id: "nat-1", vpc: VPC, connectivity: "public" }],
  subnet: [
    { id: "subnet-public", vpc: VPC, cidr: "10.0.1.0/24", ipv6Cidrs: [], zone: "eu-west-1a" },
    { id: "subnet-private", vpc: VPC, cidr: "10.0.2.0/24", ipv6Cidrs: [] },
  ],
  "route-table": [table("rtb-1", "igw-1", "subnet-public"), table("rtb-2", "nat-1", "subnet-private")],
  "security-group": [
    { id: "sg-open", name: "bastion", vpc: VPC, rules: [rule("tcp 22 from 0.0.0.0/0"), rule("tcp 443 from 0.0.0.0/0")] },
    { id: "sg-inner", vpc: VPC, rules: [rule("tcp 5432 from sg-open")] },
  ],
  "network-interface": [
    { id: "eni-1", vpc: VPC, subnet: "subnet-public", groups: ["sg-open"], addresses: [] },
    { id: "eni-2", vpc: VPC, subnet: "subnet-private", groups: ["sg-inner"], addresses: [] },
  ],
};
const TROUBLES: ReadonlyMap<string, Trouble> = new Map([
  ["sg-open", { worst: "critical", forbidden: TrafficSet.parse("tcp 22 from 0.0.0.0/0") }],
]);

async function scene(draft: NetworkDraft, troubles = TROUBLES): Promise<Scene> {
  return sceneOf(await networkOf(VPC, worldWith(draft), troubles));
}
const ways = ({ edges }: Scene, exposed: boolean) =>
  edges.filter((edge) => edge.exposed === exposed).map(({ from, to, kind }) => `${from} ${kind} ${to}`);
const without = (kind: Kind): NetworkDraft => ({ ...WHOLE, [kind]: [], unknown: { [kind]: "no record tells" } });

describe("a drawing", () => {
  test("marks the way from the internet to what is forbidden, and no other", async () => {
    const drawn = await scene(WHOLE);
    expect(ways(drawn, true)).toEqual([
      "internet open igw-1",
      "igw-1 open subnet-public",
      "subnet-public open sg-open",
      "sg-open open sg-open forbidden",
    ]);
    expect(ways(drawn, false)).toEqual([
      "internet outbound nat-1",
      "nat-1 outbound subnet-private",
      "subnet-private open sg-inner",
      "sg-open open sg-open lawful",
      "sg-inner open sg-inner lawful",
    ]);
    const exposed = drawn.nodes.filter((node) => node.exposed).map(({ id }) => id);
    expect(exposed).toEqual(["igw-1", "subnet-public", "sg-open", "sg-open forbidden"]);
    expect(drawn.notes).toEqual([]);
  });

  test("exposes nothing on a way that lets out alone", async () => {
    const moved = {
      ...WHOLE,
      "network-interface": [{ id: "eni-1", vpc: VPC, subnet: "subnet-private", groups: ["sg-open"], addresses: [] }],
    };
    expect(ways(await scene(moved), true)).toEqual(["sg-open open sg-open forbidden"]);
  });

  test("marks nothing where all is lawful", async () => {
    expect(ways(await scene(WHOLE, new Map()), true)).toEqual([]);
  });

  test("draws what is not told as such, and says what it is", async () => {
    const noTables = await scene(without("route-table"));
    expect(ways(noTables, true)).toContain("igw-1 doubtful subnet-public");
    expect(noTables.notes).toContain("Not told by any record: route tables.");
    const noInterfaces = await scene(without("network-interface"));
    expect(ways(noInterfaces, true)).toEqual(expect.arrayContaining(["igw-1 doubtful somewhere", "somewhere doubtful sg-open"]));
    const noGateway = await scene({ ...without("internet-gateway"), "network-interface": [], "route-table": [] });
    expect(ways(noGateway, true)).toEqual(expect.arrayContaining(["internet doubtful some-gateway", "some-gateway doubtful somewhere"]));
  });

  test("draws no gateway where there is none, and says so", async () => {
    const drawn = await scene({ ...WHOLE, "internet-gateway": [], "route-table": [], "nat-gateway": [] });
    expect(drawn.nodes.some(({ kind }) => kind === "internet")).toBe(false);
    expect(drawn.notes).toEqual(["No internet gateway is attached, as far as the records tell."]);
  });

  test("tells subnets of which nobody knows from those that there are not", async () => {
    const lines = async (draft: NetworkDraft) => (await scene(draft)).nodes.find(({ id }) => id === "somewhere")?.title;
    expect(await lines(without("subnet"))).toBe("Subnets");
    expect(await lines({ ...WHOLE, subnet: [] })).toBe("No subnet");
    expect(await lines(without("network-interface"))).toBe("Some subnet, or none");
  });

  test("says so where there is nothing to draw", async () => {
    const nothing = await scene({ unknown: { vpc: "?", subnet: "?", "internet-gateway": "?" } }, new Map());
    expect(nothing.nodes).toEqual([]);
    expect(drawing(nothing, { label: "vpc-1", id: "network-1" }).text).toContain("No record tells what is in it.");
  });

  test("lays every box apart from the others, the internet first and ports last", async () => {
    const { nodes, width } = layOut(await scene(WHOLE));
    for (const { box: a, node } of nodes) {
      expect(a.x + a.width / 2).toBeLessThanOrEqual(width);
      for (const { box: b, node: other } of nodes) {
        if (node === other) continue;
        const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
        expect([node.id, other.id, apart]).toEqual([node.id, other.id, true]);
      }
    }
    const at = (id: string) => nodes.find(({ node }) => node.id === id)?.box.x ?? Number.NaN;
    const order = ["internet", "igw-1", "subnet-public", "sg-open", "sg-open forbidden"].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("has a name, the same in words, and is the same whenever it is drawn", async () => {
    const drawn = await scene(WHOLE);
    const svg = drawing(drawn, { label: "vpc-1 in payments", id: "network-1" }).text;
    expect(svg).toContain('role="img" aria-labelledby="network-1-title"');
    expect(svg).toContain('class="way open exposed"');
    expect(svg).toBe(drawing(await scene(WHOLE), { label: "vpc-1 in payments", id: "network-1" }).text);
    expect(sceneTable(drawn).text).toContain("leads to Internet gateway igw-1; lets out NAT gateway nat-1");
  });
});
