import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Change } from "../../lib/model/change.ts";
import { canonicalRule } from "../../lib/model/security-group-rule.ts";
import { ServiceSet } from "../../lib/model/service-set.ts";
import { parsePolicy } from "../../lib/policy/load.ts";
import { administrationForAll } from "../../lib/proposal/admitted.ts";
import { DEFAULT_OPEN } from "../../lib/proposal/answers.ts";
import { History } from "../../lib/proposal/history.ts";
import { policyText } from "../../lib/proposal/policy-text.ts";
import { propose } from "../../lib/proposal/propose.ts";
import { change, granting } from "../support/changes.ts";

const NOBODY = { office: [], open: ServiceSet.parse(DEFAULT_OPEN), channel: "" };

function proposedBy(changes: readonly Change[], path = "portcullis.yml"): string {
  const history = new History();
  for (const one of changes) history.note(one);
  return policyText({
    answers: NOBODY,
    proposal: propose(history),
    history: path,
    file: path,
    schema: path,
  });
}

function allowedBy(text: string): unknown {
  return parsePolicy(text, "portcullis.yml").document.rules["no-public-ingress"];
}

const cidr = fc.oneof(
  fc.constantFrom("0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "2000::/3", "10.0.0.0/8", "1::/128", "::1/128"),
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, size]) => `${address}/${size}`),
  fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, size]) => `${address}/${size}`),
);
const port = fc.oneof(fc.constantFrom(0, 21, 22, 23, 80, 443, 3389, 5432, 5985, 65535), fc.nat(65535));
const permission = fc.oneof(
  fc.tuple(fc.constantFrom("tcp", "udp"), port, port).map(([protocol, a, b]) => ({
    protocol,
    fromPort: Math.min(a, b),
    toPort: Math.max(a, b),
  })),
  fc.constantFrom(
    { protocol: "-1" },
    { protocol: "50" },
    { protocol: "icmp", fromPort: 8, toPort: -1 },
    { protocol: "icmp", fromPort: -1, toPort: -1 },
    { protocol: "icmpv6", fromPort: 2, toPort: 0 },
  ),
);
// Whoever calls AWS chooses these.
const foreign = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom("a\nmode: enforce", "x\u2028- { protocol: all }", "y\u0085version: 2", "# '\"{[", "\r\n", "\uD800", "", "__proto__"),
);
const recorded = fc
  .record({
    permissions: fc.array(fc.tuple(permission, cidr), { maxLength: 5 }),
    name: foreign,
    group: foreign,
    day: fc.integer({ min: 10, max: 28 }),
  })
  .map(({ permissions, name, group, day }) => {
    const rules = permissions.flatMap(([raw, address]) => {
      try {
        return [canonicalRule({ direction: "ingress", ...raw, peer: { kind: "cidr", cidr: address } })];
      } catch {
        return [];
      }
    });
    return change({
      at: `2026-10-${day}T10:15:30Z`,
      actor: { arn: `arn:aws:iam::111122223333:user/${name}` },
      subject: { kind: "security-group", id: group },
      claim: { kind: "rules-granted", rules },
    });
  });

describe("whatever history contains, the policy", () => {
  test("is valid, dry-run, and opens no administration to the internet", () => {
    fc.assert(
      fc.property(fc.array(recorded, { maxLength: 40 }), foreign, (changes, path) => {
        const policy = parsePolicy(proposedBy(changes, path), "portcullis.yml");
        expect(policy.document.mode).toBe("dry-run");
        expect(policy.document.scopes).toEqual([]);
        expect(policy.document.exceptions).toEqual([]);
        expect(String(administrationForAll(policy, { v4: "/16", v6: "/32" }))).toBe("nothing");
      }),
      { numRuns: 300 },
    );
  });

  test("is the same in whatever order it was read", () => {
    const shuffled = fc
      .array(recorded, { maxLength: 12 })
      .chain((changes) => fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })));
    fc.assert(fc.property(shuffled, ([one, other]) => expect(proposedBy(other)).toBe(proposedBy(one))));
  });
});

test("what would open administration to the internet is seen", () => {
  const policy = (allow: string) => parsePolicy(`version: 1\nrules: { no-public-ingress: { allow: [${allow}] } }\n`, "p.yml");
  expect(String(administrationForAll(policy('{ protocol: tcp, ports: "20-25" }')))).toBe("tcp 22-23 from 0.0.0.0/0, ::/0");
  expect(administrationForAll(policy('{ protocol: all, from: ["0.0.0.0/1"] }')).isEmpty()).toBe(false);
  expect(administrationForAll(policy('{ protocol: tcp, ports: "22", from: ["198.51.100.0/24"] }')).isEmpty()).toBe(true);
});

describe("proposed", () => {
  const evidence = "1 change in sg-1 by ada; 2026-11-02";

  test("services seen open to the internet are, with their evidence", () => {
    const text = proposedBy([granting("tcp 8443 from 0.0.0.0/0"), granting("tcp 8443 from ::/0")]);
    expect(text).toContain('      # 2 changes in sg-1 by ada; 2026-11-02\n      - { protocol: tcp, ports: "8443" }\n');
    expect(allowedBy(text)).toMatchObject({ allow: expect.arrayContaining([{ protocol: "tcp", ports: "8443" }]) });
  });

  test.each([
    ["administration", "tcp 22", "WARNING, this holds administration ports", 'tcp, ports: "22"'],
    ["a range that hides administration", "tcp 20-25", "WARNING, this holds administration ports", 'tcp, ports: "20-25"'],
    ["everything", "all", "WARNING, this holds administration ports", "all"],
    ["a database", "tcp 5432", "WARNING, data is kept behind such ports", 'tcp, ports: "5432"'],
    ["many ports", "tcp 40000-40100", "101 ports at once", 'tcp, ports: "40000-40100"'],
    ["a whole protocol", "esp", "a whole protocol", '"50"'],
  ])("%s is not: it is told in a comment", (_, services, reason, entry) => {
    for (const internet of ["0.0.0.0/0", "::/0", "0.0.0.0/1"]) {
      const text = proposedBy([granting(`${services} from ${internet}`)]);
      expect(text).toContain(`      # ${reason}: ${evidence}\n      # - { protocol: ${entry} }\n`);
      expect(allowedBy(text)).toEqual(allowedBy(proposedBy([])));
    }
  });

  test("a wide range of addresses is neither the internet nor a network", () => {
    const text = proposedBy([granting("tcp 8443 from 3.0.0.0/8")]);
    expect(text).toContain("# open to wide ranges of addresses, not to all: ");
    expect(parsePolicy(text, "p").document.networks).toEqual({});
  });

  test("networks are named by their addresses, and may administrate where they did", () => {
    const text = proposedBy([
      granting("tcp 22 from 198.51.100.0/24"),
      granting("tcp 5432 from 198.51.100.0/24", "tcp 5432 from 10.1.0.0/16"),
    ]);
    expect(text).toContain("  # tcp 22, 5432: 2 changes in sg-1 by ada; 2026-11-02\n  seen-198-51-100-0-24:");
    expect(parsePolicy(text, "p").document.networks).toEqual({
      "seen-198-51-100-0-24": ["198.51.100.0/24"],
      "seen-10-1-0-0-16": ["10.1.0.0/16"],
    });
    expect(allowedBy(text)).toMatchObject({
      allow: expect.arrayContaining([{ protocol: "tcp", ports: "22", from: ["seen-198-51-100-0-24"] }]),
    });
  });

  test("what the default allows is not said twice, but its evidence is told", () => {
    const text = proposedBy([granting("tcp 443 from 0.0.0.0/0")]);
    expect(text).toContain(`      # tcp 443: ${evidence}\n`);
    expect(allowedBy(text)).toEqual(allowedBy(proposedBy([])));
  });

  test("calls that failed, and what a group sends, are no evidence", () => {
    const failed = { ...granting("tcp 8443 from 0.0.0.0/0"), failed: "UnauthorizedOperation" };
    expect(proposedBy([failed, granting("tcp 8443 to 0.0.0.0/0")])).toBe(proposedBy([]));
  });

  test("the twenty networks that were seen most are listed, and how many more there are", () => {
    const changes = Array.from({ length: 25 }, (_, i) => granting(`tcp 8443 from 10.0.${i}.0/24`));
    const text = proposedBy(changes);
    expect(Object.keys(parsePolicy(text, "p").document.networks)).toHaveLength(20);
    expect(text).toContain("# 5 more networks, seen less often, are not listed.");
  });
});
