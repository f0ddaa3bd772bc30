import type { Effect } from "../../model/effect.ts";
import { listOf, member, textOf, UnreadableError } from "../fields.ts";
import type { Call } from "../record.ts";
import { deletionShape, effectsShape, readCidr, type Shape } from "../shape.ts";
import { EC2, watch } from "../watched.ts";

// The shapes follow https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html and its
// siblings, in CloudTrail's newer dialect.

/** CreateManagedPrefixList: the id is in the answer, the entries are in the request. */
const create: Shape = effectsShape("prefix-list", "the list with its entries", {
  subject: ({ answer }) => member(member(answer, "prefixList"), "prefixListId"),
  effects: (call, id) => {
    insistOnRequest(call);
    const name = textOf(member(call.request, "prefixListName"));
    const cidrs = entries(member(call.request, "entry"));
    return [{ op: "create", kind: "prefix-list", id, facts: { id, ...(name !== undefined && { name }), cidrs } }];
  },
});

/** ModifyManagedPrefixList: entries come and go; a new name or size changes none. */
const modify: Shape = effectsShape("prefix-list", "the entries that it adds and removes", {
  subject: ({ request }) => member(request, "prefixListId"),
  effects: ({ request }, id) => {
    const change = (op: "add" | "remove", items: readonly string[]): Effect[] =>
      items.length === 0 ? [] : [{ op, kind: "prefix-list", id, list: "cidrs", items }];
    // Added last: if one call should do both to an entry, the world holds rather more than less of what may be open.
    return [...change("remove", entries(member(request, "removeEntry"))), ...change("add", entries(member(request, "addEntry")))];
  },
});

/** RestoreManagedPrefixListVersion: the record names a version and no entry of it. */
const restore: Shape = effectsShape("prefix-list", "that its entries are others, and not which", {
  subject: ({ request }) => member(request, "prefixListId"),
  effects: (_, id) => [{ op: "forget", kind: "prefix-list", id, list: "cidrs" }],
});

export const prefixListCalls = watch(EC2, {
  CreateManagedPrefixList: create,
  ModifyManagedPrefixList: modify,
  RestoreManagedPrefixListVersion: restore,
  DeleteManagedPrefixList: deletionShape("prefix-list", "that the list is gone", ({ request }) => member(request, "prefixListId")),
});

function entries(value: unknown): string[] {
  return listOf(value).map((entry) => {
    const cidr = textOf(member(entry, "cidr"));
    if (cidr === undefined) throw new UnreadableError("an entry of the prefix list has no Cidr");
    return readCidr(cidr);
  });
}

// A list without entries is lawful, so a request that is lost must not be taken for one.
function insistOnRequest({ request }: Call): void {
  if (Object.keys(request).length === 0) throw new UnreadableError("it has no request: expected the entries of the prefix list in it");
}
