import type { Effect } from "../../model/effect.ts";
import type { NetworkInterfaceFacts } from "../../model/facts.ts";
import { listOf, member, textOf, textsOf, told, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, type Shape, subjectOf } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

/** CreateNetworkInterface: everything is in the answer. */
const create: Shape = effectsShape("network-interface", "the interface with its groups and addresses", {
  subject: ({ answer }) => member(member(answer, "networkInterface"), "networkInterfaceId"),
  effects: ({ answer }, id) => [created(member(answer, "networkInterface"), id)],
});

/** ModifyNetworkInterfaceAttribute: one attribute a call; only another set of groups is told of. */
const modify: Shape = effectsShape("network-interface", "its new groups, where they change", {
  subject: ({ request }) => member(request, "networkInterfaceId"),
  effects: ({ request }, id) => {
    const groups = groupsIn(member(request, "groupSet"));
    return groups.length === 0 ? [] : [{ op: "set", kind: "network-interface", id, list: "groups", items: groups }];
  },
});

/** AttachNetworkInterface. */
const attach: Shape = effectsShape("network-interface", "the instance that it is attached to", {
  subject: ({ request }) => member(request, "networkInterfaceId"),
  effects: ({ request }, id) => {
    const instance = subjectOf("instance", member(request, "instanceId"))?.id;
    return instance === undefined ? [] : [{ op: "update", kind: "network-interface", id, facts: { instance } }];
  },
});

/** RunInstances: the interfaces of all the instances that it launches. The change is told of the first. */
const launch: Shape = effectsShape("network-interface", "the interfaces of the instances with their groups and addresses", {
  subject: (call) => member(interfacesOf(call)[0]?.found, "networkInterfaceId"),
  effects: (call) =>
    interfacesOf(call).map(({ found, instance }) => {
      const subject = subjectOf("network-interface", member(found, "networkInterfaceId"));
      if (subject === undefined) throw new UnreadableError("an interface of the instances has no networkInterfaceId");
      return created(found, subject.id, instance);
    }),
});

/** ModifyInstanceAttribute: one attribute a call, of which only the groups matter; which interface they are for, the world knows. */
const modifyInstance: Shape = effectsShape("instance", "the new groups of the instance's only interface", {
  matters: ({ request }) => groupsOfInstance(request).length > 0,
  subject: ({ request }) => member(request, "instanceId"),
  effects: () => [],
  details: ({ request }) => ({ groupIds: groupsOfInstance(request).join(",") }),
});

export const networkInterfaceCalls = watch(EC2, {
  CreateNetworkInterface: create,
  DeleteNetworkInterface: deletionShape("network-interface", "that the interface is gone", ({ request }) =>
    member(request, "networkInterfaceId"),
  ),
  ModifyNetworkInterfaceAttribute: modify,
  AttachNetworkInterface: attach,
  RunInstances: launch,
  ModifyInstanceAttribute: modifyInstance,
});

interface Launched {
  readonly found: unknown;
  readonly instance: string | undefined;
}

function interfacesOf({ answer }: Call): readonly Launched[] {
  return listOf(member(answer, "instancesSet")).flatMap((instance) =>
    listOf(member(instance, "networkInterfaceSet")).map((found) => ({ found, instance: textOf(member(instance, "instanceId")) })),
  );
}

function created(found: unknown, id: string, instance?: string): Effect {
  const facts: NetworkInterfaceFacts = {
    id,
    ...told({ vpc: textOf(member(found, "vpcId")), subnet: textOf(member(found, "subnetId")) }),
    groups: groupsIn(member(found, "groupSet")),
    addresses: [
      ...texts(member(found, "privateIpAddressesSet"), "privateIpAddress"),
      ...texts(member(found, "ipv6AddressesSet"), "ipv6Address"),
    ],
    ...told({ description: textOf(member(found, "description")), instance }),
  };
  return { op: "create", kind: "network-interface", id, facts };
}

// The API calls the list GroupId; records are known to write groupSet of interfaces.
function groupsOfInstance(request: unknown): string[] {
  return textsOf(member(request, "groupSet") ?? member(request, "groupId"), "groupId");
}

function groupsIn(set: unknown): string[] {
  return listOf(set).map((group) => {
    const subject = subjectOf("security-group", member(group, "groupId"));
    if (subject === undefined) throw new UnreadableError("a group of the interface has no groupId");
    return subject.id;
  });
}

function texts(list: unknown, name: string): string[] {
  return listOf(list).flatMap((item) => textOf(member(item, name)) ?? []);
}
