import type { Filter } from "@aws-sdk/client-ec2";
import { Ec2Error } from "../../guard/ports.ts";
import type { Kind, NetworkFacts } from "../../model/facts.ts";
import { isMet, type Where } from "../../model/world.ts";
import { allPages } from "../pages.ts";
import { asking } from "./ec2-errors.ts";

/** How one kind of resource is read. */
export interface Reader<K extends Kind> {
  get(id: string): Promise<NetworkFacts[K] | undefined>;
  list(where: Where): Promise<readonly NetworkFacts[K][]>;
}

/** Which resources a call asks for: those with these ids, or those that pass filters, page by page. */
export type Asked = { readonly id: string } | { readonly where: Where };

/** A reader of what `read` answers, which may be more than was asked for: EC2 has no filter for every condition. */
export function readerOf<K extends Kind>(kind: K, read: (asked: Asked) => Promise<readonly NetworkFacts[K][]>): Reader<K> {
  return {
    get: (id) => unlessGone(async () => (await read({ id })).find((facts) => facts.id === id)),
    list: async (where) => (await read({ where })).filter((facts) => isMet(kind, facts, where)),
  };
}

/** Asks until there is no further page. Throws Ec2Error. */
export function everyPage<Item>(read: Parameters<typeof allPages<Item>>[0]): Promise<Item[]> {
  return allPages((token) => asking(() => read(token)));
}

/** EC2's filters for the conditions that are given. */
export function filters(wanted: Readonly<Record<string, string | undefined>>): Filter[] {
  return Object.entries(wanted).flatMap(([Name, value]) => (value === undefined ? [] : [{ Name, Values: [value] }]));
}

/** What was read, or undefined where EC2 says that there is no such thing. */
export async function unlessGone<Answer>(read: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Ec2Error && (error.refusal === "group-not-found" || isNotFound(error.code))) return undefined;
    throw error;
  }
}

// `InvalidSubnetID.NotFound`, `NatGatewayNotFound`, RDS' `DBSubnetGroupNotFoundFault`, Route 53 Resolver's `ResourceNotFoundException`.
function isNotFound(code: string): boolean {
  return /NotFound(Fault|Exception)?$/.test(code);
}
