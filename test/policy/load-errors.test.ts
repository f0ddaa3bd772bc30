import { describe, expect, test } from "@jest/globals";
import { loadPolicy, parsePolicy } from "../../lib/policy/load.ts";
import { PolicyError } from "../../lib/policy/problem.ts";

/** Every problem of a policy, as `line:column message`. */
function problemsOf(text: string): string[] {
  try {
    parsePolicy(text, "portcullis.yml");
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

const EXCEPTION = `version: 1
exceptions:
  - id: partner
    rule: no-public-ingress
    when: { groups: [sg-0abc] }
    allow: [{ protocol: tcp, ports: "22", from: [192.0.2.0/24] }]
    until: 2027-03-31
    reason: SFTP until the partner has moved
    approved_by: security@example.com
`;
const without = (key: string) => EXCEPTION.replace(new RegExp(`^    ${key}:.*\n`, "m"), "");
const rule = (options: string) => `version: 1\nrules:\n  no-public-ingress: ${options}\n`;
const scope = (when: string) => `version: 1\nscopes:\n  - when: ${when}\n`;

const PORTS = 'expected ports such as "80, 443" or 22, or an ICMP type and code such as "3/4"';
const ACCOUNT = 'expected the 12 digits of an account id, such as "111122223333"';
const UNTIL = "expected the last day as YYYY-MM-DD, or an instant with its zone such as 2027-03-31T18:00Z";
const UNTRUSTED = "is not trusted, and whoever may edit a group may edit its tags: expected a tag listed under trust.tags";

const CASES: Record<string, readonly [text: string, ...problems: string[]]> = {
  // The breaker.
  "a breaker of no acts": ["version: 1\nbreaker: { acts: 0 }\n", "2:18 found the number 0, expected a whole number from 1 to 100000"],
  "a breaker with a misspelled setting": [
    "version: 1\nbreaker:\n  acts: 10\n  minute: 5\n",
    '4:3 unknown key "minute": did you mean "minutes"?',
  ],
  "a breaker that is true": [
    "version: 1\nbreaker: true\n",
    "2:10 found true, expected false, or settings such as { acts: 50, minutes: 10 }",
  ],
  "a rule that ignores the breaker in words": [rule("{ ignore_breaker: always }"), '3:40 found "always", expected true or false'],
  // The text.
  "an empty file": ["", '1:1 found an empty file, expected a policy: at least "version: 1"'],
  "a file of comments": ["# nothing\n", '1:1 found an empty file, expected a policy: at least "version: 1"'],
  "a list": ["- 1\n", "1:1 found a list, expected a mapping"],
  "a word": ["hello\n", '1:1 found "hello", expected a mapping'],
  "a bracket that never closes": [
    "version: 1\nnetworks: { office: [10.0.0.0/8\n",
    "3:1 not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    "3:1 not valid YAML: Flow map in block collection must be sufficiently indented and end with a }",
  ],
  "a tab as indentation": ["version: 1\nrules:\n\tno-public-ingress: true\n", "3:1 not valid YAML: Tabs are not allowed as indentation"],
  "a key twice": ["version: 1\nmode: off\nmode: enforce\n", "3:1 found this key a second time, expected it once"],
  "a key twice, once in quotes": [
    'version: 1\naccounts:\n  111122223333: a\n  "111122223333": b\n',
    "4:3 found this key a second time, expected it once",
  ],
  "a key twice beside another mistake": [
    "version: 1\nversion: 1\nmodes: off\n",
    "2:1 found this key a second time, expected it once",
    '3:1 unknown key "modes": did you mean "mode"?',
  ],
  "two documents": [
    "version: 1\n---\nversion: 1\n",
    "2:1 not valid YAML: Source contains multiple documents; please use YAML.parseAllDocuments()",
  ],
  "a tag of another language": ["version: 1\nmode: !ruby off\n", "2:7 not valid YAML: Unresolved tag: !ruby"],
  "an alias of nothing": [
    "version: *one\n",
    "1:10 found the alias *one without an anchor before it, expected the alias of an earlier value",
  ],
  "an alias inside of itself": [
    "version: 1\nnetworks: &n { office: *n }\n",
    "2:24 found the alias *n inside of what it stands for, expected the alias of an earlier value",
  ],
  "a key that JavaScript keeps for itself": [
    "version: 1\nnetworks: { __proto__: [10.0.0.0/8] }\n",
    '2:13 found "__proto__", expected another key',
  ],

  // The shape.
  "no version": ["mode: off\n", '1:1 missing "version": expected 1: the only version of this format'],
  "another version": ["version: 2\n", "1:10 found the number 2, expected 1: the only version of this format"],
  "an unknown key": ["version: 1\nexeptions: []\n", '2:1 unknown key "exeptions": did you mean "exceptions"?'],
  "an unknown key, far from all": [
    "version: 1\nslack: { webhook: x }\n",
    '2:10 unknown key "webhook": expected one of channel, severities, team, approvers, four_eyes, longest, directory',
  ],
  "an unknown condition": [scope("{ account: [] }"), '3:13 unknown key "account": did you mean "accounts"?'],
  "an unknown mode": ["version: 1\nmode: enforced\n", '2:7 found "enforced", expected dry-run, enforce or off; did you mean "enforce"?'],
  "a mode that is no word": ["version: 1\nmode: [off]\n", "2:7 found a list, expected dry-run, enforce or off"],
  "a list that is a word": [scope("{ regions: eu-central-1 }"), '3:22 found "eu-central-1", expected a list of regions'],
  "an empty list of conditions": [scope("{ accounts: [] }"), "3:23 found an empty list, expected a non-empty list of account ids"],
  "a region that cannot be": [scope("{ regions: [eu-west1] }"), '3:23 found "eu-west1", expected a region such as eu-central-1'],
  "an account id without quotes": [
    scope("{ accounts: [111122223333] }"),
    `3:24 found the number 111122223333, ${ACCOUNT}; put it in quotes: "111122223333"`,
  ],
  "an account id with leading zeros, without quotes": [
    scope("{ accounts: [012345678901] }"),
    `3:24 found the number 012345678901, ${ACCOUNT}; put it in quotes: "012345678901"`,
  ],
  "an account id with leading zeros as a key": [
    "version: 1\naccounts:\n  012345678901: sandbox\n",
    `3:3 found "012345678901", ${ACCOUNT}; put it in quotes: "012345678901"`,
  ],
  "an account id of 11 digits": [scope('{ accounts: ["11112222333"] }'), `3:24 found "11112222333", ${ACCOUNT}`],
  "the value of a tag without quotes": [
    `${scope("{ tags: { tier: 1 } }")}trust: { tags: [tier] }\n`,
    '3:27 found the number 1, expected the value of the tag; put it in quotes: "1"',
  ],
  "a channel that YAML takes for a comment": [
    "version: 1\nslack:\n  channel: #net-guard\n",
    '3:3 found nothing, expected a Slack channel such as "#net-guard"; text that begins with # must be in quotes',
  ],
  "an approver by name": [
    'version: 1\nslack: { approvers: ["@alice"] }\n',
    '2:22 found "@alice", expected the Slack id of a person (U..., W...) or user group (S...)',
  ],
  "an organization that is none": [
    "version: 1\ntrust: { organization: acme }\n",
    '2:24 found "acme", expected the id of an organization, o-...',
  ],

  // Networks.
  "a CIDR that is none": [
    "version: 1\nnetworks:\n  office: [0.0.0.0/33]\n",
    '3:12 "0.0.0.0/33" is not a CIDR: expected an IPv4 or IPv6 address with a prefix length, such as 10.0.0.0/8 or 2001:db8::/32',
  ],
  "a network that names an unknown one": [
    "version: 1\nnetworks:\n  office: [10.0.0.0/8]\n  trusted: [offise]\n",
    '4:13 "offise" is no known network: did you mean "office"?',
  ],
  "a network that names itself": [
    "version: 1\nnetworks:\n  office: [office]\n",
    "3:12 networks name each other in a circle: office -> office; expected the chain to end in CIDRs",
  ],
  "networks in a circle, and one that leads there": [
    "version: 1\nnetworks:\n  first: [a]\n  a: [b]\n  b: [c]\n  c: [a]\n",
    "6:7 networks name each other in a circle: a -> b -> c -> a; expected the chain to end in CIDRs",
  ],
  "a name that could be an address": [
    "version: 1\nnetworks:\n  10.0.0.0/8: [10.0.0.0/8]\n",
    '3:3 found "10.0.0.0/8", expected a name that starts with a letter and holds letters, digits, _ and -',
  ],

  // Rules.
  "an unknown rule": [
    "version: 1\nrules:\n  no-public-ingres: true\n",
    '3:3 unknown key "no-public-ingres": did you mean "no-public-ingress"?',
  ],
  "an unknown rule in a scope": [
    `${scope('{ accounts: ["111122223333"] }')}    rules: { public-ingress: false }\n`,
    '4:14 unknown key "public-ingress": did you mean "no-public-ingress"?',
  ],
  "a rule that is a word": [rule("no"), '3:22 found "no", expected false, true or the rule\'s options'],
  "an unknown option": [rule("{ alow: [] }"), '3:24 unknown key "alow": did you mean "allow"?'],
  "a remedy that the rule does not have": [
    rule("{ remedy: delete }"),
    '3:32 found "delete", expected revoke, narrow or none, as no-public-ingress supports',
  ],
  "an unknown severity": [
    rule("{ severity: hihg }"),
    '3:34 found "hihg", expected critical, high, medium, low or info; did you mean "high"?',
  ],
  "an option that does not fit": [
    rule("{ width: { v4: /33 } }"),
    '3:37 found "/33", expected a block size from "/0" to "/32", such as "/8"',
  ],
  "an unknown protocol": [
    rule("{ allow: [{ protocol: tpc }] }"),
    '3:44 "tpc" is not a protocol: expected all, icmp, igmp, tcp, udp, gre, esp, ah, icmpv6, sctp or a number from 0 to 255',
  ],
  "ports without quotes, cut at the comma": [
    rule("{ allow: [{ protocol: tcp, ports: 80, 443 }] }"),
    '3:60 unknown key "443": a list of ports must be in quotes, ports: "80, 443"',
  ],
  "ports that end in a comma": [rule('{ allow: [{ protocol: tcp, ports: "80," }] }'), `3:56 found "80,", ${PORTS}`],
  "ports with nothing in them": [rule('{ allow: [{ protocol: tcp, ports: "" }] }'), `3:56 found "", ${PORTS}`],
  "ports without a comma": [rule('{ allow: [{ protocol: tcp, ports: "80 443" }] }'), `3:56 found "80 443", ${PORTS}`],
  "ports the wrong way round": [
    rule('{ allow: [{ protocol: tcp, ports: "22-21" }] }'),
    '3:56 "22-21" is not a list of ports: its first port is above its last; expected ports and ranges from 0 to 65535, such as "22, 8000-8100"',
  ],
  "ports of a protocol that has none": [
    rule('{ allow: [{ protocol: esp, ports: "22" }] }'),
    '3:56 "esp 22": esp takes no ports in EC2; expected the protocol alone',
  ],
  "traffic from an unknown network": [
    `${rule("{ allow: [{ protocol: tcp, from: [10.0.0.0/8, offise] }] }")}networks: { office: [192.0.2.0/24] }\n`,
    '3:68 "offise" is no known network: did you mean "office"?',
  ],
  "traffic from a security group": [
    rule("{ allow: [{ protocol: tcp, from: [sg-0abc] }] }"),
    '3:56 "sg-0abc" is a reference, not addresses: expected a CIDR or the name of a network; none is defined',
  ],
  // Found by fuzzing: what a number has too many digits for was an error of another kind.
  "a port of ten digits": [
    "version: 1\nrules: { no-public-ingress: { allow: [{ protocol: tcp, ports: 2147483648 }] } }\n",
    '2:63 found the number 2147483648, expected ports such as "80, 443" or 22, or an ICMP type and code such as "3/4"',
  ],
  "a mistake in the options of a scope": [
    `${scope('{ accounts: ["111122223333"] }')}    rules: { no-public-ingress: { allow: [{ protocol: tcp, ports: 70000 }] } }\n`,
    '4:67 "70000-70000" is not a list of ports: out of bounds; expected ports and ranges from 0 to 65535, such as "22, 8000-8100"',
  ],

  // Scopes and exceptions.
  "a scope without when": [
    "version: 1\nscopes:\n  - mode: off\n",
    '3:5 missing "when": expected conditions, such as { accounts: [...], regions: [...] }',
  ],
  "a scope by an untrusted tag": [
    `${scope("{ tags: { team: web, env: dev } }")}trust: { tags: [team] }\n`,
    `3:32 tag "env" ${UNTRUSTED} (team)`,
  ],
  "an exception by an untrusted tag": [
    EXCEPTION.replace("{ groups: [sg-0abc] }", "{ tags: { env: dev } }"),
    `5:21 tag "env" ${UNTRUSTED}, which lists none`,
  ],
  "an exception without id": [
    EXCEPTION.replace("id: partner\n    ", ""),
    '3:5 missing "id": expected an id of letters, digits, dots and dashes',
  ],
  "an exception without when": [without("when"), '3:5 missing "when": expected conditions, such as { accounts: [...], regions: [...] }'],
  "an exception that holds everywhere": [
    EXCEPTION.replace("{ groups: [sg-0abc] }", "{}"),
    "5:11 found an empty mapping, expected at least one condition: an exception names where it holds",
  ],
  "an exception without allow": [
    without("allow"),
    '3:5 missing "allow": expected a list of traffic to allow, such as { protocol: tcp, ports: "22", from: [office] }',
  ],
  "an exception that allows nothing": [
    EXCEPTION.replace(/allow: .*/, "allow: []"),
    '6:12 found an empty list, expected a non-empty list of traffic to allow, such as { protocol: tcp, ports: "22", from: [office] }',
  ],
  "an exception without until": [without("until"), '3:5 missing "until": expected the last day as YYYY-MM-DD'],
  "an exception without reason": [without("reason"), '3:5 missing "reason": expected the reason, for those who read it later'],
  "an exception without approval": [without("approved_by"), '3:5 missing "approved_by": expected who approved it'],
  "until that is no date": [EXCEPTION.replace("2027-03-31", "soon"), `7:12 found "soon", ${UNTIL}`],
  "until on a day that no calendar has": [EXCEPTION.replace("2027-03-31", "2027-02-30"), `7:12 found "2027-02-30", ${UNTIL}`],
  "until at an hour of no zone": [EXCEPTION.replace("2027-03-31", "2027-03-31T18:00"), `7:12 found "2027-03-31T18:00", ${UNTIL}`],
  "an exception for an unknown rule": [
    EXCEPTION.replace("no-public-ingress", "no-pubic-ingress"),
    '4:11 found "no-pubic-ingress", expected the id of a rule; did you mean "no-public-ingress"?',
  ],
  "an exception to an ingress rule that says to": [
    EXCEPTION.replace("from: [192", "to: [192"),
    "6:43 found to in an exception to no-public-ingress, expected from: the rule judges ingress",
  ],
  "an exception to an egress rule that says from": [
    EXCEPTION.replace("no-public-ingress", "no-unrestricted-egress"),
    "6:43 found from in an exception to no-unrestricted-egress, expected to: the rule judges egress",
  ],
  "an exception to an unknown network": [
    EXCEPTION.replace("no-public-ingress", "no-unrestricted-egress").replace("from: [192.0.2.0/24]", "to: [offise]"),
    '6:48 "offise" is no known network: none is defined',
  ],
  "an exception from an unknown network": [
    EXCEPTION.replace("192.0.2.0/24", "partner"),
    '6:50 "partner" is no known network: none is defined',
  ],
  "two exceptions of one id": [
    EXCEPTION + EXCEPTION.slice(EXCEPTION.indexOf("  - id")),
    '10:9 found "partner", as exceptions[0] has it: expected an id of its own',
  ],
};

describe("a policy that cannot be used says where and why", () => {
  test.each(Object.entries(CASES))("%s", (_, [text, ...expected]) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test("all problems are told at once, in the order of the file", () => {
    const text =
      "version: 1\nmode: of\nnetworks:\n  office: [10.0.0.0/33]\nscopes:\n  - when: { tags: { env: dev }, region: [x] }\nrulez: {}\n";
    expect(problemsOf(text).map((problem) => problem.slice(0, problem.indexOf(" ")))).toEqual(["2:7", "4:12", "6:21", "6:33", "7:1"]);
  });

  test("one mistake in the options of a rule does not hide another", () => {
    const text = rule("{ alow: [], allow: [{ protocol: tpc }] }");
    expect(problemsOf(text).map((problem) => problem.slice(0, problem.indexOf(" ")))).toEqual(["3:24", "3:54"]);
  });

  test("aliases that would fill the memory", () => {
    const ten = (name: string) => `[${Array.from({ length: 10 }, () => name).join(", ")}]`;
    const text = `a: &a [x]\nb: &b ${ten("*a")}\nc: &c ${ten("*b")}\nd: ${ten("*c")}\n`;
    expect(problemsOf(text)).toEqual(["1:1 not usable: Excessive alias count indicates a resource exhaustion attack"]);
  });

  test("the message has one line a problem, with the file", () => {
    expect(() => parsePolicy("version: 1\nmode: of\nrulez: 1\n", "a/portcullis.yml")).toThrow(
      'a/portcullis.yml:2:7: found "of", expected dry-run, enforce or off; did you mean "off"?\n' +
        'a/portcullis.yml:3:1: unknown key "rulez": did you mean "rules"?',
    );
  });

  test("a file that is not there", () => {
    expect(() => loadPolicy("no/such/portcullis.yml")).toThrow(
      "no/such/portcullis.yml: found no readable file (Error: ENOENT: no such file or directory, open 'no/such/portcullis.yml')",
    );
  });
});
