import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { WATCHED_CALLS } from "../../lib/cloudtrail/calls.ts";
import { readRecords } from "../../lib/cloudtrail/containers.ts";
import { inTimeOrder } from "../../lib/cloudtrail/order.ts";
import { changesOf, type Parsed } from "../../lib/cloudtrail/parse.ts";
import { skim } from "../../lib/cloudtrail/skim.ts";
import type { Change } from "../../lib/model/change.ts";

const EVENTS = fileURLToPath(new URL("../../events/", import.meta.url));
const folders = readdirSync(EVENTS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

async function parseAll(...paths: readonly string[]): Promise<{ source: string; parsed: Parsed | { kind: "unread"; reason: string } }[]> {
  const all: { source: string; parsed: Parsed | { kind: "unread"; reason: string } }[] = [];
  for await (const found of readRecords(paths.map((path) => `${EVENTS}${path}`))) {
    const parsed: Parsed | { kind: "unread"; reason: string } =
      "record" in found ? changesOf(found.record) : { kind: "unread", reason: found.reason };
    all.push({ source: found.source.slice(EVENTS.length), parsed });
  }
  return all;
}

async function changesIn(...paths: readonly string[]): Promise<Change[]> {
  return (await parseAll(...paths)).flatMap(({ parsed }) => (parsed.kind === "changes" ? parsed.changes : []));
}

/** ModifyInstanceAttribute of attributes that have nothing to do with the network. */
const OTHER_ATTRIBUTES: ReadonlySet<string> = new Set([
  "invictus-ir/046-ModifyInstanceAttribute.json",
  "invictus-ir/091-ModifyInstanceAttribute.json",
  "stratus-red-team/003-ModifyInstanceAttribute.json",
]);

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe.each(folders)("events/%s", (folder) => {
  test("every record is read: changes or ignored, and only the hand-reduced ones are unreadable", async () => {
    const all = await parseAll(folder);
    expect(all.length).toBeGreaterThan(0);
    const unreadable = all.filter(({ parsed }) => parsed.kind === "unreadable" || parsed.kind === "unread");
    expect(unreadable.map(({ source }) => source)).toEqual(
      folder === "streamalert"
        ? [
            "streamalert/001-DeleteSubnet.json",
            "streamalert/002-AuthorizeSecurityGroupIngress.json",
            "streamalert/003-AuthorizeSecurityGroupIngress.json",
          ]
        : [],
    );
  });

  test("the record is the call that the file's name says, and watched calls give changes", async () => {
    const single = /^[^/]+\/\d{3}-(\w+)(?:-(Client\.[\w.]+)(?=\.json))?/;
    for (const { source, parsed } of await parseAll(folder)) {
      const [, name, failed] = single.exec(source) ?? [];
      if (name === undefined) continue;
      const watched = WATCHED_CALLS.find((call) => call.name === name);
      // A creation that failed names nothing that it made.
      const nameless = failed !== undefined && /^(Create|Run)/.test(name);
      const saysNothing = nameless || OTHER_ATTRIBUTES.has(source);
      const kind = watched === undefined || saysNothing ? "ignored" : folder === "streamalert" ? "unreadable" : "changes";
      expect([source, parsed.kind]).toEqual([source, kind]);
      if (parsed.kind !== "changes") continue;
      expect(new Set(parsed.changes.map(({ call }) => call.name))).toEqual(new Set([name]));
      if (failed !== undefined) expect(parsed.changes.map((change) => change.failed)).toEqual([failed]);
    }
  });
});

test("every file in events/ is one of these, and attributed", () => {
  const files = readdirSync(EVENTS, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => `${parentPath}/${name}`.replace(/\/+/g, "/").slice(EVENTS.length));
  expect(names.filter((name) => !name.includes("/")).sort()).toEqual(["LICENSES.md", "README.md"]);
  const readme = readFileSync(`${EVENTS}README.md`, "utf8");
  const attributed = (name: string) => /^(AWSLogs|constructed)\//.test(name) || readme.includes(`| ${name} |`);
  expect(names.filter((name) => name.includes("/") && !attributed(name))).toEqual([]);
});

test("every watched call has an event in which it succeeded", async () => {
  const done = new Set((await changesIn("")).flatMap(({ call, failed }) => (failed === undefined ? [`${call.source} ${call.name}`] : [])));
  expect(WATCHED_CALLS.map(({ source, name }) => `${source} ${name}`).filter((call) => !done.has(call))).toEqual([]);
});

describe("the 55 log files", () => {
  test("2,900 records; this is what the watched ones say", async () => {
    const all = await parseAll("AWSLogs");
    expect(new Set(all.map(({ source }) => source)).size).toBe(55);
    expect(count(all.map(({ parsed }) => parsed.kind))).toEqual({ ignored: 2730, changes: 170 });
    const changes = await changesIn("AWSLogs");
    expect(count(changes.map(({ call, failed }) => call.name + (failed === undefined ? "" : ` ${failed}`)))).toEqual({
      AllocateAddress: 3,
      AssociateRouteTable: 10,
      AttachInternetGateway: 4,
      AttachRolePolicy: 6,
      AuthorizeSecurityGroupEgress: 1,
      AuthorizeSecurityGroupIngress: 2,
      CreateDBSubnetGroup: 1,
      CreateFlowLogs: 1,
      CreateInternetGateway: 4,
      CreateNatGateway: 2,
      CreateNetworkInterface: 3,
      CreateRoute: 6,
      CreateRouteTable: 10,
      CreateSecurityGroup: 1,
      CreateSubnet: 10,
      CreateVpc: 7,
      DeleteFlowLogs: 1,
      DeleteFunction20150331: 2,
      DeleteInternetGateway: 4,
      DeleteNatGateway: 2,
      DeleteNetworkInterface: 3,
      DeleteRole: 13,
      DeleteRolePolicy: 4,
      DeleteRoute: 5,
      DeleteRouteTable: 10,
      DeleteSecurityGroup: 1,
      DeleteSubnet: 8,
      DeleteTrail: 2,
      "DeleteTrail TrailNotFoundException": 1,
      DeleteVpc: 6,
      DetachInternetGateway: 3,
      DetachRolePolicy: 5,
      DisassociateRouteTable: 9,
      PutEventSelectors: 2,
      PutRolePolicy: 5,
      RemovePermission20150331v2: 1,
      RevokeSecurityGroupEgress: 1,
      "RevokeSecurityGroupEgress Client.InvalidPermission.NotFound": 1,
      RevokeSecurityGroupIngress: 1,
      RunInstances: 2,
      "StopLogging TrailNotFoundException": 3,
      UpdateAssumeRolePolicy: 2,
      UpdateFunctionCode20150331v2: 2,
    });
  });

  test("2,900 records; this is why the others are ignored", async () => {
    const reasons = (await parseAll("AWSLogs")).flatMap(({ parsed }) => (parsed.kind === "ignored" ? [parsed.reason] : []));
    const names = reasons.map((reason) => {
      if (reason.startsWith("failed: ")) return reason;
      if (reason.endsWith("did nothing that is watched")) return reason;
      return /^(\w+) is not watched/.exec(reason)?.[1] ?? (reason.endsWith("only reads") ? "reads" : "other services");
    });
    expect(count(names)).toMatchInlineSnapshot(`
{
  "AddPermission20150331v2": 1,
  "AddRoleToInstanceProfile": 3,
  "AttachUserPolicy": 1,
  "CreateAccessKey": 2,
  "CreateDBInstance": 1,
  "CreateDBSnapshot": 1,
  "CreateFunction20150331": 6,
  "CreateInstanceProfile": 3,
  "CreateLoginProfile": 2,
  "CreatePolicy": 2,
  "CreateRole": 13,
  "CreateSnapshot": 2,
  "CreateTags": 1,
  "CreateTrail": 2,
  "CreateUser": 4,
  "CreateVolume": 2,
  "DeleteAccessKey": 2,
  "DeleteDBInstance": 2,
  "DeleteDBSnapshot": 1,
  "DeleteInstanceProfile": 3,
  "DeleteLoginProfile": 5,
  "DeletePolicy": 2,
  "DeleteSnapshot": 2,
  "DeleteUser": 4,
  "DeleteVolume": 2,
  "DeregisterImage": 1,
  "DetachNetworkInterface": 1,
  "DetachUserPolicy": 1,
  "ModifyDBSnapshotAttribute": 2,
  "ModifyImageAttribute": 2,
  "ModifyInstanceAttribute did nothing that is watched": 2,
  "ModifySnapshotAttribute": 2,
  "RegisterImage": 1,
  "ReleaseAddress": 3,
  "RemoveRoleFromInstanceProfile": 3,
  "SharedSnapshotVolumeCreated": 2,
  "StartLogging": 5,
  "TagInstanceProfile": 3,
  "TerminateInstances": 2,
  "failed: Client.InvalidParameterValue": 4,
  "failed: Client.VcpuLimitExceeded": 2,
  "failed: Client.VpcLimitExceeded": 3,
  "other services": 296,
  "reads": 2326,
}
`);
  });

  test("the filter on raw bytes finds the same changes and counts the rest", async () => {
    let skipped = 0;
    let failed = 0;
    let idle = 0;
    const found: string[] = [];
    for await (const sourced of readRecords([`${EVENTS}AWSLogs`], { skim, onSkipped: (count) => (skipped += count) })) {
      const parsed = changesOf("record" in sourced ? sourced.record : undefined);
      if (parsed.kind === "ignored" && parsed.reason.startsWith("failed: ")) failed++;
      else if (parsed.kind === "ignored" && parsed.reason.endsWith("did nothing that is watched")) idle++;
      else found.push(...(parsed.kind === "changes" ? parsed.changes.map(({ id }) => id) : [parsed.kind]));
    }
    expect(found).toEqual((await changesIn("AWSLogs")).map(({ id }) => id));
    expect({ skipped, failed, idle }).toEqual({ skipped: 2719, failed: 9, idle: 2 });
  });

  test("with the single events beside them, each change comes once, in the order of time", async () => {
    const twice = await changesIn("AWSLogs", "invictus-ir");
    expect(twice).toHaveLength(291);
    const source = async function* () {
      yield* twice;
    };
    const calls: string[] = [];
    for await (const { at, call } of inTimeOrder(source())) calls.push(`${at.slice(11, 19)} ${call.name}`);
    expect(calls).toHaveLength(170);
    expect(calls.filter((call) => /(Vpc|SecurityGroup\w*|NetworkInterface|RunInstances)$/.test(call))).toEqual([
      "11:55:08 CreateVpc",
      "11:55:14 CreateNetworkInterface",
      "11:55:21 RunInstances",
      "12:02:20 CreateVpc",
      "12:03:11 CreateVpc",
      "12:03:18 CreateNetworkInterface",
      "12:03:24 RunInstances",
      "12:06:32 CreateVpc",
      "12:08:00 DeleteVpc",
      "12:08:02 DeleteVpc",
      "12:08:38 DeleteNetworkInterface",
      "12:09:21 CreateVpc",
      "12:09:56 CreateVpc",
      "12:10:01 CreateSecurityGroup",
      "12:10:03 RevokeSecurityGroupEgress",
      "12:10:04 RevokeSecurityGroupEgress",
      "12:10:05 AuthorizeSecurityGroupIngress",
      "12:10:06 AuthorizeSecurityGroupEgress",
      "12:10:08 AuthorizeSecurityGroupIngress",
      "12:11:57 RevokeSecurityGroupIngress",
      "12:12:06 DeleteSecurityGroup",
      "12:12:06 DeleteNetworkInterface",
      "12:14:43 DeleteVpc",
      "12:14:56 CreateVpc",
      "12:16:15 CreateNetworkInterface",
      "12:28:35 DeleteVpc",
      "12:28:37 DeleteVpc",
      "12:28:38 DeleteVpc",
      "12:32:01 DeleteNetworkInterface",
    ]);
  });
});
