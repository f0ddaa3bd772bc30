import type { NetworkAclEntry } from "../../lib/model/facts.ts";
import { admittedByEntries, canonicalEntry, entryText } from "../../lib/model/network-acl.ts";
import { resourceOf } from "../../lib/model/resource.ts";
import { TrafficSet } from "../../lib/model/traffic.ts";
import { networksOf } from "../../lib/policy/networks.ts";
import { noOpenNetworkAcl } from "../../lib/rules/no-open-network-acl.ts";
import { networkOf } from "../support/network.ts";
import { type AclCase, aclOffences, admittedByNumber, pointsOfEntry } from "./acl-case.ts";
import { cidrOf } from "./addresses.ts";
import { isNone, isSame, NO_POINTS, type Points, pointsOf, unionOf, without } from "./points.ts";

/** What a case was about, so that a run can tell that it saw everything. */
export type AclSight = "ACL is clean" | "ACL is open" | "entries together" | "denied" | "no room to deny" | "spared by an entry of its own";

/** Where the code and the oracle say different things about an ACL, in one sentence; undefined where they agree. */
export async function aclDisagreementOn(given: AclCase, see: (sight: AclSight) => void = () => {}): Promise<string | undefined> {
  const { universe } = given;
  const entries = entriesOf(given);
  const ingress = admittedByNumber(given.entries, (index) =>
    given.entries[index] === undefined ? NO_POINTS : pointsOfEntry(given.entries[index]),
  );
  const admitted = new Map(admittedByEntries({ entries }, "ingress").map(({ entry, traffic }) => [entry.number, traffic]));
  for (const [number, due] of ingress) {
    const points = pointsOf(admitted.get(number) ?? TrafficSet.EMPTY, universe);
    if (points === undefined || !isSame(points, due))
      return `entry ${number} admits ${admitted.get(number)}, which is not what it admits first`;
  }
  if (admitted.size !== [...ingress.values()].filter((points) => !isNone(points)).length)
    return "an entry admits what others decide before";

  const expected = aclOffences(given);
  const found = await judge(given, entries);
  const told = found.map(({ parts }) => parts.join(" ")).join("; ");
  const due = [...expected.keys()].map((number) => `ingress/${number}`).join("; ");
  if (told !== due) return `found on "${told}", and it should be on "${due}"`;
  for (const [i, [number, points]] of [...expected].entries()) {
    const seen = pointsOf(found[i]?.traffic ?? TrafficSet.EMPTY, universe);
    if (seen === undefined || !isSame(seen, points))
      return `entry ${number} is found to admit ${found[i]?.traffic}, which is not what is forbidden`;
  }
  see(found.length === 0 ? "ACL is clean" : "ACL is open");
  if (found.some(({ message }) => message.includes("together with"))) see("entries together");

  const denying = found.map(({ remedies = [] }) => remedies.flatMap((one) => (one.kind === "deny-acl-traffic" ? one.entries : [])));
  for (const one of denying) see(one.length > 0 ? "denied" : "no room to deny");
  if (denying.flat().some(({ action }) => action === "allow")) see("spared by an entry of its own");
  const after = [...entries, ...denying.flat()];
  if (new Set(after.map(({ direction, number }) => `${direction}/${number}`)).size < after.length)
    return "the remedy takes a number that is taken";
  const before = unionOf([...ingress.values()]);
  const denied = unionOf([...expected.values()].filter((_, i) => (denying[i]?.length ?? 0) > 0));
  const left = unionOf([...admittedByNumber(after, (index) => pointsOfReal(after[index], given)).values()]);
  if (!isSame(left, without(before, denied)))
    return `${denying.flat().map(entryText).join("; ")} leave other than what was admitted less what is forbidden`;
  if (denying.some((one) => one.length === 0)) return undefined;
  const again = await judge(given, after);
  return again.length === 0
    ? undefined
    : `what is left is judged again and found wanting: ${again.map(({ message }) => message).join("; ")}`;
}

// The remedy's entries are the model's own: what one of them is about, its single entry as traffic says.
function pointsOfReal(entry: NetworkAclEntry | undefined, { universe }: AclCase): Points {
  const [admitted] = entry === undefined ? [] : admittedByEntries({ entries: [{ ...entry, action: "allow" }] }, "ingress");
  const points = pointsOf(admitted?.traffic ?? TrafficSet.EMPTY, universe);
  if (points === undefined) throw new Error(`an entry cuts a cell: ${entry && entryText(entry)}`);
  return points;
}

function judge({ universe, services, allow, widthBits }: AclCase, entries: readonly NetworkAclEntry[]) {
  const options = {
    services: services.text,
    allow: allow.length === 0 ? [] : [{ protocol: "all", from: allow.map((block) => cidrOf(block, universe[block.family])) }],
    width: { v4: `/${32 - universe[4].shift - widthBits}`, v6: `/${128 - universe[6].shift - widthBits}` },
  };
  const acl = resourceOf("network-acl", { id: "acl-1", entries, subnets: [] });
  return noOpenNetworkAcl.withOptions(options, networksOf({})).check(acl, networkOf({}));
}

function entriesOf({ universe, entries }: AclCase): NetworkAclEntry[] {
  return entries.map(({ shape: { protocol, from: fromPort, to: toPort }, block, ...entry }) =>
    canonicalEntry({ ...entry, protocol, fromPort, toPort, cidr: cidrOf(block, universe[block.family]) }),
  );
}
