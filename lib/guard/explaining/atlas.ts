import * as z from "zod/mini";
import type { AddressSet } from "../../model/address-set.ts";
import type { SecurityGroup } from "../../model/security-group.ts";
import type { World } from "../../model/world.ts";
import { networksOf } from "../../policy/networks.ts";
import type { Policy } from "../../policy/policy.ts";
import type { Scope } from "../../policy/schema.ts";
import { settingsFor } from "../../policy/settings.ts";
import { RULES } from "../../rules/index.ts";
import { internets, Width } from "../../rules/terms/exposure.ts";
import { namePeers } from "./peer-names.ts";
import type { Atlas } from "./sources.ts";

const WithWidth = z.looseObject({ width: Width() });

/** What tells the peers of a group apart: the networks of the policy, what counts as the internet there, and the names that the world has. */
export async function atlasOf(group: SecurityGroup, world: Pick<World, "get">, policy: Policy, scope: Scope | undefined): Promise<Atlas> {
  const networks = networksOf(policy.document.networks);
  const named = Object.keys(policy.document.networks).map((name) => [name, networks.resolve(name)] as const);
  return {
    ...(await namePeers(group.rules, world)),
    networks: named.filter(([, addresses]) => !addresses.isEmpty()).sort(([, a], [, b]) => breadth(b) - breadth(a)),
    internets: internets(widthAt(policy, scope)),
  };
}

// What no-public-ingress takes for the internet is called so, whether it runs or not.
function widthAt({ document }: Policy, scope: Scope | undefined): z.infer<ReturnType<typeof Width>> {
  const rule = RULES.find(({ meta }) => meta.id === "no-public-ingress");
  const options = rule && settingsFor(rule, document, scope)?.options;
  return WithWidth.parse(options ?? {}).width;
}

function breadth(addresses: AddressSet): number {
  const { v4, v6 } = addresses.size();
  return Number(v4 + v6);
}
