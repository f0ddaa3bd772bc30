import type { Effect } from "../model/effect.ts";
import type { NetworkInterfaceFacts } from "../model/facts.ts";
import { listOf, member, textOf, UnreadableError } from "./fields.ts";
import type { Call } from "./record.ts";
import { effectsShape, type Shape, subjectOf } from "./shape.ts";

/** CreateNetworkInterface: everything is in the answer. */
export const createInterface: Shape = effectsShape("network-interface", "the interface with its groups and addresses", {
  subject: ({ answer }) => member(member(answer, "networkInterface"), "networkInterfaceId"),
  effects: ({ answer }, id) => [created(member(answer, "networkInterface"), id)],
});

/** DeleteNetworkInterface. */
export const removeInterface: Shape = effectsShape("network-interface", "that the interface is gone", {
  subject: ({ request }) => member(request, "networkInterfaceId"),
  effects: (_, id) => [{ op: "delete", kind: "network-interface", id }],
});

/** ModifyNetworkInterfaceAttribute: one attribute a call; only another set of groups is told of. */
export const modifyInterface: Shape = effectsShape("network-interface", "its new groups, where they change", {
  subject: ({ request }) => member(request, "networkInterfaceId"),
  effects: ({ request }, id) => {
    const groups = groupsIn(member(request, "groupSet"));
    return groups.length === 0 ? [] : [{ op: "set", kind: "network-interface", id, list: "groups", items: groups }];
  },
});

/** RunInstances: the interfaces of all the instances that it launches. The change is told of the first. */
export const launch: Shape = effectsShape("network-interface", "the interfaces of the instances with their groups and addresses", {
  subject: (call) => member(interfacesOf(call)[0], "networkInterfaceId"),
  effects: (call) =>
    interfacesOf(call).map((found) => {
      const subject = subjectOf("network-interface", member(found, "networkInterfaceId"));
      if (subject === undefined) throw new UnreadableError("an interface of the instances has no networkInterfaceId");
      return created(found, subject.id);
    }),
});

function interfacesOf({ answer }: Call): readonly unknown[] {
  return listOf(member(answer, "instancesSet")).flatMap((instance) => listOf(member(instance, "networkInterfaceSet")));
}

function created(found: unknown, id: string): Effect {
  const vpc = textOf(member(found, "vpcId"));
  const subnet = textOf(member(found, "subnetId"));
  const description = textOf(member(found, "description"));
  const facts: NetworkInterfaceFacts = {
    id,
    ...(vpc !== undefined && { vpc }),
    ...(subnet !== undefined && { subnet }),
    groups: groupsIn(member(found, "groupSet")),
    addresses: [
      ...texts(member(found, "privateIpAddressesSet"), "privateIpAddress"),
      ...texts(member(found, "ipv6AddressesSet"), "ipv6Address"),
    ],
    ...(description !== undefined && { description }),
  };
  return { op: "create", kind: "network-interface", id, facts };
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
