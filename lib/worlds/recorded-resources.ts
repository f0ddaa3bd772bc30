import type { Effect } from "../model/change.ts";
import type { Kind, NetworkFacts } from "../model/facts.ts";
import { askedOf, type Unknown } from "../model/world.ts";

type RecordedKind = Exclude<Kind, "security-group">;
type Known = { readonly [K in RecordedKind]: Map<string, NetworkFacts[K]> };

/** What records tell about the resources other than security groups, one effect after the other in the order of their times. */
export class RecordedResources {
  private readonly known: Known = { "prefix-list": new Map(), vpc: new Map(), "network-interface": new Map() };
  private readonly deleted = new Set<string>();

  fold(effect: Effect): void {
    switch (effect.kind) {
      case "prefix-list":
        this.change(this.known[effect.kind], effect, { id: idOf(effect), cidrs: [], partial: true });
        break;
      case "vpc":
        this.change(this.known[effect.kind], effect, { id: idOf(effect), cidrs: [], ipv6Cidrs: [], partial: true });
        break;
      case "network-interface":
        this.change(this.known[effect.kind], effect, { id: idOf(effect), groups: [], addresses: [], partial: true });
        break;
    }
  }

  get<K extends RecordedKind>(kind: K, id: string): NetworkFacts[K] | Unknown | undefined {
    if (this.deleted.has(`${kind}/${id}`)) return undefined;
    return this.known[kind].get(id) ?? { unknown: `${askedOf(kind, id)}, which no record tells` };
  }

  /** All that records told of; whether there are more, nobody can say. */
  list<K extends RecordedKind>(kind: K): readonly NetworkFacts[K][] {
    return [...this.known[kind].values()];
  }

  // `met` is what is known of a resource that is first met in the middle of its life: next to nothing.
  private change<Facts extends { readonly id: string }>(known: Map<string, Facts>, effect: EffectOn<Facts>, met: Facts): void {
    const id = idOf(effect);
    const key = `${effect.kind}/${id}`;
    if (effect.op === "delete") {
      known.delete(id);
      this.deleted.add(key);
      return;
    }
    this.deleted.delete(key);
    const before = known.get(id) ?? met;
    known.set(id, after(before, effect));
  }
}

/** An effect on one kind of facts, as far as folding looks at it. */
type EffectOn<Facts> =
  | { readonly op: "create"; readonly kind: string; readonly facts: Facts & { readonly id: string } }
  | {
      readonly op: "add" | "remove" | "set";
      readonly kind: string;
      readonly id: string;
      readonly list: keyof Facts;
      readonly items: readonly string[];
    }
  | { readonly op: "forget"; readonly kind: string; readonly id: string; readonly list: keyof Facts }
  | { readonly op: "delete"; readonly kind: string; readonly id: string };

function after<Facts>(before: Facts, effect: Exclude<EffectOn<Facts>, { op: "delete" }>): Facts {
  if (effect.op === "create") return effect.facts;
  if (effect.op === "forget") return { ...before, [effect.list]: [], partial: true };
  if (effect.op === "set") return { ...before, [effect.list]: effect.items };
  const listed = before[effect.list];
  const items = new Set<unknown>(Array.isArray(listed) ? listed : []);
  for (const item of effect.items) {
    if (effect.op === "add") items.add(item);
    else items.delete(item);
  }
  return { ...before, [effect.list]: [...items] };
}

function idOf(effect: { readonly id: string } | { readonly facts: { readonly id: string } }): string {
  return "id" in effect ? effect.id : effect.facts.id;
}
