import { KINDS, type Kind, type NetworkFacts } from "../../lib/model/facts.ts";
import { isMet, type Lookup, type Lookups, type World, worldOf } from "../../lib/model/world.ts";

/** Resources by kind and id; what is unknown, by id or by kind, is known to exist but cannot be read. */
type Drafts = { readonly [K in Kind]?: readonly NetworkFacts[K][] };
export type NetworkDraft = Drafts & { readonly unknown?: Readonly<Record<string, string>> };

/** A world of just these resources; what it lacks does not exist. */
export function networkOf(draft: NetworkDraft): World {
  const lookup = <K extends Kind>(kind: K): Lookup<K> => {
    const drafts: Drafts = draft;
    const all: readonly NetworkFacts[K][] = drafts[kind] ?? [];
    const unknown = (name: string) => draft.unknown?.[name];
    return {
      get: async (id) => {
        const reason = unknown(id);
        return reason === undefined ? all.find((facts) => facts.id === id) : { unknown: reason };
      },
      list: async (where) => {
        const reason = unknown(kind);
        return reason === undefined ? all.filter((facts) => isMet(kind, facts, where)) : { unknown: `${KINDS[kind].noun}s: ${reason}` };
      },
    };
  };
  const lookups: Lookups = {
    "security-group": lookup("security-group"),
    "group-association": lookup("group-association"),
    "prefix-list": lookup("prefix-list"),
    vpc: lookup("vpc"),
    subnet: lookup("subnet"),
    "route-table": lookup("route-table"),
    "internet-gateway": lookup("internet-gateway"),
    "nat-gateway": lookup("nat-gateway"),
    peering: lookup("peering"),
    endpoint: lookup("endpoint"),
    "endpoint-service": lookup("endpoint-service"),
    "network-acl": lookup("network-acl"),
    "flow-log": lookup("flow-log"),
    "network-interface": lookup("network-interface"),
    "db-subnet-group": lookup("db-subnet-group"),
    "firewall-association": lookup("firewall-association"),
    "block-public-access": lookup("block-public-access"),
  };
  return worldOf(lookups);
}
