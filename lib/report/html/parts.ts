import type { Decision } from "../../model/decision.ts";
import { keyOf } from "../../model/effect.ts";
import type { NetworkAclEntry, Route } from "../../model/facts.ts";
import { entryText } from "../../model/network-acl.ts";
import type { Standing } from "../../model/resource.ts";
import { formatRoute } from "../../model/route.ts";
import type { Comparison, Line } from "./data.ts";
import type { Sights } from "./sight.ts";

/** One part of a resource as people read it; `keys` are the names by which findings call it. */
interface Part {
  readonly text: string;
  readonly keys: readonly string[];
}

/** What a resource other than a security group held before a change and after it, part by part. */
export function partsCompared({ findings, excepted }: Decision, { before, left: now, isNew, open = [] }: Sights): readonly Comparison[] {
  if (before === undefined && now === undefined) return [];
  const was = before === undefined ? new Map<string, Part>() : partsOf(before.resource);
  const is = now === undefined ? new Map<string, Part>() : partsOf(now.resource);
  const offending = new Set(findings.filter(({ severity }) => severity !== "info").flatMap(({ parts }) => parts));
  const admitted = new Set(excepted.flatMap(({ finding }) => finding.parts));
  const held = [...is.values()].map((part): Line => {
    const fresh = was.has(part.text) ? {} : { fresh: true as const };
    if (part.keys.some((key) => offending.has(key))) return { tone: "forbidden", text: part.text, ...fresh };
    if (part.keys.some((key) => admitted.has(key))) return { tone: "excepted", text: part.text, ...fresh };
    return { tone: was.has(part.text) ? "kept" : "lawful", text: part.text, ...fresh };
  });
  const gone = [...was.values()].filter(({ text }) => !is.has(text)).map(({ text }): Line => ({ tone: "gone", text }));
  const order = ({ tone, fresh }: Line) => (tone === "forbidden" ? 0 : fresh ? 1 : 2);
  const sorted = held.toSorted((a, b) => order(a) - order(b));
  if (sorted.length + gone.length + open.length === 0) return [];
  return [
    {
      title: now === undefined ? "What was deleted" : "What it holds",
      left: [...sorted, ...gone, ...openLines(open)],
      ...((before !== undefined || isNew === true) && { before: [...was.keys()] }),
    },
  ];
}

/** What is known after apply only. */
export function openLines(paths: readonly string[]): Line[] {
  return paths.map((text) => ({ tone: "unknown", text }));
}

function partsOf({ facts }: Standing): ReadonlyMap<string, Part> {
  const parts = Object.entries(facts)
    .filter(([name]) => name !== "id" && name !== "partial")
    .flatMap(([name, value]) => partsIn(name, value));
  return new Map(parts.map((part) => [part.text, part]));
}

function partsIn(name: string, value: unknown): Part[] {
  if (value === undefined) return [];
  const label = wordsOf(name);
  if (Array.isArray(value)) return value.map((item: unknown) => itemPart(label, item));
  if (typeof value !== "object" || value === null) return [{ text: `${label}: ${plain(value)}`, keys: [name, String(value)] }];
  return Object.entries(value).map(([key, inner]) => ({ text: `${label} ${wordsOf(key)}: ${plain(inner)}`, keys: [name, key] }));
}

function itemPart(label: string, item: unknown): Part {
  if (typeof item !== "object" || item === null) return { text: `${label}: ${plain(item)}`, keys: [String(item)] };
  const keys = [keyOf(item)];
  if (isRoute(item)) return { text: `${formatRoute(item)}${item.state === "blackhole" ? ", a black hole" : ""}`, keys };
  if (isEntry(item)) return { text: entryText(item), keys };
  const inner = Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${wordsOf(key)} ${plain(value)}`);
  return { text: `${label}: ${inner.join(", ")}`, keys };
}

function isRoute(item: object): item is Route {
  return "destination" in item && "target" in item;
}

function isEntry(item: object): item is NetworkAclEntry {
  return "action" in item && "cidr" in item && "number" in item;
}

function plain(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "string" || typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "");
}

// The facts' own names, as people would say them: `autoPublicIp`, `auto public ip`.
function wordsOf(name: string): string {
  const special = WORDS[name];
  if (special !== undefined) return special;
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const WORDS: Readonly<Record<string, string>> = {
  cidr: "CIDR",
  cidrs: "CIDR",
  ipv6Cidrs: "IPv6 CIDR",
  vpc: "VPC",
  isDefault: "default",
  autoPublicIp: "public addresses on launch",
  tags: "tag",
  associations: "association",
  subnets: "subnet",
  routeTables: "route table",
  groups: "security group",
  addresses: "address",
  principals: "principal",
  zones: "zone",
  egressOnly: "egress only",
  resolvesDns: "resolves DNS",
  policy: "policy",
};
