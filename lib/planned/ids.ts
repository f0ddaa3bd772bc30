import type { Kind } from "../model/facts.ts";
import type { Plan, PlannedResource } from "./plan.ts";

// How EC2's ids of each kind begin: the model tells kinds apart by that (route.ts, peer-set.ts), and an address has no such beginning.
const PREFIXES: Readonly<Record<Kind, string>> = {
  "security-group": "sg-",
  "group-association": "",
  "prefix-list": "pl-",
  vpc: "vpc-",
  subnet: "subnet-",
  "route-table": "rtb-",
  "internet-gateway": "igw-",
  "nat-gateway": "nat-",
  peering: "pcx-",
  endpoint: "vpce-",
  "endpoint-service": "vpce-svc-",
  "network-acl": "acl-",
  "flow-log": "fl-",
  "network-interface": "eni-",
  "db-subnet-group": "",
  "firewall-association": "rslvr-frgassoc-",
  "block-public-access": "",
};
const EGRESS_ONLY = "eigw-";
/** Targets of routes that a plan makes and no world looks up. */
const OTHER_TARGETS = ["tgw-", "vgw-", "i-", "lgw-", "cagw-"] as const;

/** An id for what has none before it is applied, `igw-(aws_internet_gateway.gw)`: of the right kind, and one word. */
export function plannedId(prefix: string, address: string): string {
  return `${prefix}(${address.replace(/[\s(),;%]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`)})`;
}

/** An id of this kind for what has none before it is applied. */
export function idOfKind(kind: Kind, address: string): string {
  return plannedId(PREFIXES[kind], address);
}

const PLANNED = new RegExp(
  `(?<![\\w-])(?:${[...new Set([...Object.values(PREFIXES), EGRESS_ONLY, ...OTHER_TARGETS])].filter((prefix) => prefix !== "").join("|")})\\(([^()\\s]*)\\)`,
  "g",
);

/** The text with addresses in place of the ids of plannedId, for people. */
export function withAddresses(text: string): string {
  return text.replace(PLANNED, (_, address: string) =>
    address.replace(/%([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

/** The members of facts that hold ids. Everything else is left alone, though it read like an address. */
const REFERENCES = new Set([
  "id",
  "vpc",
  "group",
  "subnet",
  "subnets",
  "groups",
  "gateway",
  "target",
  "destination",
  "resource",
  "routeTables",
  "propagating",
  "instance",
  "ruleGroup",
]);

/** The plan with ids of the right kind (plannedId) wherever an address stands for one. */
export function withPlannedIds(plan: Plan): Plan {
  const ids = new Map<string, string>();
  for (const { kind, facts, address } of plan.resources) {
    if (facts.id !== address) continue;
    const prefix = kind === "internet-gateway" && facts.egressOnly === true ? EGRESS_ONLY : PREFIXES[kind];
    if (prefix !== "" && !address.startsWith(prefix)) ids.set(address, plannedId(prefix, address));
  }
  if (ids.size === 0) return plan;
  return {
    ...plan,
    resources: plan.resources.map((resource) => identified(resource, ids)),
    ...(plan.placements !== undefined && { placements: exchange(plan.placements, ids) }),
  };
}

function identified<R extends PlannedResource>(resource: R, ids: ReadonlyMap<string, string>): R {
  return {
    ...resource,
    facts: exchange(resource.facts, ids),
    ...(resource.before !== undefined && { before: exchange(resource.before, ids) }),
  };
}

/** A copy of plain data in which the ids among `ids` are exchanged. */
function exchange<T>(value: T, ids: ReadonlyMap<string, string>, name?: string): T;
function exchange(value: unknown, ids: ReadonlyMap<string, string>, name = ""): unknown {
  if (typeof value === "string") return REFERENCES.has(name) ? (ids.get(value) ?? value) : value;
  if (Array.isArray(value)) return value.map((item) => exchange(item, ids, name));
  if (typeof value !== "object" || value === null || name === "tags") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exchange(member, ids, key)]));
}

/** A copy of plain data with addresses in place of the ids of plannedId; objects that are more than data stay as they are. */
export function readable<T>(value: T): T;
export function readable(value: unknown): unknown {
  if (typeof value === "string") return withAddresses(value);
  if (Array.isArray(value)) return value.map((item) => readable(item));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, readable(member)]));
}
