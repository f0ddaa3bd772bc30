import { describe, expect, test } from "@jest/globals";
import { channelFor, longestGrant } from "../../lib/policy/slack.ts";
import { policy } from "./policies.ts";

const HOUR = 3_600_000;

describe("the channel of a decision", () => {
  const whole = policy(`slack:
  channel: "#all"
  severities: { critical: "#urgent" }
  team: { tag: team, channels: { payments: "#payments-net" } }
`);

  test.each([
    ["the team that owns the resource, whatever the severity", ["critical"], { team: "payments" }, "#payments-net"],
    ["the worst severity", ["low", "critical"], {}, "#urgent"],
    ["a team without a channel: the severity", ["critical"], { team: "shop" }, "#urgent"],
    ["a team named like a method of every object", ["low"], { team: "constructor" }, "#all"],
    ["a severity without a channel: Slack's", ["medium"], {}, "#all"],
    ["nothing found", [], {}, "#all"],
  ] as const)("%s", (_, severities, tags, channel) => {
    expect(channelFor(whole, severities, tags)).toBe(channel);
  });

  test("none where the policy names none", () => {
    expect(channelFor(policy("mode: dry-run"), ["critical"], { team: "payments" })).toBeUndefined();
  });
});

describe("the longest grant", () => {
  test("is shortest for the worst", () => {
    const plain = policy("mode: dry-run");
    const hours = (["critical", "high", "medium", "low", "info"] as const).map((severity) => longestGrant(plain, [severity]) / HOUR);
    expect(hours).toEqual([8, 24, 168, 720, 2160]);
    expect(longestGrant(plain, ["info", "critical"])).toBe(8 * HOUR);
    expect(longestGrant(plain, [])).toBe(8 * HOUR);
  });

  test("is what the policy says", () => {
    expect(longestGrant(policy("slack: { longest: { critical: 2d } }"), ["critical"])).toBe(48 * HOUR);
  });

  test.each(["8", "8 h", "0h", "-1d", "1w", "99999h"])("is no %s", (span) => {
    expect(() => policy(`slack: { longest: { high: "${span}" } }`)).toThrow(/expected a span of hours or days/);
  });
});
