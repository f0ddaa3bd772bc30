import { describe, expect, test } from "@jest/globals";
import { SecurityGroup } from "../../lib/model/security-group.ts";
import { parseRule } from "../../lib/model/security-group-rule.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { portRegistry } from "../../lib/rules/port-registry.ts";
import { networkOf } from "../support/network.ts";
import { testRule } from "../support/rule-tester.ts";

const SERVICES = {
  payments: { ports: "tcp 8443, 9000-9010" },
  billing: { ports: "tcp 8443" },
  dns: { ports: "udp 53, tcp 53" },
  orders: { ports: "tcp 5432" },
  tunnel: { ports: "esp" },
};
const of = (service: string, rules: string | string[], more: object = {}) => ({ rules, group: { tags: { service } }, ...more });

testRule(portRegistry, {
  options: { services: SERVICES },
  valid: {
    "no rules at all": of("payments", []),
    "the first and the last of its ports, in both families": of("payments", [
      "tcp 8443 from 0.0.0.0/0",
      "tcp 9000 from 10.0.0.0/8",
      "tcp 9010 from fd00::/8",
    ]),
    "a part of a range": of("payments", "tcp 9003-9005 from sg-0web"),
    "a port that two services share, without advice": of("billing", "tcp 8443 from 10.0.0.0/8"),
    "a well-known port, without advice": of("orders", "tcp 5432 from sg-0app"),
    "its port over another protocol, registered too": of("dns", ["udp 53 from ::/0", "tcp 53 from ::/0"]),
    "a service that is a protocol": of("tunnel", "50 from 0.0.0.0/0"),
    "ICMP, which belongs to no service": of("payments", ["icmp from 10.0.0.0/8", "icmpv6 128 from fd00::/8"]),
    "anything to elsewhere": of("payments", "all to 0.0.0.0/0"),
    "a group without the tag": "tcp 22 from 10.0.0.0/8",
    "a group with another tag": { rules: "tcp 22 from 10.0.0.0/8", group: { tags: { team: "payments" } } },
    "a service that nobody registered": of("search", "tcp 22 from 10.0.0.0/8"),
    "a service by a name that every object has": of("toString", "tcp 22 from 10.0.0.0/8"),
    "a group whose tags nobody has seen: left open, not judged": { rules: "tcp 22 from 10.0.0.0/8", group: { partial: true } },
    "what the policy allows besides": of("payments", "tcp 22 from 10.8.0.0/16", {
      options: { services: SERVICES, allow: [{ protocol: "tcp", ports: 22, from: ["10.8.0.0/16"] }] },
    }),
    "what the policy allows to everybody, a group too": of("payments", ["tcp 22 from sg-0bastion", "tcp 22 from 0.0.0.0/0"], {
      options: { services: SERVICES, allow: [{ protocol: "tcp", ports: 22 }] },
    }),
    "what every service may admit": of("payments", "tcp 22 from sg-0bastion", { options: { services: SERVICES, always: "tcp 22" } }),
  },
  invalid: {
    "a port of no service": [of("payments", "tcp 22 from 10.0.0.0/8"), "tcp 22 from 10.0.0.0/8"],
    "a port of another service": [of("billing", "tcp 9000 from 10.0.0.0/8"), "tcp 9000 from 10.0.0.0/8"],
    "in IPv6": [of("billing", "tcp 9000 from fd00::/8"), "tcp 9000 from fd00::/8"],
    "the ports next to a range": [of("payments", "tcp 8999-9011 from 10.0.0.0/8"), "tcp 8999, 9011 from 10.0.0.0/8"],
    "its port over another protocol": [of("payments", "udp 8443 from 10.0.0.0/8"), "udp 8443 from 10.0.0.0/8"],
    "protocol -1 from a group": [of("billing", "-1 from sg-0web"), "all except tcp 8443, icmp, icmpv6 from sg-0web"],
    "protocol 6": [of("billing", "6 8443-8444 from sg-0web"), "tcp 8444 from sg-0web"],
    "a protocol of another service": [of("tunnel", "ah from 10.0.0.0/8"), "ah from 10.0.0.0/8"],
    "a port in a prefix list's name": [
      of("billing", "tcp 22 from pl-0corp", { lists: { "pl-0corp": ["10.0.0.0/8"] } }),
      { traffic: "tcp 22 from 10.0.0.0/8", rules: ["tcp 22 from pl-0corp"] },
    ],
    "a port from a prefix list that nobody could read: the port is what counts": [
      of("billing", "tcp 22 from pl-0far", { lists: { "pl-0far": { unknown: "denied" } } }),
      "tcp 22 from pl-0far",
    ],
    "two rules, each for itself; lawful ones stay": [
      of("billing", ["tcp 22 from 10.0.0.0/8", "tcp 8443 from 10.0.0.0/8", "tcp 80 from sg-0web"]),
      [
        { traffic: "tcp 22 from 10.0.0.0/8", rules: ["tcp 22 from 10.0.0.0/8"] },
        { traffic: "tcp 80 from sg-0web", rules: ["tcp 80 from sg-0web"] },
      ],
    ],
    "by the policy's own tag": [
      { rules: "tcp 22 from 10.0.0.0/8", group: { tags: { app: "billing" } }, options: { services: SERVICES, tag: "app" } },
      "tcp 22 from 10.0.0.0/8",
    ],
    "ICMP, where no more than the ports is allowed": [
      of("billing", "icmp 8 from 10.0.0.0/8", { options: { services: SERVICES, always: "icmpv6" } }),
      "icmp 8 from 10.0.0.0/8",
    ],
  },
});

describe("with advice", () => {
  testRule(portRegistry, {
    options: { services: SERVICES, advise: ["shared-ports", "default-ports"] },
    valid: {
      "a port of its own": of("payments", "tcp 9000 from 10.0.0.0/8"),
      "a shared port that is not open": of("payments", "tcp 9001 from 10.0.0.0/8"),
      "a shared number over another protocol": of("dns", "udp 53 from 10.0.0.0/8"),
    },
    invalid: {
      "a port that two services share": [
        of("payments", "tcp 8443-8443 from 10.0.0.0/8"),
        { traffic: "tcp 8443 from 10.0.0.0/8", rules: ["tcp 8443 from 10.0.0.0/8"] },
      ],
      "a well-known default port": [of("orders", "tcp 5432 from sg-0app"), "tcp 5432 from sg-0app"],
      "a port that is not registered is told once, as that": [of("billing", "tcp 5432 from sg-0app"), "tcp 5432 from sg-0app"],
    },
  });

  const drafts = async (service: string, ...rules: string[]) => {
    const rule = portRegistry.withOptions({ services: SERVICES, advise: ["shared-ports", "default-ports"] }, networksOf({}));
    return rule.check(new SecurityGroup({ id: "sg-1", tags: { service }, rules: rules.map(parseRule) }), networkOf({}));
  };

  test("is never remedied, and what is not registered is", async () => {
    expect(await drafts("billing", "tcp 22 from 10.0.0.0/8", "tcp 8443 from 10.0.0.0/8")).toMatchObject([
      { message: "tcp 22 from 10.0.0.0/8 is no port of billing, which has tcp 8443: register it, or give its service a group" },
      {
        message: "tcp 8443 from 10.0.0.0/8: billing shares it with payments: give each a port of its own",
        remedy: "none",
      },
    ]);
    expect((await drafts("billing", "tcp 22 from 10.0.0.0/8"))[0]).not.toHaveProperty("remedy");
  });

  test("names whose default port it is", async () => {
    expect(await drafts("orders", "tcp 5432 from sg-0app")).toMatchObject([
      { message: "tcp 5432 from sg-0app: the default port of PostgreSQL, which scanners try first", remedy: "none" },
    ]);
  });
});

test("tags that nobody has seen are said, where there is a registry", async () => {
  const unjudged = async (options: unknown) => {
    const open: string[] = [];
    const group = new SecurityGroup({ id: "sg-1", partial: true, rules: [parseRule("tcp 22 from 10.0.0.0/8")] });
    await portRegistry.withOptions(options, networksOf({})).check(group, networkOf({}), (needs) => open.push(needs));
    return open;
  };
  expect(await unjudged({ services: SERVICES })).toEqual(["the tag service of sg-1, which no record tells"]);
  expect(await unjudged({})).toEqual([]);
});

test.each<[string, unknown]>([
  ["a service without ports", { services: { web: {} } }],
  ["ports that are none", { services: { web: { ports: "https" } } }],
  ["ports out of bounds", { services: { web: { ports: "tcp 70000" } } }],
  ["an unknown kind of advice", { advise: ["ports"] }],
  ["an empty tag", { tag: "" }],
])("options refuse %s", (_, options) => {
  expect(() => portRegistry.withOptions(options, networksOf({}))).toThrow();
});
