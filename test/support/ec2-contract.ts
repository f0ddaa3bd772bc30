import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { apply, probe } from "../../lib/guard/acting/apply.ts";
import type { Ec2 } from "../../lib/guard/ports.ts";
import { inverse, narrowRules, revokeRules } from "../../lib/model/remedy.ts";
import { formatRule, parseRule, ruleKey, type SecurityGroupRule } from "../../lib/model/security-group-rule.ts";
import { LiveWorld } from "../../lib/worlds/live.ts";

/** An EC2 with a stage hand: whoever implements the port brings both. */
export interface Ec2Stage {
  readonly ec2: Ec2;
  /** Makes an empty group and resolves to its id. */
  createGroup(): Promise<string>;
  createPrefixList(cidrs: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const NO_SUCH_GROUP = "sg-0123456789abcdef0";
const clock = { sleep: async () => {} };

/**
 * What every Ec2 port does: the suite runs on the ports in memory and on the EC2 API of an emulator.
 * `unsupported` names rules that the stage cannot hold.
 */
export function testEc2Contract(open: () => Promise<Ec2Stage>, unsupported: readonly string[] = []): void {
  let stage: Ec2Stage;
  let ec2: Ec2;
  beforeAll(async () => {
    stage = await open();
    ec2 = stage.ec2;
  }, 300_000);
  afterAll(() => stage.close());

  const rules = (...texts: string[]) => texts.map(parseRule);
  const groupWith = async (...granted: (string | SecurityGroupRule)[]) => {
    const group = await stage.createGroup();
    if (granted.length === 0) return group;
    await ec2.authorize(
      group,
      granted.map((rule) => (typeof rule === "string" ? parseRule(rule) : rule)),
    );
    return group;
  };
  const ingress = async (group: string) =>
    (await ec2.get("security-group", group))?.rules.filter(({ direction }) => direction === "ingress") ?? [];
  const open_ = async (group: string) => (await ingress(group)).map(formatRule).sort();

  test("a group is read with every rule, one per peer, with id, description and tags", async () => {
    const described = { ...parseRule("tcp 22 from 198.51.100.0/24"), description: "office", tags: { team: "web" } };
    const group = await groupWith(described, "tcp 443 from 0.0.0.0/0", "tcp 443 from ::/0");
    const read = await ingress(group);
    expect(read.map(formatRule).sort()).toEqual(["tcp 22 from 198.51.100.0/24", "tcp 443 from 0.0.0.0/0", "tcp 443 from ::/0"]);
    expect(new Set(read.map(({ id }) => id)).size).toBe(3);
    expect(read).toContainEqual(expect.objectContaining({ description: "office", tags: { team: "web" } }));
  });

  test("a group that does not exist reads as undefined, and revoking in it is refused as group-not-found", async () => {
    expect(await ec2.get("security-group", NO_SUCH_GROUP)).toBeUndefined();
    await expect(ec2.revoke(NO_SUCH_GROUP, rules("tcp 22 from 0.0.0.0/0"))).rejects.toMatchObject({ refusal: "group-not-found" });
  });

  const everyShape = [
    "tcp 22 from 0.0.0.0/0",
    "tcp 0-65535 from 10.0.0.0/8",
    "udp 53 from 2001:db8::/32",
    "all from ::/0",
    "all from 192.0.2.0/24",
    "icmp 3/4 from 0.0.0.0/0",
    "icmp 8 from 0.0.0.0/0",
    "icmp from 0.0.0.0/0",
    "icmpv6 128 from ::/0",
    "esp from 192.0.2.1/32",
  ];
  test.each(everyShape.filter((shape) => !unsupported.includes(shape)))(
    "%s is revoked by the value that a read shows, and by nothing else",
    async (text) => {
      const group = await groupWith(text, "tcp 8080 from 10.0.0.0/8");
      const read = (await ingress(group)).filter((rule) => formatRule(rule) === text);
      expect(read).toHaveLength(1);
      await ec2.revoke(group, read);
      expect(await open_(group)).toEqual(["tcp 8080 from 10.0.0.0/8"]);
    },
  );

  test("a group reference and a prefix list beside 0.0.0.0/0 in one permission stay when that is revoked", async () => {
    const other = await stage.createGroup();
    const list = await stage.createPrefixList(["10.0.0.0/8"]);
    const group = await groupWith("tcp 22 from 0.0.0.0/0", `tcp 22 from ${other}`, `tcp 22 from ${list}`);
    await ec2.revoke(group, rules("tcp 22 from 0.0.0.0/0"));
    expect(await open_(group)).toEqual([`tcp 22 from ${list}`, `tcp 22 from ${other}`].sort());
  });

  test("one rule that is not there can fail the whole revoke, never part of it silently", async () => {
    const group = await groupWith("tcp 22 from 0.0.0.0/0");
    await expect(ec2.revoke(group, rules("tcp 23 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"))).rejects.toMatchObject({
      refusal: "rule-not-found",
    });
  });

  test("a rule with the same id but another value by now is not matched by the old value", async () => {
    const group = await groupWith("tcp 22 from 198.51.100.0/24");
    const [rule] = await ingress(group);
    await expect(
      ec2.revoke(group, [{ ...parseRule("tcp 22 from 0.0.0.0/0"), ...(rule?.id !== undefined && { id: rule.id }) }]),
    ).rejects.toMatchObject({ refusal: "rule-not-found" });
    expect(await open_(group)).toEqual(["tcp 22 from 198.51.100.0/24"]);
  });

  test("authorizing what exists is refused as duplicate", async () => {
    const group = await groupWith("tcp 22 from 0.0.0.0/0");
    await expect(ec2.authorize(group, rules("tcp 22 from 0.0.0.0/0"))).rejects.toMatchObject({ refusal: "duplicate" });
  });

  test("asking with DryRun changes nothing", async () => {
    const group = await groupWith("tcp 22 from 0.0.0.0/0");
    expect(await probe(revokeRules(group, rules("tcp 22 from 0.0.0.0/0")), ec2)).toMatchObject({ result: "would" });
    expect(await open_(group)).toEqual(["tcp 22 from 0.0.0.0/0"]);
  });

  test("a prefix list is read with all its pages", async () => {
    const cidrs = Array.from({ length: 250 }, (_, i) => `10.${i}.0.0/24`);
    const list = await ec2.get("prefix-list", await stage.createPrefixList(cidrs));
    expect(list?.cidrs).toEqual(cidrs);
  });

  test("a prefix list that EC2 does not show may still be in use, so it is refused and never empty", async () => {
    await expect(ec2.get("prefix-list", "pl-0123456789abcdef0")).rejects.toMatchObject({ refusal: "denied" });
    expect(await new LiveWorld(ec2, clock).get("prefix-list", "pl-0123456789abcdef0")).toEqual({
      unknown: expect.stringContaining("pl-0123456789abcdef0"),
    });
  });

  test("the groups of a VPC are listed, each with its own rules", async () => {
    const texts = [["tcp 22 from 10.0.0.0/8"], ["tcp 23 from 10.0.0.0/8", "tcp 80 from 0.0.0.0/0"], []];
    const ids = await Promise.all(texts.map((rules) => groupWith(...rules)));
    const vpc = (await ec2.get("security-group", ids[0] ?? ""))?.vpc ?? "";
    const found = new Map((await ec2.list("security-group", { vpc })).map((group) => [group.id, group.rules]));
    const ingressOf = (id: string) => found.get(id)?.flatMap((rule) => (rule.direction === "ingress" ? [formatRule(rule)] : []));
    expect(ids.map((id) => ingressOf(id)?.sort())).toEqual(texts);
    expect(await ec2.list("security-group", { vpc: "vpc-0123456789abcdef0" })).toEqual([]);
  });

  test("rules with different tags are authorized all or not at all", async () => {
    const group = await groupWith("tcp 443 from 0.0.0.0/0");
    const tagged = { ...parseRule("tcp 80 from 0.0.0.0/0"), tags: { team: "web" } };
    await expect(ec2.authorize(group, [tagged, parseRule("tcp 443 from 0.0.0.0/0")])).rejects.toMatchObject({
      refusal: "duplicate",
    });
    expect(await open_(group)).toEqual(["tcp 443 from 0.0.0.0/0"]);
  });

  test("the live world reads each resource once", async () => {
    const group = await groupWith("tcp 22 from 0.0.0.0/0");
    const world = new LiveWorld(ec2, clock);
    const first = await world.get("security-group", group);
    await ec2.revoke(group, rules("tcp 22 from 0.0.0.0/0"));
    expect(await world.get("security-group", group)).toBe(first);
  });

  test("applying twice acts once", async () => {
    const group = await groupWith("tcp 22 from 0.0.0.0/0", "tcp 22 from 10.0.0.0/8");
    const remedy = revokeRules(group, rules("tcp 22 from 0.0.0.0/0"));
    expect(await apply(remedy, ec2)).toEqual({ remedy, result: "done" });
    expect(await apply(remedy, ec2)).toEqual({ remedy, result: "already" });
    expect(await open_(group)).toEqual(["tcp 22 from 10.0.0.0/8"]);
  });

  test("what is gone already does not keep the rest open", async () => {
    const group = await groupWith("tcp 22 from 0.0.0.0/0");
    const act = await apply(revokeRules(group, rules("tcp 23 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0")), ec2);
    expect(act).toMatchObject({ result: "done", remedy: { revoke: rules("tcp 22 from 0.0.0.0/0") } });
    expect(await open_(group)).toEqual([]);
  });

  test.each([
    ["revoke-ingress", []],
    ["narrow-ingress", ["tcp 443 from 0.0.0.0/0"]],
  ])("%s and its inverse leave the group as it was", async (_, keep) => {
    const before = { ...parseRule("tcp 443-8443 from 0.0.0.0/0"), description: "web", tags: { team: "web" } };
    const group = await groupWith(before, "tcp 22 from 10.0.0.0/8");
    const remedy = keep.length === 0 ? revokeRules(group, [before]) : narrowRules(group, [before], rules(...keep));
    const act = await apply(remedy, ec2);
    expect(await open_(group)).toEqual(["tcp 22 from 10.0.0.0/8", ...keep]);
    expect(await apply(inverse(act.remedy), ec2)).toMatchObject({ result: "done" });
    const after = await ingress(group);
    expect(after.map(ruleKey).sort()).toEqual([before, parseRule("tcp 22 from 10.0.0.0/8")].map(ruleKey).sort());
    expect(after).toContainEqual(expect.objectContaining({ description: "web", tags: { team: "web" } }));
  });

  const leaving = async (group: string) =>
    ((await ec2.get("security-group", group))?.rules ?? []).filter(({ direction }) => direction === "egress");

  test("egress is authorized and revoked by value, and ingress of the same value stays", async () => {
    const group = await groupWith("tcp 443 from 192.0.2.0/24");
    // EC2 gives a new group egress to everywhere; a group in memory starts without.
    const created = (await leaving(group)).map(formatRule);
    await ec2.authorize(group, [{ ...parseRule("tcp 443 to 192.0.2.0/24"), description: "partner" }, ...rules("udp 53 to 2001:db8::/32")]);
    expect((await leaving(group)).map(formatRule).sort()).toEqual(
      [...created, "tcp 443 to 192.0.2.0/24", "udp 53 to 2001:db8::/32"].sort(),
    );
    expect(await leaving(group)).toContainEqual(expect.objectContaining({ description: "partner" }));
    await ec2.revoke(group, rules("tcp 443 to 192.0.2.0/24"));
    expect((await leaving(group)).map(formatRule).sort()).toEqual([...created, "udp 53 to 2001:db8::/32"].sort());
    expect(await open_(group)).toEqual(["tcp 443 from 192.0.2.0/24"]);
  });

  test("an egress rule that is not there is refused, though ingress has its value", async () => {
    const group = await groupWith("tcp 22 from 192.0.2.0/24");
    await expect(ec2.revoke(group, rules("tcp 22 to 192.0.2.0/24"))).rejects.toMatchObject({ refusal: "rule-not-found" });
    expect(await open_(group)).toEqual(["tcp 22 from 192.0.2.0/24"]);
  });

  test("asking with DryRun about egress changes nothing", async () => {
    const group = await stage.createGroup();
    await ec2.authorize(group, rules("tcp 25 to 192.0.2.0/24"));
    expect(await probe(revokeRules(group, rules("tcp 25 to 192.0.2.0/24")), ec2)).toMatchObject({ result: "would" });
    expect((await leaving(group)).map(formatRule)).toContain("tcp 25 to 192.0.2.0/24");
  });

  test("narrow-egress and its inverse leave the group as it was", async () => {
    const group = await stage.createGroup();
    const before = { ...parseRule("tcp 443-8443 to 192.0.2.0/24"), description: "partner", tags: { team: "web" } };
    await ec2.authorize(group, [before]);
    const stood = (await leaving(group)).map(ruleKey).sort();
    const act = await apply(narrowRules(group, [before], rules("tcp 443 to 192.0.2.0/24")), ec2);
    expect(act).toMatchObject({ result: "done", remedy: { kind: "narrow-egress" } });
    expect((await leaving(group)).map(formatRule)).toContain("tcp 443 to 192.0.2.0/24");
    expect(await apply(inverse(act.remedy), ec2)).toMatchObject({ result: "done" });
    expect((await leaving(group)).map(ruleKey).sort()).toEqual(stood);
    expect(await leaving(group)).toContainEqual(expect.objectContaining({ description: "partner", tags: { team: "web" } }));
  });
}
