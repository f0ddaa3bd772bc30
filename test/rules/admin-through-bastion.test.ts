import { describe, expect, test } from "@jest/globals";
import type { SecurityGroupFacts } from "../../lib/model/facts.ts";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { adminThroughBastion } from "../../lib/rules/admin-through-bastion.ts";
import { networkOf } from "../support/network.ts";
import { testResourceRule } from "../support/resource-rule-tester.ts";
import { testRule } from "../support/rule-tester.ts";

const group = (id: string, more: Partial<SecurityGroupFacts> = {}): SecurityGroupFacts => ({ id, name: id, rules: [], ...more });
const network = {
  "security-group": [
    group("sg-0bastion", { tags: { role: "bastion" } }),
    group("sg-0app", { tags: { role: "app" } }),
    group("sg-0bare"),
    group("sg-0half", { partial: true }),
    group("sg-0half-tagged", { partial: true, tags: { role: "app" } }),
  ],
  unknown: { "sg-0denied": "UnauthorizedOperation" },
};
const around = (rules: string | string[], more: object = {}) => ({ rules, network, ...more });
const NETWORKS = { vpn: ["10.8.0.0/16", "2001:db8:8::/48"], office: ["198.51.100.0/24"] };
const named = (rules: string | string[]) => around(rules, { options: { from: ["vpn", "office"] } });

testRule(adminThroughBastion, {
  networks: NETWORKS,
  valid: {
    "no rules at all": [],
    "SSH from a group tagged as bastion": around("tcp 22 from sg-0bastion"),
    "everything from a bastion": around("all from sg-0bastion"),
    "SSH from named networks, of both families": named([
      "tcp 22 from 10.8.0.0/16",
      "tcp 22 from 10.8.3.0/24",
      "tcp 3389 from 198.51.100.7/32",
      "tcp 22 from 2001:db8:8:1::/64",
    ]),
    "named networks in a prefix list": { ...named("tcp 22 from pl-0vpn"), lists: { "pl-0vpn": ["10.8.0.0/16", "198.51.100.0/24"] } },
    "the ports next to SSH, RDP, VNC and WinRM": [
      "tcp 21 from 10.0.0.0/8",
      "tcp 24-2374 from 10.0.0.0/8",
      "tcp 2377-3388 from 10.0.0.0/8",
      "tcp 3390-5899 from 10.0.0.0/8",
      "tcp 5907-5984 from 10.0.0.0/8",
      "tcp 5987-65535 from 10.0.0.0/8",
    ],
    "udp 22, which is no SSH": "udp 22 from 10.0.0.0/8",
    "ICMP of type 22, and protocol 22": ["icmp 22 from 0.0.0.0/0", "protocol 22 from 0.0.0.0/0"],
    "VPN ports, which are no administration": ["udp 1194 from 0.0.0.0/0", "udp 500 from 0.0.0.0/0", "esp from 0.0.0.0/0"],
    "the application from another group": around("tcp 8080 from sg-0app"),
    "SSH to elsewhere": "tcp 22 to 0.0.0.0/0",
    "SSH from a group that is gone": around("tcp 22 from sg-0gone"),
    "SSH from a group that nobody may read: left open, not judged": around("tcp 22 from sg-0denied"),
    "SSH from a group whose tags no record tells: left open, not judged": around("tcp 22 from sg-0half"),
    "SSH from a group of another account: left open, not judged": around("tcp 22 from 111122223333/sg-0far"),
    "SSH from itself, where it is the bastion": { rules: "tcp 22 from sg-0tested", group: { tags: { role: "bastion" } } },
    "what the policy allows besides": around("tcp 22 from 10.1.0.0/16", {
      options: { allow: [{ protocol: "tcp", ports: 22, from: ["10.1.0.0/16"] }] },
    }),
    "what the policy allows to everybody, a group too": around("tcp 22 from sg-0app", {
      options: { allow: [{ protocol: "tcp", ports: 22 }] },
    }),
    "a prefix list that nobody could read: left open, not judged": {
      rules: "tcp 22 from pl-0far",
      lists: { "pl-0far": { unknown: "denied" } },
    },
  },

  invalid: {
    "SSH from a private network": ["tcp 22 from 10.0.0.0/8", "tcp 22 from 10.0.0.0/8"],
    "SSH from one private address": ["tcp 22 from 10.1.2.3/32", "tcp 22 from 10.1.2.3/32"],
    "SSH over IPv6": ["tcp 22 from fd00::/8", "tcp 22 from fd00::/8"],
    "SSH from the internet": ["tcp 22 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"],
    "the first and the last port of each range": [
      ["tcp 5900 from 10.0.0.0/8", "tcp 5906 from 10.0.0.0/8", "tcp 5985 from 10.0.0.0/8", "tcp 5986 from 10.0.0.0/8"],
      ["tcp 5900 from 10.0.0.0/8", "tcp 5906 from 10.0.0.0/8", "tcp 5985 from 10.0.0.0/8", "tcp 5986 from 10.0.0.0/8"],
    ],
    "RDP over udp": ["udp 3389 from 10.0.0.0/8", "udp 3389 from 10.0.0.0/8"],
    "a range that hides RDP": ["tcp 3000-4000 from 10.0.0.0/8", "tcp 3389 from 10.0.0.0/8"],
    "protocol -1": ["-1 from 10.0.0.0/8", "tcp 22-23, 2375-2376, 3389, 5900-5906, 5985-5986, udp 3389 from 10.0.0.0/8"],
    "protocol 6": ["6 20-22 from 10.0.0.0/8", "tcp 22 from 10.0.0.0/8"],
    "SSH from a group that is no bastion": [around("tcp 22 from sg-0app"), "tcp 22 from sg-0app"],
    "SSH from a group without tags": [around("tcp 22 from sg-0bare"), "tcp 22 from sg-0bare"],
    "SSH from a group known in part, its tags among that": [around("tcp 22 from sg-0half-tagged"), "tcp 22 from sg-0half-tagged"],
    "SSH from itself, like from any group": ["tcp 22 from sg-0tested", "tcp 22 from sg-0tested"],
    "a bastion hides nothing beside it": [
      around(["tcp 22 from sg-0bastion", "tcp 22 from sg-0app", "tcp 22 from 10.0.0.0/8"]),
      [
        { traffic: "tcp 22 from sg-0app", rules: ["tcp 22 from sg-0app"] },
        { traffic: "tcp 22 from 10.0.0.0/8", rules: ["tcp 22 from 10.0.0.0/8"] },
      ],
    ],
    "a network around a named one, less that": [
      named("tcp 22 from 10.8.0.0/15"),
      { traffic: "tcp 22 from 10.9.0.0/16", rules: ["tcp 22 from 10.8.0.0/15"] },
    ],
    "a network in two halves": [
      ["tcp 22 from 10.0.0.0/9", "tcp 22 from 10.128.0.0/9"],
      ["tcp 22 from 10.0.0.0/9", "tcp 22 from 10.128.0.0/9"],
    ],
    "a private network in a prefix list": [
      { rules: "tcp 22 from pl-0corp", lists: { "pl-0corp": ["10.0.0.0/8"] } },
      { traffic: "tcp 22 from 10.0.0.0/8", rules: ["tcp 22 from pl-0corp"] },
    ],
    "what the policy allows and one port more": [
      { rules: "tcp 22-23 from 10.1.0.0/16", options: { allow: [{ protocol: "tcp", ports: 22 }] } },
      "tcp 23 from 10.1.0.0/16",
    ],
  },
});

describe("with a policy's own ports and tag", () => {
  testRule(adminThroughBastion, {
    options: { ports: "tcp 2222, icmp 8", bastion: { key: "tier", value: "jump" } },
    valid: {
      "SSH on the port that is not named": "tcp 22 from 10.0.0.0/8",
      "the bastion by its tag": {
        rules: "tcp 2222 from sg-0jump",
        network: { "security-group": [group("sg-0jump", { tags: { tier: "jump" } })] },
      },
    },
    invalid: {
      "the port that is": ["tcp 2222 from 10.0.0.0/8", "tcp 2222 from 10.0.0.0/8"],
      "ping, which this policy counts": ["icmp from 10.0.0.0/8", "icmp 8 from 10.0.0.0/8"],
      "a bastion by another tag": [{ rules: "tcp 2222 from sg-0bastion", network }, "tcp 2222 from sg-0bastion"],
    },
  });
});

testResourceRule(adminThroughBastion, {
  valid: {
    "an Instance Connect endpoint that the policy allows": {
      call: { name: "CreateInstanceConnectEndpoint", subject: { kind: "instance-connect-endpoint", id: "eice-1" } },
      options: { instance_connect: true },
    },
  },
  invalid: {
    "an Instance Connect endpoint that somebody makes": [
      { call: { name: "CreateInstanceConnectEndpoint", subject: { kind: "instance-connect-endpoint", id: "eice-1" } } },
      { parts: "", says: "eice-1 was made" },
    ],
    "one that somebody changes": [
      { call: { name: "ModifyInstanceConnectEndpoint", subject: { kind: "instance-connect-endpoint", id: "eice-1" } } },
      { parts: "", says: "eice-1 was changed" },
    ],
  },
});

test("what cannot be judged is said", async () => {
  const rule = adminThroughBastion.withOptions({}, networksOf({}));
  const open: string[] = [];
  const rules = ["tcp 22 from 111122223333/sg-0far", "tcp 22 from sg-0half", "tcp 443 from 111122223333/sg-0web"].map(parseRule);
  await rule.check(new SecurityGroup({ id: "sg-1", rules }), networkOf(network), (needs) => open.push(needs));
  expect(open).toEqual(["the tags of 111122223333/sg-0far, a group of another account", "the tags of sg-0half, which no record tells"]);
});

test("a finding says what to do instead", async () => {
  const message = async (options: unknown) => {
    const rule = adminThroughBastion.withOptions(options, networksOf(NETWORKS));
    const [found] = await rule.check(new SecurityGroup({ id: "sg-1", rules: [parseRule("tcp 22 from 10.0.0.0/9")] }), networkOf({}));
    return found?.message;
  };
  expect(await message({ from: ["office"] })).toBe(
    "tcp 22 from 10.0.0.0/9 lets administration past the bastion: admit it from a group tagged role=bastion or from office",
  );
  expect(await message({})).toBe("tcp 22 from 10.0.0.0/9 lets administration past the bastion: admit it from a group tagged role=bastion");
});

test.each<[string, unknown]>([
  ["ports that are none", { ports: "ssh" }],
  ["a tag without value", { bastion: { key: "role" } }],
  ["a network that nobody defined", { from: ["office"] }],
  ["a group for a network", { from: ["sg-0bastion"] }],
])("options refuse %s", (_, options) => {
  expect(() => adminThroughBastion.withOptions(options, networksOf({}))).toThrow();
});
