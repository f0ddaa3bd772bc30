import type { Effect } from "../../model/effect.ts";
import type { DbSubnetGroupFacts } from "../../model/facts.ts";
import { listOf, member, textOf, textsIn, textsOf, told } from "../fields.ts";
import type { Call } from "../record.ts";
import { effectsShape, type Shape } from "../shape.ts";
import { watch } from "../watched.ts";

const kind = "db-subnet-group";

// RDS stores the names of these groups in lower case (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html).
const nameOf = ({ request, answer }: Call) =>
  textOf(member(groupIn(answer), "dBSubnetGroupName")) ?? textOf(member(request, "dBSubnetGroupName"))?.toLowerCase();

/** CreateDBSubnetGroup: the answer tells the zones of the subnets. */
const create: Shape = effectsShape(kind, "the group with its subnets and zones", {
  subject: nameOf,
  effects: (call, id) => [{ op: "create", kind, id, facts: factsOf(call, id) }],
});

/** ModifyDBSubnetGroup: names all subnets anew. */
const modify: Shape = effectsShape(kind, "the subnets and zones from now on", {
  subject: nameOf,
  effects: (call, id) => {
    const { subnets, zones, vpc, partial } = factsOf(call, id);
    const effects: Effect[] = [{ op: "set", kind, id, list: "subnets", items: subnets }];
    if (vpc !== undefined) effects.push({ op: "update", kind, id, facts: { vpc } });
    effects.push(partial ? { op: "forget", kind, id, list: "zones" } : { op: "set", kind, id, list: "zones", items: zones });
    return effects;
  },
});

/** DeleteDBSubnetGroup. */
const remove: Shape = effectsShape(kind, "that the group is gone", {
  subject: nameOf,
  effects: (_, id) => [{ op: "delete", kind, id }],
});

export const dbSubnetGroupCalls = watch("rds.amazonaws.com", {
  CreateDBSubnetGroup: create,
  ModifyDBSubnetGroup: modify,
  DeleteDBSubnetGroup: remove,
});

function factsOf({ request, answer }: Call, id: string): DbSubnetGroupFacts {
  const group = groupIn(answer);
  const subnets = listOf(member(group, "subnets"));
  const zones = subnets.map((subnet) => textOf(member(member(subnet, "subnetAvailabilityZone"), "name")));
  const isTold = subnets.length > 0 && !zones.includes(undefined);
  return {
    id,
    ...told({ vpc: textOf(member(group, "vpcId")) }),
    subnets: subnets.length > 0 ? textsOf(subnets, "subnetIdentifier") : textsIn(request, "subnetId"),
    zones: [...new Set(zones.flatMap((zone) => zone ?? []))],
    ...(!isTold && { partial: true }),
  };
}

function groupIn(answer: unknown): unknown {
  return member(answer, "dBSubnetGroup") ?? answer;
}
