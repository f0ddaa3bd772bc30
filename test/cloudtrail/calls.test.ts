import * as sdk from "@aws-sdk/client-ec2";
import { describe, expect, test } from "@jest/globals";
import { WATCHED_CALLS, watchedCall } from "../../lib/cloudtrail/calls.ts";
import { UNWATCHED_CALLS } from "../../lib/cloudtrail/unwatched.ts";
import { reactingTo } from "../../lib/guard/judging/reactions.ts";
import { REACHES } from "../../lib/guard/judging/touch.ts";
import { RULES } from "../../lib/rules/index.ts";
import { kindsOf } from "../../lib/rules/rule.ts";

const operations = Object.keys(sdk)
  .filter((name) => /^[A-Z]\w+Command$/.test(name))
  .map((name) => name.replace(/Command$/, ""));
const READS = /^(Describe|Get|List|Search|Export|Validate)/;
/**
 * Names of writes that stay off the network: images, snapshots and volumes; capacity, reservations, hosts and their bills;
 * keys and roles; health and maintenance; the life of an instance. Whatever AWS adds counts as touching the network until
 * somebody has looked at it.
 */
const OFF_THE_NETWORK = new RegExp(
  [
    "Image|Snapshot|Volume|Ebs|FastLaunch|BundleInstance|ImportInstance|ProductInstance|Task$",
    "Capacity|Reserved|HostReservation|Hosts$|PurchaseScheduled|SpotDatafeed|Spot(Fleet|Instance)Requests|DeleteFleets|CreditSpecification",
    "KeyPair|IamRole|IamInstanceProfile|SerialConsole|DeclarativePolicies|IdFormat|ManagedResourceVisibility",
    "ApplicationStatusCheck|EventWindow|EventNotification|EventStartTime|InstanceMaintenance|SqlHa|ReportInstanceStatus|DiagnosticInterrupt|MetricCategory",
    "^(Monitor|Unmonitor|Reboot|Start|Stop|Terminate)Instances$|CpuOptions|PlacementGroup|InstancePlacement|AvailabilityZoneGroup",
  ].join("|"),
);
const networkWrites = operations.filter((name) => !READS.test(name) && !OFF_THE_NETWORK.test(name));

describe("every write of EC2 that touches the network is watched, or not and why", () => {
  const ofEc2 = WATCHED_CALLS.filter(({ source }) => source === "ec2.amazonaws.com");
  const watched = new Set(ofEc2.map(({ name }) => name));

  test("the SDK still exports its operations under the names that this test looks for", () => {
    expect(operations.length).toBeGreaterThan(700);
    expect(networkWrites).toEqual(
      expect.arrayContaining(["CreateRoute", "ModifyManagedPrefixList", "ModifyVpcEndpointServicePermissions"]),
    );
  });

  test("none is missing", () => {
    expect(networkWrites.filter((name) => !watched.has(name) && !UNWATCHED_CALLS.has(name))).toEqual([]);
  });

  test("none is named that EC2 does not have", () => {
    const known = new Set(operations);
    expect([...watched, ...UNWATCHED_CALLS.keys()].filter((name) => !known.has(name))).toEqual([]);
  });

  test("none is both, or twice", () => {
    expect([...UNWATCHED_CALLS.keys()].filter((name) => watched.has(name))).toEqual([]);
    expect(watched.size).toBe(ofEc2.length);
    expect(new Set(WATCHED_CALLS.map(({ source, name }) => `${source} ${name}`)).size).toBe(WATCHED_CALLS.length);
  });

  test("every call that writes a security group or its rules is watched", () => {
    // The client VPN's groups are its own.
    const elsewhere = ["ApplySecurityGroupsToClientVpnTargetNetwork"];
    const written = networkWrites.filter((name) => name.includes("SecurityGroup") && !elsewhere.includes(name));
    expect(written.sort()).toEqual([...watched].filter((name) => name.includes("SecurityGroup")).sort());
  });

  test("no reason says that something is not built yet", () => {
    expect([...UNWATCHED_CALLS.values()].filter((reason) => /\byet\b/.test(reason))).toEqual([]);
  });
});

describe("a watched call", () => {
  test("is known by its service and its name", () => {
    expect(watchedCall("events.amazonaws.com", "DeleteRule")?.shape.kind).toBe("guard-part");
    expect(watchedCall("elasticloadbalancing.amazonaws.com", "DeleteRule")).toBeUndefined();
    expect(watchedCall("ec2.amazonaws.com", "RemovePermission")).toBeUndefined();
  });

  test("leads to the rules about what it can reach, and to no other", () => {
    for (const call of WATCHED_CALLS) {
      const reacting = reactingTo(call, RULES).map(({ meta }) => meta.id);
      const reached = RULES.filter(({ meta }) => kindsOf(meta).some((kind) => REACHES[call.shape.kind].some((one) => one === kind)));
      expect([call.name, reacting]).toEqual([call.name, expect.arrayContaining(reached.map(({ meta }) => meta.id))]);
      const others = RULES.filter(({ meta }) => !reached.some((rule) => rule.meta.id === meta.id) && !meta.calls?.includes(call.name));
      expect([call.name, others.filter(({ meta }) => reacting.includes(meta.id))]).toEqual([call.name, []]);
    }
  });
});
