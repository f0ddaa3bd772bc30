import type { Place, Policy } from "./policy.ts";
import { scopeFor } from "./ruling.ts";
import type { Scope } from "./schema.ts";

/** The scope that decides at a place. What nobody knows of the place is taken to be absent, and named. */
export function scopeAt({ document }: Policy, known: Place): { readonly scope?: Scope; readonly place: Place; readonly guessed?: string } {
  let place = known;
  let guessed: string | undefined;
  for (;;) {
    const scope = scopeFor(document.scopes, place);
    if (scope === undefined || !("needs" in scope)) {
      return { place, ...(scope !== undefined && { scope }), ...(guessed !== undefined && { guessed }) };
    }
    guessed = scope.needs === "resource" ? "the VPC and tags of the resource" : "the organizational units of the account";
    place = scope.needs === "resource" ? { ...place, resource: { tags: {} } } : { ...place, ous: [] };
  }
}
