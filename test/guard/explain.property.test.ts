import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { admittedByRule } from "../../lib/guard/explaining/resolved-lists.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule, trafficOf } from "../../lib/model/security-group-rule.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { explaining } from "../support/explained.ts";
import { networkOf } from "../support/network.ts";

const POLICY = parsePolicy(
  `version: 1
networks: { office: [198.51.100.0/24, "2001:db8:42::/48"] }
rules:
  no-public-ingress:
    allow:
      - { protocol: tcp, ports: "80, 443" }
      - { protocol: tcp, ports: "22", from: [office, 8.0.0.0/6] }
      - { protocol: icmp, ports: "3/4" }
  admin-through-bastion: { from: [office, 10.1.0.0/16] }
exceptions:
  - { id: e, rule: no-public-ingress, when: { groups: [sg-0abc] }, allow: [{ protocol: udp, ports: "53" }], until: 2999-01-01, reason: r, approved_by: a }
`,
  "portcullis.yml",
);
const LISTS = {
  "prefix-list": [
    { id: "pl-1", cidrs: ["0.0.0.0/2", "192.0.2.0/24"] },
    { id: "pl-2", cidrs: ["10.1.0.0/16"] },
  ],
};

const service = fc.oneof(
  fc.constantFrom("all", "icmp 8", "icmp 3/4", "icmpv6 2", "udp 53", "esp"),
  fc
    .tuple(fc.constantFrom(0, 20, 22, 80, 443, 3389), fc.constantFrom(0, 1, 3, 400))
    .map(([first, more]) => `tcp ${first}${more === 0 ? "" : `-${first + more}`}`),
);
const peer = fc.constantFrom(
  "0.0.0.0/0",
  "0.0.0.0/1",
  "128.0.0.0/1",
  "64.0.0.0/3",
  "8.0.0.0/6",
  "10.0.0.0/8",
  "198.51.100.7/32",
  "198.51.100.0/24",
  "::/0",
  "2000::/4",
  "2001:db8:42:1::/64",
  "sg-0bastion",
  "pl-1",
  "pl-2",
);
const rules = fc.uniqueArray(
  fc.tuple(service, peer, fc.constantFrom("from", "from", "to")).map(([what, who, way]) => `${what} ${way} ${who}`),
  { maxLength: 8 },
);

const RESOLVED: Readonly<Record<string, string>> = { "pl-1": "0.0.0.0/2, 192.0.2.0/24", "pl-2": "10.1.0.0/16" };
// Worked out by hand from the texts, not by what is tested.
function union(texts: readonly string[], way: "from" | "to"): TrafficSet {
  const own = texts.filter((text) => text.includes(` ${way} `)).map((text) => text.replace(/pl-\d/, (id) => RESOLVED[id] ?? id));
  return own.length === 0 ? TrafficSet.EMPTY : TrafficSet.parse(own.join("; "));
}

test("the rows are disjoint, and together what the rules admit; every source is of its row; needless rules are", async () => {
  await fc.assert(
    fc.asyncProperty(rules, async (texts) => {
      const { admissions } = await explaining({ rules: texts, policy: POLICY, network: LISTS });
      for (const { direction, rows, traffic, redundant } of admissions) {
        const all = union(texts, direction === "ingress" ? "from" : "to");
        expect(String(traffic)).toBe(String(all));
        let sum = TrafficSet.of([], direction);
        for (const row of rows) {
          const own = TrafficSet.of([row], direction);
          expect(sum.overlaps(own)).toBe(false);
          sum = sum.union(own);
          const sources = TrafficSet.of(
            row.sources.map(({ peers }) => ({ services: row.services, peers })),
            direction,
          );
          expect(String(sources)).toBe(String(own));
          // An address may be in several prefix lists; what it is besides, it is once.
          const direct = row.sources.filter(({ kind }) => kind !== "prefix-list").map(({ peers }) => peers.addresses);
          for (const [i, one] of direct.entries()) expect(direct.slice(i + 1).some((other) => other.overlaps(one))).toBe(false);
          for (const { rules: by } of row.sources) expect(by.length).toBeGreaterThan(0);
        }
        expect(String(sum)).toBe(String(all));
        const needless = new Set(redundant.map(({ rule }) => rule.id));
        const kept = texts.filter((_, i) => !needless.has(`sgr-${i + 1}`));
        expect(String(union(kept, direction === "ingress" ? "from" : "to"))).toBe(String(all));
      }
    }),
    { numRuns: 150 },
  );
});

test("the nearest edit leaves exactly what is admitted less what is forbidden, and nothing more is forbidden then", async () => {
  const world = networkOf(LISTS);
  const lists = new Map(LISTS["prefix-list"].map(({ id, cidrs }) => [id, { cidrs }]));
  await fc.assert(
    fc.asyncProperty(rules, async (texts) => {
      const { admissions, edit, cost } = await explaining({ rules: texts, policy: POLICY, network: LISTS });
      const gone = new Set(edit.remedies.flatMap(({ revoke }) => revoke.map(({ id }) => id)));
      const after = [
        ...texts.flatMap((text, i) => (gone.has(`sgr-${i + 1}`) ? [] : [parseRule(text)])),
        ...edit.remedies.flatMap(({ authorize }) => authorize),
      ];
      for (const { direction, rows, traffic } of admissions) {
        const forbidden = TrafficSet.of(
          rows.filter(({ verdict }) => verdict === "forbidden"),
          direction,
        );
        const left = TrafficSet.of(
          await admittedByRule(new SecurityGroup({ id: "sg-0abc", rules: after }), world, direction, lists),
          direction,
        );
        expect(String(left)).toBe(String(traffic.difference(forbidden)));
      }
      expect(cost).toEqual([]);
      const again = await explaining({ rules: after, policy: POLICY, network: LISTS });
      expect(again.judgement.findings).toEqual([]);
      expect(again.edit.remedies).toEqual([]);
      for (const { authorize } of edit.remedies) for (const rule of authorize) expect(trafficOf(rule).isEmpty()).toBe(false);
    }),
    { numRuns: 150 },
  );
});
