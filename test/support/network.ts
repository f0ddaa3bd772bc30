import type { Kind, NetworkFacts, NetworkInterfaceFacts, SecurityGroupFacts } from "../../lib/model/facts.ts";
import type { Lookups, Unknown, Where, World } from "../../lib/model/world.ts";
import { worldOf } from "../../lib/model/world.ts";

/** Resources by kind and id; what is unknown, is known to exist but cannot be read. */
export type NetworkDraft = { readonly [K in Kind]?: readonly NetworkFacts[K][] } & { readonly unknown?: Readonly<Record<string, string>> };

/** A world of just these resources; what it lacks does not exist. */
export function networkOf(draft: NetworkDraft): World {
  const lookup = <Facts extends { readonly id: string }>(all: readonly Facts[] = [], where: (facts: Facts, where: Where) => boolean) => ({
    get: async (id: string): Promise<Facts | Unknown | undefined> => {
      const unknown = draft.unknown?.[id];
      return unknown === undefined ? all.find((facts) => facts.id === id) : { unknown };
    },
    list: async (conditions: Where) => all.filter((facts) => where(facts, conditions)),
  });
  const lookups: Lookups = {
    "security-group": lookup(draft["security-group"], isGroupWith),
    "prefix-list": lookup(draft["prefix-list"], () => true),
    vpc: lookup(draft.vpc, () => true),
    "network-interface": lookup(draft["network-interface"], isInterfaceWith),
  };
  return worldOf(lookups);
}

/** Whether a group meets the conditions of a list. */
export function isGroupWith({ vpc, rules }: SecurityGroupFacts, where: Where): boolean {
  const named = rules.some(({ peer }) => peer.kind === "prefix-list" && peer.id === where.prefixList);
  return (where.vpc === undefined || vpc === where.vpc) && (where.prefixList === undefined || named);
}

/** Whether a network interface meets the conditions of a list. */
export function isInterfaceWith({ vpc, groups }: NetworkInterfaceFacts, where: Where): boolean {
  return (where.vpc === undefined || vpc === where.vpc) && (where.group === undefined || groups.includes(where.group));
}
