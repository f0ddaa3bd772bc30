import type { Change } from "../model/change.ts";
import type { Effect } from "../model/effect.ts";
import type { RouteTableAssociation, RouteTableFacts } from "../model/facts.ts";
import { isUnknown } from "../model/world.ts";
import type { RecordedResources } from "./recorded-resources.ts";

/** What the records before have told. */
type Known = Pick<RecordedResources, "get" | "list">;

/**
 * What a change did besides what its record says, as far as the records before tell: whose association it was that went or
 * moved, and which interface got the groups.
 */
export function completedBy({ call, subject, details = {} }: Change, known: Known): readonly Effect[] {
  switch (call.name) {
    case "DisassociateRouteTable":
      return withAssociation(subject.id, known).map(({ table }) => dropped(table, subject.id));
    case "ReplaceRouteTableAssociation":
      return details.associationId === undefined ? [] : moved(details.associationId, subject.id, details.newAssociationId, known);
    case "ModifyInstanceAttribute":
      return regrouped(subject.id, details.groupIds, known);
    default:
      return [];
  }
}

/** What follows from an effect for other resources: a subnet that is deleted is in no table any more. */
export function consequencesOf(effect: Effect, known: Known): readonly Effect[] {
  if (effect.kind !== "subnet" || effect.op !== "delete") return [];
  return known.list("route-table", { subnet: effect.id }).map((table) => {
    const gone = table.associations.filter(({ subnet }) => subnet === effect.id);
    return dropped(table, ...gone.map(({ id }) => id));
  });
}

interface Found {
  readonly table: RouteTableFacts;
  readonly association: RouteTableAssociation;
}

function withAssociation(id: string, known: Known): Found[] {
  return known
    .list("route-table", { association: id })
    .flatMap((table) => table.associations.filter((association) => association.id === id).map((association) => ({ table, association })));
}

function dropped({ id }: RouteTableFacts, ...keys: readonly string[]): Effect {
  return { op: "drop", kind: "route-table", id, list: "associations", keys };
}

// The new association is of the same subnet or gateway, or the main one, as the old one was.
function moved(from: string, table: string, to: string | undefined, known: Known): Effect[] {
  const [found] = withAssociation(from, known);
  const whose = found?.association ?? (hasSeenAllAssociations(table, known) ? { main: true } : undefined);
  // Some subnet, or all without a table of their own, use this table now, and no record tells which.
  if (whose === undefined) return [{ op: "update", kind: "route-table", id: table, facts: { partial: true } }];
  const put: Effect = { op: "put", kind: "route-table", id: table, list: "associations", items: [{ ...whose, id: to ?? from }] };
  return [...(found === undefined ? [] : [dropped(found.table, from)]), put];
}

// Of a VPC that the records saw being made, they told every association but the main one, which EC2 makes with it.
function hasSeenAllAssociations(table: string, known: Known): boolean {
  const facts = known.get("route-table", table);
  if (facts === undefined || isUnknown(facts) || facts.vpc === undefined) return false;
  const vpc = known.get("vpc", facts.vpc);
  return vpc !== undefined && !isUnknown(vpc) && vpc.partial !== true;
}

// EC2 gives groups to an instance with one interface only; with more, they are given to the interfaces.
function regrouped(instance: string, groups: string | undefined, known: Known): Effect[] {
  const [only, ...others] = known.list("network-interface", { instance });
  if (groups === undefined || only === undefined || others.length > 0) return [];
  return [{ op: "set", kind: "network-interface", id: only.id, list: "groups", items: groups.split(",") }];
}
