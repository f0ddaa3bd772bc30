import { AddressSet } from "../../model/address-set.ts";
import { PeerSet } from "../../model/peer-set.ts";
import type { AdmittedRule } from "../../model/security-group.ts";
import type { ServiceSet } from "../../model/service-set.ts";
import { type Direction, TrafficSet } from "../../model/traffic.ts";
import { type Reason, type Said, VERDICTS, type Verdict } from "./reasons.ts";
import { type Redundant, redundantIn } from "./redundant.ts";
import { type Atlas, type Source, sourcesOf } from "./sources.ts";

/** Services with equal peers, of which the policy says one thing. */
export interface AdmittedRow {
  readonly services: ServiceSet;
  readonly peers: PeerSet;
  readonly sources: readonly Source[];
  readonly verdict: Verdict;
  /** What decided, worst first. */
  readonly reasons: readonly Reason[];
}

/** What a group lets in, or out, as one set; its rows are disjoint and together exactly it, worst first. */
export interface Admission {
  readonly direction: Direction;
  /** A prefix list is the addresses of its entries; one whose entries are not all known stays a reference as well. */
  readonly traffic: TrafficSet;
  readonly rows: readonly AdmittedRow[];
  readonly redundant: readonly Redundant[];
}

interface Cell {
  readonly traffic: TrafficSet;
  readonly said: readonly Said[];
}

/** What is known besides: what is said of the traffic, whether the policy is off for the group, and whose addresses are whose. */
interface Known {
  readonly said: readonly Said[];
  readonly isOff: boolean;
  readonly atlas: Atlas;
}

/** What these rules of a group admit in a direction, row by row with what the policy says of it. */
export function admissionOf(byRule: readonly AdmittedRule[], direction: Direction, { said, isOff, atlas }: Known): Admission {
  const traffic = TrafficSet.of(byRule, direction);
  const off = isOff ? [{ verdict: "not judged" as const, reason: { kind: "off" as const }, traffic }] : [];
  const cells = cellsOf(traffic, [...said, ...unknownLists(traffic, atlas.lists), ...off]);
  const rows = cells.flatMap((cell) => rowsOf(cell, byRule, atlas));
  return { direction, traffic, rows: rows.sort(worstFirst), redundant: redundantIn(byRule, direction) };
}

function unknownLists(traffic: TrafficSet, lists: Atlas["lists"]): Said[] {
  return [...lists].flatMap(([id, { unknown }]) => {
    if (unknown === undefined) return [];
    const peers = new PeerSet(AddressSet.EMPTY, [id]);
    const named = traffic.boxes().filter((box) => box.peers.references.includes(id));
    const open = TrafficSet.of(
      named.map(({ services }) => ({ services, peers })),
      traffic.direction,
    );
    return [{ verdict: "not judged" as const, reason: { kind: "unknown" as const, needs: unknown }, traffic: open }];
  });
}

// Cuts the traffic wherever what is said of it changes.
function cellsOf(traffic: TrafficSet, said: readonly Said[]): Cell[] {
  let cells: Cell[] = [{ traffic, said: [] }];
  for (const one of said) {
    cells = cells.flatMap((cell) => [
      { traffic: cell.traffic.intersection(one.traffic), said: [...cell.said, one] },
      { traffic: cell.traffic.difference(one.traffic), said: cell.said },
    ]);
    cells = cells.filter((cell) => !cell.traffic.isEmpty());
  }
  return cells.filter((cell) => !cell.traffic.isEmpty());
}

function rowsOf({ traffic, said }: Cell, byRule: readonly AdmittedRule[], atlas: Atlas): AdmittedRow[] {
  const inOrder = [...said].sort((a, b) => rank(a.verdict) - rank(b.verdict));
  const verdict = inOrder[0]?.verdict ?? "allowed";
  // That one rule allows it says nothing where another objects.
  const telling = inOrder.filter((one) => one.verdict === verdict || one.verdict !== "allowed");
  const reasons = telling.map(({ reason }) => reason);
  return traffic.lines().map(({ services, peers }) => ({
    services,
    peers,
    sources: sourcesOf(services, peers, byRule, atlas),
    verdict,
    reasons: reasons.length > 0 ? reasons : [{ kind: "no rule objects" }],
  }));
}

const KINDS = ["internet", "public", "network", "prefix-list", "group", "private"] as const satisfies readonly Source["kind"][];

// Worst first, then what lets the most in; rows that are equal in that keep the order of their services.
function worstFirst(a: AdmittedRow, b: AdmittedRow): number {
  return rank(a.verdict) - rank(b.verdict) || openness(a) - openness(b);
}

function rank(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

function openness({ sources }: AdmittedRow): number {
  return Math.min(...sources.map(({ kind }) => KINDS.indexOf(kind)));
}
