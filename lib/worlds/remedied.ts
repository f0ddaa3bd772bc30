import { type Effect, keyOf } from "../model/effect.ts";
import { BLOCK_PUBLIC_ACCESS } from "../model/facts.ts";
import type { NetworkRemedy } from "../model/remedy.ts";

/** What a remedy leaves behind, as the effects of a call. */
export function effectsOf(remedy: NetworkRemedy): Effect[] {
  switch (remedy.kind) {
    case "delete-route":
      return [{ op: "drop", kind: "route-table", id: remedy.table, list: "routes", keys: [remedy.route.destination] }];
    case "create-route":
      return [{ op: "put", kind: "route-table", id: remedy.table, list: "routes", items: [remedy.route] }];
    case "restore-route": {
      const items = [{ destination: remedy.destination, target: remedy.to }];
      return [{ op: "put", kind: "route-table", id: remedy.table, list: "routes", items }];
    }
    case "create-flow-logs":
      return idsOf(remedy).map((id) => ({
        op: "create",
        kind: "flow-log",
        id,
        facts: { id, resource: remedy.vpc, trafficType: remedy.settings.trafficType },
      }));
    case "delete-flow-logs":
      return idsOf(remedy).map((id) => ({ op: "delete", kind: "flow-log", id }));
    case "delete-peering":
      return [{ op: "update", kind: "peering", id: remedy.peering, facts: { status: "deleted" } }];
    case "request-peering": {
      const { peering: id, requester, accepter } = remedy;
      return [{ op: "create", kind: "peering", id, facts: { id, status: "pending-acceptance", requester, accepter } }];
    }
    case "detach-internet-gateway":
      return [{ op: "create", kind: "internet-gateway", id: remedy.gateway, facts: { id: remedy.gateway } }];
    case "attach-internet-gateway":
      return [{ op: "update", kind: "internet-gateway", id: remedy.gateway, facts: { vpc: remedy.vpc } }];
    case "reset-permissions":
    case "grant-permissions": {
      const { service: id, principals: items, acceptance } = remedy;
      const resets = remedy.kind === "reset-permissions";
      return [
        { op: resets ? "remove" : "add", kind: "endpoint-service", id, list: "principals", items },
        ...(acceptance ? [{ op: "update", kind: "endpoint-service", id, facts: { acceptanceRequired: resets } } as const] : []),
      ];
    }
    case "unset-public-ip":
    case "set-public-ip":
      return [{ op: "update", kind: "subnet", id: remedy.subnet, facts: { autoPublicIp: remedy.kind === "set-public-ip" } }];
    case "deny-acl-traffic":
      return [{ op: "put", kind: "network-acl", id: remedy.acl, list: "entries", items: remedy.entries }];
    case "undeny-acl-traffic":
      return [{ op: "drop", kind: "network-acl", id: remedy.acl, list: "entries", keys: remedy.entries.map(keyOf) }];
    case "delete-acl-entry":
      return [{ op: "drop", kind: "network-acl", id: remedy.acl, list: "entries", keys: [keyOf(remedy.entry)] }];
    case "create-acl-entry":
      return [{ op: "put", kind: "network-acl", id: remedy.acl, list: "entries", items: [remedy.entry] }];
    case "restore-public-access":
      return [{ op: "update", kind: "block-public-access", id: BLOCK_PUBLIC_ACCESS, facts: { mode: remedy.to } }];
    case "delete-exclusion":
      return [{ op: "drop", kind: "block-public-access", id: BLOCK_PUBLIC_ACCESS, list: "exclusions", keys: [remedy.exclusion.id] }];
    case "create-exclusion":
      return [{ op: "put", kind: "block-public-access", id: BLOCK_PUBLIC_ACCESS, list: "exclusions", items: [remedy.exclusion] }];
  }
}

// EC2 chooses the ids; a world that is only imagined takes one that says whose they are.
function idsOf({ vpc, ids }: { readonly vpc: string; readonly ids: readonly string[] }): readonly string[] {
  return ids.length > 0 ? ids : [`fl-of-${vpc}`];
}
