import type { Change } from "./changes.ts";
import { type Rule, rulesOf, ruleText } from "./observe.ts";
import { HALVES, narrows, WEB, WORLD, WORLD_V6 } from "./plan.ts";

/** How a group must stand in the end, by what people did to it. */
export interface Expected {
  /** Rules that must be there, with the change that made each. */
  readonly lawful: ReadonlyMap<string, Change>;
  /** Rules that must be gone, with every change that opened one of them. */
  readonly forbidden: ReadonlyMap<string, readonly Change[]>;
  /** Forbidden rules that somebody made lawful before they were closed: who closes them finds none. */
  readonly repented: ReadonlySet<string>;
  /** Rules that must not stand all at once, and may each stand alone. */
  readonly sums: readonly (readonly string[])[];
}

/** What must become of a group to which these changes were made, in their order. */
export function expectedOf(changes: readonly Change[]): Expected {
  const lawful = new Map<string, Change>();
  const forbidden = new Map<string, Change[]>();
  const repented = new Set<string>();
  const halves = new Map<string, string[]>();
  for (const change of changes) {
    const { step } = change;
    if (step.modifies !== undefined) {
      const [turned] = changes.find((one) => one.step.number === step.modifies)?.step.cidrs ?? [];
      const before = ruleText({ ...step, cidr: turned ?? "" });
      lawful.delete(before);
      if (forbidden.has(before)) repented.add(before);
    }
    for (const rule of rulesOf(step)) {
      const text = ruleText(rule);
      if (isHalf(rule)) halves.set(`${rule.from}`, [...(halves.get(`${rule.from}`) ?? []), text]);
      else if (isForbidden(rule)) {
        forbidden.set(text, [...(forbidden.get(text) ?? []), change]);
        if (rule.from === WEB && narrows(step.place)) lawful.set(ruleText({ ...rule, to: WEB }), change);
      } else lawful.set(text, change);
    }
  }
  return { lawful, forbidden, repented, sums: [...halves.values()] };
}

function isForbidden({ from, to, cidr }: Rule): boolean {
  return (cidr === WORLD || cidr === WORLD_V6) && !(from === WEB && to === WEB);
}

function isHalf({ cidr }: Rule): boolean {
  return HALVES.some((half) => half === cidr);
}
