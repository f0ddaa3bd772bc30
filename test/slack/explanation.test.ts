import { describe, expect, test } from "@jest/globals";
import { judge } from "../../lib/guard/judging/judge.ts";
import type { Decision } from "../../lib/model/decision.ts";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { canonicalRule } from "../../lib/model/security-group-rule.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { rulingFor } from "../../lib/policy/ruling.ts";
import { PolicyDocument } from "../../lib/policy/schema.ts";
import { policyOf } from "../../lib/policy/snapshot.ts";
import { explanationOf, explanationOfGroup } from "../../lib/slack/explanation.ts";
import { decision, deletedRoute, finding, rule, tampering } from "../support/decisions.ts";
import { explaining } from "../support/explained.ts";
import { networkOf } from "../support/network.ts";
import { refuseBlocks } from "../support/slack-limits.ts";
import { readAll, readMessage } from "./read-message.ts";

const WEB = { protocol: "tcp", ports: "80, 443" };
const SSH = { protocol: "tcp", ports: "22", from: ["office", "vpn"] };
const NETWORKS = { office: ["198.51.100.0/24", "2001:db8:42::/48"], vpn: ["203.0.113.10/32"], world: ["0.0.0.0/0"] };

function policy(parts: object = {}): Policy {
  return policyOf(
    PolicyDocument.parse({ version: 1, networks: NETWORKS, rules: { "no-public-ingress": { allow: [WEB, SSH] } }, ...parts }),
  );
}
const found = (notation: string, id = "no-public-ingress", parts: Partial<Decision> = {}) =>
  decision({ findings: [finding(notation, { rule: id })], ...parts });
/** The blocks of code of an explanation. */
const codes = (given: Decision, under = policy()) =>
  readMessage(explanationOf(given, under)).flatMap((text) => /```([\s\S]*)```/.exec(text)?.[1] ?? []);
const commandOf = (given: Decision, under = policy()) => codes(given, under).find((text) => text.startsWith("aws ")) ?? "";
const section = (heading: string, given: Decision, under = policy()) =>
  readMessage(explanationOf(given, under)).find((text) => text.startsWith(`*${heading}*`));

describe("an explanation", () => {
  const given = decision();
  test("says why: the rule, its rationale and what it finds, with its code as code", () => {
    const all = readAll(explanationOf(given, policy()));
    expect(all).toContain(
      "*Only the services that the policy allows are open to the internet* (`no-public-ingress`)\nScanners find an open port within minutes",
    );
    expect(all).toContain("_What it finds:_ Ingress rules that let more public addresses than `width` reach");
  });
  test("says what was judged, and by which rule it came in", () =>
    expect(section("What was judged", given)).toBe("*What was judged*\n• `tcp 22 from 0.0.0.0/0`, by the rule `tcp 22 from 0.0.0.0/0`"));
  test("shows the lines of the policy that decided", () => {
    const scoped = policy({
      scopes: [
        { name: "prod", when: { accounts: ["111122223333"] }, mode: "enforce", rules: { "no-public-ingress": { remedy: "narrow" } } },
      ],
    });
    expect(section("What the policy says", given, scoped)).toBe("*What the policy says*\nThe scope “prod” decides.");
    expect(codes(given, scoped)[0]).toBe(`no-public-ingress:
  severity: critical
  remedy: narrow
  mode: enforce
  allow:
    - { protocol: tcp, ports: "80, 443" }
    - { protocol: tcp, ports: "22", from: [office, vpn] }
  width: { v4: "/8", v6: "/16" }`);
  });
  test("says where the policy decides without a scope", () =>
    expect(section("What the policy says", given)).toBe("*What the policy says*\nThe policy outside of all scopes decides."));
  test("says what it hangs on, where nobody knows that", () => {
    const byTag = policy({ trust: { tags: ["team"] }, scopes: [{ name: "web", when: { tags: { team: "web" } } }] });
    expect(section("What the policy says", given, byTag)).toContain(
      "This hangs on the VPC and tags of the resource, which nobody knows here.",
    );
  });
  test("says that the policy has changed since", () => {
    expect(readAll(explanationOf(given, policy()))).toContain(
      "The policy has changed since (it was `3f9c01d2ab47`): this is what it says now.",
    );
    expect(readAll(explanationOf({ ...given, policyVersion: policy().version }, policy()))).not.toContain("has changed");
  });
  test("says that a rule does not run any more", () =>
    expect(codes(given, policy({ rules: { "no-public-ingress": false } }))).toContain("no-public-ingress: false"));
  test("offers the other answers where asked", () => {
    expect(readMessage(explanationOf(given, policy(), { buttons: true }))).toContain(
      "[Undo] [Allow for 4 h] [Allow for 1 day] [Allow until…]",
    );
    expect(readAll(explanationOf(given, policy()))).not.toContain("[Undo]");
  });
  test("of what an exception allows names it", () => {
    const excepted = decision({
      outcome: "excepted",
      findings: [],
      acts: [],
      excepted: [{ finding: finding("tcp 22 from 192.0.2.0/24"), exception: "partner" }],
    });
    expect(section("What an exception allows", excepted)).toBe("*What an exception allows*\n• `tcp 22 from 192.0.2.0/24` by `partner`");
  });
  test("of a route has the rule's own example and no command", () => {
    expect(codes(deletedRoute())).toEqual([
      "no-public-main-table: false",
      "a table of its own for the public subnets, and a main table with the local route alone",
    ]);
    expect(section("What was judged", deletedRoute())).toContain("• 0.0.0.0/0 to igw-0a1b stands in the main table");
  });
  test("of what somebody did, by a rule of another version, still reads", () =>
    expect(section("What was judged", tampering())).toContain("• organization-trail was stopped"));
});

describe("exceptions that nearly allow it", () => {
  const entry = (id: string, parts: object) => ({
    id,
    rule: "no-public-ingress",
    when: { accounts: ["111122223333"] },
    allow: [{ protocol: "tcp", ports: "22" }],
    until: "2027-03-31",
    reason: "x",
    approved_by: "y",
    ...parts,
  });
  const near = (...exceptions: object[]) =>
    section("Exceptions that do not cover it", decision(), policy({ exceptions }))?.split("\n").slice(1);

  test("say what keeps each from it", () =>
    expect(
      near(
        entry("narrow", { allow: [{ protocol: "tcp", ports: "22", from: ["192.0.2.0/24"] }] }),
        entry("over", { until: "2026-03-01" }),
        entry("elsewhere", { when: { accounts: ["444455556666"] } }),
      ),
    ).toEqual([
      "• `narrow` holds here and allows `tcp 22 from 192.0.2.0/24`",
      "• `over` held until `2026-03-01`",
      '• `elsewhere` holds elsewhere: `{"accounts":["444455556666"]}`',
    ]));
  test("that hang on a tag say so", () =>
    expect(
      section(
        "Exceptions that do not cover it",
        decision(),
        policy({ trust: { tags: ["team"] }, exceptions: [entry("tagged", { when: { tags: { team: "web" } } })] }),
      ),
    ).toContain("`tagged` hangs on the resource, which nobody knows here"));
  test("do not include those of other services, places and times at once", () =>
    expect(
      near(
        entry("dns", { allow: [{ protocol: "udp", ports: "53" }] }),
        entry("over", { until: "2026-01-01", allow: [{ protocol: "udp" }] }),
      ),
    ).toBeUndefined());
});

describe("what would pass", () => {
  const OFFICE = '"IpRanges":[{"CidrIp":"198.51.100.0/24"';
  test("is the same from a network that the policy allows for this", () => {
    expect(section("What would pass", decision())).toBe("*What would pass*\nThe same, from `office` only, a network of the policy.");
    expect(commandOf(decision())).toBe(`aws ec2 authorize-security-group-ingress \\
  --region eu-west-1 --group-id sg-0a1b2c3d4e5f60718 \\
  --ip-permissions '[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,${OFFICE},"Description":"temporary, for the vendor"}]}]'`);
    expect(codes(decision()).at(-1)).toContain('resource "aws_vpc_security_group_ingress_rule" "bastion_tcp_22" {');
  });
  test("is of the family that was opened", () => {
    expect(commandOf(found("tcp 22 from ::/0"))).toContain('"Ipv6Ranges":[{"CidrIpv6":"2001:db8:42::/48","Description":"office"}]');
    expect(commandOf(found("tcp 22 from ::/0"))).not.toContain("IpRanges");
  });
  test("is of a network that is named for another service, where none is for this", () =>
    expect(commandOf(found("tcp 3306 from 0.0.0.0/0"))).toContain(`"FromPort":3306,"ToPort":3306,${OFFICE}`));
  test("is of a network that another scope allows", () => {
    const there = policy({
      rules: {},
      scopes: [{ when: { accounts: ["444455556666"] }, rules: { "no-public-ingress": { allow: [SSH] } } }],
    });
    expect(commandOf(decision(), there)).toContain(OFFICE);
  });
  test("is never of a network that is the internet", () => {
    const wide = policy({ rules: { "no-public-ingress": { allow: [{ protocol: "tcp", ports: "25", from: ["world"] }, SSH] } } });
    expect(commandOf(found("tcp 3306 from 0.0.0.0/0"), wide)).toContain(OFFICE);
  });
  test("is of no network that another rule would refuse", () => {
    const bastion = policy({ rules: { "no-public-ingress": { allow: [SSH] }, "admin-through-bastion": { from: ["vpn"] } } });
    expect(section("What would pass", decision(), bastion)).toContain("from `vpn` only");
  });
  test("has a placeholder that says so, where the policy names none", () => {
    const bare = policy({ rules: {} });
    expect(section("What would pass", decision(), bare)).toBe(
      "*What would pass*\nThe policy names no network that may have this: put in the addresses, or the security group, that need it.",
    );
    expect(commandOf(found("tcp 22 from 0.0.0.0/0; tcp 22 from ::/0"), bare)).toContain(
      '"IpRanges":[{"CidrIp":"PUT-YOUR-CIDR-HERE","Description":"who needs this, and for what"}],"Ipv6Ranges":[{"CidrIpv6":"PUT:YOUR:IPV6:CIDR:HERE"',
    );
  });
  test("is a bastion, where administration has no network", () =>
    expect(
      commandOf(found("tcp 22 from 10.0.0.0/8", "admin-through-bastion"), policy({ rules: { "admin-through-bastion": true } })),
    ).toContain('"UserIdGroupPairs":[{"GroupId":"PUT-THE-GROUP-OF-YOUR-BASTION-HERE"'));
  test("is the group that lives there, where one is asked for", () => {
    const advice = decision({
      findings: [
        finding("tcp 5432 from 10.0.1.0/24", {
          rule: "prefer-group-source",
          message:
            "tcp 5432 from 10.0.1.0/24 is inside the VPC: name a security group instead; sg-0a1b2c3d4e5f60718 (the group itself) and sg-0web live there",
        }),
      ],
    });
    expect(commandOf(advice)).toContain('"FromPort":5432,"ToPort":5432,"UserIdGroupPairs":[{"GroupId":"sg-0web"}]');
  });
  test("goes out where egress was found", () => {
    const out = policy({
      rules: { "no-unrestricted-egress": { services: "any", allow: [{ protocol: "tcp", ports: "443", to: ["vpn"] }] } },
    });
    const command = commandOf(found("tcp 5432 to 0.0.0.0/0", "no-unrestricted-egress"), out);
    expect(command).toContain("authorize-security-group-egress");
    expect(command).toContain('"CidrIp":"203.0.113.10/32"');
  });
  test("is nothing for a service that another rule refuses from everybody", () => {
    const both = decision({ findings: [finding("tcp 22 from 0.0.0.0/0"), finding("tcp 22 from 0.0.0.0/0", { rule: "port-registry" })] });
    expect(commandOf(both)).toBe("");
  });
  test("of many rules shows the first, and says how many there are", () => {
    const many = found(Array.from({ length: 30 }, (_, i) => `tcp ${1000 + 2 * i} from 0.0.0.0/0`).join("; "));
    expect(section("What would pass", many)).toContain("Of 30 rules, the first 8 are shown.");
  });

  // The claim of the message, held against the judge: the rules of the command are put into a group and judged under the policy.
  const JUDGED: Record<string, [given: Decision, under: Policy]> = {
    "SSH from anywhere": [decision(), policy()],
    "both families": [found("tcp 22 from 0.0.0.0/0; tcp 22 from ::/0"), policy()],
    "another service": [found("tcp 3306 from ::/0"), policy()],
    everything: [found("all from 0.0.0.0/0"), policy()],
    "with a narrow internet": [
      found("tcp 22 from 0.0.0.0/0"),
      policy({ rules: { "no-public-ingress": { allow: [SSH], width: { v4: "/24", v6: "/48" } } } }),
    ],
    "through bastions": [
      decision(),
      policy({ rules: { "no-public-ingress": { allow: [SSH] }, "admin-through-bastion": { from: ["vpn"] } } }),
    ],
    "egress by name only": [
      found("tcp 5432 to 0.0.0.0/0", "no-unrestricted-egress"),
      policy({ rules: { "no-unrestricted-egress": { services: "any", allow: [{ protocol: "tcp", ports: "443", to: ["vpn"] }] } } }),
    ],
  };
  for (const [name, [given, under]] of Object.entries(JUDGED)) {
    test(`does pass: ${name}`, async () => {
      const command = commandOf(given, under);
      expect(command).not.toBe("");
      const group = new SecurityGroup({ id: "sg-1", vpc: "vpc-1", tags: {}, rules: rulesIn(command) });
      const ruling = rulingFor(
        under,
        { account: "111122223333", region: "eu-west-1", group: "sg-1", resource: { tags: {} } },
        given.change.at,
      );
      if ("needs" in ruling) throw new Error("the ruling hangs on something");
      expect((await judge(group, networkOf({}), ruling, () => "now")).findings).toEqual([]);
    });
  }
});

/** The rules of a command, as EC2 would read them. */
function rulesIn(command: string) {
  const direction = command.includes("-egress") ? "egress" : "ingress";
  const permissions: unknown = JSON.parse(/--ip-permissions '(.*)'$/.exec(command)?.[1] ?? "");
  if (!Array.isArray(permissions)) throw new Error("no permissions");
  return permissions.flatMap(({ IpProtocol: protocol, FromPort: fromPort, ToPort: toPort, IpRanges = [], Ipv6Ranges = [] }) =>
    [...IpRanges, ...Ipv6Ranges].map(({ CidrIp, CidrIpv6 }) =>
      canonicalRule({ direction, protocol, fromPort, toPort, peer: { kind: "cidr", cidr: CidrIp ?? CidrIpv6 } }),
    ),
  );
}

describe("an explanation of a group", () => {
  const facts: SecurityGroupFacts = {
    id: "sg-1",
    name: "bastion",
    vpc: "vpc-1",
    tags: { team: "web" },
    rules: [rule("tcp 22 from 0.0.0.0/0"), rule("tcp 443 from 0.0.0.0/0")],
  };
  const where = { account: "111122223333", region: "eu-west-1", at: "2026-03-02T09:14:07Z" };
  const clean = { findings: [], excepted: [], notJudged: [] };

  test("says what is forbidden in it, and what would pass", () => {
    const lines = readMessage(explanationOfGroup(facts, { ...clean, findings: [finding("tcp 22 from 0.0.0.0/0")] }, policy(), where));
    expect(lines[0]).toBe("⚠️ bastion (sg-1): 1 finding");
    expect(lines).toContain("*Its rules*\n• `tcp 22 from 0.0.0.0/0`\n• `tcp 443 from 0.0.0.0/0`");
    expect(lines.join("\n")).toContain("--group-id sg-1");
  });
  test("says what it admits as sets, and the edit that complies as commands", async () => {
    const explained = await explaining({
      rules: ["tcp 22 from 0.0.0.0/1", "tcp 22 from 128.0.0.0/1", "tcp 440-450 from ::/0", "tcp 5432 from 10.0.0.0/8"],
    });
    const lines = readMessage(explanationOfGroup(explained.facts, { ...explained.judgement, ...explained }, policy(), where));
    expect(lines.find((line) => line.startsWith("*What it admits*"))).toBe(
      [
        "*What it admits*",
        "• ⛔ `tcp 22 from 0.0.0.0/0` forbidden by `sgr-1`, `sgr-2`",
        "• ⛔ `tcp 440-442, 444-450 from ::/0` forbidden by `sgr-3`",
        "• ✅ `tcp 443 from ::/0` allowed by `sgr-3`",
        "• ✅ `tcp 5432 from 10.0.0.0/8` allowed by `sgr-4`",
      ].join("\n"),
    );
    const at = lines.findIndex((line) => line.startsWith("*The nearest edit that complies*"));
    expect(lines[at]).toContain("• authorize `tcp 443 from ::/0`");
    expect(lines[at + 1]).toMatch(/^```aws ec2 authorize-security-group-ingress [\s\S]*\naws ec2 revoke-security-group-ingress /);
  });
  test("with very many rules is within Slack's limits, and names the program that has it all", async () => {
    const explained = await explaining({ rules: Array.from({ length: 200 }, (_, i) => `tcp ${i * 3} from 0.0.0.0/0`) });
    const message = explanationOfGroup(explained.facts, { ...explained.judgement, ...explained }, policy(), where);
    expect(refuseBlocks(message.blocks)).toBeUndefined();
    expect(readAll(message)).toContain("The commands are too long to be shown here: `portcullis explain` has them.");
  });
  test("knows its tags, so the scope is no guess", () => {
    const byTag = policy({ trust: { tags: ["team"] }, scopes: [{ name: "web", when: { tags: { team: "web" } } }] });
    const all = readAll(explanationOfGroup(facts, { ...clean, findings: [finding("tcp 22 from 0.0.0.0/0")] }, byTag, where));
    expect(all).toContain("The scope “web” decides.\n");
    expect(all).not.toContain("hangs on");
  });
  test("says that nothing is forbidden", () =>
    expect(readMessage(explanationOfGroup(facts, clean, policy(), where))[0]).toBe("✅ bastion (sg-1): nothing forbidden"));
  test("never calls clean what could not be judged", () => {
    const lines = readMessage(
      explanationOfGroup(facts, { ...clean, notJudged: [{ rule: "no-public-ingress", needs: "the entries of pl-1" }] }, policy(), where),
    );
    expect(lines[0]).toBe("❔ bastion (sg-1): nothing found, not all judged");
    expect(lines).toContain("*Not judged*\n• `no-public-ingress` needs the entries of pl-1");
  });
  test("without rules says so, and of a part says that it is one", () => {
    const all = readAll(explanationOfGroup({ id: "sg-1", rules: [], partial: true }, clean, policy(), where));
    expect(all).toContain("It has none.");
    expect(all).toContain("Only part of this group is known here");
  });
  test("is inert and within Slack's limits, whatever the group holds", () => {
    const hostile = `<!channel> *b* \`c\` '; $(id) ${"&<>".repeat(3000)}`;
    const rules = Array.from({ length: 200 }, (_, i) => rule(`tcp ${i * 3} from 0.0.0.0/0`, hostile));
    const findings = rules.map((one, i) => finding(`tcp ${i * 3} from 0.0.0.0/0`, { rules: [one], message: hostile }));
    const message = explanationOfGroup({ ...facts, name: hostile, rules }, { ...clean, findings }, policy(), {
      ...where,
      region: hostile,
      account: hostile,
    });
    expect(refuseBlocks(message.blocks)).toBeUndefined();
    expect(readAll(message)).not.toMatch(/<[!@](?!date)/);
  });
});
